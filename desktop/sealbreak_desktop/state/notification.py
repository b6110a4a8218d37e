"""What pops up: the notification as a value, and the decision which ones there are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from sealbreak_desktop.state import wording
from sealbreak_desktop.state.events import READERS, Event

MAX_AT_ONCE = 3
"""Pop-ups. More events than this at once are one summary."""
SUMMARY_KEY = "summary"
LATE_KEY = "late"
NOTICE_KEY = "notice"


@dataclass(frozen=True, slots=True)
class Notification:
    key: str
    """A notification replaces an earlier one with the same key."""
    title: str
    body: str
    event: Event | None = None
    """The event it is about, if it is only one."""

    @property
    def actions(self) -> tuple["Action", ...]:
        if self.event is None or not self.event.message:
            return (Action.OPEN,)
        gmail = (Action.GMAIL,) if self.event.gmail else ()
        return (Action.OPEN, *gmail, Action.MUTE)


class Action(Enum):
    """What the user can click on a pop-up. The value is its name on the bus."""

    OPEN = "default"
    GMAIL = "gmail"
    MUTE = "mute"


OnAction = Callable[[Action, Notification], None]
"""The user clicked the notification. May be called from any thread."""


def is_shown(event: Event) -> bool:
    """Whether it stands in the menu, counts as unread and may pop up.

    Every event is in the history. Events that a machine or the sender caused are nowhere else; a
    correction is shown whatever its verdict. An event of a kind that this version does not know is
    shown too, by the server's own sentence, and pops up unless the server marks it as quiet: an
    unneeded pop-up is noticed, a missing one is not.
    """
    return not event.row.readers_only or event.verdict.actor in READERS


def notification_for(event: Event, earlier: int = 0) -> Notification:
    return Notification(
        event.key, wording.title(event, earlier), wording.body(event, earlier), event
    )


def notifications_for(
    events: Sequence[tuple[Event, int]], just_shown: Sequence[Event] = ()
) -> list[Notification]:
    """For events that came together, each with the number of earlier events like it.

    `just_shown`: what popped up a few seconds ago. Together with too many of these, all of them
    become one summary.
    """
    new = [event for event, _ in events]
    if len(new) > MAX_AT_ONCE:
        return [Notification(SUMMARY_KEY, *wording.summary(new))]
    if new and len(new) + len(just_shown) > MAX_AT_ONCE:
        return [Notification(SUMMARY_KEY, *wording.summary([*just_shown, *new], "Just now"))]
    return [notification_for(event, earlier) for event, earlier in events]


def summarise_late(late: Sequence[Notification]) -> list[Notification]:
    """Notifications that nothing could show in time. Many about single events become one."""
    events = [one.event for one in late if one.event is not None]
    if len(events) <= MAX_AT_ONCE:
        return list(late)
    others = [one for one in late if one.event is None]
    words = wording.summary(events, "Before pop-ups could be shown")
    return [*others, Notification(LATE_KEY, *words)]
