"""Test mails to oneself: who asks for their pictures, and what that proves."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from sealbreak_server.web.responses import NO_STORE, PIXEL
from support.paths import TESTS
from support.server.process import GMAIL, Sender, Server, program, running, visit

URL = "https://track.example.com"
HERE = {"host": "track.example.com"}
BY_GMAIL = {**GMAIL, **HERE, "x-forwarded-for": "66.249.84.1"}
"""As a trusted proxy on loopback passes on a request of Gmail's proxy."""
LIAR = {**BY_GMAIL, "x-forwarded-for": "84.130.20.8"}
STRANGER = {**HERE, "user-agent": "Mozilla/5.0", "x-forwarded-for": "203.0.113.7"}


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = tmp_path_factory.mktemp("self-tests") / "data"
    with running(data, "--public-url", URL) as server:
        yield server


@pytest.fixture
def ann(public: Server) -> Sender:
    """An account of its own for each test."""
    return account(public, f"Ann {len(public.senders)}")


def account(public: Server, name: str) -> Sender:
    code = program(public.data, "pair", "--account", name).stdout.partition("\n")[0]
    body = {"code": code, "name": "Test", "kind": "api"}
    answer = httpx2.post(f"{public.url}/api/v1/pair", json=body)
    public.senders.append(Sender(public.url, answer.json()))
    return public.senders[-1]


def made(sender: Sender) -> str:
    """The path of the picture of a new test mail."""
    answer = sender.http.post("/self-test")
    assert answer.status_code == 201
    (subject,) = parse_qs(urlsplit(answer.json()["compose_url"]).query)["su"]
    nonce = subject.removeprefix("Sealbreak test ")
    assert answer.json()["page"] == f"{URL}/check/{nonce}"
    return f"/o/check/{nonce}.gif"


def found(sender: Sender, topic: str = "test mail") -> dict[str, Any]:
    body = sender.http.get("/self-test").json()
    return next(finding for finding in body["findings"] if finding["topic"] == topic)


def test_the_visit_of_gmail_proves_the_whole_way(public: Server, ann: Sender) -> None:
    assert found(ann)["status"] == "not checked"
    picture = made(ann)
    assert "Nothing has asked" in found(ann)["summary"]
    answer = visit(public, picture, BY_GMAIL)
    assert (answer.content, answer.headers["cache-control"]) == (PIXEL, NO_STORE)
    proof = found(ann)
    assert proof["status"] == "ok"
    assert proof["summary"].startswith("Gmail reached this server at ")
    assert proof["summary"].endswith(f", through {URL}.")
    assert found(ann, "gmail")["summary"].startswith("Gmail last came at ")


def test_a_visitor_that_lies_proves_nothing(public: Server, ann: Sender) -> None:
    visit(public, made(ann), LIAR)
    finding = found(ann)
    assert (finding["status"], "from 84.130.20.8 at" in finding["summary"]) == ("warning", True)
    assert "it says so, and that address is not in Google's network" in finding["summary"]


def test_a_stranger_is_named_until_gmail_comes(public: Server, ann: Sender) -> None:
    picture = made(ann)
    visit(public, picture, STRANGER)
    assert "from 203.0.113.7 at" in found(ann)["summary"]
    assert found(ann)["summary"].endswith(", but it was not Gmail.")
    visit(public, picture, BY_GMAIL)
    visit(public, picture, STRANGER)
    assert found(ann)["status"] == "ok"


def test_a_test_mail_is_of_one_account(public: Server, ann: Sender) -> None:
    ben = account(public, "Ben")
    visit(public, made(ann), BY_GMAIL)
    assert found(ann)["status"] == "ok"
    assert found(ben)["status"] == "not checked"


def test_no_hit_is_recorded(public: Server, ann: Sender) -> None:
    visit(public, made(ann), BY_GMAIL)
    assert ann.http.get("/messages").json()["messages"] == []
    assert ann.events() == []


def test_a_nonce_that_was_made_up_is_a_picture_and_nothing_else(
    public: Server, ann: Sender
) -> None:
    made(ann)
    assert visit(public, f"/o/check/{'a' * 32}.gif", BY_GMAIL).content == PIXEL
    assert visit(public, f"/check/{'a' * 32}", BY_GMAIL).status_code == 404
    assert "Nothing has asked" in found(ann)["summary"]


def test_another_device_is_told_what_it_reached(public: Server, ann: Sender) -> None:
    page = made(ann).removeprefix("/o").removesuffix(".gif")
    answer = visit(public, page, {**STRANGER, "x-forwarded-for": "84.130.20.9"})
    assert "reached the Sealbreak server at track.example.com" in answer.text
    assert answer.headers["cache-control"] == NO_STORE
    finding = found(ann, "outside")
    assert finding["status"] == "ok"
    assert "A device reached this server from 84.130.20.9" in finding["summary"]
    assert found(ann)["status"] == "not checked"


def test_few_test_mails_are_kept_and_many_visits_are_answered(public: Server, ann: Sender) -> None:
    picture = made(ann)
    assert {made(ann) for _ in range(3)} == {picture}  # until it is opened
    for _ in range(60):
        assert visit(public, picture, STRANGER).content == PIXEL
    visit(public, picture, BY_GMAIL)
    assert found(ann)["status"] == "ok"


def test_where_gmail_cannot_come_no_test_mail_is_made(server: Server) -> None:
    refused = server.sender().http.post("/self-test")
    assert (refused.status_code, "so Gmail cannot" in refused.json()["detail"]) == (400, True)


def test_after_a_day_the_mail_proves_nothing_and_a_restart_loses_none(tmp_path: Path) -> None:
    clock = tmp_path / "clock"
    clock.write_text("0")
    moved = (sys.executable, str(TESTS / "support/server/moved_clock.py"), str(clock))
    with running(tmp_path / "data", "--public-url", URL, program=moved) as first:
        sender = first.sender()
        picture = made(sender)
        first.stop()
    with running(tmp_path / "data", "--public-url", URL, program=moved) as second:
        again = Sender(second.url, sender.paired)
        second.senders.append(again)
        clock.write_text("86410")
        assert visit(second, picture, BY_GMAIL).content == PIXEL
        assert found(again)["status"] == "not checked"
        clock.write_text("10")
        visit(second, picture, BY_GMAIL)
        assert found(again)["status"] == "ok"
        second.stop()
    with running(tmp_path / "data", "--public-url", URL, program=moved) as third:
        third.senders.append(Sender(third.url, sender.paired))
        assert found(third.senders[0])["status"] == "ok"
