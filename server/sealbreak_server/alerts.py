"""What is worth a pop-up and what stays quiet: the account's wishes and the rules. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from enum import StrEnum
from ipaddress import ip_address, ip_network
from zoneinfo import ZoneInfo

DAY = 24 * 3600

HOT_OPENS = 3
"""The fewest that are no accident: one to read, one to come back, one more."""
HOT_SECONDS = 3600
GLANCE_SECONDS = 60
"""Gmail is reported to repeat the fetch of one open, sometimes often: that is one look."""
HOT_NETWORKS = 2
NETWORKS_SECONDS = DAY
HOT_AGAIN_SECONDS = DAY
"""A hot copy is told once a day at most."""
REVIVED_SECONDS = 14 * DAY
"""After two weeks a mail counts as done; who opens it then has a new reason."""


class Quiet(StrEnum):
    """Why an event makes no pop-up. The closed list of `quiet_reason`."""

    SWITCHED_OFF = "switched-off"
    MUTED_MESSAGE = "muted-message"
    MUTED_RECIPIENT = "muted-recipient"
    SNOOZED = "snoozed"
    QUIET_HOURS = "quiet-hours"
    CORRECTS_QUIET = "corrects-quiet"
    """It takes back what no pop-up has told."""


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
    """Addresses in lower case."""
    snoozed_until: float | None = None

    def all_of(self, addresses: Sequence[str]) -> bool:
        """One reader who is not muted is enough to be told."""
        return bool(addresses) and all(one.lower() in self.recipients for one in addresses)


def quiet_reason(
    kind: str, preferences: Preferences, mutes: Mutes, readers: Sequence[str], now: float
) -> Quiet | None:
    """`readers`: the addresses of all who may be meant; `None` for an event that pops up."""
    if not preferences.wants(kind):
        return Quiet.SWITCHED_OFF
    if mutes.message:
        return Quiet.MUTED_MESSAGE
    if mutes.all_of(readers):
        return Quiet.MUTED_RECIPIENT
    if mutes.snoozed_until is not None and now < mutes.snoozed_until:
        return Quiet.SNOOZED
    if preferences.quiet_hours and preferences.quiet_hours.holds(preferences.local(now).time()):
        return Quiet.QUIET_HOURS
    return None


# Opened again.


@dataclass(frozen=True, slots=True)
class Visit:
    """An open by a reader."""

    time: float
    network: str | None = None
    """The reader's own, when it shows: an image proxy's says nothing."""


def network_of(address: str) -> str | None:
    """As wide as what one provider mostly hands out: an address that changes is no new network."""
    try:
        ip = ip_address(address)
    except ValueError:
        return None
    return str(ip_network(f"{ip}/{16 if ip.version == 4 else 32}", strict=False))


@dataclass(frozen=True, slots=True)
class Reopened:
    kind: str
    """`hot` or `revived`."""
    words: str


def reopened(
    visit: Visit, earlier: Iterable[Visit], last: float | None, hot_at: float | None, readers: int
) -> Reopened | None:
    """Whether an open of a copy that was opened before is worth telling.

    `last`: the newest open before; `hot_at`: when it was last told that the copy is hot;
    `readers`: how many people share the copy. Each of them may open it a first time, from
    a network of their own, without anybody coming back: so many more are asked for.
    """
    if last is not None and visit.time - last >= REVIVED_SECONDS:
        days = int((visit.time - last) // DAY)
        return Reopened("revived", f"Opened again after {days} quiet days")
    if hot_at is not None and abs(visit.time - hot_at) < HOT_AGAIN_SECONDS:
        return None
    others = max(readers, 1) - 1
    before = [one for one in earlier if one.time <= visit.time]
    times = _visits(one.time for one in [*before, visit] if visit.time - one.time < HOT_SECONDS)
    if times >= HOT_OPENS + others:
        return Reopened("hot", f"Opened {times} times within an hour")
    near = [one for one in [*before, visit] if visit.time - one.time < NETWORKS_SECONDS]
    networks = {one.network for one in near if one.network}
    if len(networks) >= HOT_NETWORKS + others:
        return Reopened("hot", f"Opened from {len(networks)} networks within a day")
    return None


def _visits(times: Iterable[float]) -> int:
    count, last = 0, float("-inf")
    for moment in sorted(times):
        if moment - last >= GLANCE_SECONDS:
            count, last = count + 1, moment
    return count


# The digest.


def digest_due(preferences: Preferences, last: float, now: float) -> bool:
    """Whether its hour has come since the last one.

    One that lies more than a day ahead was told by a clock that was set back since, and counts no
    more. One that lies less ahead counts: else a clock put right by a second told a digest twice.
    """
    hour = digest_hour(preferences, digest_day(preferences, now))
    return hour <= now and not hour <= last <= now + DAY


def digest_day(preferences: Preferences, now: float) -> date:
    """Of the newest digest whose hour has come."""
    today = preferences.local(now).date()
    return today if digest_hour(preferences, today) <= now else today - timedelta(days=1)


def digest_hour(preferences: Preferences, day: date) -> float:
    """When the digest of a day is due: it tells what happened since the hour of the day before."""
    zone = _zone_or_utc(preferences.time_zone)
    return datetime.combine(day, time(preferences.digest_hour), zone).timestamp()


def digest_words(opens: int, clicks: int, messages: int, reminders: int) -> str:
    """The day in a sentence; empty when nothing happened."""
    parts = [
        plural(opens, "open"),
        plural(clicks, "link followed", "links followed"),
        plural(reminders, "mail not opened", "mails not opened"),
    ]
    told = ", ".join(part for part in parts if part)
    return f"{told}, in {plural(messages, 'mail')}" if told and messages else told


def plural(count: int, one: str, many: str = "") -> str:
    """Empty for none."""
    return f"{count} {one if count == 1 else many or one + 's'}" if count else ""
