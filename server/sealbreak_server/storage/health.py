"""What the database shows about the set-up. Queries only."""

from collections.abc import Sequence
from dataclasses import dataclass

from peewee import fn

from sealbreak_server.classification.rules.reasons import Reason
from sealbreak_server.storage.engine.statements import as_tuples
from sealbreak_server.storage.preferences import preferences_of
from sealbreak_server.storage.tables import Account, Event, Hit, Message, Webhook, WebhookDelivery
from sealbreak_server.storage.tables import Verdict as VerdictRow

GMAIL = (Reason.GMAIL_IMAGE_PROXY, Reason.GMAIL_ELSEWHERE)
"""The reasons that Gmail's agent gives only from Google's network."""
RECENT_HITS = 50
GMAIL_SECONDS = 90 * 24 * 3600
"""How far back the last visit of Gmail is looked for."""


@dataclass(frozen=True, slots=True)
class Records:
    accounts: int
    newest_ids: Sequence[tuple[str, str]]
    """Owner and ID of the newest mail of each account that has one."""
    newest_time: float | None
    """Of all hits and events."""
    sender_ahead: float | None
    """Seconds by which the sender's clock was ahead at the newest registration."""
    gmail_at: float | None
    """The last visit of Gmail's image proxy."""
    sent_since: int
    """Mails with a pixel that were sent after it, or at all."""
    hit_addresses: Sequence[str]
    """Of the newest hits whose address is still kept."""
    zones: Sequence[str]
    """The time zones that the accounts chose."""


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
    visits = Hit.select(Hit.time).join(VerdictRow, on=VerdictRow.hit == Hit.id)
    by_gmail = visits.where(VerdictRow.reason.in_(GMAIL), Hit.time > since)
    row = by_gmail.order_by(Hit.time.desc()).tuples().first()
    return row[0] if row else None


def _sent_since(time: float) -> int:
    sent = (Message.sent_at > time) & Message.pixel & ~Message.withdrawn
    return int(Message.select().where(sent).count())


def _hit_addresses() -> list[str]:
    kept = Hit.select(Hit.address).where(Hit.address != "")
    newest = kept.order_by(Hit.time.desc()).limit(RECENT_HITS)
    return [address for (address,) in as_tuples(newest)]
