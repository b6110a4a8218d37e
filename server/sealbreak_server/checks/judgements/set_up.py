"""Which step of the set-up is the next one. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from sealbreak_server.security.reachability import Reach


class Situation(StrEnum):
    """Where the server runs, by the user's choice."""

    ALONE = "alone"
    """This computer only."""
    OFFICE = "office"
    """A network of an office or a home."""
    TUNNEL = "tunnel"
    """This computer, with a public address by a tunnel."""
    ELSEWHERE = "elsewhere"
    """A server with a public address."""


class Address(StrEnum):
    """What is known of the public address."""

    UNCHECKED = "unchecked"
    """Not since the server's start."""
    CHECKING = "checking"
    PROBLEM = "problem"
    """Found after Gmail came last."""
    UNKNOWN = "unknown"
    """This machine cannot look at it."""
    LIKELY = "likely"
    """This server reaches itself there."""


class Told(StrEnum):
    """What only the user can know."""

    LOADED = "loaded"
    """The extension is loaded."""
    NO_PHONE = "no-phone"
    NO_TRAY = "no-tray"


class Action(StrEnum):
    CHOOSE = "choose"
    """The situation."""
    ADDRESS = "address"
    """Give the server an address that its readers can reach."""
    CHECK = "check"
    PHONE = "phone"
    """Open the code on a phone: another device reaches the address."""
    LOAD = "load"
    PAIR = "pair"
    TEST = "test"
    """Open a test mail in Gmail."""
    TRAY = "tray"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class State:
    situation: Situation | None
    reach: Reach
    """Who reaches the public address, by its text."""
    address: Address = Address.UNCHECKED
    gmail_came: bool = False
    """For a test mail with this address."""
    device_came: bool = False
    """To the code: from outside, or in an office from the same network."""
    has_extension: bool = False
    """One is paired."""
    has_tray: bool = False
    told: frozenset[Told] = frozenset()


_PUBLIC = (
    Action.ADDRESS, Action.CHECK, Action.PHONE, Action.LOAD, Action.PAIR, Action.TEST, Action.TRAY
)  # fmt: skip
STEPS: dict[Situation, tuple[Action, ...]] = {
    Situation.ALONE: (Action.LOAD, Action.PAIR, Action.TRAY),
    Situation.OFFICE: (
        Action.ADDRESS, Action.CHECK, Action.PHONE, Action.LOAD, Action.PAIR, Action.TRAY
    ),
    Situation.TUNNEL: _PUBLIC,
    Situation.ELSEWHERE: _PUBLIC,
}  # fmt: skip


def next_action(state: State) -> Action:
    if state.situation is None or not fits(state.situation, state.reach):
        return Action.CHOOSE
    left = (step for step in STEPS[state.situation] if not _is_done(step, state))
    return next(left, Action.NOTHING)


def fits(situation: Situation, reach: Reach) -> bool:
    """Whether the public address allows it. One that is missing so far is a step, not a misfit."""
    if situation is Situation.ALONE:
        return reach is Reach.LOOPBACK
    return situation is not Situation.OFFICE or reach in (Reach.LOOPBACK, Reach.PRIVATE)


def _is_done(step: Action, state: State) -> bool:
    match step:
        case Action.ADDRESS:
            needed = Reach.PRIVATE if state.situation is Situation.OFFICE else Reach.PUBLIC
            return state.reach is needed
        case Action.CHECK:
            came = state.gmail_came and state.address is not Address.PROBLEM
            return came or state.address in (Address.UNKNOWN, Address.LIKELY)
        case Action.PHONE:
            return not _needs_phone(state)
        case Action.LOAD:
            return state.has_extension or Told.LOADED in state.told
        case Action.PAIR:
            return state.has_extension
        case Action.TEST:
            return state.gmail_came
        case Action.TRAY:
            return state.has_tray or Told.NO_TRAY in state.told
        case _:
            return True


def _needs_phone(state: State) -> bool:
    """Where this machine cannot look, and in an office, where Gmail cannot come."""
    if state.gmail_came or state.device_came or Told.NO_PHONE in state.told:
        return False
    return state.situation is Situation.OFFICE or state.address is Address.UNKNOWN
