"""Events as they are written: their numbers, whether they are quiet, and what webhooks get."""

import json
from typing import Any

import pytest
from sealbreak_server.alerts import Quiet
from sealbreak_server.judging import ClassifiedHit, Message, Telling
from sealbreak_server.models import Delivery, Event
from sealbreak_server.storage import Storage, attention, outbox
from sealbreak_server.storage.herald import Herald
from sealbreak_server.storage.rows import read_messages
from support.server.account import HUMAN, NOW, Desk


@pytest.fixture
def desk(storage: Storage) -> Desk:
    made = Desk(storage)
    made.register()
    return made


def message(desk: Desk) -> Message:
    return desk.storage.query(read_messages, [desk.message])[desk.message]


def tell(desk: Desk, *kinds: str, corrects: int | None = None) -> list[int]:
    tellings = [Telling(kind, ClassifiedHit(1, desk.hit(), HUMAN), corrects) for kind in kinds]

    def run() -> list[int]:
        herald = Herald(NOW)
        numbers = herald.tell(message(desk), tellings)
        herald.write()
        return numbers

    return desk.storage.transaction(run)


def last(desk: Desk) -> dict[str, Any]:
    event = Event.select().where(Event.account == desk.account).order_by(Event.number.desc()).get()
    body: dict[str, Any] = json.loads(event.body)
    return body


def test_each_account_has_numbers_of_its_own_without_gaps(desk: Desk) -> None:
    other = Desk(desk.storage, "Ben")
    other.register()
    assert [tell(desk, "opened", "clicked"), tell(other, "opened"), tell(desk, "hot")] == [
        [1, 2], [1], [3],
    ]  # fmt: skip
    assert (desk.events(), other.events()) == ([1, 2, 3], [1])
    assert (last(desk)["number"], last(desk)["kind"]) == (3, "hot")


def test_a_number_that_was_taken_in_vain_is_given_again(desk: Desk) -> None:
    def broken() -> None:
        Herald(NOW).tell(message(desk), [Telling("opened", ClassifiedHit(1, desk.hit(), HUMAN))])
        raise RuntimeError

    with pytest.raises(RuntimeError):
        desk.storage.transaction(broken)
    assert tell(desk, "opened") == [1]


def test_what_is_not_wanted_is_told_quietly(desk: Desk) -> None:
    desk.storage.transaction(attention.put_alerts, desk.account.id, {"clicked": False}, NOW)
    tell(desk, "opened", "clicked")
    assert (last(desk)["quiet"], last(desk)["quiet_reason"]) == (True, Quiet.SWITCHED_OFF)
    tell(desk, "opened")
    assert "quiet" not in last(desk)


def test_a_correction_of_what_was_quiet_is_quiet(desk: Desk) -> None:
    desk.storage.transaction(attention.snooze, desk.account.id, NOW + 1)
    (quiet,) = tell(desk, "opened")
    desk.storage.transaction(attention.snooze, desk.account.id, None)
    tell(desk, "corrected", corrects=quiet)
    assert last(desk)["quiet_reason"] == Quiet.CORRECTS_QUIET
    (loud,) = tell(desk, "opened")
    tell(desk, "corrected", corrects=loud)
    assert "quiet" not in last(desk)


def test_a_correction_may_follow_in_the_same_transaction(desk: Desk) -> None:
    desk.storage.transaction(attention.mute_message, desk.account.id, desk.message, True)
    record = ClassifiedHit(1, desk.hit(), HUMAN)

    def run() -> None:
        herald = Herald(NOW)
        (number,) = herald.tell(message(desk), [Telling("opened", record)])
        herald.tell(message(desk), [Telling("corrected", record, number)])
        herald.write()

    desk.storage.transaction(run)
    assert last(desk)["quiet_reason"] == Quiet.CORRECTS_QUIET


def test_each_webhook_that_is_not_disabled_gets_each_event(desk: Desk) -> None:
    def add() -> outbox.Hook:
        return outbox.add(desk.account.id, "https://example.com/hook", (), NOW)

    first, gone = desk.storage.transaction(add), desk.storage.transaction(add)
    desk.storage.transaction(outbox.failed, gone, "it answered with 410", 410, NOW)
    tell(desk, "opened", "clicked")
    assert [(row.webhook.id, row.number) for row in Delivery.select()] == [
        (first.id, 1), (first.id, 2),
    ]  # fmt: skip
