from dataclasses import replace

from screen.scripted_server import golden
from sealbreak_desktop.alerts import SUMMARY_KEY, Action, alert_for, alerts_for, wants_alert
from sealbreak_desktop.events import read_event

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


def test_the_sender_is_not_told_of_himself() -> None:
    own = replace(OPENED, verdict=replace(OPENED.verdict, actor="sender"))
    assert not wants_alert(own)
