from sealbreak_server.storage import Storage
from sealbreak_server.storage.set_ups import choose, set_up_of, tell
from support.server.account import AccountBuilder


def test_a_situation_and_what_was_told_are_kept_for_each_account(storage: Storage) -> None:
    ann, ben = AccountBuilder(storage).account.id, AccountBuilder(storage, "Ben").account.id
    assert storage.query(set_up_of, ann) == ("", frozenset())
    storage.transaction(choose, ann, "tunnel")
    for word in ("moved", "loaded", "moved"):
        storage.transaction(tell, ann, word)
    storage.transaction(tell, ben, "loaded")
    assert storage.query(set_up_of, ann) == ("tunnel", frozenset({"loaded", "moved"}))
    assert storage.query(set_up_of, ben) == ("", frozenset({"loaded"}))


def test_another_situation_begins_anew(storage: Storage) -> None:
    account = AccountBuilder(storage).account.id
    storage.transaction(choose, account, "tunnel")
    storage.transaction(tell, account, "moved")
    storage.transaction(choose, account, "elsewhere")
    assert storage.query(set_up_of, account) == ("elsewhere", frozenset())
