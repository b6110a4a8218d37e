"""An event from its JSON form, as the server sends it and as the history keeps it.

Reading is tolerant: unknown kinds and fields are no error, missing fields have defaults. The golden
files in tests/contract/events show what the server writes.
"""

import re
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from typing import Any

from sealbreak_desktop.state.events import Event, GmailThread, Recipient, Verdict

OWN_PAGE = re.compile(r"/history(/[\w@.-]+)*", re.ASCII)

GMAIL_NUMBER = re.compile("[0-9a-f]{1,16}")


class UnreadableError(ValueError):
    """Not what the protocol allows. It quotes nothing, as the text may hold a subject."""


def read_event(raw: dict[str, Any]) -> Event:
    try:
        message, link = raw["message"], raw.get("link")
        return Event(
            number=number_of(raw["number"]),
            kind=text_of(raw["kind"]),
            time=time_of(raw["time"]),
            message=text_of(message["id"]),
            subject=text_of(message.get("subject")),
            recipients=tuple(map(_recipient, message.get("recipients") or ())),
            copy=number_of(raw.get("copy") or 0),
            link=number_of(link["n"]) if link else None,
            url=text_of(link.get("url")) if link else "",
            corrects=number_of(raw["corrects"]) if raw.get("corrects") is not None else None,
            verdict=_verdict(raw.get("verdict") or {}),
            quiet=raw.get("quiet") is True,
            path=_own_page(raw.get("path")),
            gmail=_gmail(message.get("gmail")),
        )
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        raise UnreadableError(type(error).__name__) from None


def _own_page(path: object) -> str:
    """Empty unless it can only be a page of the server's own history."""
    if isinstance(path, str) and OWN_PAGE.fullmatch(path) and ".." not in path:
        return path
    return ""


def _gmail(raw: object) -> GmailThread | None:
    """`None` for what is no thread: the event counts without its link."""
    thread, account = (raw.get("thread"), raw.get("account")) if isinstance(raw, dict) else (0, 0)
    if not isinstance(thread, str) or not GMAIL_NUMBER.fullmatch(thread):
        return None
    return GmailThread(thread, text_of(account) if isinstance(account, str) else "")


def _recipient(raw: dict[str, Any]) -> Recipient:
    return Recipient(
        text_of(raw.get("address")), text_of(raw.get("name")), number_of(raw.get("copy") or 0)
    )


def _verdict(raw: dict[str, Any]) -> Verdict:
    return Verdict(
        text_of(raw.get("actor")) or "unknown",
        text_of(raw.get("via")),
        text_of(raw.get("reason")),
        text_of(raw.get("sentence")),
    )


def text_of(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError
    return value.encode("utf-8", "replace").decode()  # SQLite cannot store half a surrogate pair


def number_of(value: object) -> int:
    """A number that SQLite can store."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**63:
        raise ValueError
    return value


def time_of(value: str) -> datetime:
    """A time that exists in every time zone."""
    time = datetime.fromisoformat(value)
    if not MINYEAR < time.year < MAXYEAR:
        raise ValueError
    return time if time.tzinfo else time.replace(tzinfo=UTC)
