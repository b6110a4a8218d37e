"""Why an event makes no pop-up. Pure."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from sealbreak_server.model.preferences import Mutes, Preferences


class QuietReason(StrEnum):
    """Why an event makes no pop-up. The values go over the wire."""

    SWITCHED_OFF = "switched-off"
    MUTED_MESSAGE = "muted-message"
    MUTED_RECIPIENT = "muted-recipient"
    SNOOZED = "snoozed"
    QUIET_HOURS = "quiet-hours"
    CORRECTS_QUIET = "corrects-quiet"
    """It corrects an event that made no pop-up."""


QUIET_WORDS: Mapping[str, str] = {
    QuietReason.SWITCHED_OFF: "this kind is switched off",
    QuietReason.MUTED_MESSAGE: "the message is muted",
    QuietReason.MUTED_RECIPIENT: "the recipient is muted",
    QuietReason.SNOOZED: "alerts were paused",
    QuietReason.QUIET_HOURS: "quiet hours",
    QuietReason.CORRECTS_QUIET: "it corrects an event without a pop-up",
}
"""What stands after "No pop-up:"."""


def quiet_reason(
    kind: str, preferences: Preferences, mutes: Mutes, readers: Sequence[str], now: float
) -> QuietReason | None:
    """`None` for an event that pops up. `readers`: the addresses of all who may be meant."""
    if not preferences.wants(kind):
        return QuietReason.SWITCHED_OFF
    if mutes.message:
        return QuietReason.MUTED_MESSAGE
    if mutes.all_of(readers):
        return QuietReason.MUTED_RECIPIENT
    if mutes.snoozed_until is not None and now < mutes.snoozed_until:
        return QuietReason.SNOOZED
    if preferences.is_quiet(now):
        return QuietReason.QUIET_HOURS
    return None
