"""The menu beside the switch in a compose window."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from support.desktop.processes import eventually
from support.gmail.browser import Browser
from support.gmail.mails import target
from support.gmail.tab import Tab

HTML = """<p>See <a href="https://example.com/a">the offer</a>,
<a href="https://example.com/b">the map</a> and <a href="mailto:ann@example.com">write</a>.</p>"""
A, B = "https://example.com/a", "https://example.com/b"


@pytest.fixture(autouse=True)
def settings(browser: Browser) -> Iterator[None]:
    before = browser.ask("overview", {"refresh": False})["settings"]
    yield
    browser.ask("settings", before)


def targets(links: list[str]) -> list[str]:
    return [target(link) if "/l/" in link else link for link in links]


def test_opens_can_be_switched_off_alone(tab: Tab) -> None:
    writing = tab.compose("ben@example.com", "Offer", HTML)
    writing.choose("Opens")
    expect(writing.switch).to_have_text("Links only")
    writing.send()
    (mail,) = tab.gmail.mails(1)
    assert mail.pixels == []
    assert [("/l/" in link) for link in mail.links] == [True, True, False]


def test_links_can_be_switched_off_alone(tab: Tab) -> None:
    writing = tab.compose("ben@example.com", "Offer", HTML)
    writing.choose("Links")
    expect(writing.switch).to_have_text("Opens only")
    writing.send()
    (mail,) = tab.gmail.mails(1)
    assert len(mail.pixels) == 1
    assert mail.links == [A, B, "mailto:ann@example.com"]


def test_a_mail_without_opens_and_links_is_not_tracked(tab: Tab) -> None:
    writing = tab.compose("ben@example.com", "Offer", HTML)
    writing.choose("Opens", "Links")
    writing.shows("off").send()
    (mail,) = tab.gmail.mails(1)
    assert (mail.pixels, mail.links[:2]) == ([], [A, B])


def test_a_single_link_can_be_excluded(tab: Tab) -> None:
    writing = tab.compose("ben@example.com", "Offer", HTML)
    writing.choose("the map")
    html = writing.root.locator("[g_editable]").inner_html()
    writing.send()
    (mail,) = tab.gmail.mails(1)
    assert targets(mail.links)[:2] == [A, B]
    assert [("/l/" in link) for link in mail.links[:2]] == [True, False]
    assert "/l/" not in html
    assert "sealbreak" not in html


def test_only_links_that_would_be_tracked_are_listed(tab: Tab) -> None:
    writing = tab.compose("ben@example.com", "Offer", HTML)
    writing.root.get_by_role("button", name="What to track").click()
    items = writing.menu.get_by_role("group", name="Track in this mail").get_by_role(
        "menuitemcheckbox"
    )
    expect(items).to_have_text(
        ["Opens", "Links", "the offerhttps://example.com/a", "the maphttps://example.com/b"]
    )


def test_a_mail_with_links_only_and_no_link_is_sent_unchanged(tab: Tab, browser: Browser) -> None:
    writing = tab.compose("ben@example.com", "Offer", "<p>Hello</p>")
    writing.choose("Opens")
    writing.send()
    (mail,) = tab.gmail.mails(1)
    assert mail.own == '<div dir="ltr"><p>Hello</p></div>'
    assert browser.stored("queue")["entries"] == []


def test_options_for_a_domain_apply_to_the_next_mail_to_it(tab: Tab) -> None:
    first = tab.compose("ben@example.org", "Offer", HTML)
    first.choose("Links", "In mail to example.org")
    first.send()
    second = tab.compose("cleo@example.org", "Offer", HTML)
    expect(second.switch).to_have_text("Opens only")
    second.fill("ben@example.com", "Offer", HTML)
    expect(second.switch).to_have_text("Tracked")
    second.fill("ben@example.com, cleo@example.org", "Offer", HTML)
    expect(second.switch).to_have_text("Opens only")
    second.send()
    assert [mail.links[0] for mail in tab.gmail.mails(2)] == [A, A]


def test_options_for_all_mail_become_the_default(tab: Tab, browser: Browser) -> None:
    writing = tab.compose("ben@example.com", "Offer", HTML)
    writing.switch.click()
    writing.shows("off").choose("In all new mail")
    tab.compose("ben@example.com", state="off")
    assert browser.ask("overview", {"refresh": False})["settings"]["tracking"] is False


def test_options_for_a_domain_can_be_removed_on_the_options_page(
    tab: Tab, browser: Browser
) -> None:
    tab.compose("ben@example.org", "Offer", HTML).choose("Links", "In mail to example.org")
    page = browser.page("options.html")
    expect(page.locator("#domains li")).to_contain_text("Opens only")
    page.get_by_role("button", name="Forget example.org").click()
    expect(page.locator("#domains li")).to_have_count(0)
    assert browser.stored("settings")["domains"] == {}
    page.close()


def test_the_overrides_are_kept_with_the_draft(tab: Tab) -> None:
    writing = tab.compose("ben@example.com", "Offer", HTML)
    writing.choose("Opens")
    draft = writing.draft()
    tab.goto()
    tab.page.evaluate("(id) => { standIn.compose({ id }); }", draft)
    again = tab.only()
    again.fill("ben@example.com", "Offer", HTML)
    expect(again.switch).to_have_text("Links only")


def test_an_excluded_link_stays_excluded_when_the_draft_is_reopened(tab: Tab) -> None:
    writing = tab.compose("ben@example.com", "Offer", HTML)
    writing.choose("the map")
    draft = writing.draft()
    tab.goto()
    tab.page.evaluate("(id) => { standIn.compose({ id }); }", draft)
    again = tab.only()
    again.fill("ben@example.com", "Offer", HTML)
    again.shows("tracked").root.get_by_role("button", name="What to track").click()
    item = again.menu.get_by_role("menuitemcheckbox", name="the map")
    expect(item).to_have_attribute("aria-checked", "false")
    again.menu.press("Escape")
    again.send()
    assert targets(tab.gmail.mails(1)[0].links)[:2] == [A, B]
    assert "/l/" not in tab.gmail.mails(1)[0].links[1]


def test_the_menu_works_from_the_keyboard(tab: Tab) -> None:
    writing = tab.compose("ben@example.com", "Offer", HTML)
    more = writing.root.get_by_role("button", name="What to track")
    writing.switch.press("ArrowDown")
    expect(writing.menu.get_by_role("menuitemcheckbox", name="Opens")).to_be_focused()
    expect(more).to_have_attribute("aria-expanded", "true")
    tab.page.keyboard.press("ArrowDown")
    tab.page.keyboard.press("Space")
    links = writing.menu.get_by_role("menuitemcheckbox", name="Links", exact=True)
    expect(links).to_have_attribute("aria-checked", "false")
    expect(links).to_be_focused()
    tab.page.keyboard.press("End")
    expect(writing.menu.get_by_role("menuitemcheckbox", name="example.com")).to_be_focused()
    tab.page.keyboard.press("Escape")
    expect(writing.menu).not_to_be_visible()
    expect(more).to_be_focused()
    assert tab.gmail.sent() == []


def test_the_menu_stays_inside_the_window(tab: Tab) -> None:
    tab.page.set_viewport_size({"width": 620, "height": 420})
    writing = tab.compose("ben@example.com", "Offer", HTML)
    writing.root.get_by_role("button", name="What to track").click()
    box = writing.menu.bounding_box()
    assert box is not None
    assert min(box["x"], box["y"]) >= 0
    assert box["x"] + box["width"] <= 620
    assert box["y"] + box["height"] <= 420


SHOWN = (
    '<p>See <a href="https://example.com/a">the offer</a> or '
    '<a href="https://example.org/b">https://example.org/b</a>.</p>'
)


def wrapped(tab: Tab) -> list[bool]:
    (mail,) = tab.gmail.mails(1)
    return ["/l/" in link for link in mail.links]


def test_a_link_whose_text_is_an_address_is_left_alone_and_the_menu_says_so(tab: Tab) -> None:
    writing = tab.compose("ben@example.com", "Offer", SHOWN)
    writing.root.get_by_role("button", name="What to track").click()
    item = writing.menu.get_by_role("menuitemcheckbox", name="1 link whose text is an address")
    expect(item).to_have_attribute("aria-checked", "false")
    expect(item).to_contain_text("Left alone")
    writing.menu.press("Escape")
    writing.send()
    assert wrapped(tab) == [True, False]


def test_one_click_tracks_the_links_whose_text_is_an_address(tab: Tab) -> None:
    writing = tab.compose("ben@example.com", "Offer", SHOWN)
    writing.choose("1 link whose text is an address")
    writing.send()
    assert wrapped(tab) == [True, True]


def test_one_click_excludes_a_site_from_all_mail(tab: Tab, browser: Browser) -> None:
    writing = tab.compose("ben@example.com", "Offer", HTML)
    writing.choose("Never track clicks to example.com")
    eventually(lambda: browser.stored("settings").get("neverWrap") == ["example.com"], "the site")
    writing.send()
    assert wrapped(tab) == [False, False, False]
    page = browser.page("options.html")
    expect(page.locator("#neverWrap")).to_have_value("example.com")
    page.close()
