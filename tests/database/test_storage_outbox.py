"""Webhooks and what waits for them; test_delivery.py posts it."""

import pytest
from sealbreak_server.errors import BadRequestError, NotFoundError
from sealbreak_server.models import Event
from sealbreak_server.storage import Storage, outbox
from sealbreak_server.webhooks import delay
from support.server.account import NOW, Desk

URL = "https://example.com/hook"
DAY = 24 * 3600


@pytest.fixture
def desk(storage: Storage) -> Desk:
    made = Desk(storage)
    made.register()
    return made


def add(desk: Desk) -> outbox.Hook:
    return desk.storage.transaction(outbox.add, desk.account.id, URL, (), NOW)


def tell(desk: Desk, *copies: int) -> None:
    desk.record(*(desk.hit(copy, copy=copy) for copy in copies))


def due(desk: Desk, seconds: float = 0) -> list[str]:
    return desk.storage.query(outbox.due, NOW + seconds, 10)


def claim(desk: Desk, hook: outbox.Hook, seconds: float = 0) -> int | None:
    claimed = desk.storage.transaction(outbox.claim, hook.id, NOW + seconds, NOW + seconds + 60)
    return claimed[1].number if claimed else None


def test_a_webhook_gets_what_happens_from_now_on(desk: Desk) -> None:
    tell(desk, 1)
    hook = add(desk)
    assert (hook.waiting, due(desk)) == (0, [])
    tell(desk, 2)
    assert desk.storage.query(outbox.hook, desk.account.id, hook.id).waiting == 1
    assert (due(desk), claim(desk, hook)) == ([hook.id], 2)


def test_a_clock_that_is_set_back_holds_no_webhook_up_for_days(desk: Desk) -> None:
    hook = add(desk)
    tell(desk, 1)
    assert claim(desk, hook) == 1
    assert due(desk, -1800) == []
    assert due(desk, -DAY) == [hook.id]
    assert claim(desk, hook, -DAY) == 1


def test_each_has_a_secret_of_its_own(desk: Desk) -> None:
    one, other = add(desk), add(desk)
    assert one.secret != other.secret
    assert [hook.id for hook in outbox.hooks(desk.account.id)] == [one.id, other.id]


def test_there_is_room_for_so_many(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "MOST_HOOKS", 1)
    add(desk)
    with pytest.raises(BadRequestError, match="room for 1 "):
        add(desk)


def test_nobody_sees_or_removes_a_webhook_of_another(desk: Desk) -> None:
    hook, other = add(desk), Desk(desk.storage, "Ben").account.id
    with pytest.raises(NotFoundError):
        desk.storage.query(outbox.hook, other, hook.id)
    with pytest.raises(NotFoundError):
        desk.storage.transaction(outbox.enable, other, hook.id)
    assert not desk.storage.transaction(outbox.remove, other, hook.id)
    assert desk.storage.transaction(outbox.remove, desk.account.id, hook.id)


def test_events_come_in_order_and_each_once(desk: Desk) -> None:
    hook = add(desk)
    tell(desk, 1, 2)
    assert claim(desk, hook) == 1
    following = desk.storage.transaction(outbox.done, hook.id, 1, NOW + 60)
    assert following is not None
    assert following.number == 2
    assert desk.storage.transaction(outbox.done, hook.id, 2, NOW + 60) is None
    assert (due(desk), claim(desk, hook)) == ([], None)


def test_a_claim_that_nobody_ended_ends_by_itself(desk: Desk) -> None:
    hook = add(desk)
    tell(desk, 1)
    assert claim(desk, hook) == 1
    assert (due(desk, 59), claim(desk, hook, 59)) == ([], None)
    assert (due(desk, 60), claim(desk, hook, 60)) == ([hook.id], 1)


def test_an_event_that_was_pruned_is_passed_over(desk: Desk) -> None:
    hook = add(desk)
    tell(desk, 1, 2)
    desk.storage.transaction(lambda: Event.delete().where(Event.number == 1).execute())
    assert claim(desk, hook) == 2
    desk.storage.transaction(lambda: Event.delete().execute())
    assert claim(desk, hook, 60) is None
    assert desk.storage.query(outbox.hook, desk.account.id, hook.id).waiting == 0


def test_after_a_failure_it_is_tried_later_and_a_success_forgets_it(desk: Desk) -> None:
    hook = add(desk)
    tell(desk, 1)
    assert not desk.storage.transaction(outbox.failed, hook, "it answered with 500", 500, NOW)
    assert (due(desk, delay(1) - 1), due(desk, delay(1))) == ([], [hook.id])
    found = desk.storage.query(outbox.hook, desk.account.id, hook.id)
    assert (found.failures, found.failing_since, found.problem) == (1, NOW, "it answered with 500")
    desk.storage.transaction(outbox.done, hook.id, 1, NOW)
    found = desk.storage.query(outbox.hook, desk.account.id, hook.id)
    assert (found.failures, found.failing_since, found.problem) == (0, None, None)


def test_a_machine_that_sleeps_between_two_tries_gives_no_webhook_up(desk: Desk) -> None:
    hook = add(desk)
    tell(desk, 1)
    assert not desk.storage.transaction(outbox.failed, hook, "no answer", None, NOW)
    assert not desk.storage.transaction(outbox.failed, hook, "no answer", None, NOW + 6 * DAY)
    found = desk.storage.query(outbox.hook, desk.account.id, hook.id)
    assert (found.failures, found.disabled_at, found.waiting) == (2, None, 1)


def test_what_came_while_it_was_disabled_is_not_posted(desk: Desk) -> None:
    hook = add(desk)
    tell(desk, 1)
    assert desk.storage.transaction(outbox.failed, hook, "it answered with 410", 410, NOW)
    tell(desk, 2)
    enabled = desk.storage.transaction(outbox.enable, desk.account.id, hook.id)
    assert (enabled.disabled_at, enabled.problem, enabled.waiting) == (None, None, 0)
    tell(desk, 3)
    assert claim(desk, hook) == 3


def test_a_webhook_that_was_removed_meanwhile_has_not_failed(desk: Desk) -> None:
    hook = add(desk)
    desk.storage.transaction(outbox.remove, desk.account.id, hook.id)
    assert not desk.storage.transaction(outbox.failed, hook, "it answered with 500", 500, NOW)
