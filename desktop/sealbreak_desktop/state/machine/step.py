"""The one entry of the state machine."""

from datetime import datetime

from sealbreak_desktop.state.effects import Effect
from sealbreak_desktop.state.events import Preferences, ReadUpTo
from sealbreak_desktop.state.inputs import (
    ClockTicked,
    Connected,
    Connecting,
    HistoryErased,
    Input,
    Lost,
    MarkRead,
    Mute,
    MuteReported,
    Received,
    ReplayEnded,
    ServerRestored,
    SignedOut,
    Skipped,
    Unmute,
)
from sealbreak_desktop.state.machine import arrival, linking, muting, reading
from sealbreak_desktop.state.state import State

Step = tuple[State, list[Effect]]


def step(state: State, what: Input, now: datetime) -> Step:
    match what:
        case Connecting() | Lost() | SignedOut():
            return linking.without_link(state, what)
        case Connected():
            return linking.connected(state, what, now)
        case ServerRestored():
            return linking.start_epoch(state, state.replay_until)
        case Received() | Skipped():
            return arrival.received(state, what, now)
        case ReplayEnded():
            return arrival.replay_ended(state, now)
        case Preferences() | Mute() | Unmute() | MuteReported() | ClockTicked():
            return muting.changed(state, what, now)
        case ReadUpTo(number):
            return reading.read_elsewhere(state, number)
        case MarkRead(message):
            return reading.mark_read(state, message)
        case HistoryErased():
            return reading.erased(state, what), []
