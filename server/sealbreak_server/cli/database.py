"""The database as commands use it: opened beside a running server, for one account."""

from collections.abc import Iterator
from contextlib import contextmanager

from sealbreak_server.settings import Settings
from sealbreak_server.storage import Storage
from sealbreak_server.storage.accounts import meant_account

TIMEOUT_SECONDS = 15.0
"""How long a command waits for the database; the server locks it for moments only."""


@contextmanager
def open_storage(settings: Settings) -> Iterator[Storage]:
    storage = Storage.at(settings.database_url, settings.data, TIMEOUT_SECONDS)
    try:
        yield storage
    finally:
        storage.close()


def account_id(storage: Storage, name: str | None) -> int:
    """Without a name, the only account. Raises `RefusalError`."""
    return int(storage.transaction(meant_account, name).id)
