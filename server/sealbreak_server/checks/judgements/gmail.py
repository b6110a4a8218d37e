"""When Gmail last came, which proves the whole way each time. Pure."""

from collections.abc import Iterator

from sealbreak_server.checks.finding import Finding, not_checked, ok, warning
from sealbreak_server.checks.words import DAY, count, duration, when

SILENT_SECONDS = 7 * DAY
ENOUGH_MAILS = 3
"""As many mails make it likely that one of them would have been opened in Gmail."""


def judge_gmail(came_at: float | None, sent_since: int, now: float) -> Iterator[Finding]:
    if came_at is None:
        yield not_checked("gmail", "Gmail has not come yet: open a test mail in Gmail.")
    elif now - came_at > SILENT_SECONDS and sent_since >= ENOUGH_MAILS:
        yield warning(
            "gmail",
            f"Gmail last came {duration(now - came_at)} ago; {count(sent_since, 'mail')} were sent"
            " since, and none was opened through Gmail.",
        )
    else:
        yield ok("gmail", f"Gmail last came at {when(came_at)}.")
