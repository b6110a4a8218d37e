"""Classifies a group of hits in its context and decides on events."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sealbreak_server.classification.context import classify_context
from sealbreak_server.events.decide import Decision, decide, missing_opens
from sealbreak_server.model.context import (
    ClassifiedHit,
    Classify,
    HitContext,
)
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.verdict import Verdict
from sealbreak_server.storage.engine.statements import (
    CachedQuery,
)
from sealbreak_server.storage.hits.decision_writer import DecisionWriter
from sealbreak_server.storage.hits.mappers import (
    classified_hit_of,
    classified_hits,
)
from sealbreak_server.storage.tables import Hit as HitRow

OPENS_LIMIT = 200
_opens = CachedQuery(
    lambda message, owner, copy, kind, since, until: (
        classified_hits()
        .where(
            HitRow.message == message,
            HitRow.owner == owner,
            HitRow.copy_number == copy,
            HitRow.kind == kind,
            HitRow.time >= since,
            HitRow.time <= until,
        )
        .order_by(HitRow.time.desc())
        .limit(OPENS_LIMIT)
    )
)


def add_decision(
    classify: Classify,
    context: HitContext,
    fresh: Iterable[ClassifiedHit],
    now: float,
    decision_writer: DecisionWriter,
) -> bool:
    """True when the account gets events."""
    context, decision = decide_on(classify, context, fresh, now)
    decision_writer.add(
        context.message, {record.number: record for record in context.classified_hits}, decision
    )
    return bool(decision.events)


def decide_on(
    classify: Classify, context: HitContext, fresh: Iterable[ClassifiedHit], now: float
) -> tuple[HitContext, Decision]:
    """What follows from the hits `fresh`, and the context that it is based on. Writes nothing."""
    verdicts = classify_context(classify, context, {record.number for record in fresh})
    context = _with_missing_opens(context, verdicts)
    return context, decide(context, verdicts, now)


def _with_missing_opens(context: HitContext, verdicts: Mapping[int, Verdict]) -> HitContext:
    """Which open counts depends on the open before it, which can be older than the context."""
    message, known = context.message, {record.number for record in context.classified_hits}
    found = [
        record
        for copy, span in missing_opens(context, verdicts)
        for row in _opens.rows(
            message.id, message.owner, copy, str(Kind.OPEN), span.first, span.last
        )
        if (record := classified_hit_of(row)).number not in known
    ]
    if not found:
        return context
    both = sorted([*context.classified_hits, *found], key=lambda one: (one.hit.time, one.number))
    return replace(context, classified_hits=tuple(both))
