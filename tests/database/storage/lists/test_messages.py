"""Messages in the database; what the API makes of them is in test_api_messages.py."""

import pytest
from sealbreak_server.storage import Storage
from sealbreak_server.storage.lists import messages
from support.server.account import HUMAN, NOW, AccountBuilder


@pytest.fixture
def builder(storage: Storage) -> AccountBuilder:
    return AccountBuilder(storage)


def test_hits_are_shown_oldest_first_and_of_a_flood_the_newest(
    builder: AccountBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    builder.register()
    builder.record(builder.hit(20), builder.hit(0), builder.hit(10))
    monkeypatch.setattr(messages, "MAX_HITS_SHOWN", 2)
    shown = builder.storage.query(messages.hits, builder.account.owner, builder.message)
    assert [record.hit.time - NOW for record in shown] == [10, 20]
    assert shown[0].verdict == HUMAN
    assert builder.storage.query(messages.hits, "zzzzzzzz", builder.message) == []


def test_several_messages_come_in_the_order_they_were_asked_for(builder: AccountBuilder) -> None:
    others = [AccountBuilder(builder.storage) for _ in range(3)]
    for one in others:
        one.register()
    wanted = [one.message for one in (others[2], others[0], others[1])]
    assert [view.id for view in builder.storage.query(messages.views, wanted)] == wanted
