import sqlite3

import httpx2
from sealbreak_server.security.tokens import base32
from sealbreak_server.web.beacon import stored_headers
from support.server.process import CURL, GMAIL, READER, Mail, Sender, Server, visit

OFFER = "https://example.com/offer"


def rows(server: Server, table: str) -> int:
    with sqlite3.connect(server.data / "sealbreak.sqlite3") as database:
        count: int = database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    database.close()
    return count


def test_the_pixel_is_a_gif_of_43_bytes_that_no_cache_may_store(
    server: Server, sender: Sender
) -> None:
    answer = visit(server, sender.mail().pixel())
    assert (answer.status_code, len(answer.content)) == (200, 43)
    assert answer.headers["content-type"] == "image/gif"
    assert "no-store" in answer.headers["cache-control"]


def test_an_open_makes_an_event(server: Server, sender: Sender) -> None:
    mail = sender.mail()
    visit(server, mail.pixel())
    (event,) = sender.wait_for_events(mail, 1)
    assert (event["kind"], event["verdict"]["actor"]) == ("opened", "human")
    assert sender.message(mail)["opens"] == 1


def test_two_visits_within_half_an_hour_are_one_open(server: Server, sender: Sender) -> None:
    mail = sender.mail()
    visit(server, mail.pixel())
    visit(server, mail.pixel())
    message = sender.message(mail)
    assert (message["opens"], len(message["hits"])) == (1, 2)
    assert len(sender.events_of(mail)) == 1


def test_an_automated_request_is_recorded_without_an_event(server: Server, sender: Sender) -> None:
    mail = sender.mail()
    visit(server, mail.pixel(), CURL)
    message = sender.message(mail)
    assert (message["opens"], message["machines"]) == (0, 1)
    assert sender.events_of(mail) == []


def test_a_forged_token_gets_the_same_pixel_and_stores_nothing(
    server: Server, sender: Sender
) -> None:
    mail = sender.mail()
    good = visit(server, mail.pixel())
    before = rows(server, "hit")
    forged = Mail(mail.id, bytes(32), mail.owner)
    answer = visit(server, forged.pixel())
    assert (answer.status_code, answer.content) == (good.status_code, good.content)
    assert set(answer.headers) == set(good.headers)
    assert rows(server, "hit") == before


def test_a_link_redirects_and_makes_an_event(server: Server, sender: Sender) -> None:
    mail = sender.mail()
    answer = visit(server, mail.link(1, OFFER))
    assert (answer.status_code, answer.headers["location"]) == (302, OFFER)
    (event,) = sender.wait_for_events(mail, 1)
    assert (event["kind"], event["link"]) == ("clicked", {"n": 1, "url": OFFER})


def test_the_same_link_again_within_seconds_is_one_click(server: Server, sender: Sender) -> None:
    mail = sender.mail()
    visit(server, mail.link(1, OFFER))
    visit(server, mail.link(1, OFFER))
    assert sender.message(mail)["clicks"] == 1


def test_a_changed_target_is_a_plain_404(server: Server, sender: Sender) -> None:
    link = sender.mail().link(1, OFFER)
    answer = visit(server, link.replace("offer", "other"))
    assert answer.status_code == 404
    assert "location" not in answer.headers


def test_a_signed_link_to_a_script_is_refused(server: Server, sender: Sender) -> None:
    assert visit(server, sender.mail().link(1, "javascript:alert(1)")).status_code == 404


def test_a_signed_target_cannot_split_the_response(server: Server, sender: Sender) -> None:
    link = sender.mail().link(1, "https://example.com/\r\nset-cookie: a=b")
    assert visit(server, link).status_code == 404


def test_hits_before_the_registration_are_classified_with_it(
    server: Server, sender: Sender
) -> None:
    mail = sender.blank()
    visit(server, mail.pixel())
    assert sender.events_of(mail) == []
    assert sender.register(mail).json()["opens"] == 1
    assert [event["kind"] for event in sender.wait_for_events(mail, 1)] == ["opened"]


def test_the_senders_own_click_is_not_counted(server: Server, sender: Sender) -> None:
    mail = sender.mail()
    mark = {"x-sealbreak-sender": sender.paired["sender_mark"]}
    visit(server, mail.link(1, OFFER), READER | mark)
    (hit,) = sender.message(mail)["hits"]
    assert hit["verdict"]["actor"] == "sender"


def test_a_fetch_right_after_a_reported_view_is_the_senders(server: Server, sender: Sender) -> None:
    mail = sender.mail()
    sender.http.post("/views", json={"messages": [mail.id]})
    visit(server, mail.pixel(), GMAIL | {"x-forwarded-for": "66.249.81.101"})
    (hit,) = sender.message(mail)["hits"]
    assert hit["verdict"]["actor"] == "sender"


def test_a_view_reported_right_after_an_open_withdraws_it(server: Server, sender: Sender) -> None:
    mail = sender.mail()
    visit(server, mail.pixel(), GMAIL | {"x-forwarded-for": "66.249.81.101"})
    sender.wait_for_events(mail, 1)
    sender.http.post("/views", json={"messages": [mail.id]})
    opened, corrected = sender.wait_for_events(mail, 2)
    assert (corrected["kind"], corrected["corrects"]) == ("corrected", opened["number"])
    assert sender.message(mail)["opens"] == 0


def test_head_is_answered_like_get(server: Server, sender: Sender) -> None:
    answer = httpx2.head(server.url + sender.mail().pixel())
    assert (answer.status_code, answer.content) == (200, b"")


def test_hits_of_a_reader_who_opted_out_are_not_counted(server: Server, sender: Sender) -> None:
    mail = sender.mail()
    assert httpx2.post(server.url + mail.page()).status_code == 200
    visit(server, mail.pixel())
    message = sender.message(mail)
    assert (message["hits"], message["opted_out"]) == ([], True)


def test_a_mail_of_level_count_stores_no_device_and_makes_no_event(
    server: Server, sender: Sender
) -> None:
    mail = sender.mail(level="count")
    visit(server, mail.pixel())
    message = sender.message(mail)
    assert message["opens"] == 1
    assert message["hits"][0]["verdict"]["device"] is None
    assert sender.events_of(mail) == []


def test_odd_requests_are_answered(server: Server) -> None:
    for path in ("/o/x/y.gif", f"/o/{'a' * 8}/{base32(bytes(20))}.gif", "/o/%00/%ff.gif"):
        assert visit(server, path).status_code == 200
    for path in ("/l/x/y/1", "/l/x/y/z?to=a&sig=b", "/l/a/b/1?to=%ff&sig=%ff"):
        assert visit(server, path).status_code == 404


def test_stored_headers_are_limited() -> None:
    usual = [(b"user-agent", b"a" * 300), (b"accept", b"*/*"), (b"sec-ch-ua", b"b" * 200)]
    long = [(b"x-%d" % number, b"c" * 5000) for number in range(100)]
    kept = stored_headers([*usual, *long])
    assert [name for name, _ in kept[:3]] == ["user-agent", "accept", "sec-ch-ua"]
    assert 3000 < sum(len(name) + len(value) for name, value in kept) <= 4096
    assert len(stored_headers((b"x-%d" % number, b"") for number in range(100))) == 40
