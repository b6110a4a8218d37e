from collections.abc import Callable

import orjson
import pytest
from sealbreak_server.storage import Storage, accounts, erasure, retention
from sealbreak_server.storage.events.reader import (
    erased_after,
    events_after,
    first_event,
    last_event,
    marks,
    news_for,
)
from support.server.account import NOW, AccountBuilder


@pytest.fixture
def builder(storage: Storage) -> AccountBuilder:
    """Its account has been told of three opens."""
    made = AccountBuilder(storage)
    made.register()
    for copy in range(3):
        made.record(made.hit(copy, copy=copy))
    return made


@pytest.fixture
def device(builder: AccountBuilder) -> str:
    code = builder.storage.transaction(accounts.new_pairing, None, "Ann", NOW)
    pair: Callable[..., tuple[str, accounts.Principal]] = builder.storage.transaction
    return pair(accounts.pair, code, "A laptop", "api", NOW)[1].device


def test_events_are_read_in_order_after_a_number_and_not_too_many(builder: AccountBuilder) -> None:
    found = events_after(builder.account.id, 1, 100)
    assert [number for number, _ in found] == [2, 3]
    assert [orjson.loads(body)["copy"] for _, body in found] == [1, 2]
    assert [number for number, _ in events_after(builder.account.id, 0, 2)] == [1, 2]


def test_the_last_event_is_the_accounts_own(builder: AccountBuilder) -> None:
    other = AccountBuilder(builder.storage, "Ben")
    assert (last_event(builder.account.id), last_event(other.account.id)) == (3, 0)
    assert events_after(other.account.id, 0, 100) == []


def test_an_account_that_is_not_there_has_no_last_event(builder: AccountBuilder) -> None:
    assert last_event(4711) == 0


def test_news_are_for_devices_that_may_hear_them(builder: AccountBuilder, device: str) -> None:
    assert news_for(builder.account.id, device, 3, 100) == []
    assert len(news_for(builder.account.id, device, 0, 100) or []) == 3
    builder.storage.transaction(accounts.revoke, builder.account.id, device, NOW)
    assert news_for(builder.account.id, device, 0, 100) is None
    assert news_for(builder.account.id, "nobody", 0, 100) is None


def test_erased_events_are_known_by_their_numbers(builder: AccountBuilder) -> None:
    erase: Callable[..., bool] = builder.storage.transaction
    assert erased_after(builder.account.id, 0, 10) == []
    erase(erasure.erase_message, builder.account.id, builder.message, NOW)
    assert erased_after(builder.account.id, 0, 10) == [1, 2, 3]
    assert erased_after(builder.account.id, 1, 1) == [2]


def test_each_erasing_raises_the_mark_of_its_account_alone(builder: AccountBuilder) -> None:
    other = AccountBuilder(builder.storage, "Ben")
    builder.storage.transaction(erasure.erase_message, builder.account.id, builder.message, NOW)
    assert (marks(builder.account.id).erasures, marks(other.account.id).erasures) == (1, 0)
    builder.storage.transaction(erasure.erase_message, builder.account.id, builder.message, NOW)
    assert marks(builder.account.id).erasures == 1


def test_what_has_grown_old_is_before_the_first_event(builder: AccountBuilder) -> None:
    assert first_event(builder.account.id) == 1
    builder.storage.transaction(retention.delete_expired, NOW + 1, NOW + 1)
    assert first_event(builder.account.id) == 4
    assert marks(builder.account.id).erasures > 0
