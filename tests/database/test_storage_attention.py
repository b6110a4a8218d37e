"""What an account wants to hear, as it is kept; what comes of it is in test_wishes.py."""

from collections.abc import Callable

import pytest
from sealbreak_server.alerts import Alerts
from sealbreak_server.errors import BadRequestError, NotFoundError
from sealbreak_server.models import Preference
from sealbreak_server.storage import Storage, attention
from sealbreak_server.storage.announcements import marks
from support.server.account import NOW, Desk


@pytest.fixture
def desk(storage: Storage) -> Desk:
    return Desk(storage)


def put(desk: Desk, **alerts: object) -> attention.Attention:
    return desk.storage.transaction(attention.put_alerts, desk.account.id, alerts, NOW)


def test_who_said_nothing_has_the_defaults_and_no_row(desk: Desk) -> None:
    found = desk.storage.query(attention.of, desk.account.id)
    assert (found.alerts, found.snoozed_until, found.recipients) == (Alerts(), None, frozenset())
    assert Preference.select().count() == 0


def test_a_wish_changes_what_it_names_and_nothing_else(desk: Desk) -> None:
    put(desk, opened=False)
    found = put(desk, reminder_days=7)
    assert found.alerts == Alerts(opened=False, reminder_days=7)
    assert desk.storage.query(attention.of, desk.account.id) == found
    other = Desk(desk.storage, "Ben").account.id
    assert desk.storage.query(attention.of, other).alerts == Alerts()


def test_a_wish_that_cannot_be_changes_nothing(desk: Desk) -> None:
    put(desk, opened=False)
    with pytest.raises(BadRequestError):
        put(desk, clicked=False, digest_hour=24)
    assert desk.storage.query(attention.of, desk.account.id).alerts == Alerts(opened=False)


def test_the_first_digest_counts_from_when_it_was_wished_for(desk: Desk) -> None:
    put(desk, digest=True)
    put(desk, digest=True, digest_hour=9)
    assert Preference.get().digest_at == NOW
    put(desk, digest=False)
    desk.storage.transaction(attention.put_alerts, desk.account.id, {"digest": True}, NOW + 9)
    assert Preference.get().digest_at == NOW + 9


def test_a_snooze_leaves_the_wishes_alone_and_can_be_ended(desk: Desk) -> None:
    put(desk, opened=False)
    for until in (NOW + 60, None):
        desk.storage.transaction(attention.snooze, desk.account.id, until)
        found = desk.storage.query(attention.of, desk.account.id)
        assert (found.snoozed_until, found.alerts.opened) == (until, False)


def test_a_message_is_muted_and_heard_again(desk: Desk) -> None:
    desk.register()
    for muted in (True, True, False, False):
        desk.storage.transaction(attention.mute_message, desk.account.id, desk.message, muted)
        assert desk.storage.query(attention.is_muted, desk.message) is muted
        assert desk.shown().muted is muted


def test_nobody_mutes_a_message_of_another(desk: Desk) -> None:
    desk.register()
    other = Desk(desk.storage, "Ben").account.id
    with pytest.raises(NotFoundError):
        desk.storage.transaction(attention.mute_message, other, desk.message, True)
    assert not desk.shown().muted


def test_a_muted_address_is_one_however_it_is_written(desk: Desk) -> None:
    number = desk.account.id
    for address in ("Ben@Example.com", "ben@example.com", "Änn@example.com"):
        desk.storage.transaction(attention.mute_recipient, number, address)
    listed = ["ben@example.com", "änn@example.com"]
    assert desk.storage.query(attention.muted_recipients, number) == listed
    assert desk.storage.query(attention.of, number).recipients == frozenset(listed)
    assert desk.storage.transaction(attention.unmute_recipient, number, "ÄNN@example.com")
    assert not desk.storage.transaction(attention.unmute_recipient, number, "ann@example.com")


def test_what_was_read_only_grows_up_to_what_there_is(desk: Desk) -> None:
    desk.register()
    desk.record(desk.hit(copy=0), desk.hit(copy=1))
    read = [desk.storage.transaction(attention.mark_read, desk.account.id, n) for n in (1, 99, 0)]
    assert read == [1, 2, 2]
    assert desk.storage.query(attention.read_up_to, desk.account.id) == 2


def test_every_wish_is_a_change_that_devices_are_told_of(desk: Desk) -> None:
    desk.register()
    account, change = desk.account.id, desk.storage.transaction
    wishes: list[Callable[[], object]] = [
        lambda: put(desk, opened=False),
        lambda: change(attention.snooze, account, NOW),
        lambda: change(attention.mark_read, account, 0),
        lambda: change(attention.mute_message, account, desk.message, True),
        lambda: change(attention.mute_recipient, account, "ben@example.com"),
        lambda: change(attention.unmute_recipient, account, "ben@example.com"),
    ]
    for number, wish in enumerate(wishes, 1):
        wish()
        assert desk.storage.query(marks, account).wishes >= number
    assert desk.storage.query(attention.shared, account).messages == (desk.message,)
