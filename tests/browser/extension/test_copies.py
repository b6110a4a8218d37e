"""Several copies of the hook in one tab, and other extensions at work on the same page."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.gmail.browser import Browser
from support.gmail.stand_in import StandIn
from support.gmail.tab import Tab
from support.desktop.server import Server

STRANGER = """
const { open, send } = XMLHttpRequest.prototype;
XMLHttpRequest.prototype.open = function (...args) {
  this.stranger = true;
  return open.apply(this, args);
};
XMLHttpRequest.prototype.send = function (body) {
  if (this.stranger) this.setRequestHeader("x-stranger", "here");
  return send.call(this, body);
};
const original = window.XMLHttpRequest;
window.XMLHttpRequest = new Proxy(original, { construct: (target, args) => new target(...args) });
"""


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another extension that patches the same prototype."""
    folder = tmp_path_factory.mktemp("stranger")
    script = {"js": ["patch.js"], "run_at": "document_start", "world": "MAIN"}
    manifest = {
        "manifest_version": 3,
        "name": "Stranger",
        "version": "1",
        "content_scripts": [{"matches": ["https://mail.google.com/*"], **script}],
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (folder / "patch.js").write_text(STRANGER)
    return folder


@pytest.fixture(scope="module")
def browser(gmail: StandIn, tracker: Server, profile: Path, stranger: Path) -> Iterator[Browser]:
    with Browser(gmail, profile, extra=(stranger,)) as running:
        running.pair(tracker.address, tracker.pairing_code())
        yield running


def test_a_stranger_on_the_same_prototype_and_we_work_side_by_side(tab: Tab) -> None:
    tab.send("ben@example.com")
    (mail,) = tab.gmail.mails(1)
    assert len(mail.pixels) == 1
    posted = [one for one in tab.gmail.requests("mail.google.com", "/sync/") if "^pfg" in one.body]
    assert posted[0].headers["x-stranger"] == "here"


def test_of_two_hooks_in_a_tab_only_the_newest_works(tab: Tab, browser: Browser) -> None:
    tab.page.evaluate((browser.extension / "hook.js").read_text())
    tab.send("ben@example.com")
    (mail,) = tab.gmail.mails(1)
    assert len(mail.pixels) == 1


def test_after_a_reload_of_the_extension_a_mail_of_an_open_tab_leaves_untracked(
    tab: Tab, browser: Browser
) -> None:
    writing = tab.compose("ben@example.com")
    with browser.context.expect_event("serviceworker"):
        browser.worker.evaluate("setTimeout(() => chrome.runtime.reload(), 0)")
    writing.send()
    assert tab.gmail.mails(1)[0].pixels == []


def test_after_a_reload_of_the_tab_mail_is_tracked_again(tab: Tab) -> None:
    tab.goto()
    tab.send("ben@example.com")
    assert len(tab.gmail.mails(1)[0].pixels) == 1
