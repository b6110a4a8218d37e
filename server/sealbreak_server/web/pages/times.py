"""Formats times in UTC. The script of the pages rewrites them in the browser's time zone."""

import re
from datetime import UTC, datetime, tzinfo

from markupsafe import Markup, escape

from sealbreak_server.model.preferences import zone_of

_IN_A_FINDING = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d) UTC", re.ASCII)


def with_times(sentence: str) -> Markup:
    """A sentence of a check, with the times that `checks.words.when` has written as elements."""
    element = r'<time datetime="\1T\2:00Z">\g<0></time>'
    return Markup(_IN_A_FINDING.sub(element, str(escape(sentence))))  # noqa: S704  # escaped


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
