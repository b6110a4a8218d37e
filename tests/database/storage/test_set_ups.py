from sealbreak_server.storage import Storage, accounts
from sealbreak_server.storage.set_ups import choose, set_up_of, tell
from support.server.account import NOW


def test_a_choice_and_what_was_told_are_kept_for_each_account(storage: Storage) -> None:
    ann, ben = (storage.transaction(accounts.account_named, name, NOW).id for name in "AB")
    assert storage.transaction(set_up_of, ann) == ("", frozenset())
    storage.transaction(choose, ann, "tunnel")
    for word in ("loaded", "no-phone", "loaded"):
        storage.transaction(tell, ann, word)
    assert storage.transaction(set_up_of, ann) == ("tunnel", {"loaded", "no-phone"})
    assert storage.transaction(set_up_of, ben) == ("", frozenset())


def test_another_choice_forgets_what_was_told(storage: Storage) -> None:
    account = storage.transaction(accounts.the_account, "Ann", NOW).id
    storage.transaction(choose, account, "tunnel")
    storage.transaction(tell, account, "no-phone")
    storage.transaction(choose, account, "office")
    assert storage.transaction(set_up_of, account) == ("office", frozenset())


def test_a_link_replaces_the_browser_of_an_earlier_one(storage: Storage) -> None:
    account = storage.transaction(accounts.the_account, "Ann", NOW).id
    codes = [
        storage.transaction(accounts.new_set_up_link, account, "/history/first-steps", NOW)
        for _ in range(2)
    ]
    assert storage.transaction(accounts.who_signs_in, codes[0], NOW) is None
    found = storage.transaction(accounts.who_signs_in, codes[1], NOW)
    assert found is not None
    assert (found.account, found.kind) == (account, accounts.SET_UP)
    assert storage.transaction(accounts.made_at, found.device) == NOW
