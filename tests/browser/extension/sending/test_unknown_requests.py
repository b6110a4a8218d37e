"""Requests that the hook does not understand pass unchanged."""

import json
import time
from typing import Any

import pytest
from support.desktop.processes import eventually
from support.desktop.server import Server
from support.gmail.browser import Browser
from support.gmail.sent import is_known
from support.gmail.tab import Tab

SENT = ["^all", "^pfg"]
BROKEN = {
    "no JSON": '[["msg-a:r1",["^pfg"],"<div>',
    "an object in the old layout": json.dumps({"1": "msg-a:r1", "2": "<p>a</p>", "11": SENT}),
    "a body in another place": json.dumps(["msg-a:r1", [None, [[0, "<p>a</p>"]]], SENT]),
    "parts of another form": json.dumps(
        ["msg-a:r1", *[None] * 7, [None, [{"html": "<p>a</p>"}]], None, SENT]
    ),
}


def post(tab: Tab, body: str, url: str = "https://mail.google.com/sync/u/0/i/s?c=1") -> None:
    tab.page.evaluate(
        """([url, body]) => new Promise((done) => {
            const request = new XMLHttpRequest();
            request.open("POST", url);
            request.onloadend = done;
            request.send(body);
        })""",
        [url, body],
    )


def bodies(tab: Tab) -> list[str]:
    return [one.body for one in tab.gmail.requests("mail.google.com") if one.method == "POST"]


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_a_send_with_an_unknown_layout_passes_with_a_notice(
    tab: Tab, browser: Browser, body: str
) -> None:
    browser.ask("dismiss-warning")
    post(tab, body)
    assert bodies(tab) == [body]
    tab.page.get_by_text("not tracked: Gmail may have changed").wait_for()
    eventually(lambda: "host-changed" in browser.ask("overview", {"refresh": False})["warnings"])
    browser.ask("dismiss-warning")


def request_with(part: Any, labels: list[str]) -> str:
    people = [[1, "ann@example.com"], [[1, "ben@example.com"]]]
    message = ["msg-a:r9", *people, None, None, None, 1, "Hi", [None, part]]
    message += [None, labels]
    return json.dumps([[None, None, 2], [[[1, ["thread-a:r9", [None, [message]]]]]], 2])


@pytest.mark.parametrize(
    ("body", "url"),
    [
        (request_with([[0, "<p>a</p>"]], ["^all", "^r"]), "https://mail.google.com/sync/u/0/i/s"),
        (request_with([[0, "<p>a</p>"]], SENT), "https://mail.google.com/other/u/0/i/s"),
        (request_with([[0, "<p>a</p>"]], SENT), "https://track.example.com/sync/u/0/i/s"),
    ],
    ids=["a draft", "another path", "another host"],
)
def test_a_request_that_is_not_a_send_is_not_changed(tab: Tab, body: str, url: str) -> None:
    post(tab, body, url)
    assert [one.body for one in tab.gmail.seen if one.method == "POST"][-1] == body


def test_numbers_and_white_space_of_a_tracked_request_are_unchanged(tab: Tab) -> None:
    body = request_with([[0, "<p>a</p>"]], SENT).replace("1, 1", "1,  1").replace(", 2]]", ", 2]]")
    body = body.replace('"Hi"', '"Hi"').replace("null, null, 2", "12345678901234567890, null,  2")
    post(tab, body)
    before, after = body.split("<p>a</p>")
    (sent,) = bodies(tab)
    assert sent.startswith(before)
    assert sent.endswith(after)
    assert len(tab.gmail.sent()[0].pixels) == 1


def test_an_aborted_send_is_not_sent_later(tab: Tab) -> None:
    events = tab.page.evaluate(
        """async (body) => {
            const request = new XMLHttpRequest();
            const heard = [];
            for (const name of ["abort", "load", "loadend"])
                request.addEventListener(name, () => heard.push(name));
            request.open("POST", "https://mail.google.com/sync/u/0/i/s");
            request.send(body);
            request.abort();
            await new Promise((done) => setTimeout(done, 300));
            return heard;
        }""",
        request_with([[0, "<p>a</p>"]], SENT),
    )
    assert events == ["abort", "loadend"]
    assert bodies(tab) == []


def test_a_mail_is_held_no_longer_than_the_limit_and_not_registered(
    tab: Tab, browser: Browser, tracker: Server
) -> None:
    writing = tab.compose("ben@example.com")
    tracking_id = browser.stored("drafts")[writing.draft()]["seal"]
    browser.stall_worker(6)
    start = time.monotonic()
    writing.send()
    assert time.monotonic() - start > 1.4
    assert tab.gmail.mails(1)[0].pixels == []
    tab.page.get_by_text("took too long").wait_for()
    browser.stored("pool")  # the worker answers again
    tab.send("cleo@example.com")
    after = tab.gmail.mails(2)[1]
    assert after.id != tracking_id["id"]
    eventually(lambda: is_known(tracker, after.id), "the registration")
    assert not is_known(tracker, tracking_id["id"])


def test_the_user_is_warned_when_gmail_sends_in_an_unknown_way(browser: Browser) -> None:
    browser.gmail.forget()
    browser.ask("dismiss-warning")
    tab = browser.open(elsewhere="1")
    for writing in [tab.compose("ben@example.com"), tab.compose("cleo@example.com")]:
        writing.send()
    eventually(lambda: (browser.stored("health") or {}).get("missed", 0) >= 2, "the warning")
    assert "host-changed" in browser.ask("overview", {"refresh": False})["warnings"]
    browser.ask("dismiss-warning")
    tab.close()
