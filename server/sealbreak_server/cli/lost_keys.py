"""Refuses to start when what earlier mails need is lost: the server keys or the database.

With new keys every link in a sent mail would stop working, so they are never made in silence.
"""

import logging
from pathlib import Path

from sealbreak_server.errors import SettingsError, UnavailableError
from sealbreak_server.security.keyring import load_keys, make_keys
from sealbreak_server.settings import Settings
from sealbreak_server.storage import Storage
from sealbreak_server.storage.known_keys import (
    fingerprint,
    has_accounts,
    known_keys,
    remember_keys,
)

log = logging.getLogger(__name__)


def prepare(settings: Settings, *, new_keys: bool) -> None:
    """Opens the database, which migrates it, and makes keys for the first start.

    `new_keys`: the owner knows that the keys are lost. Raises `SettingsError`, `MigrationError`.
    """
    storage = Storage.at(settings.database_url, settings.data)
    try:
        _check_database(storage)
        storage.transaction(_check_keys, settings.keys_file, new_keys=new_keys)
    except UnavailableError as error:
        if not settings.keys_file.exists():
            raise SettingsError(
                f"There are no keys at {settings.keys_file}, and whether they are lost cannot be"
                f" known, as the database cannot be asked. {error.message}"
            ) from error
        log.error("the keys are not compared with the database: %s", error.message)
    finally:
        storage.close()


def _check_database(storage: Storage) -> None:
    """A database without tables beside copies of a full one is no first start."""
    copies = sorted(storage.backups.glob("version-*.sqlite3"))
    if copies and storage.version() == 0:
        raise SettingsError(
            f"The database is empty, but {storage.backups} holds copies of an earlier one, such as"
            f" {copies[-1].name}. Put the database back, or a copy in its place with"
            " `sealbreak-server restore FILE`. To begin with an empty one, move that folder away."
        )


def _check_keys(path: Path, *, new_keys: bool) -> None:
    keys = load_keys(path)
    if keys is None:
        if has_accounts() and not new_keys:
            raise SettingsError(f"The file {path} is lost. {_what_to_do(path)}")
        keys = make_keys(path)
    prints = {fingerprint(key) for key in keys.keys}
    known = known_keys()
    if known and not known & prints and not new_keys:
        raise SettingsError(
            f"The keys in {path} are not those that signed the mails of this database."
            f" {_what_to_do(path)}"
        )
    remember_keys(prints)


def _what_to_do(path: Path) -> str:
    return (
        f"Restore {path.name} from your copy: it signed the links of the mails that were sent."
        " Without it they lead nowhere, and nothing is told of those mails. If there is no copy,"
        " start once with --new-keys."
    )
