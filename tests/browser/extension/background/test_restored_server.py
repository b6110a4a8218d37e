"""A server that is restored from a backup assigns event numbers again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect
from support.desktop.processes import eventually
from support.desktop.server import Server, fetch, server
from support.gmail.browser import Browser
from support.gmail.stand_in import TRACKER, StandIn


@pytest.fixture
def tracker(tmp_path: Path) -> Iterator[Server]:
    with server(tmp_path / "tracker", SEALBREAK_PUBLIC_URL=TRACKER) as running:
        yield running


@pytest.fixture
def browser(gmail: StandIn, tracker: Server, tmp_path: Path) -> Iterator[Browser]:
    with Browser(gmail, tmp_path / "browser") as running:
        running.pair(tracker.address, tracker.pairing_code())
        yield running


@pytest.mark.parametrize(("lost", "new"), [(2, 1), (1, 2)], ids=["fewer events", "more events"])
def test_new_events_of_a_restored_server_are_known_and_counted(
    browser: Browser, tracker: Server, tmp_path: Path, lost: int, new: int
) -> None:
    before, after = [f"Lost {n}" for n in range(lost)], [f"New {n}" for n in range(new)]
    restored_after_all_was_read(browser, tracker, tmp_path, before, after)
    assert subjects(browser) == ["Kept", *after]
    assert badge(browser) == str(new)


def test_the_popup_marks_new_events_of_a_restored_server(
    browser: Browser, tracker: Server, tmp_path: Path
) -> None:
    restored_after_all_was_read(browser, tracker, tmp_path, ["Lost"], ["New 0", "New 1"])
    popup = browser.page("popup.html")
    expect(popup.locator("#events strong")).to_have_text(["New 1", "New 0", "Kept"])
    expect(popup.locator("#events .new")).to_have_count(2)
    eventually(lambda: badge(browser) == "", "no number")
    popup.close()


def restored_after_all_was_read(
    browser: Browser, tracker: Server, folder: Path, before: list[str], after: list[str]
) -> None:
    open_mails(tracker, "Kept")
    tracker.back_up(folder / "backup")
    open_mails(tracker, *before)
    assert subjects(browser) == ["Kept", *before]
    browser.ask("seen")
    assert badge(browser) == ""
    tracker.restore(folder / "backup")
    open_mails(tracker, *after)


def open_mails(tracker: Server, *subjects: str) -> None:
    """One after the other, so that the events are in this order."""
    for number, subject in enumerate(subjects, tracker.call("GET", "events")["last"] + 1):
        fetch(tracker.message(subject).pixel)
        eventually(lambda: tracker.call("GET", "events")["last"] == number, "the event")  # noqa: B023


def subjects(browser: Browser) -> list[str]:
    """The subjects of the known events after a refresh. The popup would mark them as read."""
    page = browser.page("options.html")
    overview = page.evaluate(
        "chrome.runtime.sendMessage({ kind: 'overview', request: { refresh: true } })"
    )
    page.close()
    return [event["subject"] for event in overview["events"]]


def badge(browser: Browser) -> str:
    return str(browser.worker.evaluate("chrome.action.getBadgeText({})"))
