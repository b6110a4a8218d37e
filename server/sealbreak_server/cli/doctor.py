"""`sealbreak-server doctor`: what is right, what is not, and what to do about it."""

import shlex
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sealbreak_server.classification.evidence.data_files import missing
from sealbreak_server.cli.commands import opened
from sealbreak_server.errors import SealbreakError
from sealbreak_server.events.wire import wire_time
from sealbreak_server.ingest.spool import ENDING, REFUSED, Spool, read_batches
from sealbreak_server.security.keyring import load_or_make_keys
from sealbreak_server.settings import Settings
from sealbreak_server.storage import accounts
from sealbreak_server.storage.hits.commits import touch
from sealbreak_server.storage.migrations.migrate import VERSION

WAIT_SECONDS = 60
"""What is younger may be in work."""


@dataclass(frozen=True, slots=True)
class Finding:
    good: bool
    text: str


def examine(settings: Settings) -> int:
    """Prints a line for each finding; 1 when one of them is bad."""
    findings = list(_findings(settings))
    for finding in findings:
        print(f"{'ok ' if finding.good else 'BAD'}  {finding.text}")
    return 0 if all(finding.good for finding in findings) else 1


def _findings(settings: Settings) -> Iterator[Finding]:
    checks: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
        _keys, _database, _spool, _refused, _public_url, _data_files,
    )  # fmt: skip
    for check in checks:
        try:
            yield from check(settings)
        except (SealbreakError, OSError) as error:
            yield Finding(False, str(error))


def _keys(settings: Settings) -> Iterator[Finding]:
    path = settings.keys_file
    if not path.exists():
        yield Finding(True, f"No keys yet: the first `serve` makes {path}.")
        return
    count = len(load_or_make_keys(path).keys)
    yield Finding(True, f"{path} holds {count} key{'s' if count > 1 else ''}. Keep a copy of it.")
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Finding(False, f"Others can read {path}: run `chmod 600` on it.")


def _database(settings: Settings) -> Iterator[Finding]:
    with opened(settings) as storage:
        if 0 < (version := storage.version()) < VERSION:
            yield Finding(
                True,
                f"The database has version {version}: the next start of the server brings it to"
                f" {VERSION}, and copies it before.",
            )
            return
        storage.transaction(touch)
        seen = storage.transaction(lambda: list(accounts.changes()))
        yield Finding(True, "The database takes writes.")
        if storage.can_listen:
            yield Finding(True, "It is on PostgreSQL: back it up with pg_dump.")
    if not seen:
        yield Finding(True, "No account yet: run `sealbreak-server pair`.")


def _spool(settings: Settings) -> Iterator[Finding]:
    files = Spool(settings.spool_folder).files()
    old = [path for path in files if path.stat().st_mtime < time.time() - WAIT_SECONDS]
    if old:
        yield Finding(
            False,
            f"{_hits(old)} in {settings.spool_folder} for the database. A server that runs takes "
            "them in by itself: start it, or see in its log what keeps it from that.",
        )
    else:
        yield Finding(True, "No hit waits in the spool.")


def _refused(settings: Settings) -> Iterator[Finding]:
    path = settings.spool_folder / REFUSED
    if not path.exists():
        return
    again = settings.spool_folder / f"{0:09d}-{REFUSED}{ENDING}"
    yield Finding(
        False,
        f"{_hits([path])} in {path}: taking them in failed, and the server's log says why. "
        f"After an update, try again: stop the server, run `mv {shlex.quote(str(path))} "
        f"{shlex.quote(str(again))}`, start it. Or delete the file, and they are lost.",
    )


def _hits(files: Sequence[Path]) -> str:
    """How many wait in them, and since when."""
    times = [hit.time for path in files for _, hits in read_batches(path) for hit in hits]
    since = wire_time(min(times, default=files[0].stat().st_mtime))
    return f"{len(times)} {'hit waits' if len(times) == 1 else 'hits wait'} since {since}"


def _public_url(settings: Settings) -> Iterator[Finding]:
    url = urlsplit(settings.public_url)
    if not settings.public_url:
        yield Finding(True, "No public address is set: only this machine can report opens.")
    elif url.scheme != "https":
        yield Finding(
            False, f"{settings.public_url} is not https: mail programs may refuse images."
        )
    else:
        yield Finding(True, f"The world reaches the server at {settings.public_url}.")


def _data_files(settings: Settings) -> Iterator[Finding]:
    """Judging works without them, so none that is missing is bad."""
    lacking = list(missing(settings.data))
    for sentence in lacking or ["All data files are there."]:
        yield Finding(True, sentence)
