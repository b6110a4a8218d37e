"""Which device alerts about an event: the tray app while it is connected, or else one browser."""

import pytest
from sealbreak_server.storage import Storage, accounts
from sealbreak_server.storage.accounts import Principal
from sealbreak_server.storage.events import alerting
from sealbreak_server.storage.tables import Account
from support.server.account import NOW

LATER = NOW + 600


def paired(storage: Storage, kind: str, last_event: int = 20) -> Principal:
    code = storage.transaction(accounts.new_pairing, None, "Ann", NOW, None)
    principal = storage.transaction(accounts.pair, code, "A device", kind, NOW)[1]
    Account.update(last_event=last_event).execute()
    return principal


def claim(storage: Storage, account: int, after: int, up_to: int, now: float = NOW) -> int:
    return storage.transaction(alerting.claim, account, after, up_to, now)


@pytest.fixture
def tray(storage: Storage) -> Principal:
    return paired(storage, "desktop")


def test_of_two_browsers_one_alerts_about_an_event(storage: Storage, tray: Principal) -> None:
    assert claim(storage, tray.account, 3, 7) == 3
    assert claim(storage, tray.account, 3, 7) == 7
    assert claim(storage, tray.account, 5, 9) == 7


def test_browsers_are_quiet_while_a_tray_is_connected(storage: Storage, tray: Principal) -> None:
    storage.transaction(alerting.trays_connected, [tray.device], LATER)
    assert claim(storage, tray.account, 3, 7) == 7
    assert claim(storage, tray.account, 3, 7, now=LATER + 1) == 3


def test_what_went_to_a_tray_is_not_alerted_again(storage: Storage, tray: Principal) -> None:
    storage.transaction(alerting.trays_connected, [tray.device], LATER)
    storage.transaction(alerting.tray_disconnected, tray.account, tray.device, LATER, 5)
    assert claim(storage, tray.account, 3, 7) == 5
    assert storage.transaction(alerting.alerted_by_browser, tray.account) == 7


def test_the_end_of_an_old_connection_leaves_a_newer_one(storage: Storage, tray: Principal) -> None:
    storage.transaction(alerting.trays_connected, [tray.device], NOW + 300)
    storage.transaction(alerting.trays_connected, [tray.device], LATER)
    storage.transaction(alerting.tray_disconnected, tray.account, tray.device, NOW + 300, 0)
    assert claim(storage, tray.account, 3, 7) == 7


def test_a_revoked_tray_keeps_no_browser_quiet(storage: Storage, tray: Principal) -> None:
    storage.transaction(alerting.trays_connected, [tray.device], LATER)
    storage.transaction(accounts.revoke, tray.account, tray.device, NOW)
    assert claim(storage, tray.account, 3, 7) == 3


def test_no_number_is_claimed_that_no_event_has_yet(storage: Storage) -> None:
    ann = paired(storage, "extension", last_event=4)
    assert claim(storage, ann.account, 3, 1000) == 3
    Account.update(last_event=5).execute()
    assert claim(storage, ann.account, 4, 5) == 4
