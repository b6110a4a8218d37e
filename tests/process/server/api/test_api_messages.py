import sqlite3
from contextlib import closing
from datetime import datetime
from typing import Any

import pytest
from sealbreak_server.security.tokens import new_id
from support.server.process import Sender, Server, registration


def test_ids_come_with_their_keys_and_store_nothing(sender: Sender) -> None:
    lot = sender.http.post("/ids", json={"count": 7}).json()
    assert len({made["id"] for made in lot["ids"]}) == 7
    assert all(len(made["key"]) == 43 for made in lot["ids"])
    assert sender.http.get(f"/messages/{lot['ids'][0]['id']}").status_code == 404


def test_a_registration_is_idempotent_and_updates(sender: Sender) -> None:
    mail = sender.blank()
    first = sender.register(mail, subject="Draft")
    second = sender.register(mail, subject="Final", thread_id="thread-a:r1")
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json()["subject"] == "Final"
    assert second.json()["registered_at"] == first.json()["registered_at"]


def test_what_was_registered_is_what_is_read(sender: Sender) -> None:
    mail = sender.blank()
    sent = registration(draft_id="msg-a:r5", gmail_account="ann@example.com", subject="Ünïcode 🦭")
    sender.register(mail, **sent)
    read = sender.message(mail)
    assert {name: read[name] for name in sent} == sent


def test_an_id_that_was_not_issued_is_refused_and_stored_nowhere(
    server: Server, sender: Sender
) -> None:
    made_up = new_id()
    answer = sender.http.put(f"/messages/{made_up}", json=registration())
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    with closing(sqlite3.connect(server.data / "sealbreak.sqlite3")) as database:
        assert made_up not in "\n".join(database.iterdump())


def test_a_mail_with_an_old_id_is_updated_by_its_account(server: Server, sender: Sender) -> None:
    mail, old = sender.mail(), new_id()
    with closing(sqlite3.connect(server.data / "sealbreak.sqlite3")) as database, database:
        database.execute("UPDATE message SET id = ? WHERE id = ?", (old, mail.id))
    answer = sender.http.put(f"/messages/{old}", json=registration(subject="Final"))
    assert (answer.status_code, answer.json()["subject"]) == (200, "Final")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("subject", 5),
        ("subject", "x" * 999),
        ("sent_at", "yesterday"),
        ("sent_at", "0001-01-01T00:00:00Z"),
        ("level", "loud"),
        ("recipients", [{"address": "", "kind": "to"}]),
        ("recipients", [{"address": "ann@example.com", "kind": "to", "copy": 70000}]),
        ("links", [{"n": 1, "url": "javascript:alert(1)"}]),
        ("links", [{"n": 1, "url": "https://user@example.com/"}]),
        ("links", [{"n": 1, "url": "https://a.example"}, {"n": 1, "url": "https://b.example"}]),
        ("scheduled_for", 12),
    ],
)
def test_a_wrong_field_is_named(sender: Sender, field: str, value: Any) -> None:
    answer = sender.register(sender.blank(), **{field: value})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"].startswith(field)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"[" * 100_000, b"null"])
def test_a_body_that_is_no_object_is_a_problem(sender: Sender, body: bytes) -> None:
    answer = sender.http.put(f"/messages/{new_id()}", content=body)
    assert answer.status_code == 400


def test_a_body_that_is_too_long_is_refused(sender: Sender) -> None:
    answer = sender.http.put(f"/messages/{new_id()}", content=b" " * 3_000_000)
    assert answer.status_code == 413


def test_messages_are_listed_newest_first_page_by_page(sender: Sender) -> None:
    for day in (1, 2, 3):
        sender.mail(subject=f"paged {day}", sent_at=f"2026-10-0{day}T00:00:00.000Z")
    first = sender.http.get("/messages", params={"limit": 2, "q": "PAGED"}).json()
    query = {"limit": 2, "q": "paged", "cursor": first["next"]}
    second = sender.http.get("/messages", params=query).json()
    subjects = [m["subject"] for m in first["messages"] + second["messages"]]
    assert subjects == ["paged 3", "paged 2", "paged 1"]
    assert second["next"] is None


def test_a_search_has_no_special_characters(sender: Sender) -> None:
    sender.mail(subject="100% of it_all")
    found = sender.http.get("/messages", params={"q": "0% of it_a"}).json()["messages"]
    assert [message["subject"] for message in found] == ["100% of it_all"]
    assert sender.http.get("/messages", params={"q": "100_"}).json()["messages"] == []


def test_an_unknown_message_is_404(sender: Sender) -> None:
    for path in (f"/messages/{new_id()}", "/messages/x", "/messages/%00"):
        assert sender.http.get(path).status_code == 404


def test_a_mail_that_did_not_leave_is_said_so(sender: Sender) -> None:
    mail = sender.mail()
    path = f"/messages/{mail.id}/withdrawn"
    for withdrawn in (True, False, True):
        answer = sender.http.put(path, json={"withdrawn": withdrawn})
        assert (answer.status_code, answer.json()["withdrawn"]) == (200, withdrawn)
    assert sender.message(mail)["withdrawn"] is True
    wrong: list[Any] = [{}, {"withdrawn": None}, {"withdrawn": "yes"}, []]
    for body in wrong:
        assert sender.http.put(path, json=body).status_code == 400
    unknown = sender.http.put(f"/messages/{new_id()}/withdrawn", json={"withdrawn": True})
    assert unknown.status_code == 404


def test_the_senders_clock_corrects_the_time_of_sending(sender: Sender) -> None:
    mail = sender.blank()
    fast = {"sent_at": "2030-01-01T00:00:00.000Z", "now": "2030-01-01T00:01:00.000Z"}
    read = sender.register(mail, **fast).json()
    times = [datetime.fromisoformat(read[name]) for name in ("sent_at", "registered_at")]
    assert 59 <= (times[1] - times[0]).total_seconds() <= 61
    assert sender.register(sender.blank(), now="soon").json()["detail"].startswith("now ")
