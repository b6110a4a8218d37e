"""Several copies of the hook in one tab, and other extensions on the same page."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.desktop.server import Server
from support.gmail.browser import Browser
from support.gmail.stand_in import StandIn
from support.gmail.tab import Tab

OTHER_EXTENSION = """
const { open, send } = XMLHttpRequest.prototype;
XMLHttpRequest.prototype.open = function (...args) {
  this.patched = true;
  return open.apply(this, args);
};
XMLHttpRequest.prototype.send = function (body) {
  if (this.patched) this.setRequestHeader("x-other-extension", "here");
  return send.call(this, body);
};
const original = window.XMLHttpRequest;
window.XMLHttpRequest = new Proxy(original, { construct: (target, args) => new target(...args) });
"""


@pytest.fixture(scope="module")
def other_extension(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another extension that patches the same prototype."""
    folder = tmp_path_factory.mktemp("other-extension")
    script = {"js": ["patch.js"], "run_at": "document_start", "world": "MAIN"}
    manifest = {
        "manifest_version": 3,
        "name": "Other extension",
        "version": "1",
        "content_scripts": [{"matches": ["https://mail.google.com/*"], **script}],
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (folder / "patch.js").write_text(OTHER_EXTENSION)
    return folder


@pytest.fixture(scope="module")
def browser(
    gmail: StandIn, tracker: Server, profile: Path, other_extension: Path
) -> Iterator[Browser]:
    with Browser(gmail, profile, extra=(other_extension,)) as running:
        running.pair(tracker.address, tracker.pairing_code())
        yield running


def test_another_extension_can_patch_the_same_prototype(tab: Tab) -> None:
    tab.send("ben@example.com")
    (mail,) = tab.gmail.mails(1)
    assert len(mail.pixels) == 1
    posted = [one for one in tab.gmail.requests("mail.google.com", "/sync/") if "^pfg" in one.body]
    assert posted[0].headers["x-other-extension"] == "here"


def test_only_the_newest_of_two_hooks_in_a_tab_is_active(tab: Tab, browser: Browser) -> None:
    tab.page.evaluate((browser.extension / "hook.js").read_text())
    tab.send("ben@example.com")
    (mail,) = tab.gmail.mails(1)
    assert len(mail.pixels) == 1


def test_after_a_reload_of_the_extension_an_open_tab_sends_untracked_and_says_so(
    tab: Tab, browser: Browser
) -> None:
    writing = tab.compose("ben@example.com")
    with browser.context.expect_event("serviceworker"):
        browser.worker.evaluate("setTimeout(() => chrome.runtime.reload(), 0)")
    writing.send()
    assert tab.gmail.mails(1)[0].pixels == []
    assert "Not tracked: Sealbreak was updated" in tab.notice()
    tab.page.get_by_role("button", name="Reload this tab").wait_for()


def test_after_an_update_the_switches_of_an_open_tab_end_and_a_bar_asks_for_a_reload(
    tab: Tab, browser: Browser
) -> None:
    writing = tab.compose("ben@example.com")
    with browser.context.expect_event("serviceworker"):
        browser.worker.evaluate("setTimeout(() => chrome.runtime.reload(), 0)")
    bar = tab.page.get_by_role("alert").filter(has_text="Mail from this tab is not tracked")
    bar.wait_for()
    assert writing.switch.count() == 0
    writing.send()
    assert tab.gmail.mails(1)[0].pixels == []
    bar.get_by_role("button", name="Reload this tab").click()
    tab.page.wait_for_selector("body[data-ready]")
    assert bar.count() == 0
    tab.compose("cleo@example.com").send()
    assert len(tab.gmail.mails(2)[1].pixels) == 1


def test_after_a_reload_of_the_tab_mail_is_tracked_again(tab: Tab) -> None:
    tab.goto()
    tab.send("ben@example.com")
    assert len(tab.gmail.mails(1)[0].pixels) == 1
