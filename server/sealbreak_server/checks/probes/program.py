"""The data folder and the database: keys, waiting hits, backups, records."""

import stat
import sys
from collections.abc import Sequence
from pathlib import Path

from sealbreak_server.checks.judgements.program import Backup, Keys, Waiting
from sealbreak_server.events.wire import wire_time
from sealbreak_server.ingest.spool import DEAD_LETTERS, SUFFIX, Spool, read_batches
from sealbreak_server.security.keyring import read_keys
from sealbreak_server.security.tokens import Keyring
from sealbreak_server.storage.health import Records
from sealbreak_server.storage.migrations.backup import copies

WAIT_SECONDS = 60
"""A spool file younger than this may be one that the server is taking in."""


def keyring(path: Path) -> Keyring | None:
    """Unlike the server it makes no keys. Raises `SettingsError` or `OSError`."""
    try:
        return read_keys(path)
    except FileNotFoundError:
        return None


def keys(path: Path, found: Keyring | None, known: Records | None) -> Keys:
    newest = known.newest_ids if known and found else ()
    # Windows has other rights than those of a mode, which it always calls readable.
    mode = path.stat().st_mode if found and sys.platform != "win32" else 0
    return Keys(
        path=str(path),
        number=len(found.keys) if found else 0,
        others_can_read=bool(mode & (stat.S_IRWXG | stat.S_IRWXO)),
        accounts=known.accounts if known else None,
        strangers=sum(found is None or not found.certifies(*one) for one in newest),
    )


def waiting(folder: Path, now: float) -> Waiting | None:
    files = Spool(folder).files()
    old = [path for path in files if path.stat().st_mtime < now - WAIT_SECONDS]
    return _waiting(old, folder) if old else None


def dead_letters(folder: Path) -> tuple[Waiting, str] | None:
    """With the name under which the server tries them again."""
    path = folder / DEAD_LETTERS
    if not path.exists():
        return None
    return _waiting([path], path), str(folder / f"{0:09d}-{DEAD_LETTERS}{SUFFIX}")


def _waiting(files: Sequence[Path], where: Path) -> Waiting:
    times = [hit.time for path in files for _, hits in read_batches(path) for hit in hits]
    since = wire_time(min(times, default=files[0].stat().st_mtime))
    return Waiting(len(times), since, str(where))


def backups(data: Path) -> list[Backup]:
    """What updates and restores have left."""
    found = copies(data / "backups")
    return [Backup(str(path), path.stat().st_size, put_at) for path, put_at in found]
