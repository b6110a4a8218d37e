"""What the database shows about the set-up. Queries only."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from peewee import fn

from sealbreak_server.model.self_test import SelfTest
from sealbreak_server.storage.engine.statements import as_tuples
from sealbreak_server.storage.preferences import preferences_of
from sealbreak_server.storage.self_tests import GMAIL, self_tests_of
from sealbreak_server.storage.tables import (
    BY_GMAIL,
    Account,
    Event,
    Hit,
    Message,
    SelfTestVisit,
    Webhook,
    WebhookDelivery,
)
from sealbreak_server.storage.tables import SelfTest as SelfTestRow
from sealbreak_server.storage.tables import Verdict as VerdictRow

RECENT_HITS = 50
MOST_COUNTED = 1000
"""More mails are not counted: no sentence needs their number."""
LOOKED_THROUGH = 2000
"""Visits by Gmail among which the last one of an account is looked for."""
GMAIL_SECONDS = 90 * 24 * 3600
"""How far back the last visit of Gmail is looked for."""


@dataclass(frozen=True, slots=True)
class Records:
    accounts: int
    newest_ids: Sequence[tuple[str, str]]
    """Owner and ID of the newest mail of each account that has one."""
    newest_time: float | None
    """The newest time of all hits and events."""
    sender_ahead: float | None
    """Seconds by which the sender's clock was ahead at the newest registration."""
    gmail_at: float | None
    """The last visit of Gmail's image proxy."""
    sent_since: int
    """Mails with a pixel that were sent after it, or at all."""
    tests: Sequence[SelfTest]
    """Test mails of all accounts, newest first."""
    hit_addresses: Sequence[str]
    """The addresses of the newest hits whose address is still kept."""
    zones: Sequence[str]
    """The time zones that the accounts chose."""


@dataclass(frozen=True, slots=True)
class GmailRecords:
    """What is known about one account."""

    came_at: float | None
    sent_since: int
    """At most `MOST_COUNTED`."""


def gmail_records(account: int, now: float) -> GmailRecords | None:
    """For every page: it reads a few rows. `None`: too many visits of others are newer."""
    owner: Account = Account.get_by_id(account)
    newest = _newest_by_gmail(LOOKED_THROUGH)
    visits = [time for (time,) in as_tuples(_visits(newest).where(Hit.owner == owner.owner))]
    if not visits and as_tuples(_newest_by_gmail(1).offset(LOOKED_THROUGH - 1)):
        return None
    tests = _test_visits().where(SelfTestRow.account == account)
    came_at = max((*visits, *(time for (time,) in as_tuples(tests))), default=None)
    recent = came_at if came_at and came_at > now - GMAIL_SECONDS else None
    return GmailRecords(recent, _sent_since(recent or 0.0, account))


@dataclass(frozen=True, slots=True)
class Backlog:
    waiting_verdicts: int
    """Those that are not final yet."""
    oldest_due: float | None
    """When the first of them should have been classified again; may lie in the future."""
    waiting_posts: int
    """Events that webhooks have not got yet."""
    disabled_webhooks: int
    gmail_at: float | None
    """The last visit of Gmail's image proxy."""


def backlog(now: float) -> Backlog:
    return Backlog(
        waiting_verdicts=VerdictRow.select().where(VerdictRow.due.is_null(False)).count(),
        oldest_due=VerdictRow.select(fn.MIN(VerdictRow.due)).scalar(),
        waiting_posts=WebhookDelivery.select().count(),
        disabled_webhooks=Webhook.select().where(Webhook.disabled_at.is_null(False)).count(),
        gmail_at=_gmail_at(now - GMAIL_SECONDS),
    )


def records(now: float) -> Records:
    gmail_at = _gmail_at(now - GMAIL_SECONDS)
    owners = list(as_tuples(Account.select(Account.id, Account.owner).order_by(Account.id)))
    return Records(
        accounts=len(owners),
        newest_ids=[(owner, mail) for account, owner in owners if (mail := _newest_id(account))],
        newest_time=_newest_time(),
        sender_ahead=_sender_ahead(),
        gmail_at=gmail_at,
        sent_since=_sent_since(gmail_at or 0.0),
        tests=self_tests_of(),
        hit_addresses=_hit_addresses(),
        zones=sorted({preferences_of(account).preferences.time_zone for account, _ in owners}),
    )


def _newest_id(account: int) -> str | None:
    newest = Message.select(Message.id).where(Message.account == account)
    row = newest.order_by(Message.sent_at.desc(), Message.id.desc()).tuples().first()
    return row[0] if row else None


def _newest_time() -> float | None:
    times = (Hit.select(fn.MAX(Hit.time)).scalar(), Event.select(fn.MAX(Event.created_at)).scalar())
    return max((time for time in times if time is not None), default=None)


def _sender_ahead() -> float | None:
    told = Message.sender_sent_at.is_null(False) & Message.scheduled_for.is_null()
    newest = Message.select(Message.sender_sent_at, Message.sent_at).where(told)
    row = newest.order_by(Message.sent_at.desc()).tuples().first()
    return row[0] - row[1] if row else None


def _gmail_at(since: float) -> float | None:
    hits, tests = as_tuples(_visits(_newest_by_gmail(1))), as_tuples(_test_visits())
    return max((time for (time,) in (*hits, *tests) if time > since), default=None)


def _newest_by_gmail(most: int) -> Any:
    """SQLite reads the end of the index of these verdicts."""
    visits = VerdictRow.select(VerdictRow.hit).where(BY_GMAIL, VerdictRow.hit > 0)
    return visits.order_by(VerdictRow.hit.desc()).limit(most)


def _visits(numbers: Any) -> Any:
    """When the newest of these hits came."""
    return Hit.select(Hit.time).where(Hit.id.in_(numbers)).order_by(Hit.id.desc()).limit(1)


def _test_visits() -> Any:
    visits = SelfTestVisit.select(SelfTestVisit.time).join(SelfTestRow)
    return visits.where(SelfTestVisit.kind == GMAIL)


def _sent_since(time: float, account: int | None = None) -> int:
    sent = (Message.sent_at > time) & Message.pixel & ~Message.withdrawn
    if account is not None:
        sent &= Message.account == account
    return len(as_tuples(Message.select(Message.id).where(sent).limit(MOST_COUNTED)))


def _hit_addresses() -> list[str]:
    kept = Hit.select(Hit.address).where(Hit.address != "")
    newest = kept.order_by(Hit.time.desc()).limit(RECENT_HITS)
    return [address for (address,) in as_tuples(newest)]
