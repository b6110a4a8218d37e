"""Scripts in Gmail's page can neither control the extension nor listen to it."""

import json
from typing import Any

from support.gmail.browser import Browser
from support.gmail.tab import Tab

NAMES = ("join", "offer", "ask", "answer", "reply", "report", "takeover")
HTML = '<p><a href="https://example.com/a">this</a></p>'
MAIL = {
    "draftId": "msg-a:r77",
    "threadId": None,
    "from": "ann@example.com",
    "recipients": [{"kind": "to", "address": "ben@example.com", "name": None}],
    "subject": "Forged",
    "parts": [{"type": 0, "html": HTML}],
    "isHtml": True,
    "scheduled": False,
    "time": 0,
}
EAVESDROP = """(names) => {
  window.heard = [];
  const note = (value) => {
    if (typeof value === "string" && value.startsWith("sealbreak:")) window.heard.push(value);
  };
  for (const name of names)
    document.addEventListener(`sealbreak:${name}`, ({ type }) => note(type));
  const spy = (place, name) => {
    const original = place[name];
    place[name] = function (...args) {
      for (const one of [this, ...args, ...(Array.isArray(args[2]) ? args[2] : [])])
        note(one instanceof Event ? one.type : one);
      return original.apply(this, args);
    };
  };
  for (const name of ["dispatchEvent", "addEventListener", "removeEventListener"])
    spy(EventTarget.prototype, name);
  spy(Event.prototype, "preventDefault");
  spy(Reflect, "apply");
  spy(JSON, "parse");
  spy(JSON, "stringify");
  const { get } = Object.getOwnPropertyDescriptor(CustomEvent.prototype, "detail");
  Object.defineProperty(CustomEvent.prototype, "detail", {
    get() { note(this.type); return get.call(this); },
  });
  window.CustomEvent = new Proxy(CustomEvent, {
    construct(target, args) { note(args[0]); return new target(...args); },
  });
}"""
SAY = """([names, detail]) => names.filter((name) => !document.dispatchEvent(
  new CustomEvent(name, { cancelable: true, detail: JSON.stringify(detail) })))"""


def say(tab: Tab, names: list[str], detail: Any) -> list[str]:
    """The names of the events that were answered."""
    answered: list[str] = tab.page.evaluate(SAY, [names, detail])
    return answered


def test_the_page_cannot_listen_to_the_channel(tab: Tab) -> None:
    tab.page.evaluate(EAVESDROP, NAMES)
    tab.send("ben@example.com")
    assert len(tab.gmail.mails(1)[0].pixels) == 1
    assert tab.page.evaluate("heard") == []


def test_the_page_gets_no_signature_and_no_secret(tab: Tab, browser: Browser) -> None:
    names = [f"sealbreak:{name}" for name in NAMES]
    assert say(tab, names, {"key": "k", "mails": [MAIL]}) == []
    assert say(tab, names, "0b5e7a52-0000-4000-8000-000000000000") == []
    assert MAIL["draftId"] not in browser.stored("drafts")


def test_the_page_cannot_replace_the_content_script(tab: Tab) -> None:
    writing = tab.compose("ben@example.com")
    say(tab, ["sealbreak:takeover"], None)
    assert writing.switch.count() == 1
    writing.send()
    assert len(tab.gmail.mails(1)[0].pixels) == 1


def test_a_hook_started_by_the_page_gets_no_channel_and_stops_nothing(
    tab: Tab, browser: Browser
) -> None:
    tab.page.evaluate((browser.extension / "hook.js").read_text())
    tab.send("ben@example.com")
    assert len(tab.gmail.mails(1)[0].pixels) == 1


def test_the_page_cannot_press_our_buttons(tab: Tab, browser: Browser) -> None:
    settings = browser.ask("overview", {"refresh": False})["settings"]
    writing = tab.compose("ben@example.com")
    writing.switch.evaluate("(button) => button.click()")
    writing.root.get_by_role("button", name="What to track").click()
    for item in writing.menu.get_by_role("menuitemcheckbox").all():
        item.evaluate("(button) => button.click()")
    writing.menu.press("Escape")
    writing.shows("tracked").send()
    assert len(tab.gmail.mails(1)[0].pixels) == 1
    assert browser.ask("overview", {"refresh": False})["settings"] == settings


def test_the_page_reaches_neither_the_background_nor_the_storage(tab: Tab) -> None:
    assert tab.page.evaluate("typeof chrome?.runtime?.sendMessage") == "undefined"
    assert tab.page.evaluate("typeof chrome?.storage") == "undefined"


def test_neither_the_token_nor_a_key_is_in_the_page_or_in_an_address(
    tab: Tab, browser: Browser
) -> None:
    account, pool = browser.stored("account"), browser.stored("pool")
    writing = tab.compose("ben@example.com", html=HTML)
    secrets = [account["token"], browser.stored("drafts")[writing.draft()]["seal"]["key"]]
    secrets += [one["key"] for one in pool[:5]]
    page = tab.page.content()
    writing.send()
    seen = json.dumps([[one.path, one.headers, one.body] for one in tab.gmail.seen])
    assert [secret for secret in secrets if secret in page + seen] == []
