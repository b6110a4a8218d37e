"""Times as pages write them; a script of ours may write them again in the reader's zone."""

from datetime import UTC, datetime, tzinfo


def format_time(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%-d %b %Y, %H:%M} UTC"


def format_exact(seconds: float, zone: tzinfo = UTC) -> str:
    """To the millisecond, with the distance from UTC."""
    local = datetime.fromtimestamp(round(seconds, 3), zone)
    return local.isoformat(" ", "milliseconds").replace("+00:00", " UTC")
