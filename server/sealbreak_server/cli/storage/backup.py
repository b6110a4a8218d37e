"""`sealbreak-server backup`: a consistent copy of the database, also while the server runs."""

import os
import shutil
import signal
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from sealbreak_server import files
from sealbreak_server.cli.arguments import Options, add_database, read_options
from sealbreak_server.cli.database import open_storage
from sealbreak_server.cli.storage.files import writing
from sealbreak_server.errors import SettingsError, UnavailableError
from sealbreak_server.ingest.retry_buffer import CHUNK
from sealbreak_server.ingest.spool import Spool
from sealbreak_server.security.keyring import sync_folder
from sealbreak_server.settings import Settings
from sealbreak_server.storage.engine.sqlite import FILE_NAME
from sealbreak_server.storage.hits.recording import take_in
from sealbreak_server.storage.migrations.migrate import VERSION

DRAFT = ".sealbreak-backup-"
"""Prefix of the folder beside the target in which a backup is made."""
LOCK = "lock"
"""The file in it that shows that it is in use. Windows locks no folder."""
DESCRIPTION = """\
Copy the SQLite database into a new file, also while the server runs. The copy includes hits that
still wait in the spool. Keep a copy of the file `keys` in the data folder too.

  sealbreak-server backup sealbreak-backup.sqlite3
"""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE")
    add_database(parser)


def run(options: Options) -> int:
    settings, target = read_options(options), options.file
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that it removes its draft
    _check(settings, target)
    with writing(target):
        _back_up(settings, target.absolute())
    print(
        f"Written to {target}. Keep a copy of {settings.keys_file} too: without it, links in sent"
        " mails stop working."
    )
    return 0


def _check(settings: Settings, target: Path) -> None:
    if target.exists():
        raise SettingsError(f"{target} already exists; name a new file.")
    if not settings.database_url and not (settings.data / FILE_NAME).exists():
        raise SettingsError(
            f"There is no database in {settings.data}; name its folder with --data."
        )


def _back_up(settings: Settings, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _remove_drafts(target.parent)
    with TemporaryDirectory(dir=target.parent, prefix=DRAFT) as name, _locked(Path(name)):
        folder = Path(name)
        # The spool comes first: a batch that is taken in meanwhile is in both copies, and its
        # name in the database prevents a second time.
        spool = _copied_spool(settings, folder)
        with open_storage(settings) as storage:
            version = storage.version()
            storage.copy(folder / FILE_NAME)
        if spool.has_batches and version == VERSION:
            _take_in(settings, folder, spool)
        elif spool.has_batches:
            print(
                f"The database has version {version}, and this program knows {VERSION}: hits that"
                f" wait in {settings.spool_folder} are not in the copy. Copy that folder too.",
                file=sys.stderr,
            )
        (folder / FILE_NAME).rename(target)
    sync_folder(target.parent)


def _remove_drafts(folder: Path) -> None:
    """Removes the drafts of killed backups: they hold as much private data as a backup."""
    for draft in folder.glob(f"{DRAFT}*"):
        with suppress(OSError):
            with _locked(draft):
                pass
            shutil.rmtree(draft)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Raises `BlockingIOError` while another process holds the lock."""
    opened = os.open(folder / LOCK, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        if not files.try_lock(opened):
            raise BlockingIOError
        yield
    finally:
        os.close(opened)


def _copied_spool(settings: Settings, folder: Path) -> Spool:
    """Hits that were answered and are on the disk, but not in the database yet."""
    for path in Spool(settings.spool_folder).files():
        with suppress(FileNotFoundError):  # the server has just taken it in
            shutil.copy(path, folder)
    return Spool(folder)


def _take_in(settings: Settings, folder: Path, spool: Spool) -> None:
    # Imported here because loading its rules takes longer than most commands.
    from sealbreak_server.classification.classifier import Classifier

    classify, count = Classifier.load(settings.data, https=settings.is_https).classify, 0
    with open_storage(replace(settings, database_url="", data=folder)) as copy:
        for bundle in spool.bundles(CHUNK):
            copy.transaction(take_in, classify, dict(bundle), time.time())
            count += sum(len(hits) for _, hits in bundle)
            print(f"\r{count:,} waiting hits are in the copy", end="", file=sys.stderr)
    print(file=sys.stderr)
    # Without room for its log, SQLite closes a database and reports no error.
    if (folder / f"{FILE_NAME}-wal").exists():
        raise UnavailableError(
            f"There is no room for the copy with its {count:,} waiting hits: make room."
        )
