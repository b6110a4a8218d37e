"""What a reader of the pages meets: live news, their own time, a keyboard, a phone, no script."""

import re

import pytest
from playwright.sync_api import Page, expect
from sealbreak_server.cli.run.scenario import GMAIL
from support.pages import PHONE, Ground, Visiting, visit
from support.paths import ROOT

AXE = ROOT / "extension/node_modules/axe-core/axe.min.js"
"""Of the extension's packages: it knows the rules of accessibility."""
PAGES = (
    "/history", "/history?show=muted", "/history?q=zzz", "/history/events", "/history/overview",
    "/history/settings", "/history/{read}", "/history/{read}/record", "/history/digest",
    "/history/digest/{day}", "/history/people", "/history/people?q=zzz",
    "/history/people/ann@example.com", "/history/people/zzz",
)  # fmt: skip
TOKYO = {"timezone_id": "Asia/Tokyo"}


def is_live(page: Page) -> None:
    """Its connection stands: what happens from now on is heard of."""
    expect(page.get_by_text("live", exact=True)).to_be_visible(timeout=20_000)


def hours(page: Page) -> str:
    shown = page.locator("main time").first.inner_text()
    return re.sub(r".*, (\d\d):\d\d.*", r"\1", shown)


def test_an_event_appears_in_the_open_feed(visiting: Visiting, history: Ground) -> None:
    page = visiting("/history/events")
    is_live(page)
    mail = history.opened()
    newest = page.locator(".feed li").first
    expect(newest.get_by_role("link")).to_have_attribute("href", f"/history/{mail.id}")
    expect(page.get_by_role("status")).to_have_text("The page was updated.")


def test_an_open_list_shows_that_a_mail_has_been_opened(
    visiting: Visiting, history: Ground
) -> None:
    page = visiting("/history")
    row = page.get_by_role("link", name="Offer 12")
    expect(row).to_contain_text("Not opened")
    is_live(page)
    visit(history.unread.pixel, GMAIL)
    expect(row).to_contain_text("Opened")


def test_what_was_unfolded_stays_unfolded_when_the_page_renews_itself(
    visiting: Visiting, history: Ground
) -> None:
    page = visiting("/history/{read}")
    is_live(page)
    page.get_by_text("1 automated request").click()
    last = page.locator("main").get_attribute("data-last")
    history.opened()
    expect(page.locator("main")).not_to_have_attribute("data-last", str(last))
    expect(page.locator("#machines")).to_have_attribute("open", "")


def test_whoever_is_about_to_confirm_is_not_interrupted(
    visiting: Visiting, history: Ground
) -> None:
    page = visiting("/history/{read}")
    is_live(page)
    page.get_by_text("Stop tracking this mail").click()
    with page.expect_response(lambda answer: answer.url.endswith(history.read.id)):
        history.opened()
    expect(page.get_by_role("button", name="Stop tracking")).to_be_visible()


def test_a_page_follows_again_when_the_server_has_been_away(
    visiting: Visiting, history: Ground
) -> None:
    page = visiting("/history/events")
    is_live(page)
    history.server.stop()
    expect(page.get_by_text("live", exact=True)).to_be_hidden()
    history.server.start_again()
    is_live(page)
    mail = history.opened()
    newest = page.locator(".feed li").first.get_by_role("link")
    expect(newest).to_have_attribute("href", f"/history/{mail.id}")


@pytest.mark.parametrize("path", ["/history", "/history/events", "/history/{read}"])
def test_times_are_the_readers_own(visiting: Visiting, path: str) -> None:
    here, there = visiting(path, timezone_id="UTC"), visiting(path, **TOKYO)
    assert int(hours(there)) == (int(hours(here)) + 9) % 24


def test_the_hours_of_the_overview_are_the_readers_own(visiting: Visiting) -> None:
    overview = visiting("/history/overview", **TOKYO).get_by_role("main")
    expect(overview.get_by_text("Times are in")).to_contain_text("Asia/Tokyo")


@pytest.mark.parametrize("path", PAGES)
def test_without_a_script_a_page_is_whole_and_in_utc(visiting: Visiting, path: str) -> None:
    page = visiting(path, java_script_enabled=False, **TOKYO)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    for time in page.locator("main time").all():
        assert str(time.text_content()).endswith(" UTC")


def test_without_a_script_a_search_works(visiting: Visiting) -> None:
    page = visiting("/history", java_script_enabled=False)
    page.get_by_role("searchbox").fill("monday")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".message-list li")).to_have_count(1)


def test_the_keyboard_comes_to_the_content_at_once(visiting: Visiting) -> None:
    page = visiting("/history")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("searchbox")).to_be_focused()


def test_what_has_the_focus_can_be_seen(visiting: Visiting) -> None:
    page = visiting("/history/{read}")
    for _ in range(12):
        page.keyboard.press("Tab")
        style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert style == "solid", page.evaluate("document.activeElement.outerHTML")


@pytest.mark.parametrize("path", PAGES)
def test_a_phone_need_not_scroll_sideways(visiting: Visiting, path: str) -> None:
    page = visiting(path, viewport=PHONE)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("path", PAGES)
def test_no_rule_of_accessibility_is_broken(visiting: Visiting, path: str) -> None:
    page = visiting(path, bypass_csp=True)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found = page.evaluate("axe.run()")
        assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found["violations"]] == []
        assert found["passes"]


def test_a_chart_is_an_image_with_words(visiting: Visiting) -> None:
    chart = visiting("/history/{read}").get_by_role("img", name=re.compile("hits between"))
    expect(chart).to_have_attribute("aria-label", re.compile("by readers, 1 by machines$"))


def test_muting_and_unmuting_by_hand(visiting: Visiting) -> None:
    page = visiting("/history/{read}")
    page.get_by_role("button", name="Mute alerts").click()
    page.get_by_role("button", name="Unmute alerts").click()
    expect(page.get_by_role("button", name="Mute alerts")).to_be_visible()


def test_a_mistake_is_focused_and_read_out(visiting: Visiting) -> None:
    page = visiting("/history/settings")
    page.get_by_label("Time zone").fill("Atlantis")
    page.locator("#alerts").get_by_role("button", name="Save").click()
    field = page.get_by_label("Time zone")
    expect(page.get_by_role("alert")).to_contain_text("The time zone must be")
    expect(field).to_be_focused()
    expect(field).to_have_value("Atlantis")
    expect(field).to_have_accessible_description(re.compile("The time zone must be"))


def test_the_zone_of_the_times_is_told(visiting: Visiting) -> None:
    expect(visiting("/history", **TOKYO).get_by_text("Times are in Asia/Tokyo.")).to_be_visible()
    without = visiting("/history", java_script_enabled=False, **TOKYO)
    expect(without.get_by_text("Times are in UTC.")).to_be_visible()
    here = visiting("/history/settings", **TOKYO).get_by_text("This browser’s zone is Asia/Tokyo")
    expect(here).to_be_visible()


def test_a_message_leads_to_its_reader_and_back(visiting: Visiting, history: Ground) -> None:
    page = visiting("/history/{read}")
    page.get_by_role("link", name="Ann").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ann")
    page.locator(f'.message-list a[href="/history/{history.read.id}"]').click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Minutes of Monday")


def test_days_are_walked_with_the_keyboard(visiting: Visiting) -> None:
    page = visiting("/history/digest/{day}")
    today = page.get_by_role("heading", level=1).inner_text()
    page.get_by_role("link", name="Previous day").press("Enter")
    expect(page.get_by_role("heading", level=1)).not_to_have_text(today)
    page.get_by_role("link", name="Next day").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(today)


def test_on_paper_a_record_is_whole_and_without_controls(visiting: Visiting) -> None:
    page = visiting("/history/{read}/record", color_scheme="dark")
    page.emulate_media(media="print")
    expect(page.locator("header")).to_be_hidden()
    expect(page.get_by_role("link", name="CSV")).to_be_hidden()
    expect(page.get_by_role("table")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"


def test_on_paper_the_reason_of_each_hit_is_unfolded(visiting: Visiting) -> None:
    page = visiting("/history/{read}")
    reason = page.get_by_text(re.compile("^Rule: ")).first
    expect(reason).to_be_hidden()
    page.emulate_media(media="print")
    expect(reason).to_be_visible()


def test_a_table_has_a_caption_and_headers(visiting: Visiting) -> None:
    people = visiting("/history/people").get_by_role("table", name="Recipients of your mails")
    expect(people.get_by_role("columnheader")).to_have_count(6)
    expect(people.get_by_role("rowheader", name="Ann")).to_be_visible()
    record = visiting("/history/{read}/record").get_by_role("table", name="requests for its image")
    expect(record.get_by_role("columnheader")).to_have_count(5)


def test_whoever_is_about_to_erase_a_person_is_asked_first(visiting: Visiting) -> None:
    page = visiting("/history/people/ann@example.com")
    expect(page.get_by_role("button", name="Erase", exact=True)).to_be_hidden()
    page.get_by_text("Erase this person").click()
    expect(page.get_by_text("This cannot be undone")).to_be_visible()
