import pytest
from sealbreak_server.errors import GoneError, NotFoundError
from sealbreak_server.storage import Storage, tombstones
from sealbreak_server.storage.tombstones import person_hash
from support.server.account import NOW, AccountBuilder


def test_an_erased_message_is_gone_for_its_account_and_unknown_to_others(storage: Storage) -> None:
    ann, ben = AccountBuilder(storage), AccountBuilder(storage, "Ben")
    rows = [(ann.message, ann.account.id)]
    for _ in range(2):
        storage.transaction(tombstones.put, rows, NOW)
    with pytest.raises(GoneError):
        storage.query(tombstones.check, ann.account.id, ann.message)
    with pytest.raises(NotFoundError) as refused:
        storage.query(tombstones.check, ben.account.id, ann.message)
    assert not isinstance(refused.value, GoneError)
    storage.query(tombstones.check, ben.account.id, ben.message)
    assert storage.query(tombstones.erased_among, [ann.message, ben.message]) == {ann.message}


@pytest.mark.parametrize("same", ["ÖZLEM@example.com", "o\u0308zlem@example.com"])
def test_a_person_is_known_in_any_spelling(same: str) -> None:
    mail = "a" * 16
    assert person_hash(mail, same) == person_hash(mail, "özlem@example.com")
    assert person_hash(mail, same) != person_hash("b" * 16, same)
    assert person_hash(mail, same) != person_hash(mail, "ozlem@example.com")
