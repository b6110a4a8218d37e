"""What a pop-up says and does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from sealbreak_desktop import text
from sealbreak_desktop.state.events import ALERTING, Event

MOST_AT_ONCE = 3
"""More missed events than this are told in one pop-up."""
SUMMARY_KEY = "summary"
LATE_KEY = "late"
NOTICE_KEY = "notice"


@dataclass(frozen=True, slots=True)
class Alert:
    key: str
    """An alert takes the place of an earlier one with the same key."""
    title: str
    body: str
    event: Event | None = None
    """What it is about, if it is one event."""

    @property
    def actions(self) -> tuple["Action", ...]:
        about_a_mail = self.event is not None and self.event.message
        return (Action.OPEN, Action.MUTE) if about_a_mail else (Action.OPEN,)


class Action(Enum):
    """What a pop-up offers; the value is its name on the bus."""

    OPEN = "default"
    MUTE = "mute"


OnAction = Callable[[Action, Alert], None]
"""The user clicked the alert. May be called from any thread."""


def wants_alert(event: Event) -> bool:
    """A machine or the sender is in the history only; a correction is told whatever it says."""
    if event.kind == "corrected":
        return True
    return event.kind in ALERTING and event.verdict.actor in ("human", "unknown")


def alert_for(event: Event, earlier: int = 0) -> Alert:
    return Alert(event.key, text.title(event, earlier), text.body(event, earlier), event)


def alerts_for(missed: list[tuple[Event, int]], just_told: Sequence[Event] = ()) -> list[Alert]:
    """For events that came together, each with the number of earlier ones like it.

    `just_told`: what popped up in the last moments; with too much of it they are all told in one.
    """
    events = [event for event, _ in missed]
    if len(events) > MOST_AT_ONCE:
        return [Alert(SUMMARY_KEY, *text.summary(events))]
    if events and len(events) + len(just_told) > MOST_AT_ONCE:
        return [Alert(SUMMARY_KEY, *text.summary([*just_told, *events], "Just now"))]
    return [alert_for(event, earlier) for event, earlier in missed]


def folded(late: Sequence[Alert]) -> list[Alert]:
    """Alerts that nobody could show when it was time: those of single events in one, if many."""
    events = [alert.event for alert in late if alert.event is not None]
    if len(events) <= MOST_AT_ONCE:
        return list(late)
    whole = [alert for alert in late if alert.event is None]
    return [*whole, Alert(LATE_KEY, *text.summary(events, "Before pop-ups could be shown"))]
