"""What an account wants to be notified of."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, time, timezone, tzinfo
from zoneinfo import ZoneInfo

from sealbreak_server.model.addresses import person_of

DAY = 24 * 3600


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one local time to another; over midnight when it ends before it begins."""

    begin: time
    end: time

    def holds(self, moment: time) -> bool:
        if self.begin <= self.end:
            return self.begin <= moment < self.end
        return moment >= self.begin or moment < self.end


@dataclass(frozen=True, slots=True)
class Preferences:
    """What the account wants to be told. The switches bear the names of the kinds of events."""

    opened: bool = True
    clicked: bool = True
    corrected: bool = True
    hot: bool = True
    revived: bool = True
    reminder: bool = True
    reminder_days: int = 3
    digest: bool = False
    digest_hour: int = 8
    time_zone: str = "UTC"
    """A name such as Europe/Berlin, or an offset such as +02:00."""
    quiet_hours: QuietHours | None = None

    def wants(self, kind: str) -> bool:
        return kind not in KINDS or bool(getattr(self, kind))

    def local(self, seconds: float) -> datetime:
        return datetime.fromtimestamp(seconds, _zone_or_utc(self.time_zone))


KINDS = tuple(field.name for field in fields(Preferences) if field.type is bool)
"""Those that have a switch."""


def zone_of(name: str) -> tzinfo:
    """Raises `ValueError` when there is no such zone."""
    if name[:1] in {"+", "-"}:
        offset = datetime.strptime(name, "%z").utcoffset()
        assert offset is not None
        return timezone(offset)
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError) as error:
        raise ValueError(f"no time zone {name!r} is known here") from error


def _zone_or_utc(name: str) -> tzinfo:
    """A zone may be stored on a machine that knows it and read on one that does not."""
    try:
        return zone_of(name)
    except ValueError:
        return UTC


@dataclass(frozen=True, slots=True)
class Mutes:
    message: bool = False
    recipients: frozenset[str] = frozenset()
    """Their addresses, as they were muted."""
    snoozed_until: float | None = None

    def all_of(self, addresses: Sequence[str]) -> bool:
        """One reader who is not muted is enough to be told."""
        if not addresses or not self.recipients:
            return False
        muted = {person_of(address) for address in self.recipients}
        return all(person_of(address) in muted for address in addresses)
