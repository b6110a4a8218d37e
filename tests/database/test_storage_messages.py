"""Messages in the database; what the API makes of them is in test_api.py."""

import pytest
from sealbreak_server.errors import NotFoundError
from sealbreak_server.models import Link, Recipient
from sealbreak_server.storage import Storage, messages
from support.server.account import HUMAN, NOW, Desk

CLEO = {"address": "Cleo@example.com", "name": "Cleo Ö", "kind": "cc", "copy": 0}


@pytest.fixture
def desk(storage: Storage) -> Desk:
    return Desk(storage)


def test_a_message_is_new_once(desk: Desk) -> None:
    assert [desk.register()[0], desk.register()[0]] == [True, False]


def test_a_later_registration_takes_the_place_of_the_former(desk: Desk) -> None:
    desk.register()
    link = {"n": 9, "url": "https://example.com/9", "hidden": False}
    view = desk.register(subject="Offer 13", recipients=[CLEO], links=[link])[2]
    assert view == desk.shown()
    assert (view.message.subject, view.registered_at) == ("Offer 13", NOW)
    assert [row.address for row in Recipient.select()] == ["Cleo@example.com"]
    assert [row.n for row in Link.select()] == [9]


def test_what_was_counted_stays_when_it_is_registered_again(desk: Desk) -> None:
    desk.register()
    desk.record(desk.hit())
    view = desk.register(subject="Offer 13")[2]
    assert (view.opens, view.first_opened_at, desk.events()) == (1, NOW, [1])


def test_hits_that_were_there_first_are_told_with_the_registration(desk: Desk) -> None:
    desk.record(desk.hit())
    _, news, view = desk.register()
    assert news.owners == {desk.account.owner}
    assert view.opens == 1


def test_nobody_registers_sees_or_stops_a_message_of_another(desk: Desk) -> None:
    desk.register()
    thief = Desk(desk.storage, "Ben")
    thief.message = desk.message
    for attempt in (thief.register, thief.shown):
        with pytest.raises(NotFoundError):
            attempt()
    with pytest.raises(NotFoundError):
        desk.storage.transaction(messages.stop, thief.account.id, desk.message)
    assert desk.shown().message.level == "full"


def test_a_stopped_message_keeps_what_is_known_and_takes_no_more(desk: Desk) -> None:
    desk.register()
    desk.record(desk.hit())
    view = desk.storage.transaction(messages.stop, desk.account.id, desk.message)
    desk.record(desk.hit(9000))
    assert (view.message.level, desk.shown().opens) == ("off", 1)
    assert desk.register(level="full")[2].message.level == "off"


def test_hits_are_shown_oldest_first_and_of_a_flood_the_newest(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.register()
    desk.record(desk.hit(20), desk.hit(0), desk.hit(10))
    monkeypatch.setattr(messages, "MAX_HITS_SHOWN", 2)
    shown = desk.storage.query(messages.hits, desk.account.owner, desk.message)
    assert [record.hit.time - NOW for record in shown] == [10, 20]
    assert shown[0].verdict == HUMAN
    assert desk.storage.query(messages.hits, "zzzzzzzz", desk.message) == []


def test_several_messages_come_in_the_order_they_were_asked_for(desk: Desk) -> None:
    others = [Desk(desk.storage) for _ in range(3)]
    for one in others:
        one.register()
    wanted = [one.message for one in (others[2], others[0], others[1])]
    assert [view.id for view in desk.storage.query(messages.views, wanted)] == wanted


def test_a_reader_opts_out_of_one_copy_once_and_for_all(desk: Desk) -> None:
    desk.register()
    assert not desk.shown().opted_out
    for _ in range(2):
        desk.storage.transaction(messages.opt_out, desk.message, 1, NOW)
    assert desk.shown().opted_out
    known = [desk.storage.query(messages.has_opted_out, desk.message, copy) for copy in (0, 1)]
    assert known == [False, True]
