"""Events are marked as read, here or on another device, or erased."""

from dataclasses import replace

from sealbreak_desktop.state.effects import Effect, ReportRead, SaveRead, SaveReadUpTo
from sealbreak_desktop.state.inputs import HistoryErased
from sealbreak_desktop.state.state import State


def mark_read(state: State, message: str | None) -> tuple[State, list[Effect]]:
    kept = tuple(one for one in state.unread if message is not None and one[1] != message)
    if kept == state.unread:
        return state, []
    if message is not None:
        return replace(state, unread=kept), [SaveRead(message)]
    read = replace(state, unread=kept, read_up_to=max(state.seen, state.read_up_to))
    return read, [SaveRead(None), SaveReadUpTo(read.read_up_to), ReportRead(read.read_up_to)]


def read_elsewhere(state: State, number: int) -> tuple[State, list[Effect]]:
    if number <= state.read_up_to:
        return state, []
    kept = tuple(one for one in state.unread if one[0] > number)
    return replace(state, unread=kept, read_up_to=number), [SaveReadUpTo(number)]


def erased(state: State, what: HistoryErased) -> State:
    gone = what.erased
    return replace(
        state,
        recent=what.recent,
        unread=tuple(one for one in what.unread if one[0] > state.read_up_to),
        pending=tuple(one for one in state.pending if not gone.holds(one[0].number)),
        just_shown=tuple(
            (time, event)
            for time, event in state.just_shown
            if not gone.holds(event.number) and event.message not in what.messages
        ),
        erasures=state.erasures if gone.erasures is None else gone.erasures,
    )
