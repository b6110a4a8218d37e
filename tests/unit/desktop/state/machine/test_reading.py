from dataclasses import replace

from sealbreak_desktop.state.effects import (
    ReportRead,
    SaveRead,
    SaveReadUpTo,
)
from sealbreak_desktop.state.events import Erased, ReadUpTo
from sealbreak_desktop.state.inputs import (
    Connected,
    HistoryErased,
    MarkRead,
    Received,
)
from support.desktop.machine import ONLINE, an_event, play, titles


def test_reading_one_message_leaves_the_others_unread() -> None:
    other = an_event(2)
    other = replace(other, message="other")
    state, effects = play(ONLINE, Received(an_event(1)), Received(other), MarkRead("other"))
    assert [message for _, message in state.unread] == [an_event(1).message]
    assert effects[-1] == SaveRead("other")


def test_reading_all_empties_the_badge() -> None:
    state, _ = play(ONLINE, Received(an_event(1)), Received(an_event(2)), MarkRead())
    assert state.unread == ()


def test_mark_all_read_goes_to_the_other_devices() -> None:
    state, effects = play(ONLINE, Received(an_event(3)), MarkRead())
    assert (state.unread, state.read_up_to) == ((), 3)
    assert [SaveReadUpTo(3), ReportRead(3)] == effects[-2:]


def test_events_read_on_another_device_are_not_in_the_badge() -> None:
    state, effects = play(ONLINE, Received(an_event(1)), Received(an_event(2)), ReadUpTo(1))
    assert [number for number, _ in state.unread] == [2]
    assert effects[-1] == SaveReadUpTo(1)


def test_an_event_that_was_read_before_it_came_is_not_unread() -> None:
    state, _ = play(ONLINE, ReadUpTo(5), Received(an_event(5)), Received(an_event(6)))
    assert [number for number, _ in state.unread] == [6]


def test_a_hello_says_which_events_were_read_meanwhile() -> None:
    state, _ = play(ONLINE, Received(an_event(1)), Connected(1, "Ann", read=1))
    assert (state.unread, state.read_up_to) == ((), 1)


def test_events_read_here_while_offline_are_reported_at_the_next_hello() -> None:
    state = replace(ONLINE, seen=9, read_up_to=9)
    _, effects = play(state, Connected(9, "Ann", read=2))
    assert ReportRead(9) in effects
    _, effects = play(state, Connected(9, "Ann", read=9))
    assert not [effect for effect in effects if isinstance(effect, ReportRead)]


def test_after_a_restore_nothing_counts_as_read() -> None:
    state = replace(ONLINE, seen=9, read_up_to=9)
    state, effects = play(state, Connected(2, "Ann"))
    assert state.read_up_to == 0
    assert not [effect for effect in effects if isinstance(effect, ReportRead)]


def test_an_erased_event_is_not_shown_later() -> None:
    state, _ = play(replace(ONLINE, replay_until=3), Received(an_event(1)), Received(an_event(2)))
    left = HistoryErased(Erased(1, ((1, 1),), erasures=4), recent=(), unread=())
    state, effects = play(state, left, Received(an_event(3, "clicked")))
    assert titles(effects) == [
        "Your mail to Ann, 'Offer 12', was opened",
        "A link in your mail to Ann, 'Offer 12', was followed",
    ]
    assert state.erasures == 4
