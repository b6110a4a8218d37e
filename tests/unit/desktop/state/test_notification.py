from dataclasses import replace

from sealbreak_desktop.state.decoding import read_event
from sealbreak_desktop.state.notification import (
    SUMMARY_KEY,
    Action,
    Notification,
    is_shown,
    notification_for,
    notifications_for,
    summarise_late,
)
from support.desktop.scripted_server import golden

OPENED = read_event(golden("opened-through-gmail"))
CLICKED = read_event(golden("clicked"))


def test_an_open_and_a_click_of_one_message_stand_side_by_side() -> None:
    assert notification_for(OPENED).key != notification_for(CLICKED).key


def test_a_notification_leads_to_its_message() -> None:
    assert notification_for(OPENED).event == OPENED
    assert notification_for(OPENED).actions == (Action.OPEN, Action.MUTE)


def test_a_notification_leads_to_gmail_when_the_event_says_where() -> None:
    sent = read_event(golden("opened-with-gmail-link"))
    assert notification_for(sent).actions == (Action.OPEN, Action.GMAIL, Action.MUTE)


def test_a_summary_leads_to_the_history() -> None:
    (alert,) = notifications_for([(OPENED, 0)] * 4)
    assert (alert.key, alert.event, alert.actions) == (SUMMARY_KEY, None, (Action.OPEN,))


def test_many_late_notifications_become_one_beside_existing_summaries() -> None:
    late = [replace(notification_for(CLICKED), key=str(number)) for number in range(4)]
    summary = Notification(SUMMARY_KEY, "While you were away: 5 opens", "")
    assert summarise_late([summary, *late[:3]]) == [summary, *late[:3]]
    whole, rest = summarise_late([summary, *late])
    assert whole == summary
    assert rest.title == "Before pop-ups could be shown: 4 links followed"


def test_the_senders_own_opens_are_not_shown() -> None:
    own = replace(OPENED, verdict=replace(OPENED.verdict, actor="sender"))
    assert not is_shown(own)
