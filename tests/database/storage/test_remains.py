from sealbreak_server.storage import Storage, erasure, remains
from support.server.account import NOW, AccountBuilder


def test_a_deletion_is_noted_until_the_file_is_rewritten(storage: Storage) -> None:
    builder = AccountBuilder(storage)
    builder.register()
    storage.purge(rewrite=True)
    assert storage.transaction(remains.noted) == 0
    storage.transaction(erasure.erase_message, builder.account.id, builder.message, NOW)
    storage.purge(rewrite=False)
    assert storage.transaction(remains.noted) == 1
    storage.transaction(remains.note)
    storage.transaction(remains.settle, 1)  # one more came while it was rewritten
    assert storage.transaction(remains.noted) == 1
    storage.purge(rewrite=True)
    assert storage.transaction(remains.noted) == 0
