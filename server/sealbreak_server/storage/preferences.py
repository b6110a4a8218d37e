"""The notification preferences of an account: switches, mutes, a snooze, and what is read."""

from dataclasses import dataclass

import orjson

from sealbreak_server.errors import NotFoundError
from sealbreak_server.model.addresses import person_of
from sealbreak_server.model.preferences import Mutes, Preferences, zone_of
from sealbreak_server.model.preferences_body import (
    preferences_body,
    read_preferences,
    stored_preferences,
)
from sealbreak_server.storage.engine.statements import CachedQuery, as_tuples
from sealbreak_server.storage.tables import (
    Account,
    Message,
    MutedMessage,
    MutedRecipient,
    Preference,
)
from sealbreak_server.storage.totals import followed

_preference = CachedQuery(
    lambda account: Preference.select(Preference.preferences, Preference.snoozed_until).where(
        Preference.account == account
    )
)
_muted_people = CachedQuery(
    lambda account: MutedRecipient.select(MutedRecipient.address).where(
        MutedRecipient.account == account
    )
)
_muted_message = CachedQuery(
    lambda message: MutedMessage.select(MutedMessage.message).where(MutedMessage.message == message)
)


@dataclass(frozen=True, slots=True)
class AccountPreferences:
    preferences: Preferences
    snoozed_until: float | None
    recipients: frozenset[str]
    """Muted recipients."""

    def mutes(self, message: bool) -> Mutes:
        return Mutes(message, self.recipients, self.snoozed_until)


@dataclass(frozen=True, slots=True)
class SharedState:
    """The state that all devices of an account share."""

    read_up_to: int
    account_preferences: AccountPreferences
    messages: tuple[str, ...]
    """Muted messages."""


def shared_state(account: int) -> SharedState:
    return SharedState(read_up_to(account), preferences_of(account), tuple(muted_messages(account)))


def preferences_of(account: int) -> AccountPreferences:
    stored = _preference.rows(account)
    preferences, snoozed_until = stored[0] if stored else ("{}", None)
    people = frozenset(address for (address,) in _muted_people.rows(account))
    return AccountPreferences(stored_preferences(orjson.loads(preferences)), snoozed_until, people)


def put_preferences(account: int, value: object, now: float) -> AccountPreferences:
    """`value`: the preferences as the API takes them."""
    before = preferences_of(account).preferences
    preferences = read_preferences(value, before)
    changes = {"preferences": orjson.dumps(preferences_body(preferences)).decode()}
    if preferences.digest and not before.digest:
        _put(account, digest_at=now)
    _put(account, **changes)
    return preferences_of(account)


def adopt_time_zone(account: int, name: str) -> None:
    """The zone of the first device that tells one, as long as the account has chosen none.

    A zone that is unknown here is ignored.
    """
    rows = _preference.rows(account)
    stored = orjson.loads(rows[0][0]) if rows else {}
    try:
        zone_of(name)
    except ValueError:
        return
    if "time_zone" not in stored:
        _put(account, preferences=orjson.dumps({**stored, "time_zone": name}).decode())


def snooze(account: int, until: float | None) -> None:
    _put(account, snoozed_until=until)


def read_up_to(account: int) -> int:
    query = Preference.select(Preference.read_up_to).where(Preference.account == account)
    return int(query.scalar() or 0)


def mark_read(account: int, up_to: int) -> int:
    """The number only grows, up to the newest event."""
    last = Account.select(Account.last_event).where(Account.id == account).scalar() or 0
    number = max(read_up_to(account), min(up_to, last))
    _put(account, read_up_to=number)
    return number


def _put(account: int, **values: object) -> None:
    Preference.insert(account=account).on_conflict_ignore().execute()
    Preference.update(values).where(Preference.account == account).execute()
    _note_change(account)


def _note_change(account: int) -> None:
    changes = Account.preference_changes + 1
    Account.update(preference_changes=changes).where(Account.id == account).execute()


def is_muted(message: str) -> bool:
    return bool(_muted_message.rows(message))


def mute_message(account: int, message: str, muted: bool) -> None:
    """Raises `NotFoundError`."""
    if not Message.select().where(Message.id == message, Message.account == account).exists():
        raise NotFoundError("There is no such message.")
    with followed([message]):
        if muted:
            MutedMessage.insert(message=message).on_conflict_ignore().execute()
        else:
            MutedMessage.delete().where(MutedMessage.message == message).execute()
    _note_change(account)


def muted_messages(account: int) -> list[str]:
    query = MutedMessage.select(MutedMessage.message).join(Message)
    return [message for (message,) in as_tuples(query.where(Message.account == account))]


def muted_recipients(account: int) -> list[str]:
    query = MutedRecipient.select(MutedRecipient.address).where(MutedRecipient.account == account)
    return [address for (address,) in as_tuples(query.order_by(MutedRecipient.address))]


def mute_recipient(account: int, address: str) -> None:
    row = {"account": account, "address": address.lower()}
    MutedRecipient.insert(row).on_conflict_ignore().execute()
    _note_change(account)


def unmute_recipient(account: int, address: str) -> bool:
    """Also what was muted by another address of the same person."""
    person = person_of(address)
    same = [one for one in muted_recipients(account) if person_of(one) == person]
    mine = (MutedRecipient.account == account) & MutedRecipient.address.in_(same)
    _note_change(account)
    return bool(MutedRecipient.delete().where(mine).execute())
