"""The connection comes and goes; the server may have been restored from a backup meanwhile."""

from dataclasses import replace
from datetime import datetime

from sealbreak_desktop.state.effects import (
    CompareWithServer,
    Effect,
    ReportRead,
    SaveSilentUntil,
    Show,
    StartEpoch,
    WaitForReplay,
)
from sealbreak_desktop.state.inputs import Connected, Connecting, Lost, SignedOut
from sealbreak_desktop.state.machine import muting, reading
from sealbreak_desktop.state.notification import NOTICE_KEY, Notification
from sealbreak_desktop.state.state import Link, State


def connected(state: State, hello: Connected, now: datetime) -> tuple[State, list[Effect]]:
    effects: list[Effect] = []
    if hello.last < state.seen:
        state, effects = start_epoch(state, hello.last)
    elif state.seen:
        effects.append(CompareWithServer())
    if state.silent_until is None:
        state = replace(state, silent_until=hello.last)
        effects.append(SaveSilentUntil(hello.last))
    if hello.last > state.seen or state.pending:
        effects.append(WaitForReplay())
    if state.read_up_to > hello.read:
        effects.append(ReportRead(state.read_up_to))
    state, read = reading.read_elsewhere(state, hello.read)
    state, muted = muting.after_hello(state, hello.preferences, now)
    effects += [*read, *muted]
    online = replace(
        state,
        link=Link.ONLINE,
        problem="",
        account=hello.account,
        replay_until=hello.last,
        alerted_elsewhere=hello.alerted,
    )
    return online, effects


def start_epoch(state: State, last: int) -> tuple[State, list[Effect]]:
    """Request all events again. The history recognises those that were already shown."""
    silent = last if state.silent_until is None else min(state.silent_until, last)
    fresh = replace(state, seen=0, silent_until=silent, pending=(), read_up_to=0, erasures=0)
    return fresh, [StartEpoch(last), SaveSilentUntil(silent)]


def without_link(state: State, what: Connecting | Lost | SignedOut) -> tuple[State, list[Effect]]:
    match what:
        case Connecting():
            return replace(state, link=Link.CONNECTING), []
        case Lost(problem):
            return replace(state, link=Link.OFFLINE, problem=problem), []
        case SignedOut(problem):
            return _signed_out(state, problem)


def _signed_out(state: State, problem: str) -> tuple[State, list[Effect]]:
    out = replace(state, link=Link.SIGNED_OUT, problem=problem)
    if state.link is Link.SIGNED_OUT or not state.account:
        return out, []
    return out, [Show(Notification(NOTICE_KEY, "Sealbreak is signed out", problem))]
