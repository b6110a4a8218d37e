"""What the app knows and decides, without doing anything: (state, input) -> (state, effects)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from sealbreak_desktop.state.effects import (
    BeSilentUntil,
    CompareWithServer,
    Effect,
    KeepMute,
    KeepRead,
    KeepReadUpTo,
    Remember,
    Show,
    StartOver,
    TellRead,
    TellSnooze,
    WaitForReplay,
)
from sealbreak_desktop.state.events import Erased, Event, ReadUpTo, Wishes
from sealbreak_desktop.state.notification import NOTICE_KEY, Alert, alerts_for, wants_alert

SLOTS = 10
"""Of the last events in the menu."""
MOST_UNREAD = 1000
FOLD = timedelta(seconds=10)
"""Pop-ups that are nearer to each other may be folded into one."""


class Link(Enum):
    CONNECTING = "Connecting"
    ONLINE = "Online"
    OFFLINE = "Offline"
    SIGNED_OUT = "Signed out"


@dataclass(frozen=True, slots=True)
class State:
    link: Link = Link.CONNECTING
    problem: str = ""
    """Why there is no connection, in words for a person."""
    account: str = ""
    seen: int = 0
    """The number of the newest event that was taken in."""
    replay_until: int = 0
    """Events up to this number happened before the connection was there."""
    silent_until: int | None = 0
    """Events up to this number make no noise; `None`: all of the first replay."""
    missed: tuple[tuple[Event, int], ...] = ()
    """Replayed events that are not yet told, each with the number of earlier ones like it."""
    recent: tuple[Event, ...] = ()
    """Newest first."""
    unread: tuple[tuple[int, str], ...] = ()
    """Number and message of each event not looked at."""
    muted_until: datetime | None = None
    mute_waits: bool = False
    """The mute, or its end, was chosen here, and the server has not been told yet."""
    muted_people: frozenset[str] = frozenset()
    """Addresses in lower case."""
    muted_messages: frozenset[str] = frozenset()
    erasures: int = 0
    """Of the server's erasures those up to this one were done here too."""
    read_up_to: int = 0
    """The number of the newest event that was looked at, on whichever device."""
    told: tuple[tuple[datetime, Event], ...] = ()
    """What popped up in the last moments, and when."""

    def is_muted(self, now: datetime) -> bool:
        return self.muted_until is not None and now < self.muted_until


# What happens.


@dataclass(frozen=True, slots=True)
class Connecting:
    pass


@dataclass(frozen=True, slots=True)
class Connected:
    last: int
    account: str
    read: int = 0
    wishes: Wishes | None = None


@dataclass(frozen=True, slots=True)
class Lost:
    problem: str


@dataclass(frozen=True, slots=True)
class SignedOut:
    problem: str


@dataclass(frozen=True, slots=True)
class Received:
    event: Event
    earlier: int = 0
    """Events like it in the history."""
    told: bool = False
    """Already, before the server was set back to an older copy of itself."""


@dataclass(frozen=True, slots=True)
class ReplayEnded:
    """Nothing came for a while, though not all that was promised."""


@dataclass(frozen=True, slots=True)
class SetBack:
    """The server has another history than the one we kept, though not a shorter one."""


@dataclass(frozen=True, slots=True)
class Mute:
    until: datetime


@dataclass(frozen=True, slots=True)
class Unmute:
    pass


@dataclass(frozen=True, slots=True)
class MuteTold:
    """The server knows of this mute."""

    until: datetime | None


@dataclass(frozen=True, slots=True)
class ClockTicked:
    """Half a minute has gone by."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """The history has erased what the server has erased."""

    erased: Erased
    recent: tuple[Event, ...]
    unread: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class MarkRead:
    message: str | None = None
    """`None`: all of them."""


Input = (
    Connecting
    | Connected
    | Lost
    | SignedOut
    | Received
    | ReadUpTo
    | ReplayEnded
    | SetBack
    | Wishes
    | Mute
    | Unmute
    | MuteTold
    | ClockTicked
    | Forgotten
    | MarkRead
)


Step = tuple[State, list[Effect]]


def step(state: State, what: Input, now: datetime) -> Step:
    match what:
        case Connecting() | Lost() | SignedOut():
            return _without_link(state, what)
        case Connected():
            return _connected(state, what, now)
        case Received():
            return _received(state, what, now)
        case SetBack():
            return _start_over(state, state.replay_until)
        case ReadUpTo(number):
            return _read_elsewhere(state, number)
        case ReplayEnded():
            # Nothing missed: what came is on its way to be told, and is not remembered before.
            return _tell_missed(state, now) if state.missed else (state, [])
        case Wishes() | Mute() | Unmute() | MuteTold() | ClockTicked():
            return _about_mute(state, what)
        case Forgotten():
            return _forgotten(state, what), []
        case MarkRead(message):
            return _mark_read(state, message)


def _connected(state: State, hello: Connected, now: datetime) -> Step:
    effects: list[Effect] = []
    if hello.last < state.seen:
        state, effects = _start_over(state, hello.last)
    elif state.seen:
        effects.append(CompareWithServer())
    if state.silent_until is None:
        state = replace(state, silent_until=hello.last)
        effects.append(BeSilentUntil(hello.last))
    if hello.last > state.seen or state.missed:
        effects.append(WaitForReplay())
    if state.read_up_to > hello.read:
        effects.append(TellRead(state.read_up_to))
    state, read = _read_elsewhere(state, hello.read)
    state, muted = _mute_after_greeting(state, hello.wishes, now)
    effects += [*read, *muted]
    online = replace(
        state, link=Link.ONLINE, problem="", account=hello.account, replay_until=hello.last
    )
    return online, effects


def _start_over(state: State, last: int) -> Step:
    """What was told already, and is still there, is known again by the history."""
    silent = last if state.silent_until is None else min(state.silent_until, last)
    anew = replace(state, seen=0, silent_until=silent, missed=(), read_up_to=0, erasures=0)
    return anew, [StartOver(last), BeSilentUntil(silent)]


def _mute_after_greeting(state: State, wishes: Wishes | None, now: datetime) -> Step:
    """What was chosen here meanwhile holds, unless it is over; else what holds elsewhere."""
    effects: list[Effect] = []
    over = state.muted_until is not None and not state.is_muted(now)
    if state.mute_waits and not over:
        effects.append(TellSnooze(state.muted_until))
    elif state.mute_waits:
        state = replace(state, mute_waits=False)
    if wishes is None:
        return state, effects
    state, more = _wishes(state, wishes)
    return state, [*effects, *more]


def _wishes(state: State, wishes: Wishes) -> Step:
    people, messages = wishes.muted_people, wishes.muted_messages
    state = replace(state, muted_people=people, muted_messages=messages)
    until = wishes.snoozed_until
    if state.mute_waits or until == state.muted_until:
        return state, []
    return replace(state, muted_until=until), [KeepMute(until, waits=False)]


def _about_mute(state: State, what: Wishes | Mute | Unmute | MuteTold | ClockTicked) -> Step:
    online = state.link is Link.ONLINE
    match what:
        case Wishes():
            return _wishes(state, what)
        case ClockTicked():
            return state, [TellSnooze(state.muted_until)] if state.mute_waits and online else []
        case MuteTold(until):
            if not state.mute_waits or until != state.muted_until:
                return state, []  # another one was chosen meanwhile
            return replace(state, mute_waits=False), [KeepMute(until, waits=False)]
    until = what.until if isinstance(what, Mute) else None
    tell: list[Effect] = [TellSnooze(until)] if online else []
    chosen = replace(state, muted_until=until, mute_waits=True)
    return chosen, [KeepMute(until, waits=True), *tell]


def _forgotten(state: State, what: Forgotten) -> State:
    erased = what.erased
    return replace(
        state,
        recent=what.recent,
        unread=tuple(one for one in what.unread if one[0] > state.read_up_to),
        missed=tuple(one for one in state.missed if not erased.holds(one[0].number)),
        told=tuple(one for one in state.told if not erased.holds(one[1].number)),
        erasures=state.erasures if erased.erasures is None else erased.erasures,
    )


def _without_link(state: State, what: Connecting | Lost | SignedOut) -> Step:
    if isinstance(what, SignedOut):
        return _signed_out(state, what.problem)
    if isinstance(what, Lost):
        return replace(state, link=Link.OFFLINE, problem=what.problem), []
    return replace(state, link=Link.CONNECTING), []


def _signed_out(state: State, problem: str) -> Step:
    out = replace(state, link=Link.SIGNED_OUT, problem=problem)
    if state.link is Link.SIGNED_OUT or not state.account:
        return out, []
    return out, [Show(Alert(NOTICE_KEY, "Sealbreak is signed out", problem))]


def _received(state: State, what: Received, now: datetime) -> Step:
    event = what.event
    if event.number <= state.seen:
        return state, []
    replayed = event.number <= state.replay_until
    state = replace(state, seen=event.number)
    if event.known and not what.told:
        state = _keep(state, event)
        state = replace(state, missed=(*state.missed, (event, what.earlier)))
    if replayed and event.number < state.replay_until:
        return state, []
    return _tell_missed(state, now)


def _keep(state: State, event: Event) -> State:
    """In the menu and in the badge; a correction stands there in place of what it corrects.

    It may be there already: recorded by a run that ended before it was told.
    """
    number = (event.number, event.message)
    recent = tuple(one for one in state.recent if one.number != event.corrects and one != event)
    unread = tuple(one for one in state.unread if one[0] != event.corrects and one != number)
    if wants_alert(event):
        recent = (event, *recent)[:SLOTS]
    if is_news(state, event) and event.number > state.read_up_to:
        unread = (*unread, number)[-MOST_UNREAD:]
    return replace(state, recent=recent, unread=unread)


def is_news(state: State, event: Event) -> bool:
    """To be told and counted, not only kept."""
    silent = state.silent_until is None or event.number <= state.silent_until
    return wants_alert(event) and not silent


def _tell_missed(state: State, now: datetime) -> Step:
    missed = [(event, earlier) for event, earlier in state.missed if is_news(state, event)]
    loud = [(event, earlier) for event, earlier in _still_true(missed) if not event.quiet]
    if state.is_muted(now):
        loud = []
    just_told = tuple(one for one in state.told if abs(now - one[0]) < FOLD)
    alerts = alerts_for(loud, [event for _, event in just_told])
    effects: list[Effect] = [Show(alert) for alert in alerts]
    told = (*just_told, *((now, event) for event, _ in loud))
    return replace(state, missed=(), told=told), [*effects, Remember(state.seen)]


def _still_true(missed: list[tuple[Event, int]]) -> list[tuple[Event, int]]:
    """Without what was corrected before anybody was told of it, and without that correction."""
    numbers = {event.number for event, _ in missed}
    corrected = {event.corrects for event, _ in missed}
    return [
        (event, earlier)
        for event, earlier in missed
        if event.number not in corrected and event.corrects not in numbers
    ]


def _mark_read(state: State, message: str | None) -> Step:
    kept = tuple(one for one in state.unread if message is not None and one[1] != message)
    if kept == state.unread:
        return state, []
    if message is not None:
        return replace(state, unread=kept), [KeepRead(message)]
    read = replace(state, unread=kept, read_up_to=max(state.seen, state.read_up_to))
    return read, [KeepRead(None), KeepReadUpTo(read.read_up_to), TellRead(read.read_up_to)]


def _read_elsewhere(state: State, number: int) -> Step:
    if number <= state.read_up_to:
        return state, []
    kept = tuple(one for one in state.unread if one[0] > number)
    return replace(state, unread=kept, read_up_to=number), [KeepReadUpTo(number)]
