"""The wire, read tolerantly: unknown kinds and fields are no error, missing ones have defaults.

The golden files in tests/contract/events say what the server writes.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from typing import Any

ALERTING = frozenset({"opened", "clicked", "hot", "revived", "reminder", "digest"})
KNOWN = ALERTING | {"corrected"}
OWN_PAGE = re.compile(r"/history(/[\w@.-]+)*", re.ASCII)


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
    path: str = ""
    """The page that tells more of it, where that is not the page of the message."""

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
    wishes: "Wishes | None" = None


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the account wants to hear, whichever device or page said so."""

    snoozed_until: datetime | None
    muted_people: frozenset[str] = frozenset()
    """Addresses in lower case."""
    muted_messages: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Erased:
    """Events that the server has erased, so they are to be erased here too."""

    before: int
    """All with a smaller number."""
    numbers: tuple[tuple[int, int], ...]
    """First and last of each row of them."""
    erasures: int | None
    """Of the server's erasures this was the last; `None`: more of them are to come."""

    def holds(self, number: int) -> bool:
        return number < self.before or any(first <= number <= last for first, last in self.numbers)


@dataclass(frozen=True, slots=True)
class ReadUpTo:
    """Another device has marked events as read."""

    number: int


Frame = Hello | ReadUpTo | Wishes | Erased | tuple[Event, dict[str, Any]]


def read_frame(text: str | bytes) -> Frame | None:
    """A frame as a value, an event with its raw form; `None` for a kind of frame not known yet."""
    try:
        frame = json.loads(text)
        read = FRAMES.get(frame["type"])
        return read(frame) if read else None
    except UnreadableError:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise UnreadableError(type(error).__name__) from None


def _hello(frame: dict[str, Any]) -> Hello:
    account = _text(frame["account"].get("name"))
    wishes = _wishes(frame["settings"]) if frame.get("settings") else None
    return Hello(_number(frame["last"]), account, _number(frame.get("read") or 0), wishes)


def _wishes(settings: dict[str, Any]) -> Wishes:
    until = settings.get("snoozed_until")
    people, messages = settings.get("muted_recipients"), settings.get("muted_messages")
    return Wishes(
        _time(until) if until else None,
        frozenset(map(_text, people or ())),
        frozenset(map(_text, messages or ())),
    )


def _erased(frame: dict[str, Any]) -> Erased:
    numbers = tuple((_number(first), _number(last)) for first, last in frame["numbers"])
    erasures = frame.get("erasures")
    told = None if erasures is None else _number(erasures)
    return Erased(_number(frame["before"]), numbers, told)


FRAMES: dict[str, Callable[[dict[str, Any]], Frame]] = {
    "hello": _hello,
    "read": lambda frame: ReadUpTo(_number(frame["up_to"])),
    "settings": lambda frame: _wishes(frame["settings"]),
    "erased": _erased,
    "event": lambda frame: (_read_or_pass_over(frame["event"]), frame["event"]),
}


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
            path=_own_page(raw.get("path")),
        )
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        raise UnreadableError(type(error).__name__) from None


def _own_page(path: object) -> str:
    """Empty unless it can only be a page of the server's own history."""
    if isinstance(path, str) and OWN_PAGE.fullmatch(path) and ".." not in path:
        return path
    return ""


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
    """One that can be shown in every time zone."""
    moment = datetime.fromisoformat(value)
    if not MINYEAR < moment.year < MAXYEAR:
        raise ValueError
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
