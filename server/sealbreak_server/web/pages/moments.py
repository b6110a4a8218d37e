"""Times as pages write them; a script of ours may write them again in the reader's zone."""

from datetime import UTC, datetime


def moment(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%-d %b %Y, %H:%M} UTC"
