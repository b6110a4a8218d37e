from dataclasses import replace

from sealbreak_desktop.state.events import read_event
from sealbreak_desktop.state.notification import (
    SUMMARY_KEY,
    Action,
    Alert,
    alert_for,
    alerts_for,
    folded,
    wants_alert,
)
from support.desktop.scripted_server import golden

OPENED = read_event(golden("opened-through-gmail"))
CLICKED = read_event(golden("clicked"))


def test_an_open_and_a_click_of_one_message_stand_side_by_side() -> None:
    assert alert_for(OPENED).key != alert_for(CLICKED).key


def test_an_alert_leads_to_its_message() -> None:
    assert alert_for(OPENED).event == OPENED
    assert alert_for(OPENED).actions == (Action.OPEN, Action.MUTE)


def test_a_summary_leads_to_the_history() -> None:
    (alert,) = alerts_for([(OPENED, 0)] * 4)
    assert (alert.key, alert.event, alert.actions) == (SUMMARY_KEY, None, (Action.OPEN,))


def test_many_late_alerts_are_one_beside_those_that_stand_for_many_already() -> None:
    late = [replace(alert_for(CLICKED), key=str(number)) for number in range(4)]
    summary = Alert(SUMMARY_KEY, "While you were away: 5 opens", "")
    assert folded([summary, *late[:3]]) == [summary, *late[:3]]
    whole, rest = folded([summary, *late])
    assert whole == summary
    assert rest.title == "Before pop-ups could be shown: 4 links followed"


def test_the_sender_is_not_told_of_himself() -> None:
    own = replace(OPENED, verdict=replace(OPENED.verdict, actor="sender"))
    assert not wants_alert(own)
