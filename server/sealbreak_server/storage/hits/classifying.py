"""Classifies a group of hits in its context and decides on events."""

from collections.abc import Iterable

from sealbreak_server.classification.context import classify_context
from sealbreak_server.events.decide import Decision, decide
from sealbreak_server.model.context import ClassifiedHit, Classify, HitContext
from sealbreak_server.storage.hits.decision_writer import DecisionWriter
from sealbreak_server.storage.hits.history import with_history


def add_decision(
    classify: Classify,
    context: HitContext,
    hits: Iterable[ClassifiedHit],
    now: float,
    decision_writer: DecisionWriter,
    *,
    arrived: bool,
) -> bool:
    """`arrived`: the hits are new, so that they may change the verdicts of those around them. True
    when the account gets events."""
    context, decision = decide_on(classify, context, hits, now, arrived=arrived)
    decision_writer.add(
        context.message, {record.number: record for record in context.classified_hits}, decision
    )
    return bool(decision.events)


def decide_on(
    classify: Classify,
    context: HitContext,
    hits: Iterable[ClassifiedHit],
    now: float,
    *,
    arrived: bool,
) -> tuple[HitContext, Decision]:
    """What follows from the hits, and the context that it is based on. Writes nothing."""
    wanted = {record.number for record in hits}
    verdicts = classify_context(classify, context, wanted, arrived=arrived)
    context = with_history(context, verdicts, now)
    return context, decide(context, verdicts, now)
