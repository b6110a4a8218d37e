from sealbreak_server.storage import Storage
from sealbreak_server.storage.rejudging import Rejudged, messages_with_evidence, rejudge
from support.server.account import NOW, Desk, as_human, as_machine

START = (0.0, 0)


def opened(storage: Storage) -> Desk:
    """A message that was opened by a reader, which the account was told."""
    desk = Desk(storage)
    desk.register()
    desk.record(desk.hit())
    assert desk.shown().opens == 1
    return desk


def judged(desk: Desk, judge: object = as_machine, *, write: bool) -> Rejudged:
    return desk.storage.transaction(rejudge, judge, desk.message, NOW, START, write=write)  # type: ignore[arg-type]


def test_a_message_with_evidence_is_found(storage: Storage) -> None:
    desk = opened(storage)
    assert storage.query(messages_with_evidence) == [desk.message]


def test_what_would_change_is_said_and_nothing_is_written(storage: Storage) -> None:
    desk = opened(storage)
    assert len(judged(desk, write=False).changes) == 1
    assert desk.shown().opens == 1


def test_new_rules_correct_what_was_told_and_counted(storage: Storage) -> None:
    desk = opened(storage)
    assert judged(desk, write=True).corrected == 1
    assert (desk.shown().opens, desk.events()) == (0, [1, 2])


def test_rules_that_agree_change_nothing(storage: Storage) -> None:
    desk = opened(storage)
    assert judged(desk, as_human, write=True).changes == ()
    assert desk.events() == [1]


def test_an_unknown_message_has_nothing_to_judge(storage: Storage) -> None:
    desk = opened(storage)
    desk.message = "a" * 16
    assert judged(desk, write=True) == Rejudged("a" * 16, "", 0)
