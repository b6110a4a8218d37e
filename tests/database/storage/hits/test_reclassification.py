from sealbreak_server.model.context import Classify
from sealbreak_server.storage import Storage
from sealbreak_server.storage.hits.reclassification import (
    Reclassified,
    messages_with_evidence,
    reclassify,
)
from support.server.account import NOW, AccountBuilder, as_human, as_machine

START = (0.0, 0)


def opened(storage: Storage) -> AccountBuilder:
    """A message that was opened by a reader, which the account was told."""
    builder = AccountBuilder(storage)
    builder.register()
    builder.record(builder.hit())
    assert builder.shown().counts.opens == 1
    return builder


def classified(
    builder: AccountBuilder, classify: Classify = as_machine, *, write: bool
) -> Reclassified:
    return builder.storage.transaction(
        reclassify, classify, builder.message, NOW, START, write=write
    )


def test_a_message_with_evidence_is_found(storage: Storage) -> None:
    builder = opened(storage)
    assert storage.query(messages_with_evidence) == [builder.message]


def test_what_would_change_is_said_and_nothing_is_written(storage: Storage) -> None:
    builder = opened(storage)
    assert len(classified(builder, write=False).changes) == 1
    assert builder.shown().counts.opens == 1


def test_new_rules_correct_events_and_counts(storage: Storage) -> None:
    builder = opened(storage)
    assert classified(builder, write=True).corrected == 1
    assert (builder.shown().counts.opens, builder.events()) == (0, [1, 2])


def test_rules_that_agree_change_nothing(storage: Storage) -> None:
    builder = opened(storage)
    assert classified(builder, as_human, write=True).changes == ()
    assert builder.events() == [1]


def test_an_unknown_message_has_no_hits_to_classify(storage: Storage) -> None:
    builder = opened(storage)
    builder.message = "a" * 16
    assert classified(builder, write=True) == Reclassified("a" * 16, "", 0)
