"""Formats times in UTC. The script of the pages rewrites them in the browser's time zone."""

from datetime import UTC, datetime, tzinfo


def format_time(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%-d %b %Y, %H:%M} UTC"


def format_exact(seconds: float, zone: tzinfo = UTC) -> str:
    """To the millisecond, with the offset from UTC."""
    local = datetime.fromtimestamp(round(seconds, 3), zone)
    return local.isoformat(" ", "milliseconds").replace("+00:00", " UTC")
