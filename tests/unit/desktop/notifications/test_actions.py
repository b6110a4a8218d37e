"""The buttons of a pop-up, and which of them was clicked."""

import pytest
from sealbreak_desktop.notifications.actions import action_named, buttons
from sealbreak_desktop.state.decoding import read_event
from sealbreak_desktop.state.notification import Action, Notification, notification_for
from support.desktop.scripted_server import golden

GMAIL = ("gmail", "Open in Gmail")
MESSAGE, MUTE = ("default", "Open message"), ("mute", "Mute this mail")


@pytest.mark.parametrize(
    ("event", "expected"),
    [("opened-with-gmail-link", [MESSAGE, GMAIL, MUTE]), ("opened-through-gmail", [MESSAGE, MUTE])],
)
def test_a_mail_in_gmail_can_be_opened_there(event: str, expected: list[tuple[str, str]]) -> None:
    assert buttons(notification_for(read_event(golden(event)))) == expected


def test_a_summary_of_several_mails_opens_the_history() -> None:
    assert buttons(Notification("summary", "3 mails opened", "")) == [("default", "Open history")]


@pytest.mark.parametrize("action", Action)
def test_a_button_is_known_by_its_name(action: Action) -> None:
    assert action_named(action.value) is action


@pytest.mark.parametrize("name", [None, "", "com.apple.UNNotificationDefaultActionIdentifier"])
def test_a_click_on_the_pop_up_itself_opens_what_it_is_about(name: str | None) -> None:
    assert action_named(name) is Action.OPEN
