from sealbreak_server.classification.rules.reasons import Reason
from sealbreak_server.model.self_test import SelfTest, SelfTestVisit, Visitor
from sealbreak_server.storage import Storage, accounts
from sealbreak_server.storage.self_tests import (
    MOST,
    add,
    delete_old,
    note_device,
    note_picture,
    self_tests_of,
)
from sealbreak_server.storage.tables import BY_GMAIL
from support.server.account import NOW

URL = "https://track.example.com"
DAY = 86400.0


def visit(visitor: Visitor, time: float = NOW, address: str = "203.0.113.7") -> SelfTestVisit:
    return SelfTestVisit(time, address, visitor, "track.example.com")


def made(storage: Storage, number: int = 0, name: str = "Ann") -> tuple[int, str]:
    """Account and nonce of a test mail that was made in this minute."""
    account = storage.transaction(accounts.account_named, name, NOW).id
    nonce, now = f"{name}-{number}".ljust(32, "x"), NOW + 60 * number
    storage.transaction(add, account, nonce, URL, now, now + DAY)
    return account, nonce


def kept(storage: Storage, account: int) -> list[SelfTest]:
    return storage.transaction(self_tests_of, account)


def test_the_first_visit_of_gmail_and_the_newest_of_others_are_kept(storage: Storage) -> None:
    account, nonce = made(storage)
    for time in (NOW, NOW + 5):
        for visitor in (Visitor.GMAIL, Visitor.OTHER):
            storage.transaction(note_picture, nonce, visit(visitor, time))
        storage.transaction(note_device, nonce, visit(Visitor.OTHER, time))
    (test,) = kept(storage, account)
    assert (test.gmail, test.other, test.device) == (
        visit(Visitor.GMAIL, NOW), visit(Visitor.OTHER, NOW + 5), visit(Visitor.OTHER, NOW + 5)
    )  # fmt: skip


def test_a_visit_raises_a_number_that_wakes_other_processes(storage: Storage) -> None:
    account, nonce = made(storage)
    before = storage.transaction(accounts.changes)
    owner = storage.transaction(note_picture, nonce, visit(Visitor.OTHER))
    assert owner in before
    assert storage.transaction(accounts.changes) != before
    assert kept(storage, account)[0].other is not None


def test_a_visit_of_an_expired_or_unknown_mail_is_not_kept(storage: Storage) -> None:
    account, nonce = made(storage)
    late = visit(Visitor.GMAIL, NOW + DAY)
    assert storage.transaction(note_picture, nonce, late) is None
    assert storage.transaction(note_picture, "y" * 32, visit(Visitor.GMAIL)) is None
    assert kept(storage, account)[0].gmail is None


def test_few_mails_are_kept_and_the_newest_proof_among_them(storage: Storage) -> None:
    account, nonce = made(storage)
    storage.transaction(note_picture, nonce, visit(Visitor.GMAIL))
    for number in range(1, 9):
        made(storage, number)
    tests = kept(storage, account)
    assert len(tests) == MOST + 1
    assert tests[-1].nonce == nonce
    made(storage, 0, "Ben")
    assert len(kept(storage, account)) == MOST + 1


def test_after_a_day_only_the_proof_is_left_without_an_address(storage: Storage) -> None:
    account, nonce = made(storage)
    made(storage, 1)
    storage.transaction(note_picture, nonce, visit(Visitor.GMAIL))
    storage.transaction(delete_old, NOW + 3600)
    assert len(kept(storage, account)) == 2
    storage.transaction(delete_old, NOW + DAY + 120)
    (test,) = kept(storage, account)
    assert test.gmail == visit(Visitor.GMAIL, address="")


def test_the_index_of_gmails_visits_names_the_reasons_of_the_rules() -> None:
    reasons = (Reason.GMAIL_IMAGE_PROXY, Reason.GMAIL_ELSEWHERE)
    assert BY_GMAIL.sql == f"reason IN {tuple(map(str, reasons))}"
