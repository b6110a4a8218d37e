"""Events arrive: they go to the menu and the badge, and pop up, alone or as a summary."""

from dataclasses import replace
from datetime import datetime, timedelta

from sealbreak_desktop.state.effects import Effect, SaveSeen, Show
from sealbreak_desktop.state.events import Event
from sealbreak_desktop.state.inputs import Received, Skipped
from sealbreak_desktop.state.notification import is_shown, notifications_for
from sealbreak_desktop.state.state import MAX_UNREAD, MENU_EVENTS, State

BURST = timedelta(seconds=10)
"""Pop-ups closer to each other than this may become one summary."""


def received(state: State, what: Received | Skipped, now: datetime) -> tuple[State, list[Effect]]:
    number = what.number if isinstance(what, Skipped) else what.event.number
    if number <= state.seen:
        return state, []
    state = replace(state, seen=number)
    if isinstance(what, Received) and not what.adopted:
        state = _add(state, what.event)
        state = replace(state, pending=(*state.pending, (what.event, what.earlier)))
    if number < state.replay_until:
        return state, []
    return _show_pending(state, now)


def replay_ended(state: State, now: datetime) -> tuple[State, list[Effect]]:
    # With nothing pending, all that came is queued already and is not saved as seen before that.
    return _show_pending(state, now) if state.pending else (state, [])


def is_new(state: State, event: Event) -> bool:
    """Whether it counts as unread and may pop up."""
    silent = state.silent_until is None or event.number <= state.silent_until
    return is_shown(event) and not silent


def _add(state: State, event: Event) -> State:
    """Add it to menu and badge. A correction replaces what it corrects.

    It may be there already: recorded by a run that ended before it was shown.
    """
    number = (event.number, event.message)
    recent = tuple(one for one in state.recent if one.number != event.corrects and one != event)
    unread = tuple(one for one in state.unread if one[0] != event.corrects and one != number)
    if is_shown(event):
        recent = (event, *recent)[:MENU_EVENTS]
    if is_new(state, event) and event.number > state.read_up_to:
        unread = (*unread, number)[-MAX_UNREAD:]
    return replace(state, recent=recent, unread=unread)


def _show_pending(state: State, now: datetime) -> tuple[State, list[Effect]]:
    new = [(event, earlier) for event, earlier in state.pending if is_new(state, event)]
    true = [] if state.is_muted(now) else _still_true(new)
    loud = [(event, earlier) for event, earlier in true if _is_loud(state, event)]
    just_shown = tuple(one for one in state.just_shown if abs(now - one[0]) < BURST)
    notifications = notifications_for(loud, [event for _, event in just_shown])
    effects: list[Effect] = [Show(notification) for notification in notifications]
    shown = (*just_shown, *((now, event) for event, _ in loud))
    return replace(state, pending=(), just_shown=shown), [*effects, SaveSeen(state.seen)]


def _is_loud(state: State, event: Event) -> bool:
    return not event.quiet and event.number > state.alerted_elsewhere


def _still_true(pending: list[tuple[Event, int]]) -> list[tuple[Event, int]]:
    """Without events that were corrected before they were shown, and without those corrections."""
    numbers = {event.number for event, _ in pending}
    corrected = {event.corrects for event, _ in pending}
    return [
        (event, earlier)
        for event, earlier in pending
        if event.number not in corrected and event.corrects not in numbers
    ]
