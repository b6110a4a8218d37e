"""Why an event makes no pop-up. Pure."""

from collections.abc import Sequence
from enum import StrEnum

from sealbreak_server.model.preferences import Mutes, Preferences


class Quiet(StrEnum):
    """Why an event makes no pop-up. The closed list of `quiet_reason`."""

    SWITCHED_OFF = "switched-off"
    MUTED_MESSAGE = "muted-message"
    MUTED_RECIPIENT = "muted-recipient"
    SNOOZED = "snoozed"
    QUIET_HOURS = "quiet-hours"
    CORRECTS_QUIET = "corrects-quiet"
    """It takes back what no pop-up has told."""


def quiet_reason(
    kind: str, preferences: Preferences, mutes: Mutes, readers: Sequence[str], now: float
) -> Quiet | None:
    """`readers`: the addresses of all who may be meant; `None` for an event that pops up."""
    if not preferences.wants(kind):
        return Quiet.SWITCHED_OFF
    if mutes.message:
        return Quiet.MUTED_MESSAGE
    if mutes.all_of(readers):
        return Quiet.MUTED_RECIPIENT
    if mutes.snoozed_until is not None and now < mutes.snoozed_until:
        return Quiet.SNOOZED
    if preferences.quiet_hours and preferences.quiet_hours.holds(preferences.local(now).time()):
        return Quiet.QUIET_HOURS
    return None
