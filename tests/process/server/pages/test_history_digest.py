"""The digest page."""

from datetime import UTC, date, datetime, timedelta
from html import unescape

import httpx2
import pytest
from sealbreak_server.errors import BadRequestError, NotFoundError
from sealbreak_server.web.pages.history.digest import read_day
from support.server.process import CURL, Sender, Server, put_event, visit


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
