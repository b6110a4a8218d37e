"""The wire, read tolerantly: unknown kinds and fields are no error, missing ones have defaults.

The golden files in tests/contract/events say what the server writes.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

ALERTING = frozenset({"opened", "clicked", "hot", "revived", "reminder", "digest"})
KNOWN = ALERTING | {"corrected"}


class UnreadableError(ValueError):
    """Not a frame of the protocol. The text of it is left out: it may hold a subject."""


@dataclass(frozen=True, slots=True)
class Recipient:
    address: str
    name: str
    copy: int


@dataclass(frozen=True, slots=True)
class Verdict:
    actor: str
    via: str
    reason: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Event:
    number: int
    kind: str
    time: datetime
    message: str
    """The id of the message."""
    subject: str
    recipients: tuple[Recipient, ...]
    copy: int
    link: int | None
    """The number of the link that was followed."""
    url: str
    corrects: int | None
    """The number of the event whose verdict changed."""
    verdict: Verdict
    quiet: bool = False
    """The server says: no pop-up for it."""

    @property
    def known(self) -> bool:
        return self.kind in KNOWN

    @property
    def key(self) -> str:
        """What repeats of it, and a correction of it, have in common."""
        if self.kind in ("reminder", "digest"):
            return f"{self.message}/{self.copy}/{self.kind}"
        return f"{self.message}/{self.copy}/{'open' if self.link is None else self.link}"


@dataclass(frozen=True, slots=True)
class Hello:
    last: int
    """The number of the newest event: all up to it are a replay."""
    account: str
    read: int = 0
    """Events up to this number were looked at, on whichever device."""


@dataclass(frozen=True, slots=True)
class ReadUpTo:
    """Another device has marked events as read."""

    number: int


def read_frame(text: str | bytes) -> Hello | ReadUpTo | tuple[Event, dict[str, Any]] | None:
    """A frame as a value, an event with its raw form; `None` for a kind of frame not known yet."""
    try:
        frame = json.loads(text)
        if frame["type"] == "hello":
            account = _text(frame["account"].get("name"))
            return Hello(int(frame["last"]), account, _number(frame.get("read") or 0))
        if frame["type"] == "read":
            return ReadUpTo(_number(frame["up_to"]))
        if frame["type"] == "event":
            return _read_or_pass_over(frame["event"]), frame["event"]
    except UnreadableError:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise UnreadableError(type(error).__name__) from None
    return None


def _read_or_pass_over(raw: dict[str, Any]) -> Event:
    """One event that makes no sense must not be asked for again and again: its number counts."""
    try:
        return read_event(raw)
    except UnreadableError:
        number = _number(raw["number"])
    nobody = Verdict("unknown", "", "", "")
    return Event(number, "unreadable", datetime.now(UTC), "", "", (), 0, None, "", None, nobody)


def read_event(raw: dict[str, Any]) -> Event:
    try:
        message, link = raw["message"], raw.get("link")
        return Event(
            number=_number(raw["number"]),
            kind=_text(raw["kind"]),
            time=_time(raw["time"]),
            message=_text(message["id"]),
            subject=_text(message.get("subject")),
            recipients=tuple(map(_recipient, message.get("recipients") or ())),
            copy=_number(raw.get("copy") or 0),
            link=_number(link["n"]) if link else None,
            url=_text(link.get("url")) if link else "",
            corrects=_number(raw["corrects"]) if raw.get("corrects") is not None else None,
            verdict=_verdict(raw.get("verdict") or {}),
            quiet=raw.get("quiet") is True,
        )
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        raise UnreadableError(type(error).__name__) from None


def _recipient(raw: dict[str, Any]) -> Recipient:
    return Recipient(
        _text(raw.get("address")), _text(raw.get("name")), _number(raw.get("copy") or 0)
    )


def _verdict(raw: dict[str, Any]) -> Verdict:
    actor = _text(raw.get("actor")) or "unknown"
    return Verdict(
        actor, _text(raw.get("via")), _text(raw.get("reason")), _text(raw.get("sentence"))
    )


def _text(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError
    return value.encode("utf-8", "replace").decode()  # half a surrogate pair can be kept nowhere


def _number(value: object) -> int:
    """A number that SQLite can hold too."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**63:
        raise ValueError
    return value


def _time(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
