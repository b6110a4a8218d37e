from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sealbreak_desktop.state.effects import (
    BeSilentUntil,
    CompareWithServer,
    Effect,
    KeepMute,
    KeepRead,
    Remember,
    Show,
    StartOver,
    TellSnooze,
    WaitForReplay,
)
from sealbreak_desktop.state.events import Event, read_event
from sealbreak_desktop.state.state import (
    Connected,
    Input,
    Link,
    Lost,
    MarkRead,
    Mute,
    Received,
    ReplayEnded,
    SetBack,
    SignedOut,
    State,
    Unmute,
    step,
)
from support.desktop.scripted_server import golden

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ONLINE = State(link=Link.ONLINE, account="Ann")


def an_event(number: int, name: str = "opened-through-gmail", **changes: Any) -> Event:
    return read_event(golden(name, number=number, **changes))


def play(state: State, *inputs: Input) -> tuple[State, list[Effect]]:
    effects: list[Effect] = []
    for one in inputs:
        state, more = step(state, one, NOW)
        effects += more
    return state, effects


def titles(effects: list[Effect]) -> list[str]:
    return [effect.alert.title for effect in effects if isinstance(effect, Show)]


def test_an_open_is_shown_then_remembered() -> None:
    _, effects = play(ONLINE, Received(an_event(1)))
    assert titles(effects) == ["Ann opened 'Offer 12'"]
    assert effects[-1] == Remember(1)


def test_what_is_seen_twice_is_shown_once() -> None:
    _, effects = play(ONLINE, Received(an_event(1)), Received(an_event(1)))
    assert len(titles(effects)) == 1


def test_a_machine_makes_no_sound_and_no_badge() -> None:
    event = an_event(1)
    machine = replace(event, verdict=replace(event.verdict, actor="machine"))
    state, effects = play(ONLINE, Received(machine))
    assert effects == [Remember(1)]
    assert (state.unread, state.recent) == ((), ())


def test_an_unknown_kind_only_moves_the_number() -> None:
    state, effects = play(ONLINE, Received(an_event(7, "unknown-kind")))
    assert effects == [Remember(7)]
    assert state.recent == ()


def test_three_missed_events_are_shown_one_by_one() -> None:
    missed = [Received(an_event(number)) for number in (1, 2, 3)]
    _, effects = play(State(), Connected(3, "Ann"), *missed)
    assert len(titles(effects)) == 3


def test_more_than_three_missed_events_are_one_alert() -> None:
    missed = [Received(an_event(number)) for number in (1, 2, 3, 4)]
    state, effects = play(State(), Connected(4, "Ann"), *missed)
    assert titles(effects) == ["While you were away: 4 opens"]
    assert len(state.unread) == 4


def test_nothing_is_remembered_before_the_replay_is_told() -> None:
    _, effects = play(State(), Connected(3, "Ann"), Received(an_event(1)))
    assert effects == [WaitForReplay()]


def test_a_replay_that_stops_short_is_told_all_the_same() -> None:
    _, effects = play(State(), Connected(9, "Ann"), Received(an_event(2)), ReplayEnded())
    assert titles(effects) == ["Ann opened 'Offer 12'"]
    assert effects[-1] == Remember(2)


def test_the_end_of_a_replay_remembers_nothing_that_is_still_being_told() -> None:
    _, effects = play(State(), Connected(1, "Ann"), Received(an_event(1)))
    assert effects[-1] == Remember(1)
    _, effects = play(State(seen=1), ReplayEnded())
    assert effects == []


def test_what_a_killed_run_recorded_but_did_not_tell_counts_once() -> None:
    recorded = an_event(1)
    state = State(recent=(recorded,), unread=((1, recorded.message),))
    state, effects = play(state, Connected(1, "Ann"), Received(recorded))
    assert titles(effects) == ["Ann opened 'Offer 12'"]
    assert (len(state.recent), len(state.unread)) == (1, 1)


def test_what_was_corrected_before_it_was_told_is_not_told() -> None:
    wrong, correction = an_event(1), an_event(2, "corrected", corrects=1)
    _, effects = play(State(), Connected(2, "Ann"), Received(wrong), Received(correction))
    assert titles(effects) == []


def test_a_correction_takes_the_place_of_what_it_corrects() -> None:
    wrong, correction = an_event(1), an_event(2, "corrected", corrects=1)
    state, effects = play(ONLINE, Received(wrong), Received(correction))
    shown = [effect.alert for effect in effects if isinstance(effect, Show)]
    assert shown[0].key == shown[1].key
    assert state.recent == (correction,)
    assert [number for number, _ in state.unread] == [2]


def test_the_first_replay_after_a_loss_is_silent() -> None:
    missed = [Received(an_event(number)) for number in (1, 2)]
    state, effects = play(State(silent_until=None), Connected(2, "Ann"), *missed)
    assert titles(effects) == []
    assert BeSilentUntil(2) in effects
    assert (len(state.recent), state.unread) == (2, ())


def test_events_from_before_the_pairing_are_silent() -> None:
    missed = [Received(an_event(number)) for number in (1, 2)]
    _, effects = play(State(silent_until=1), Connected(2, "Ann"), *missed)
    assert len(titles(effects)) == 1


def test_a_server_that_begins_again_is_followed() -> None:
    state, effects = play(
        State(seen=80, silent_until=50), Connected(3, "Ann"), Received(an_event(4))
    )
    assert StartOver(3) in effects
    assert titles(effects) == ["Ann opened 'Offer 12'"]
    assert state.seen == 4


def test_a_server_set_back_is_asked_for_all_of_its_history() -> None:
    state, effects = play(State(seen=80, silent_until=50), Connected(60, "Ann"))
    assert (state.seen, state.silent_until) == (0, 50)
    known, new = Received(an_event(1), told=True), Received(an_event(60))
    state, effects = play(state, Connected(60, "Ann"), known, new)
    assert titles(effects) == ["Ann opened 'Offer 12'"]
    assert effects[-1] == Remember(60)


def test_a_server_that_went_beyond_our_number_is_compared_with() -> None:
    state, effects = play(State(seen=80, silent_until=50), Connected(90, "Ann"))
    assert CompareWithServer() in effects
    state, effects = play(state, SetBack())
    assert effects == [StartOver(90), BeSilentUntil(50)]
    assert state.seen == 0


def test_a_muted_app_counts_and_keeps_quiet() -> None:
    state, effects = play(ONLINE, Mute(NOW + timedelta(hours=1)), Received(an_event(1)))
    assert titles(effects) == []
    assert effects[0] == KeepMute(NOW + timedelta(hours=1), waits=True)
    assert len(state.unread) == 1


def test_a_mute_ends_by_itself_and_by_hand() -> None:
    muted, _ = play(ONLINE, Mute(NOW))
    assert not muted.is_muted(NOW)
    unmuted, effects = play(muted, Unmute())
    assert unmuted.muted_until is None
    assert effects == [KeepMute(None, waits=True), TellSnooze(None)]


def test_reading_one_message_leaves_the_others_unread() -> None:
    other = an_event(2)
    other = replace(other, message="other")
    state, effects = play(ONLINE, Received(an_event(1)), Received(other), MarkRead("other"))
    assert [message for _, message in state.unread] == [an_event(1).message]
    assert effects[-1] == KeepRead("other")


def test_reading_all_empties_the_badge() -> None:
    state, _ = play(ONLINE, Received(an_event(1)), Received(an_event(2)), MarkRead())
    assert state.unread == ()


def test_a_revoked_token_is_told_once() -> None:
    _, effects = play(ONLINE, SignedOut("Pair it again."), SignedOut("Pair it again."))
    assert titles(effects) == ["Sealbreak is signed out"]


def test_a_lost_connection_says_why() -> None:
    state, effects = play(ONLINE, Lost("No answer"))
    assert (state.link, state.problem, effects) == (Link.OFFLINE, "No answer", [])


def test_the_menu_holds_the_last_ten() -> None:
    state, _ = play(ONLINE, *(Received(an_event(number)) for number in range(1, 15)))
    assert [event.number for event in state.recent] == list(range(14, 4, -1))
