"""What is kept of accounts and devices; what requests see of it is in test_sessions.py."""

import pytest
from sealbreak_server.errors import BadRequestError, NotFoundError
from sealbreak_server.storage import Storage, accounts
from sealbreak_server.storage.accounts import Principal
from sealbreak_server.storage.tables import Account, Device, OwnAddress, Pairing, Session, SignIn
from support.server.account import NOW


def paired(storage: Storage, account: str | None = None) -> tuple[str, Principal]:
    code = storage.transaction(accounts.new_pairing, None, "Ann", NOW, account)
    return storage.transaction(accounts.pair, code, "A laptop", "desktop", NOW)


def test_the_first_code_makes_the_account_and_the_next_one_uses_it(storage: Storage) -> None:
    first, second = paired(storage)[1], paired(storage)[1]
    assert (first.account, first.name) == (second.account, "Ann")
    assert first.device != second.device


def test_a_code_can_rename_the_account(storage: Storage) -> None:
    paired(storage)
    storage.transaction(accounts.new_pairing, "Ann Example", "Root", NOW)
    assert [account.name for account in Account.select()] == ["Ann Example"]


def test_a_code_for_a_name_makes_an_account_of_its_own(storage: Storage) -> None:
    ann, ben = paired(storage)[1], paired(storage, "Ben")[1]
    assert (ann.name, ben.name) == ("Ann", "Ben")
    assert ann.owner != ben.owner
    assert paired(storage, "Ben")[1].account == ben.account


@pytest.mark.parametrize("renamed", [None, "Ann", "Cleo"])
def test_no_account_takes_the_name_of_another(storage: Storage, renamed: str | None) -> None:
    paired(storage)
    paired(storage, "Ben")
    codes = Pairing.select().count()
    with pytest.raises(BadRequestError, match="by --account 'Ben' without --name"):
        storage.transaction(accounts.new_pairing, "Ben", "Root", NOW, renamed)
    assert [account.name for account in Account.select()] == ["Ann", "Ben"]
    assert Pairing.select().count() == codes


def test_an_account_keeps_its_own_name(storage: Storage) -> None:
    paired(storage, "Ben")
    storage.transaction(accounts.new_pairing, "Ben", "Root", NOW, "Ben")
    assert [account.name for account in Account.select()] == ["Ben"]


def test_of_two_accounts_with_one_name_the_older_can_be_renamed(storage: Storage) -> None:
    """Such as were made before that was refused."""
    for owner in ("a" * 8, "b" * 8):
        storage.transaction(Account.create, owner=owner, name="Ann", created_at=NOW)
    with pytest.raises(BadRequestError, match="pair --account 'Ann' --name NAME"):
        storage.transaction(accounts.meant_account, "Ann")
    storage.transaction(accounts.new_pairing, "Anna", "Root", NOW, "Ann")
    assert storage.transaction(accounts.meant_account, "Anna").owner == "a" * 8
    assert storage.transaction(accounts.meant_account, "Ann").owner == "b" * 8


def test_old_codes_are_swept_away_with_a_new_one(storage: Storage) -> None:
    storage.transaction(accounts.new_pairing, None, "Ann", NOW)
    storage.transaction(accounts.new_pairing, None, "Ann", NOW + accounts.PAIRING_SECONDS + 1)
    assert Pairing.select().count() == 1


def test_the_only_account_is_meant_when_none_is_named(storage: Storage) -> None:
    with pytest.raises(NotFoundError, match="no account yet"):
        storage.transaction(accounts.meant_account, None)
    paired(storage)
    assert storage.transaction(accounts.meant_account, None).name == "Ann"


def test_of_several_accounts_one_must_be_named(storage: Storage) -> None:
    paired(storage)
    paired(storage, "Ben")
    with pytest.raises(BadRequestError, match="--account"):
        storage.transaction(accounts.meant_account, None)
    assert storage.transaction(accounts.meant_account, "Ben").name == "Ben"
    with pytest.raises(NotFoundError, match="'Cleo'"):
        storage.transaction(accounts.meant_account, "Cleo")


def test_a_device_is_known_by_its_token(storage: Storage) -> None:
    token, principal = paired(storage)
    assert storage.transaction(accounts.principal_of_token, token) == principal
    (device,) = storage.transaction(accounts.devices, principal.account)
    assert (device.id, device.name, device.kind) == (principal.device, "A laptop", "desktop")
    assert storage.transaction(accounts.principal_of_token, token + "x") is None


def test_a_browser_is_known_by_its_session_and_a_sign_in_is_used_up(storage: Storage) -> None:
    principal = paired(storage)[1]
    code = storage.transaction(accounts.new_sign_in, principal.device, "/history/x", NOW)
    secret, path = storage.transaction(accounts.use_sign_in, code, NOW) or ("", "")
    assert path == "/history/x"
    assert storage.transaction(accounts.principal_of_session, secret, NOW) == principal
    assert storage.transaction(accounts.use_sign_in, code, NOW) is None
    late = NOW + accounts.SESSION_SECONDS
    assert storage.transaction(accounts.principal_of_session, secret, late) is None


def test_a_late_sign_in_is_refused_and_used_up_all_the_same(storage: Storage) -> None:
    code = storage.transaction(accounts.new_sign_in, paired(storage)[1].device, "/history", NOW)
    late = NOW + accounts.SIGN_IN_SECONDS + 1
    assert storage.transaction(accounts.use_sign_in, code, late) is None
    assert storage.transaction(accounts.use_sign_in, code, NOW) is None
    assert SignIn.select().count() == 0


def test_a_revoked_device_loses_all_that_let_it_in(storage: Storage) -> None:
    token, principal = paired(storage)
    code = storage.transaction(accounts.new_sign_in, principal.device, "/", NOW)
    storage.transaction(accounts.use_sign_in, code, NOW)
    storage.transaction(accounts.new_sign_in, principal.device, "/", NOW)
    assert storage.transaction(accounts.revoke, principal.account, principal.device, NOW + 1)
    assert storage.transaction(accounts.is_revoked, principal.device)
    assert storage.transaction(accounts.principal_of_token, token) is None
    assert (Session.select().count(), SignIn.select().count()) == (0, 0)


def test_nobody_revokes_twice_or_for_others(storage: Storage) -> None:
    ann, ben = paired(storage)[1], paired(storage, "Ben")[1]
    assert not storage.transaction(accounts.revoke, ben.account, ann.device, NOW)
    assert not storage.transaction(accounts.is_revoked, ann.device)
    assert storage.transaction(accounts.revoke, ann.account, ann.device, NOW)
    assert not storage.transaction(accounts.revoke, ann.account, ann.device, NOW + 9)
    assert Device.get_by_id(ann.device).revoked_at == NOW


def test_another_process_sees_that_a_device_was_revoked(storage: Storage) -> None:
    ann, ben = paired(storage)[1], paired(storage, "Ben")[1]
    before = storage.transaction(accounts.changes)
    storage.transaction(accounts.revoke, ann.account, ann.device, NOW)
    after = storage.transaction(accounts.changes)
    assert after[ann.owner] != before[ann.owner]
    assert after[ben.owner] == before[ben.owner]


def test_where_a_device_was_seen_is_kept_once_with_the_newest_time(storage: Storage) -> None:
    principal = paired(storage)[1]
    seen = [(principal.account, principal.device, "192.0.2.1", NOW + at) for at in (1, 2)]
    storage.transaction(accounts.touch_devices, seen)
    storage.transaction(
        accounts.touch_devices, [(principal.account, principal.device, "", NOW + 3)]
    )
    assert [(row.address, row.seen_at) for row in OwnAddress.select()] == [("192.0.2.1", NOW + 2)]
    assert storage.transaction(accounts.devices, principal.account)[0].seen_at == NOW + 3


def test_the_name_of_an_owner_is_known(storage: Storage) -> None:
    principal = paired(storage)[1]
    ann = storage.transaction(accounts.who_tracks, principal.owner)
    assert ann == accounts.Owner("Ann", "")
    assert storage.transaction(accounts.who_tracks, "zzzzzzzz") is None


def test_pairing_can_say_who_the_owner_is(storage: Storage) -> None:
    code = storage.transaction(accounts.new_pairing, None, "The sender", NOW)
    names = ("A browser", "extension", NOW, "Ann Example", "ann@example.com")
    principal = storage.transaction(accounts.pair, code, *names)[1]
    assert principal.name == "Ann Example"
    owner = storage.transaction(accounts.owner_of, principal.account)
    assert owner == accounts.Owner("Ann Example", "ann@example.com")
    paired(storage)
    assert storage.transaction(accounts.owner_of, principal.account) == owner


def test_pairing_takes_no_name_of_another_account_and_keeps_the_code(storage: Storage) -> None:
    paired(storage)
    code = storage.transaction(accounts.new_pairing, None, "", NOW, "Ben")
    with pytest.raises(BadRequestError, match="Another account"):
        storage.transaction(accounts.pair, code, "A browser", "extension", NOW, "Ann", None)
    assert storage.transaction(accounts.pair, code, "A browser", "extension", NOW)[1].name == "Ben"


def test_a_link_to_the_first_steps_replaces_the_browser_of_an_earlier_one(
    storage: Storage,
) -> None:
    account = storage.transaction(accounts.the_account, "Ann", NOW).id
    first, second = (
        storage.transaction(accounts.new_set_up_link, account, "/history/first-steps", NOW)
        for _ in range(2)
    )
    assert storage.transaction(accounts.who_signs_in, first, NOW) is None
    found = storage.transaction(accounts.who_signs_in, second, NOW)
    assert found is not None
    assert (found.account, found.kind) == (account, accounts.SET_UP)
    assert storage.transaction(accounts.made_at, found.device) == NOW
