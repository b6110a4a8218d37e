"""What an account wants to be notified of, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timezone, tzinfo
from zoneinfo import ZoneInfo

from sealbreak_server.model.addresses import person_of
from sealbreak_server.model.event_kinds import BY_NAME

DAY = 24 * 3600


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one local time to another; past midnight when `end` is before `begin`."""

    begin: time
    end: time

    def holds(self, local: time) -> bool:
        if self.begin <= self.end:
            return self.begin <= local < self.end
        return local >= self.begin or local < self.end


@dataclass(frozen=True, slots=True)
class Preferences:
    """What the account wants to be notified of: a switch for each row of `event_kinds`."""

    opened: bool = BY_NAME["opened"].default
    clicked: bool = BY_NAME["clicked"].default
    corrected: bool = BY_NAME["corrected"].default
    hot: bool = BY_NAME["hot"].default
    revived: bool = BY_NAME["revived"].default
    reminder: bool = BY_NAME["reminder"].default
    reminder_days: int = 3
    digest: bool = BY_NAME["digest"].default
    digest_hour: int = 8
    time_zone: str = "UTC"
    """A name such as Europe/Berlin, or an offset such as +02:00."""
    quiet_hours: QuietHours | None = None

    def wants(self, kind: str) -> bool:
        """A kind that this version does not know has no switch and is wanted."""
        return kind not in BY_NAME or bool(getattr(self, kind))

    def is_quiet(self, seconds: float) -> bool:
        """Whether it is in the quiet hours."""
        return self.quiet_hours is not None and self.quiet_hours.holds(self.local(seconds).time())

    def local(self, seconds: float) -> datetime:
        return datetime.fromtimestamp(seconds, zone_or_utc(self.time_zone))


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


def zone_or_utc(name: str) -> tzinfo:
    """UTC for a zone that was stored on a machine that knew it and is unknown on this one."""
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
        """A single reader who is not muted is enough for a pop-up."""
        if not addresses or not self.recipients:
            return False
        muted = {person_of(address) for address in self.recipients}
        return all(person_of(address) in muted for address in addresses)
