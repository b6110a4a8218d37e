"""What the commands do. Each works beside a running server, through the database."""

import fcntl
import getpass
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from sealbreak_server.errors import (
    ForbiddenError,
    NotFoundError,
    SettingsError,
    UnavailableError,
)
from sealbreak_server.events.wire import wire_time
from sealbreak_server.ingest.retry_buffer import CHUNK
from sealbreak_server.ingest.spool import Spool
from sealbreak_server.security.keyring import sync_folder
from sealbreak_server.settings import Settings
from sealbreak_server.storage import Storage, accounts, retention
from sealbreak_server.storage.accounts import meant_account
from sealbreak_server.storage.engine.store import FILE_NAME
from sealbreak_server.storage.hits.recording import take_in
from sealbreak_server.storage.migrations import VERSION

TIMEOUT_SECONDS = 15.0
"""Seconds: the server holds the database for moments only."""
DAY = 24 * 3600
DRAFT = ".sealbreak-backup-"
"""Begins the name of the folder beside it in which a backup is made."""


@contextmanager
def opened(settings: Settings) -> Iterator[Storage]:
    storage = Storage.at(settings.database_url, settings.data, TIMEOUT_SECONDS)
    try:
        yield storage
    finally:
        storage.close()


def pair(settings: Settings, name: str | None, account: str | None, *, as_json: bool) -> int:
    now = time.time()
    with opened(settings) as storage:
        code = storage.transaction(accounts.new_pairing, name, login_name(), now, account)
    expires = wire_time(now + accounts.PAIRING_SECONDS)
    if as_json:
        print(json.dumps({"code": code, "expires_at": expires}))
    else:
        print(f"{code}\nType it within 10 minutes; it pairs one device.")
    return 0


def login_name() -> str:
    try:
        return getpass.getuser().capitalize()
    except (KeyError, OSError):
        return "The sender"


def list_devices(settings: Settings, account: str | None, *, as_json: bool) -> int:
    with opened(settings) as storage:
        rows = storage.transaction(lambda: accounts.devices(meant_account(account).id))
    for row in rows:
        state = "revoked" if row.revoked_at else f"last seen {wire_time(row.seen_at)}"
        if as_json:
            print(json.dumps({"id": row.id, "name": row.name, "kind": row.kind, "state": state}))
        else:
            print(f"{row.id}  {row.kind:9}  {row.name}  ({state})")
    return 0


def revoke_device(settings: Settings, account: str | None, device: str) -> int:
    def revoke() -> bool:
        return accounts.revoke(meant_account(account).id, device, time.time())

    with opened(settings) as storage:
        if not storage.transaction(revoke):
            raise ForbiddenError(
                f"No device {device!r} is paired; `sealbreak-server devices` lists them."
            )
    print("Revoked. It is cut off within a second.")
    return 0


def export(settings: Settings, account: str | None, output: Path | None) -> int:
    with opened(settings) as storage:
        parts = storage.transaction(lambda: dict(retention.export(meant_account(account))))
    text = json.dumps(parts, indent=2, ensure_ascii=False)
    if output is None:
        sys.stdout.write(text + "\n")
    else:
        with _writing(output):
            output.touch(mode=0o600)
            output.write_text(text, encoding="utf-8")
    return 0


def erase_message(settings: Settings, account: str | None, message: str) -> int:
    def erase() -> bool:
        return retention.erase_message(meant_account(account), message, time.time())

    with opened(settings) as storage:
        if not storage.transaction(erase):
            raise NotFoundError(f"Nothing is known of a message {message!r}.")
    print("Erased. Its links go on working, and its later hits find nobody.")
    return 0


def erase_recipient(settings: Settings, account: str | None, address: str) -> int:
    def erase() -> int:
        return retention.erase_recipient(meant_account(account), address, time.time())

    with opened(settings) as storage:
        count = storage.transaction(erase)
    print(f"Erased from {count} message{'' if count == 1 else 's'}.")
    return 0


def prune(settings: Settings, days: int) -> int:
    now, count = time.time(), 0
    with opened(settings) as storage:
        while found := storage.transaction(retention.prune, now - days * DAY, now):
            count += found
    age = "a day" if days == 1 else f"{days} days"
    print(f"Forgot {count} message{'' if count == 1 else 's'} older than {age}.")
    return 0


def backup(settings: Settings, target: Path) -> int:
    if target.exists():
        raise SettingsError(f"{target} is there already; name a new file.")
    if not settings.database_url and not (settings.data / FILE_NAME).exists():
        raise SettingsError(
            f"There is no database in {settings.data}; name its folder with --data."
        )
    with _writing(target):
        _back_up(settings, target.absolute())
    print(f"Written. Keep a copy of {settings.keys_file} too: without it, links in sent mails die.")
    return 0


@contextmanager
def _writing(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SettingsError(f"{target} cannot be written: {error.strerror}.") from error


def _back_up(settings: Settings, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _remove_drafts(target.parent)
    with TemporaryDirectory(dir=target.parent, prefix=DRAFT) as name, _locked(Path(name)):
        folder = Path(name)
        # Before the database: what is taken in meanwhile is in the copy, known by its name.
        spool = _copied_spool(settings, folder)
        with opened(settings) as storage:
            version = storage.version()
            storage.copy(folder / FILE_NAME)
        if spool.waits and version == VERSION:
            _take_in(settings, folder, spool)
        elif spool.waits:
            print(
                f"The database has version {version}, and this program knows {VERSION}: hits that"
                f" wait in {settings.spool_folder} are not in the copy. Copy that folder too.",
                file=sys.stderr,
            )
        (folder / FILE_NAME).rename(target)
    sync_folder(target.parent)


def _remove_drafts(folder: Path) -> None:
    """What a backup that was killed has left: it holds all that a backup holds."""
    for left in folder.glob(f"{DRAFT}*"):
        with suppress(OSError), _locked(left):
            shutil.rmtree(left)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Raises `BlockingIOError` while another process has it so."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(opened)


def _copied_spool(settings: Settings, folder: Path) -> Spool:
    """What was answered and is on the disk, but not in the database yet."""
    for path in Spool(settings.spool_folder).files():
        with suppress(FileNotFoundError):  # taken in just now
            shutil.copy(path, folder)
    return Spool(folder)


def _take_in(settings: Settings, folder: Path, spool: Spool) -> None:
    # Loading its rules takes longer than most commands.
    from sealbreak_server.classification.classifier import Classifier

    classify, count = Classifier.load(settings.data, https=settings.is_https).classify, 0
    with opened(replace(settings, database_url="", data=folder)) as copy:
        for bundle in spool.bundles(CHUNK):
            copy.transaction(take_in, classify, dict(bundle), time.time())
            count += sum(len(hits) for _, hits in bundle)
            print(f"\r{count:,} hits that waited are in the copy", end="", file=sys.stderr)
    print(file=sys.stderr)
    if (folder / f"{FILE_NAME}-wal").exists():  # SQLite closes without a word when it has no room
        raise UnavailableError(f"The copy with its {count:,} hits found no room: make some.")
