import pytest
from sealbreak_server.errors import NotFoundError
from sealbreak_server.storage import Storage
from sealbreak_server.storage.registration import has_opted_out, opt_out, stop
from sealbreak_server.storage.tables import Link, Recipient
from support.server.account import NOW, AccountBuilder

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
    assert (view.message.subject, view.times.registered_at) == ("Offer 13", NOW)
    assert [row.address for row in Recipient.select()] == ["Cleo@example.com"]
    assert [row.n for row in Link.select()] == [9]


def test_what_was_counted_stays_when_it_is_registered_again(builder: AccountBuilder) -> None:
    builder.register()
    builder.record(builder.hit())
    view = builder.register(subject="Offer 13")[2]
    assert (view.counts.opens, view.times.first_opened_at, builder.events()) == (1, NOW, [1])


def test_a_registration_announces_the_hits_before_it(builder: AccountBuilder) -> None:
    builder.record(builder.hit())
    _, result, view = builder.register()
    assert result.owners == {builder.account.owner}
    assert view.counts.opens == 1


def test_nobody_registers_sees_or_stops_a_message_of_another(builder: AccountBuilder) -> None:
    builder.register()
    thief = AccountBuilder(builder.storage, "Ben")
    thief.message = builder.message
    for attempt in (thief.register, thief.shown):
        with pytest.raises(NotFoundError):
            attempt()
    with pytest.raises(NotFoundError):
        builder.storage.transaction(stop, thief.account.id, builder.message)
    assert builder.shown().message.level == "full"


def test_a_stopped_message_keeps_what_is_known_and_takes_no_more(builder: AccountBuilder) -> None:
    builder.register()
    builder.record(builder.hit())
    view = builder.storage.transaction(stop, builder.account.id, builder.message)
    builder.record(builder.hit(9000))
    assert (view.message.level, builder.shown().counts.opens) == ("off", 1)
    assert builder.register(level="full")[2].message.level == "off"


def test_a_reader_opts_out_of_one_copy_once_and_for_all(builder: AccountBuilder) -> None:
    builder.register()
    assert not builder.shown().flags.opted_out
    for _ in range(2):
        builder.storage.transaction(opt_out, builder.message, 1, NOW)
    assert builder.shown().flags.opted_out
    known = [builder.storage.query(has_opted_out, builder.message, copy) for copy in (0, 1)]
    assert known == [False, True]
