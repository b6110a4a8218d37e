from collections.abc import Callable

import orjson
import pytest
from sealbreak_server.storage import Storage, accounts, erasing
from sealbreak_server.storage.announcements import (
    erased_after,
    events_after,
    first_event,
    last_event,
    marks,
    news_for,
)
from support.server.account import NOW, Desk


@pytest.fixture
def desk(storage: Storage) -> Desk:
    """Its account has been told of three opens."""
    made = Desk(storage)
    made.register()
    for copy in range(3):
        made.record(made.hit(copy, copy=copy))
    return made


@pytest.fixture
def device(desk: Desk) -> str:
    code = desk.storage.transaction(accounts.new_pairing, None, "Ann", NOW)
    pair: Callable[..., tuple[str, accounts.Caller]] = desk.storage.transaction
    return pair(accounts.pair, code, "A laptop", "api", NOW)[1].device


def test_events_are_read_in_order_after_a_number_and_not_too_many(desk: Desk) -> None:
    found = events_after(desk.account.id, 1, 100)
    assert [number for number, _ in found] == [2, 3]
    assert [orjson.loads(body)["copy"] for _, body in found] == [1, 2]
    assert [number for number, _ in events_after(desk.account.id, 0, 2)] == [1, 2]


def test_the_last_event_is_the_accounts_own(desk: Desk) -> None:
    other = Desk(desk.storage, "Ben")
    assert (last_event(desk.account.id), last_event(other.account.id)) == (3, 0)
    assert events_after(other.account.id, 0, 100) == []


def test_an_account_that_is_not_there_has_no_last_event(desk: Desk) -> None:
    assert last_event(4711) == 0


def test_news_are_for_devices_that_may_hear_them(desk: Desk, device: str) -> None:
    assert news_for(desk.account.id, device, 3, 100) == []
    assert len(news_for(desk.account.id, device, 0, 100) or []) == 3
    desk.storage.transaction(accounts.revoke, desk.account.id, device, NOW)
    assert news_for(desk.account.id, device, 0, 100) is None
    assert news_for(desk.account.id, "nobody", 0, 100) is None


def test_erased_events_are_known_by_their_numbers(desk: Desk) -> None:
    erase: Callable[..., bool] = desk.storage.transaction
    assert erased_after(desk.account.id, 0, 10) == []
    erase(erasing.erase_message, desk.account, desk.message, NOW)
    assert erased_after(desk.account.id, 0, 10) == [1, 2, 3]
    assert erased_after(desk.account.id, 1, 1) == [2]


def test_each_erasing_raises_the_mark_of_its_account_alone(desk: Desk) -> None:
    other = Desk(desk.storage, "Ben")
    desk.storage.transaction(erasing.erase_message, desk.account, desk.message, NOW)
    assert (marks(desk.account.id).erasures, marks(other.account.id).erasures) == (1, 0)
    desk.storage.transaction(erasing.erase_message, desk.account, desk.message, NOW)
    assert marks(desk.account.id).erasures == 1


def test_what_has_grown_old_is_before_the_first_event(desk: Desk) -> None:
    assert first_event(desk.account.id) == 1
    desk.storage.transaction(erasing.prune, NOW + 1, NOW + 1)
    assert first_event(desk.account.id) == 4
    assert marks(desk.account.id).erasures > 0
