"""Converts between rows and the values that are classified."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import orjson
from peewee import JOIN, Field

from sealbreak_server.model.context import ClassifiedHit
from sealbreak_server.model.hit import Hit, Kind
from sealbreak_server.model.message import Link, Message, Recipient
from sealbreak_server.model.verdict import Actor, Verdict
from sealbreak_server.storage.engine.statements import CachedListQuery
from sealbreak_server.storage.tables import Account
from sealbreak_server.storage.tables import Hit as HitRow
from sealbreak_server.storage.tables import Link as LinkRow
from sealbreak_server.storage.tables import Message as MessageRow
from sealbreak_server.storage.tables import Recipient as RecipientRow
from sealbreak_server.storage.tables import Verdict as VerdictRow

CLASSIFIED_HIT_FIELDS: tuple[Field, ...] = (
    HitRow.id, HitRow.kind, HitRow.owner, HitRow.message, HitRow.copy_number, HitRow.link,
    HitRow.time, HitRow.method, HitRow.address, HitRow.headers, HitRow.own_click,
    VerdictRow.actor, VerdictRow.via, VerdictRow.reason, VerdictRow.evidence,
    VerdictRow.device, VerdictRow.country, VerdictRow.network, VerdictRow.device_known,
    VerdictRow.location_known, VerdictRow.sure, VerdictRow.rules,
    VerdictRow.counted, VerdictRow.due, VerdictRow.event,
)  # fmt: skip


ALIKE = 1024
"""Cached values. Most hits of a message share the same headers and the same verdict."""

_KINDS = {str(kind): kind for kind in Kind}
_ACTORS = {str(actor): actor for actor in Actor}


MESSAGE_FIELDS: tuple[Field, ...] = (
    MessageRow.id, MessageRow.account, Account.owner, MessageRow.subject, MessageRow.level,
    MessageRow.scheduled_for, MessageRow.sent_at, MessageRow.thread_id, MessageRow.gmail_thread_id,
    MessageRow.gmail_account, MessageRow.withdrawn,
)  # fmt: skip


def classified_hits() -> Any:
    """A query for hits with their verdicts; `classified_hit_of` converts its rows."""
    return HitRow.select(*CLASSIFIED_HIT_FIELDS).join(VerdictRow, JOIN.LEFT_OUTER)


def classified_hit_of(row: Sequence[Any]) -> ClassifiedHit:
    number, kind, owner, message, copy, link, time, method, address, headers, own = row[:11]
    hit = Hit(
        _KINDS[kind], owner, message, copy, link, time, method, address,
        _headers_of(headers), bool(own),
    )  # fmt: skip
    if row[11] is None:
        return ClassifiedHit(number, hit)
    return ClassifiedHit(
        number, hit, _verdict_of(tuple(row[11:22])), bool(row[22]), row[23], row[24]
    )


@lru_cache(ALIKE)
def _headers_of(text: str) -> tuple[tuple[str, str], ...]:
    return tuple(map(tuple, orjson.loads(text)))


@lru_cache(ALIKE)
def _verdict_of(row: tuple[Any, ...]) -> Verdict:
    actor, via, reason, evidence, device, country, network, has_device, has_place, sure, rules = row
    return Verdict(
        _ACTORS[actor], via, reason, tuple(orjson.loads(evidence)), device, country, network,
        bool(has_device), bool(has_place), bool(sure), rules,
    )  # fmt: skip


NO_HEADERS = "[]"
"""Stored where headers were deleted."""
NONE_SENT = "[ ]"
"""Stored where there never were headers, so that the address is still deleted later."""


def hit_row(number: int, hit: Hit) -> tuple[Any, ...]:
    headers = orjson.dumps(hit.headers).decode() if hit.headers else NONE_SENT
    return (
        number, hit.owner, hit.message, hit.copy, str(hit.kind), hit.link, hit.time, hit.method,
        hit.address, headers, hit.own_click,
    )  # fmt: skip


def verdict_row(record: ClassifiedHit) -> tuple[Any, ...]:
    verdict = record.verdict
    assert verdict is not None
    return (
        record.number, record.hit.message, str(verdict.actor), verdict.via, str(verdict.reason),
        orjson.dumps(verdict.evidence).decode(), verdict.device, verdict.country, verdict.network,
        verdict.device_known, verdict.location_known, verdict.sure, verdict.rules,
        record.counted, record.due, record.event,
    )  # fmt: skip


_messages = CachedListQuery(
    lambda ids: MessageRow.select(*MESSAGE_FIELDS).join(Account).where(MessageRow.id.in_(ids))
)
_people = CachedListQuery(
    lambda ids: (
        RecipientRow.select(
            RecipientRow.message,
            RecipientRow.address,
            RecipientRow.name,
            RecipientRow.kind,
            RecipientRow.copy_number,
        )
        .where(RecipientRow.message.in_(ids))
        .order_by(RecipientRow.position)
    )
)
_links = CachedListQuery(
    lambda ids: (
        LinkRow.select(LinkRow.message, LinkRow.n, LinkRow.url, LinkRow.hidden)
        .where(LinkRow.message.in_(ids))
        .order_by(LinkRow.n)
    )
)


def read_messages(ids: Iterable[str]) -> dict[str, Message]:
    rows = _messages.rows(list(ids))
    known = [row[0] for row in rows]
    people: dict[str, list[Recipient]] = {}
    for message, *person in _people.rows(known):
        people.setdefault(message, []).append(Recipient(*person))
    links: dict[str, list[Link]] = {}
    for message, n, url, hidden in _links.rows(known):
        links.setdefault(message, []).append(Link(n, url, bool(hidden)))
    return {
        id_: Message(
            id_, account, owner, subject, level, scheduled_for or sent_at,
            tuple(people.get(id_, ())), tuple(links.get(id_, ())), *more,
        )
        for id_, account, owner, subject, level, scheduled_for, sent_at, *more in rows
    }  # fmt: skip
