"""The stored preferences of an account. Their effects: tests/process/server."""

from collections.abc import Callable

import pytest
from sealbreak_server.errors import BadRequestError, NotFoundError
from sealbreak_server.model.preferences import Preferences
from sealbreak_server.storage import Storage
from sealbreak_server.storage.events.reader import marks
from sealbreak_server.storage.preferences import (
    AccountPreferences,
    adopt_time_zone,
    is_muted,
    mark_read,
    mute_message,
    mute_recipient,
    muted_recipients,
    preferences_of,
    put_preferences,
    read_up_to,
    shared_state,
    snooze,
    unmute_recipient,
)
from sealbreak_server.storage.tables import Preference
from support.server.account import NOW, AccountBuilder


@pytest.fixture
def builder(storage: Storage) -> AccountBuilder:
    return AccountBuilder(storage)


def put(builder: AccountBuilder, **preferences: object) -> AccountPreferences:
    return builder.storage.transaction(put_preferences, builder.account.id, preferences, NOW)


def test_an_account_without_a_row_has_the_defaults(builder: AccountBuilder) -> None:
    found = builder.storage.query(preferences_of, builder.account.id)
    assert (found.preferences, found.snoozed_until, found.recipients) == (
        Preferences(),
        None,
        frozenset(),
    )
    assert Preference.select().count() == 0


def test_a_change_of_preferences_affects_only_what_it_names(builder: AccountBuilder) -> None:
    put(builder, opened=False)
    found = put(builder, reminder_days=7)
    assert found.preferences == Preferences(opened=False, reminder_days=7)
    assert builder.storage.query(preferences_of, builder.account.id) == found
    other = AccountBuilder(builder.storage, "Ben").account.id
    assert builder.storage.query(preferences_of, other).preferences == Preferences()


def test_an_invalid_change_of_preferences_changes_nothing(builder: AccountBuilder) -> None:
    put(builder, opened=False)
    with pytest.raises(BadRequestError):
        put(builder, clicked=False, digest_hour=24)
    assert builder.storage.query(preferences_of, builder.account.id).preferences == Preferences(
        opened=False
    )


def test_the_first_digest_counts_from_when_it_was_switched_on(builder: AccountBuilder) -> None:
    put(builder, digest=True)
    put(builder, digest=True, digest_hour=9)
    assert Preference.get().digest_at == NOW
    put(builder, digest=False)
    builder.storage.transaction(put_preferences, builder.account.id, {"digest": True}, NOW + 9)
    assert Preference.get().digest_at == NOW + 9


def test_a_snooze_leaves_the_preferences_alone_and_can_be_ended(builder: AccountBuilder) -> None:
    put(builder, opened=False)
    for until in (NOW + 60, None):
        builder.storage.transaction(snooze, builder.account.id, until)
        found = builder.storage.query(preferences_of, builder.account.id)
        assert (found.snoozed_until, found.preferences.opened) == (until, False)


def test_a_message_is_muted_and_heard_again(builder: AccountBuilder) -> None:
    builder.register()
    for muted in (True, True, False, False):
        builder.storage.transaction(mute_message, builder.account.id, builder.message, muted)
        assert builder.storage.query(is_muted, builder.message) is muted
        assert builder.shown().flags.muted is muted


def test_nobody_mutes_a_message_of_another(builder: AccountBuilder) -> None:
    builder.register()
    other = AccountBuilder(builder.storage, "Ben").account.id
    with pytest.raises(NotFoundError):
        builder.storage.transaction(mute_message, other, builder.message, True)
    assert not builder.shown().flags.muted


def test_a_muted_address_is_one_however_it_is_written(builder: AccountBuilder) -> None:
    number = builder.account.id
    for address in ("Ben@Example.com", "ben@example.com", "Änn@example.com"):
        builder.storage.transaction(mute_recipient, number, address)
    listed = ["ben@example.com", "änn@example.com"]
    assert builder.storage.query(muted_recipients, number) == listed
    assert builder.storage.query(preferences_of, number).recipients == frozenset(listed)
    assert builder.storage.transaction(unmute_recipient, number, "ÄNN@example.com")
    assert not builder.storage.transaction(unmute_recipient, number, "ann@example.com")


def test_what_was_read_only_grows_up_to_what_there_is(builder: AccountBuilder) -> None:
    builder.register()
    builder.record(builder.hit(copy=0), builder.hit(copy=1))
    read = [builder.storage.transaction(mark_read, builder.account.id, n) for n in (1, 99, 0)]
    assert read == [1, 2, 2]
    assert builder.storage.query(read_up_to, builder.account.id) == 2


def test_every_change_of_preferences_reaches_the_devices(builder: AccountBuilder) -> None:
    builder.register()
    account, change = builder.account.id, builder.storage.transaction
    account_preferences: list[Callable[[], object]] = [
        lambda: put(builder, opened=False),
        lambda: change(snooze, account, NOW),
        lambda: change(mark_read, account, 0),
        lambda: change(mute_message, account, builder.message, True),
        lambda: change(mute_recipient, account, "ben@example.com"),
        lambda: change(unmute_recipient, account, "ben@example.com"),
    ]
    for number, prefer in enumerate(account_preferences, 1):
        prefer()
        assert builder.storage.query(marks, account).account_preferences >= number
    assert builder.storage.query(shared_state, account).messages == (builder.message,)


def adopted(builder: AccountBuilder, *zones: str) -> str:
    for zone in zones:
        builder.storage.transaction(adopt_time_zone, int(builder.account.id), zone)
    return builder.storage.query(preferences_of, builder.account.id).preferences.time_zone


def test_the_first_device_that_tells_its_zone_sets_the_accounts(builder: AccountBuilder) -> None:
    assert adopted(builder, "Europe/Berlin", "America/New_York") == "Europe/Berlin"


def test_a_zone_that_was_chosen_stays(builder: AccountBuilder) -> None:
    put(builder, time_zone="Asia/Tokyo", reminder_days=5)
    assert adopted(builder, "Europe/Berlin") == "Asia/Tokyo"


def test_a_zone_that_is_unknown_is_ignored(builder: AccountBuilder) -> None:
    assert adopted(builder, "Middle/Earth", "../keys") == "UTC"
    assert adopted(builder, "Europe/Berlin") == "Europe/Berlin"
