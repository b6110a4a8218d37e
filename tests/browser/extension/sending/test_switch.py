"""The switch in a compose window."""

import pytest
from support.desktop.processes import eventually
from support.gmail.browser import Browser
from support.gmail.stand_in import Thread
from support.gmail.tab import Tab, Writing


def described(writing: Writing) -> str:
    """What a screen reader reads after the name."""
    text: str = writing.switch.evaluate(
        "(button) => document.getElementById(button.getAttribute('aria-describedby')).textContent"
    )
    return text


def test_the_switch_has_a_name_a_state_and_a_description(tab: Tab) -> None:
    writing = tab.compose("ben@example.com")
    assert writing.switch.get_attribute("aria-checked") == "true"
    assert writing.root.get_by_role("switch", name="Track this mail").inner_text() == "Tracked"
    assert "opens and clicks that it sees" in described(writing)


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_the_switch_works_from_the_keyboard_and_sends_nothing(tab: Tab, key: str) -> None:
    writing = tab.compose("ben@example.com")
    writing.switch.press(key)
    writing.shows("off")
    assert writing.switch.get_attribute("aria-checked") == "false"
    assert tab.gmail.sent() == []


def test_the_switch_is_in_the_toolbar_right_after_send(tab: Tab) -> None:
    writing = tab.compose("ben@example.com")
    assert writing.root.locator(".btC > .Up + td [role=switch]").count() == 1


def test_without_a_known_toolbar_the_switch_is_a_chip_on_the_compose_window(
    browser: Browser,
) -> None:
    tab = browser.open(norow="1")
    writing = tab.compose("ben@example.com")
    assert writing.root.locator("> .sealbreak-chip [role=switch]").is_visible()
    tab.close()


def test_new_mail_starts_with_the_default_of_off(tab: Tab, browser: Browser) -> None:
    settings = browser.ask("overview", {"refresh": False})["settings"]
    browser.ask("settings", {**settings, "tracking": False})
    writing = tab.compose("ben@example.com", state="off")
    writing.send()
    assert tab.gmail.mails(1)[0].pixels == []
    browser.ask("settings", settings)


def test_a_recipient_on_the_do_not_track_list_switches_tracking_off(
    tab: Tab, browser: Browser
) -> None:
    settings = browser.ask("overview", {"refresh": False})["settings"]
    browser.ask("settings", {**settings, "doNotTrack": ["example.org"]})
    writing = tab.compose("ben@example.com, cleo@example.org", state="cannot")
    assert "do-not-track list" in described(writing)
    writing.send()
    assert tab.gmail.mails(1)[0].pixels == []
    browser.ask("settings", settings)


def test_the_switch_of_a_draft_is_kept_when_it_is_reopened(tab: Tab) -> None:
    writing = tab.compose("ben@example.com")
    writing.switch.click()
    writing.shows("off")
    draft = writing.draft()
    tab.goto()
    tab.page.evaluate("(id) => { standIn.compose({ id }); }", draft)
    Writing(tab, tab.page.locator(".M9")).shows("off")


def test_an_inline_reply_and_a_pop_out_have_a_switch(browser: Browser) -> None:
    browser.gmail.threads["plain"] = Thread("msg-f:2", "thread-f:2", "<p>Hi</p>")
    tab = browser.open()
    tab.reply("plain").shows("tracked")
    tab.goto(path="popout")
    tab.only().shows("tracked")
    tab.close()


def test_the_switch_follows_gmails_dark_theme(browser: Browser) -> None:
    tab = browser.open(dark="1")
    writing = tab.compose("ben@example.com")
    assert writing.root.locator("[data-theme=dark]").count() == 1
    tab.close()


def test_the_draft_is_not_changed(tab: Tab) -> None:
    html = '<p>Hello <a href="https://example.com/a">this</a></p>'
    writing = tab.compose("ben@example.com", html=html)
    writing.switch.click()
    writing.shows("off")
    eventually(tab.gmail.drafts, "a saved draft")
    assert writing.root.locator("[g_editable]").inner_html() == html


def test_the_switch_is_styled_under_a_strict_policy_of_the_page(browser: Browser) -> None:
    usual = browser.gmail.policy
    browser.gmail.policy = f"{usual}; style-src 'self' 'nonce-x'"
    tab = browser.open()
    writing = tab.compose("ben@example.com")
    browser.gmail.policy = usual
    radius = writing.switch.evaluate("(button) => getComputedStyle(button).borderTopLeftRadius")
    assert radius == "14px"
    tab.close()
