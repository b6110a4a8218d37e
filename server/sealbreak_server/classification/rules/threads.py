"""Rules about Gmail loading several messages of a thread."""

from sealbreak_server.classification.rules.outcomes import (
    path,
    unknown,
)
from sealbreak_server.classification.rules.reasons import Reason
from sealbreak_server.classification.signals import Signals
from sealbreak_server.model.verdict import Verdict

REPLY_SECONDS = 30.0
"""About 17 s in recorded traffic, and more because the send time is by the sender's clock."""
ONE_VIEW_SECONDS = 2.0


def reply_prefetch(signals: Signals) -> Verdict | None:
    """An older message, while Gmail receives a newer one of its thread [O: open-mailtrack].

    When a reply arrives in a thread that its reader has viewed, Gmail loads the images of every
    message in it about 17 s later, although nobody reads them. A reader who opens the thread at
    once causes the same requests, so the actor is unknown and not a machine. Such a reader's open
    shows in the newer message.
    """
    after = signals.facts.seconds_after_reply
    if after is None or not 0 <= after <= REPLY_SECONDS or not signals.loaded_by_gmail:
        return None
    return unknown(
        signals,
        path(signals),
        Reason.REPLY_PREFETCH,
        "Fetched by Gmail's image proxy from Google's network",
        f"You had sent a newer message in its thread {after:.0f} seconds before",
        "Gmail then loads all images of the thread again, whether anybody reads it or not",
    )


def thread_view(signals: Signals) -> Verdict | None:
    """Gmail shows a thread, so it loads several of its messages at once [O: open-mailtrack].

    That is one view. It counts for the newest message. Nothing shows which of the older messages
    were unfolded and read.
    """
    together = any(
        abs(near.dt) <= ONE_VIEW_SECONDS and signals.same_agent(near)
        for near in signals.facts.newer_loads
    )
    if not (together and signals.loaded_by_gmail):
        return None
    return unknown(
        signals,
        path(signals),
        Reason.THREAD_VIEW,
        "Fetched by Gmail's image proxy from Google's network",
        "A newer message of the thread was loaded at the same moment, and the open counts there",
    )
