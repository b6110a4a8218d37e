"""The digest page."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import httpx2
import pytest
from sealbreak_server.errors import BadRequestError, NotFoundError
from sealbreak_server.model.message import Message
from sealbreak_server.model.verdict import Actor
from sealbreak_server.storage.lists.messages import MessageView
from sealbreak_server.web.pages.history.digest import hits_of, messages_of, read_day, sections
from support.server.process import CURL, Sender, Server, put_event, visit

MESSAGE = Message("m", 1, "owner", "Offer 12", "full", 0.0, (), ())


def event(kind: str, hit: int | None = 1, actor: str = "human", **more: Any) -> dict[str, Any]:
    return {
        "kind": kind, "hit": hit, "time": "2026-11-23T09:30:00.250Z", "message": {"id": "m"},
        "link": None, "verdict": {"actor": actor, "sentence": f"{kind} it"}, **more,
    }  # fmt: skip


def told(*events: dict[str, Any], **actors: Actor) -> dict[str, list[str]]:
    """Titles and lines. `actors` are the current actors of the hits `h1`, `h2`, ..."""
    view: Any = MessageView
    message = replace(_empty(view), message=MESSAGE)
    now = {int(name[1:]): actor for name, actor in actors.items()}
    found = sections(events, now, {"m": message})
    return {title: [x.words for e in entries for x in e.lines] for title, entries in found.items()}


def _empty(view: Any) -> Any:
    return view(**dict.fromkeys(view.__dataclass_fields__))


def test_each_kind_has_its_section_in_order_of_urgency() -> None:
    kinds = ("reminder", "opened", "revived", "hot", "clicked")
    found = told(*(event(kind, hit=None if kind == "reminder" else 1) for kind in kinds))
    assert list(found) == [
        "Links followed", "Newly opened", "Opened again and again",
        "Opened again after a long time", "Not opened",
    ]  # fmt: skip


def test_lines_of_one_mail_are_grouped() -> None:
    assert told(event("clicked"), event("clicked", hit=2)) == {
        "Links followed": ["clicked it", "clicked it"]
    }


def test_a_withdrawn_open_is_listed_as_corrected() -> None:
    assert told(event("opened"), h1=Actor.MACHINE) == {"Corrected": ["Withdrawn: “opened it”"]}


def test_a_correction_in_favour_of_a_reader_is_an_open() -> None:
    assert told(event("corrected"), h1=Actor.HUMAN) == {"Newly opened": ["corrected it"]}
    link = {"n": 1, "url": "https://example.com/"}
    assert list(told(event("corrected", link=link))) == ["Links followed"]
    assert list(told(event("corrected", actor="machine"))) == ["Corrected"]


def test_erased_mails_and_hidden_kinds_are_left_out() -> None:
    erased = {"kind": "erased", "number": 1, "time": "2026-11-23T09:30:00.250Z"}
    digest = event("digest", hit=None, message={"id": ""})
    strange = event("opened", message={"id": "x"})
    assert told(erased, digest, strange) == {}
    assert hits_of([erased, strange]) == [1]
    assert messages_of([erased, digest, strange, strange]) == ["x"]


def test_an_unknown_kind_is_shown_by_its_own_sentence_after_all_others() -> None:
    new = event("printed")
    assert told(new, event("reminder", hit=None)) == {
        "Not opened": ["reminder it"], "Other events": ["printed it"]
    }  # fmt: skip
    assert told(new, h1=Actor.MACHINE) == {"Other events": ["printed it"]}


def test_an_unknown_kind_may_be_about_no_message() -> None:
    assert told(event("printed", hit=None, message={"id": ""})) == {"Other events": ["printed it"]}
    erased_since = event("printed", message={"id": "x"})
    assert told(erased_since) == {}


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", "", "2026-11-23T09"])
def test_a_day_is_an_iso_date(text: str) -> None:
    with pytest.raises(BadRequestError):
        read_day(text)


def test_days_outside_the_range_are_not_found() -> None:
    assert read_day("2026-11-23") == date(2026, 11, 23)
    for text in ("0001-01-01", "9999-12-31"):
        with pytest.raises(NotFoundError):
            read_day(text)


def running_day() -> date:
    """The day of the next digest, which is due at eight in UTC by default."""
    return (datetime.now(UTC) + timedelta(hours=16)).date()


def test_a_digest_lists_the_events_of_its_day(
    browser: httpx2.Client, server: Server, sender: Sender
) -> None:
    read, scanned = sender.mail(subject="<b>Read</b>"), sender.mail(subject="Only scanned")
    visit(server, read.pixel())
    visit(server, scanned.pixel(), CURL)
    (opened,) = sender.wait_for_events(read, 1)
    sender.wait_for_counts(scanned, machines=1)
    page = unescape(browser.get(f"/history/digest/{running_day()}").text)
    assert opened["verdict"]["sentence"] in page
    assert f'href="/history/{read.id}"' in page
    assert f'href="/history/{scanned.id}"' in page.partition("Automated requests only")[2]
    assert "This day is not over yet" in page


def test_a_day_shows_an_event_of_an_unknown_kind(
    browser: httpx2.Client, server: Server, sender: Sender
) -> None:
    mails = [sender.mail(subject=subject) for subject in ("Printed offer", "Erased offer")]
    for mail in mails:
        visit(server, mail.pixel())
    (of_mail,), (of_none,) = (sender.wait_for_events(mail, 1) for mail in mails)
    put_event(server, {**of_mail, "kind": "printed"})
    nobodys = {"id": "", "subject": "", "recipients": []}
    sentence = {**of_none["verdict"], "sentence": "The printer is back"}
    put_event(server, {**of_none, "kind": "back", "message": nobodys, "verdict": sentence})
    others = browser.get(f"/history/digest/{running_day()}").text.partition("Other events")[2]
    assert "Printed offer" in others
    assert "The printer is back" in others


def test_the_newest_digest_is_of_the_current_day(browser: httpx2.Client) -> None:
    page = browser.get("/history/digest")
    day = running_day() - timedelta(days=1)
    assert f'href="/history/digest/{day - timedelta(days=1)}" rel="prev"' in page.text
    assert f'href="/history/digest/{running_day()}" rel="next"' in page.text


def test_a_day_without_events_says_so(browser: httpx2.Client) -> None:
    page = browser.get("/history/digest/2020-02-29").text
    assert "Nothing happened" in page
    assert "From 28 Feb, 08:00 to 29 Feb 2020, 08:00, UTC" in page


@pytest.mark.parametrize(("day", "status"), [("x", 400), ("2999-01-01", 404), ("1999-01-01", 404)])
def test_other_days_are_refused(browser: httpx2.Client, day: str, status: int) -> None:
    assert browser.get(f"/history/digest/{day}").status_code == status


def test_a_sign_in_link_may_land_on_a_day(sender: Sender) -> None:
    for path in ("/history/digest", "/history/digest/2026-11-23"):
        assert sender.http.post("/sign-in", json={"path": path}).status_code == 201
    for path in ("/history/digest/", "/history/digest/..", "/history/digest/2026-11-23/x"):
        assert sender.http.post("/sign-in", json={"path": path}).status_code == 400
