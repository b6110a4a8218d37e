"""Mutes, chosen here or on another device."""

from dataclasses import replace
from datetime import datetime

from sealbreak_desktop.state.effects import Effect, ReportMute, SaveMute
from sealbreak_desktop.state.events import Preferences
from sealbreak_desktop.state.inputs import ClockTicked, Mute, MuteReported, Unmute
from sealbreak_desktop.state.state import Link, State

Change = Preferences | Mute | Unmute | MuteReported | ClockTicked


def changed(state: State, what: Change, now: datetime) -> tuple[State, list[Effect]]:
    match what:
        case Preferences():
            return _apply(state, what)
        case Mute(until):
            return _choose(state, until, now)
        case Unmute():
            return _choose(state, None, now)
        case MuteReported(until):
            return _reported(state, until)
        case ClockTicked():
            return _clock_ticked(state, now)


def after_hello(
    state: State, preferences: Preferences | None, now: datetime
) -> tuple[State, list[Effect]]:
    """A mute chosen here while offline wins, unless it is over; else the server's wins."""
    state, effects = _end_wrong_mute(state, now)
    over = state.muted_until is not None and not state.is_muted(now)
    if state.mute_pending and not over:
        effects.append(ReportMute(state.muted_until))
    elif state.mute_pending:
        state = replace(state, mute_pending=False)
    if preferences is None:
        return state, effects
    state, more = _apply(state, preferences)
    return state, [*effects, *more]


def _apply(state: State, preferences: Preferences) -> tuple[State, list[Effect]]:
    state = replace(
        state,
        muted_people=preferences.muted_people,
        muted_messages=preferences.muted_messages,
    )
    until = preferences.snoozed_until
    if state.mute_pending or until == state.muted_until:
        return state, []
    applied = replace(state, muted_until=until, mute_chosen=None)
    return applied, [SaveMute(until, pending=False)]


def _choose(state: State, until: datetime | None, now: datetime) -> tuple[State, list[Effect]]:
    report: list[Effect] = [ReportMute(until)] if state.link is Link.ONLINE else []
    when = now if until else None
    chosen = replace(state, muted_until=until, mute_chosen=when, mute_pending=True)
    return chosen, [SaveMute(until, pending=True, chosen=when), *report]


def _clock_ticked(state: State, now: datetime) -> tuple[State, list[Effect]]:
    if state.chose_in_future(now):
        return _choose(state, None, now)
    retry = state.mute_pending and state.link is Link.ONLINE
    return state, [ReportMute(state.muted_until)] if retry else []


def _end_wrong_mute(state: State, now: datetime) -> tuple[State, list[Effect]]:
    """The other devices have it too: its end is reported like one that the user chose."""
    if not state.chose_in_future(now):
        return state, []
    ended = replace(state, muted_until=None, mute_chosen=None, mute_pending=True)
    return ended, [SaveMute(None, pending=True)]


def _reported(state: State, until: datetime | None) -> tuple[State, list[Effect]]:
    if not state.mute_pending or until != state.muted_until:
        return state, []  # another mute was chosen meanwhile
    known = replace(state, mute_pending=False)
    return known, [SaveMute(until, pending=False, chosen=state.mute_chosen)]
