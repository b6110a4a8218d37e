"""Whether a mail, or a copy of it, was opened, as far as its hits can tell. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class OpenState(StrEnum):
    OPENED = "opened"
    CLICKED = "clicked"
    """A link was followed, so it was read, though no reader loaded the image."""
    UNKNOWABLE = "unknowable"
    """Apple's proxy loaded it, which it does whether the mail is read or not."""
    UNCLEAR = "unclear"
    """Something loaded it that may have been a reader."""
    AUTOMATED = "automated"
    """Only automated requests came."""
    NOT_TRACKED = "not-tracked"
    """An open would not be seen: it holds no pixel, or is not tracked any more."""
    NOT_OPENED = "not-opened"
    NOT_SENT = "not-sent"
    """The mail did not leave, so nothing counts."""


LABELS = {
    OpenState.OPENED: "Opened",
    OpenState.CLICKED: "Opened: a link was followed",
    OpenState.UNKNOWABLE: "Cannot be known (Apple)",
    OpenState.UNCLEAR: "Perhaps opened",
    OpenState.AUTOMATED: "Only automated requests",
    OpenState.NOT_TRACKED: "Opens are not tracked",
    OpenState.NOT_OPENED: "Not opened",
    OpenState.NOT_SENT: "Not sent",
}


@dataclass(frozen=True, slots=True)
class HitTotals:
    """How many hits of each kind a mail or a copy had."""

    opens: int = 0
    clicks: int = 0
    """By readers, like the opens."""
    apple: int = 0
    """Loads by Apple's proxy."""
    machines: int = 0
    """All automated requests, those of Apple's proxy among them."""
    unclear: int = 0


def open_state(totals: HitTotals, *, tracked: bool = True, sent: bool = True) -> OpenState:
    """`tracked`: whether it holds a pixel and still counts opens.

    A reader's hit decides, whatever else came. Apple's load comes before other doubts: after it an
    open is not seen, as Apple shows its own copy of the image.
    """
    if not sent:
        return OpenState.NOT_SENT
    if totals.opens:
        return OpenState.OPENED
    if totals.clicks:
        return OpenState.CLICKED
    if totals.apple:
        return OpenState.UNKNOWABLE
    if totals.unclear:
        return OpenState.UNCLEAR
    if totals.machines:
        return OpenState.AUTOMATED
    return OpenState.NOT_OPENED if tracked else OpenState.NOT_TRACKED


def is_unopened(state: OpenState, *, tracked: bool = True) -> bool:
    """Whether it may be said that nobody opened it, as far as can be known: filters, reminders and
    rates take only these for unopened. Without a pixel an open would not be seen."""
    return tracked and state in (OpenState.AUTOMATED, OpenState.NOT_OPENED)
