from dataclasses import replace
from datetime import timedelta

from sealbreak_desktop.state.effects import (
    ReportMute,
    SaveMute,
)
from sealbreak_desktop.state.events import Preferences
from sealbreak_desktop.state.inputs import (
    ClockTicked,
    Connected,
    Mute,
    MuteReported,
    Received,
    Unmute,
)
from sealbreak_desktop.state.state import Link
from support.desktop.machine import NOW, ONLINE, an_event, play, titles


def test_a_muted_tray_counts_events_without_pop_ups() -> None:
    state, effects = play(ONLINE, Mute(NOW + timedelta(hours=1)), Received(an_event(1)))
    assert titles(effects) == []
    assert effects[0] == SaveMute(NOW + timedelta(hours=1), pending=True, chosen=NOW)
    assert len(state.unread) == 1


def test_a_mute_ends_by_itself_and_by_hand() -> None:
    muted, _ = play(ONLINE, Mute(NOW))
    assert not muted.is_muted(NOW)
    unmuted, effects = play(muted, Unmute())
    assert unmuted.muted_until is None
    assert effects == [SaveMute(None, pending=True), ReportMute(None)]


def test_a_snooze_goes_to_the_other_devices() -> None:
    until = NOW + timedelta(hours=1)
    _, effects = play(ONLINE, Mute(until), Unmute())
    assert effects == [
        SaveMute(until, pending=True, chosen=NOW),
        ReportMute(until),
        SaveMute(None, pending=True),
        ReportMute(None),
    ]


def test_a_mute_on_another_device_applies_here() -> None:
    until = NOW + timedelta(hours=1)
    state, effects = play(ONLINE, Preferences(until, frozenset({"ann@example.com"})))
    assert (state.muted_until, state.muted_people) == (
        until,
        frozenset({"ann@example.com"}),
    )
    assert effects == [SaveMute(until, pending=False)]


def test_a_mute_chosen_here_holds_until_the_server_knows_it() -> None:
    until = NOW + timedelta(hours=1)
    state, _ = play(ONLINE, Mute(until), Preferences(None))
    assert state.muted_until == until
    state, _ = play(state, MuteReported(until), Preferences(None))
    assert state.muted_until is None


def test_the_last_mute_chosen_offline_is_reported_at_the_next_hello() -> None:
    first, last = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
    state, effects = play(replace(ONLINE, link=Link.OFFLINE), Mute(first), Mute(last))
    assert not [effect for effect in effects if isinstance(effect, ReportMute)]
    state, effects = play(state, Connected(0, "Ann", preferences=Preferences(None)))
    assert (effects, state.muted_until) == ([ReportMute(last)], last)


def test_an_older_mute_reported_late_leaves_the_newer_one_pending() -> None:
    first, last = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
    state, _ = play(ONLINE, Mute(first), Mute(last), MuteReported(first))
    assert (state.muted_until, state.mute_pending) == (last, True)


def test_a_mute_that_is_over_is_not_reported() -> None:
    waiting = replace(ONLINE, muted_until=NOW - timedelta(minutes=1), mute_pending=True)
    until = NOW + timedelta(hours=1)
    state, effects = play(waiting, Connected(0, "Ann", preferences=Preferences(until)))
    assert effects == [SaveMute(until, pending=False)]
    assert (state.muted_until, state.mute_pending) == (until, False)


def test_a_mute_that_could_not_be_reported_is_tried_again() -> None:
    until = NOW + timedelta(hours=1)
    state, _ = play(ONLINE, Mute(until))
    assert play(state, ClockTicked())[1] == [ReportMute(until)]
    assert play(play(state, MuteReported(until))[0], ClockTicked())[1] == []


def test_a_mute_chosen_by_a_wrong_clock_ends_once_the_clock_is_right() -> None:
    in_ten_years = NOW + timedelta(days=3650)
    muted, _ = play(ONLINE, Mute(in_ten_years + timedelta(hours=1)), now=in_ten_years)
    assert not muted.is_muted(NOW)
    state, effects = play(muted, ClockTicked(), now=NOW)
    assert state.muted_until is None
    assert effects == [SaveMute(None, pending=True), ReportMute(None)]


def test_a_mute_chosen_by_a_wrong_clock_ends_at_the_next_connection_too() -> None:
    in_ten_years = NOW + timedelta(days=3650)
    until = in_ten_years + timedelta(hours=1)
    muted, _ = play(ONLINE, Mute(until), MuteReported(until), now=in_ten_years)
    hello = Connected(0, "Ann", preferences=Preferences(until))
    state, effects = play(muted, hello, now=NOW)
    assert state.muted_until is None
    assert effects == [SaveMute(None, pending=True), ReportMute(None)]


def test_a_clock_that_steps_back_a_little_ends_no_mute() -> None:
    muted, _ = play(ONLINE, Mute(NOW + timedelta(hours=1)))
    assert muted.is_muted(NOW - timedelta(seconds=30))
    assert play(muted, ClockTicked(), now=NOW - timedelta(seconds=30))[0] == muted


def test_a_mute_of_another_device_may_be_long() -> None:
    until = NOW + timedelta(days=90)
    muted, _ = play(ONLINE, Mute(NOW + timedelta(hours=1)), MuteReported(NOW + timedelta(hours=1)))
    state, _ = play(muted, Preferences(until))
    assert state.is_muted(NOW - timedelta(days=1))
