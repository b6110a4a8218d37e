"""A data folder as commands find it, filled without a server."""

from pathlib import Path

from sealbreak_server.cli.database import open_storage
from sealbreak_server.settings import Settings, read_settings
from sealbreak_server.storage import accounts
from support.server.account import NOW, AccountBuilder


def settings_of(data: Path) -> Settings:
    return read_settings({"data": str(data)}, {})


def pair_device(data: Path) -> str:
    """The ID of a new device of Ann's."""
    with open_storage(settings_of(data)) as storage:
        code = storage.transaction(accounts.new_pairing, None, "Ann", NOW)
        return storage.transaction(accounts.pair, code, "A laptop", "desktop", NOW)[1].device


def register(data: Path, **changes: object) -> str:
    """The ID of a new message of Ann's."""
    with open_storage(settings_of(data)) as storage:
        builder = AccountBuilder(storage)
        builder.register(**changes)
        return builder.message
