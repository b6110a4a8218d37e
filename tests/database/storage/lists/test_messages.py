"""Messages in the database; what the API makes of them is in test_api_messages.py."""

import pytest
from sealbreak_server.errors import NotFoundError
from sealbreak_server.storage import Storage
from sealbreak_server.storage.lists import messages
from sealbreak_server.storage.tables import Link, Recipient
from support.server.account import HUMAN, NOW, AccountBuilder

CLEO = {"address": "Cleo@example.com", "name": "Cleo Ö", "kind": "cc", "copy": 0}


@pytest.fixture
def builder(storage: Storage) -> AccountBuilder:
    return AccountBuilder(storage)


def test_a_message_is_new_once(builder: AccountBuilder) -> None:
    assert [builder.register()[0], builder.register()[0]] == [True, False]


def test_a_later_registration_takes_the_place_of_the_former(builder: AccountBuilder) -> None:
    builder.register()
    link = {"n": 9, "url": "https://example.com/9", "hidden": False}
    view = builder.register(subject="Offer 13", recipients=[CLEO], links=[link])[2]
    assert view == builder.shown()
    assert (view.message.subject, view.registered_at) == ("Offer 13", NOW)
    assert [row.address for row in Recipient.select()] == ["Cleo@example.com"]
    assert [row.n for row in Link.select()] == [9]


def test_what_was_counted_stays_when_it_is_registered_again(builder: AccountBuilder) -> None:
    builder.register()
    builder.record(builder.hit())
    view = builder.register(subject="Offer 13")[2]
    assert (view.opens, view.first_opened_at, builder.events()) == (1, NOW, [1])


def test_hits_that_were_there_first_are_told_with_the_registration(builder: AccountBuilder) -> None:
    builder.record(builder.hit())
    _, result, view = builder.register()
    assert result.owners == {builder.account.owner}
    assert view.opens == 1


def test_nobody_registers_sees_or_stops_a_message_of_another(builder: AccountBuilder) -> None:
    builder.register()
    thief = AccountBuilder(builder.storage, "Ben")
    thief.message = builder.message
    for attempt in (thief.register, thief.shown):
        with pytest.raises(NotFoundError):
            attempt()
    with pytest.raises(NotFoundError):
        builder.storage.transaction(messages.stop, thief.account.id, builder.message)
    assert builder.shown().message.level == "full"


def test_a_stopped_message_keeps_what_is_known_and_takes_no_more(builder: AccountBuilder) -> None:
    builder.register()
    builder.record(builder.hit())
    view = builder.storage.transaction(messages.stop, builder.account.id, builder.message)
    builder.record(builder.hit(9000))
    assert (view.message.level, builder.shown().opens) == ("off", 1)
    assert builder.register(level="full")[2].message.level == "off"


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


def test_a_reader_opts_out_of_one_copy_once_and_for_all(builder: AccountBuilder) -> None:
    builder.register()
    assert not builder.shown().opted_out
    for _ in range(2):
        builder.storage.transaction(messages.opt_out, builder.message, 1, NOW)
    assert builder.shown().opted_out
    known = [
        builder.storage.query(messages.has_opted_out, builder.message, copy) for copy in (0, 1)
    ]
    assert known == [False, True]
