"""One switch in the right place, however Gmail draws its toolbar."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect
from support.gmail.browser import Browser
from support.gmail.tab import Tab, Writing

HELLO = "<p>Hello</p>"
Open = Callable[..., Tab]


@pytest.fixture
def opened(browser: Browser) -> Iterator[Open]:
    """Opens tabs of a changed Gmail."""
    browser.gmail.forget()
    tabs: list[Tab] = []

    def open_tab(**query: str) -> Tab:
        tabs.append(browser.open(0, "", **query))
        return tabs[-1]

    yield open_tab
    for tab in tabs:
        tab.close()


def is_right_after_send(writing: Writing) -> None:
    expect(writing.root.locator(".btC > .Up + .sealbreak-cell [role=switch]")).to_be_visible()
    expect(writing.switch).to_have_count(1)
    expect(writing.tab.page.locator(".sealbreak-cell")).to_have_count(1)


def leaves_as_shown(writing: Writing, pixels: int) -> None:
    writing.send()
    assert len(writing.tab.gmail.mails(1)[0].pixels) == pixels
    assert writing.tab.notices() == []


def test_a_toolbar_that_is_drawn_late_gets_the_switch(opened: Open) -> None:
    writing = opened(latebar="1500").compose("ben@example.com", "Offer", HELLO)
    assert writing.root.locator("> .sealbreak-chip [role=switch]").is_visible()
    is_right_after_send(writing)
    leaves_as_shown(writing, 1)


def test_a_choice_before_the_toolbar_is_drawn_is_kept(opened: Open) -> None:
    writing = opened(latebar="1500", lateid="60000").compose(
        "ben@example.com", "Offer", HELLO, state="waiting"
    )
    writing.choose_off()
    is_right_after_send(writing)
    writing.shows("off")
    leaves_as_shown(writing, 0)


def test_a_send_button_that_is_drawn_late_gets_the_switch_beside_it(opened: Open) -> None:
    writing = opened(latesend="1500").compose("ben@example.com", "Offer", HELLO)
    expect(writing.switch).to_have_count(1)
    is_right_after_send(writing)
    leaves_as_shown(writing, 1)


@pytest.mark.parametrize("state", ["tracked", "off"])
def test_a_toolbar_that_is_replaced_gets_the_switch_again(opened: Open, state: str) -> None:
    writing = opened().compose("ben@example.com", "Offer", HELLO)
    if state == "off":
        writing.choose_off()
    for _ in range(3):
        writing.switch.focus()
        writing.evaluate("() => { standIn.composes[0].drawToolbar(); }")
        is_right_after_send(writing)
    writing.shows(state)
    leaves_as_shown(writing, 1 if state == "tracked" else 0)


def test_a_choice_without_an_id_outlives_a_replaced_toolbar(opened: Open) -> None:
    writing = opened(lateid="60000").compose("ben@example.com", "Offer", HELLO, state="waiting")
    writing.choose_off()
    writing.evaluate("() => { standIn.composes[0].drawToolbar(); }")
    is_right_after_send(writing)
    writing.shows("off")
    leaves_as_shown(writing, 0)


def test_an_id_that_is_joined_with_its_conversations_is_read(opened: Open) -> None:
    writing = opened(joined="1").compose("ben@example.com", "Offer", HELLO)
    leaves_as_shown(writing, 1)


def test_what_another_extension_puts_beside_send_does_not_move_the_switch(opened: Open) -> None:
    writing = opened().compose("ben@example.com", "Offer", HELLO)
    moves = writing.evaluate(
        """async (root) => {
            const send = root.querySelector(".btC > .Up");
            const other = document.createElement("td");
            send.after(other);
            let moves = 0;
            new MutationObserver((all) => { moves += all.length; })
              .observe(send.parentElement, { childList: true });
            await new Promise((done) => setTimeout(done, 1000));
            return moves;
        }"""
    )
    assert moves == 0
    expect(writing.switch).to_have_count(1)
