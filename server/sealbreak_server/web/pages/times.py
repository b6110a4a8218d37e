"""Formats times in UTC. The script of the pages rewrites them in the browser's time zone."""

from datetime import UTC, datetime, tzinfo

from sealbreak_server.model.preferences import zone_of


def format_time(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    return f"{moment.day} {moment:%b %Y, %H:%M} UTC"


def format_local(seconds: float, zone: tzinfo) -> str:
    """As spreadsheets recognise a time."""
    return f"{datetime.fromtimestamp(seconds, zone):%Y-%m-%d %H:%M:%S}"


def first_zone(*names: str) -> tzinfo:
    """The first that is known here: a browser may know a zone that this machine does not."""
    for name in names:
        try:
            return zone_of(name)
        except ValueError:
            continue
    return UTC


def format_exact(seconds: float, zone: tzinfo = UTC) -> str:
    """To the millisecond, with the offset from UTC."""
    local = datetime.fromtimestamp(round(seconds, 3), zone)
    return local.isoformat(" ", "milliseconds").replace("+00:00", " UTC")
