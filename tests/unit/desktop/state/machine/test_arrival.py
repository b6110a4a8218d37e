from dataclasses import replace
from datetime import timedelta

import pytest
from sealbreak_desktop.state.decoding import read_event
from sealbreak_desktop.state.effects import (
    SaveSeen,
    Show,
    WaitForReplay,
)
from sealbreak_desktop.state.inputs import (
    Connected,
    Received,
    ReplayEnded,
    Skipped,
)
from sealbreak_desktop.state.machine.arrival import BURST
from sealbreak_desktop.state.notification import SUMMARY_KEY, notification_for
from sealbreak_desktop.state.state import State
from support.desktop.machine import NOW, ONLINE, an_event, play, titles
from support.desktop.scripted_server import golden


def test_an_open_is_shown_then_remembered() -> None:
    _, effects = play(ONLINE, Received(an_event(1)))
    assert titles(effects) == ["Your mail to Ann, 'Offer 12', was opened"]
    assert effects[-1] == SaveSeen(1)


def test_an_event_received_twice_is_shown_once() -> None:
    _, effects = play(ONLINE, Received(an_event(1)), Received(an_event(1)))
    assert len(titles(effects)) == 1


def test_an_event_of_a_machine_has_no_pop_up_and_no_badge() -> None:
    event = an_event(1)
    machine = replace(event, verdict=replace(event.verdict, actor="machine"))
    state, effects = play(ONLINE, Received(machine))
    assert effects == [SaveSeen(1)]
    assert (state.unread, state.recent) == ((), ())


def test_an_event_that_cannot_be_read_only_moves_the_number() -> None:
    state, effects = play(ONLINE, Skipped(7))
    assert effects == [SaveSeen(7)]
    assert (state.seen, state.recent, state.unread) == (7, (), ())


def test_the_last_event_of_a_replay_may_be_one_that_cannot_be_read() -> None:
    _, effects = play(State(), Connected(2, "Ann"), Received(an_event(1)), Skipped(2))
    assert titles(effects) == ["Your mail to Ann, 'Offer 12', was opened"]
    assert effects[-1] == SaveSeen(2)


def test_three_missed_events_are_shown_one_by_one() -> None:
    missed = [Received(an_event(number)) for number in (1, 2, 3)]
    _, effects = play(State(), Connected(3, "Ann"), *missed)
    assert len(titles(effects)) == 3


def test_more_than_three_missed_events_become_one_summary() -> None:
    missed = [Received(an_event(number)) for number in (1, 2, 3, 4)]
    state, effects = play(State(), Connected(4, "Ann"), *missed)
    assert titles(effects) == ["While you were away: 4 opens"]
    assert len(state.unread) == 4


def test_nothing_is_saved_as_seen_before_the_replay_is_shown() -> None:
    _, effects = play(State(), Connected(3, "Ann"), Received(an_event(1)))
    assert effects == [WaitForReplay()]


def test_an_incomplete_replay_is_shown() -> None:
    _, effects = play(State(), Connected(9, "Ann"), Received(an_event(2)), ReplayEnded())
    assert titles(effects) == ["Your mail to Ann, 'Offer 12', was opened"]
    assert effects[-1] == SaveSeen(2)


def test_the_end_of_a_replay_saves_no_number_that_is_still_in_the_queue() -> None:
    _, effects = play(State(), Connected(1, "Ann"), Received(an_event(1)))
    assert effects[-1] == SaveSeen(1)
    _, effects = play(State(seen=1), ReplayEnded())
    assert effects == []


def test_an_event_recorded_but_not_shown_by_a_killed_run_counts_once() -> None:
    recorded = an_event(1)
    state = State(recent=(recorded,), unread=((1, recorded.message),))
    state, effects = play(state, Connected(1, "Ann"), Received(recorded))
    assert titles(effects) == ["Your mail to Ann, 'Offer 12', was opened"]
    assert (len(state.recent), len(state.unread)) == (1, 1)


def test_an_event_corrected_before_it_was_shown_is_not_shown() -> None:
    wrong, correction = an_event(1), an_event(2, "corrected", corrects=1)
    _, effects = play(State(), Connected(2, "Ann"), Received(wrong), Received(correction))
    assert titles(effects) == []


def test_a_correction_replaces_the_event_it_corrects() -> None:
    wrong, correction = an_event(1), an_event(2, "corrected", corrects=1)
    state, effects = play(ONLINE, Received(wrong), Received(correction))
    shown = [effect.notification for effect in effects if isinstance(effect, Show)]
    assert shown[0].key == shown[1].key
    assert state.recent == (correction,)
    assert [number for number, _ in state.unread] == [2]


def test_the_menu_holds_the_last_ten() -> None:
    state, _ = play(ONLINE, *(Received(an_event(number)) for number in range(1, 15)))
    assert [event.number for event in state.recent] == list(range(14, 4, -1))


@pytest.mark.parametrize(
    ("name", "title", "body"),
    [
        ("hot", "'Offer 12' is hot", "Opened 3 times within an hour"),
        ("revived", "'Offer 12' is revived", "Opened again after 21 quiet days"),
        (
            "reminder",
            "No open recorded for your mail to Ben, 'Offer 12'",
            "Not opened for 3 days: earlier mails to this address were opened in Gmail",
        ),
        (
            "digest",
            "What happened since the last digest",
            "5 opens, 1 link followed, in 3 mails",
        ),
    ],
)
def test_the_rarer_kinds_pop_up_in_plain_words(name: str, title: str, body: str) -> None:
    event = read_event(golden(name))
    assert (notification_for(event).title, notification_for(event, 2).body) == (title, body)
    assert titles(play(ONLINE, Received(event))[1]) == [title]


def test_a_quiet_event_is_in_menu_and_badge_without_a_pop_up() -> None:
    state, effects = play(ONLINE, Received(an_event(1, "opened-quietly")))
    assert titles(effects) == []
    assert [event.number for event in state.recent] == [1]
    assert state.unread == ((1, state.recent[0].message),)


def test_quiet_events_add_nothing_to_a_summary() -> None:
    state = replace(ONLINE, replay_until=4)
    events = [Received(an_event(n, "opened-quietly")) for n in (1, 2, 3)]
    _, effects = play(state, *events, Received(an_event(4)))
    assert titles(effects) == ["Your mail to Ann, 'Offer 12', was opened"]


def test_several_pop_ups_in_a_row_become_one_summary() -> None:
    events = [Received(an_event(n)) for n in range(1, 6)]
    _, effects = play(ONLINE, *events)
    assert titles(effects)[3:] == ["Just now: 4 opens", "Just now: 5 opens"]
    keys = [effect.notification.key for effect in effects if isinstance(effect, Show)]
    assert keys[3:] == [SUMMARY_KEY, SUMMARY_KEY]


def test_after_a_pause_each_event_has_its_own_pop_up_again() -> None:
    state, _ = play(ONLINE, *(Received(an_event(n)) for n in range(1, 5)))
    _, effects = play(state, Received(an_event(5)), now=NOW + BURST)
    assert titles(effects) == ["Your mail to Ann, 'Offer 12', was opened"]


def test_a_clock_that_was_set_back_makes_no_summary() -> None:
    state, _ = play(ONLINE, *(Received(an_event(n)) for n in range(1, 5)))
    _, effects = play(state, Received(an_event(5)), now=NOW - timedelta(hours=1))
    assert titles(effects) == ["Your mail to Ann, 'Offer 12', was opened"]


def test_what_a_browser_alerted_about_is_listed_as_unread_without_a_pop_up() -> None:
    missed = [Received(an_event(number)) for number in (1, 2)]
    state, effects = play(State(), Connected(2, "Ann", alerted=1), *missed)
    assert titles(effects) == ["Your mail to Ann, 'Offer 12', was opened"]
    assert [number for number, _ in state.unread] == [1, 2]
