"""`sealbreak-server doctor`: checks the set-up and says what to do about each problem."""

import shlex
import stat
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sealbreak_server.classification.evidence.data_files import missing
from sealbreak_server.cli.arguments import Options, add_settings, read_options
from sealbreak_server.cli.database import open_storage
from sealbreak_server.errors import SealbreakError
from sealbreak_server.events.wire import wire_time
from sealbreak_server.ingest.spool import DEAD_LETTERS, SUFFIX, Spool, read_batches
from sealbreak_server.jobs.traces import COPY_SECONDS
from sealbreak_server.security.keyring import load_or_make_keys
from sealbreak_server.settings import Settings
from sealbreak_server.storage import accounts
from sealbreak_server.storage.hits.commits import touch
from sealbreak_server.storage.migrations.backup import copies
from sealbreak_server.storage.migrations.migrate import VERSION

DAY = 24 * 3600
WAIT_SECONDS = 60
"""A spool file younger than this may be one that the server is taking in."""
DESCRIPTION = """\
Check settings, keys, database, spool, public address and data files. Each line says what is fine
(ok) or what to do (BAD); the exit status is 1 if anything is BAD. Give it the same settings as
`serve`.

  sealbreak-server doctor --public-url https://track.example.com
"""


@dataclass(frozen=True, slots=True)
class Finding:
    good: bool
    text: str


def add_arguments(parser: ArgumentParser) -> None:
    add_settings(parser)


def run(options: Options) -> int:
    findings = list(_findings(read_options(options)))
    for finding in findings:
        print(f"{'ok ' if finding.good else 'BAD'}  {finding.text}")
    return 0 if all(finding.good for finding in findings) else 1


def _findings(settings: Settings) -> Iterator[Finding]:
    checks: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
        _keys, _database, _copies, _spool, _dead_letters, _public_url, _data_files,
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
    with open_storage(settings) as storage:
        if 0 < (version := storage.version()) < VERSION:
            yield Finding(
                True,
                f"The database has version {version}: the next start of the server copies it and"
                f" then migrates it to {VERSION}.",
            )
            return
        storage.transaction(touch)
        seen = storage.transaction(lambda: list(accounts.changes()))
        yield Finding(True, "The database can be written.")
        if storage.can_listen:
            yield Finding(True, "It is a PostgreSQL database: back it up with pg_dump.")
    if not seen:
        yield Finding(True, "No account yet: run `sealbreak-server pair`.")


def _copies(settings: Settings) -> Iterator[Finding]:
    """Said, but not BAD: they are deleted in time."""
    for path, time_made in copies(settings.data / "backups"):
        yield Finding(
            True,
            f"{path} holds all data from before an update or a restore at {wire_time(time_made)}."
            f" A running server deletes it {COPY_SECONDS / DAY:.0f} days later, and when something"
            " is erased.",
        )


def _spool(settings: Settings) -> Iterator[Finding]:
    files = Spool(settings.spool_folder).files()
    old = [path for path in files if path.stat().st_mtime < time.time() - WAIT_SECONDS]
    if old:
        yield Finding(
            False,
            f"{_hits(old)} in {settings.spool_folder} for the database. A running server takes "
            "them in: start it, or see in its log why it does not.",
        )
    else:
        yield Finding(True, "No hit waits in the spool.")


def _dead_letters(settings: Settings) -> Iterator[Finding]:
    path = settings.spool_folder / DEAD_LETTERS
    if not path.exists():
        return
    again = settings.spool_folder / f"{0:09d}-{DEAD_LETTERS}{SUFFIX}"
    yield Finding(
        False,
        f"{_hits([path])} in {path}: the server could not record them, and its log says why. "
        f"After an update, try again: stop the server, run `mv {shlex.quote(str(path))} "
        f"{shlex.quote(str(again))}`, and start it. If you delete the file, its hits are lost.",
    )


def _hits(files: Sequence[Path]) -> str:
    """How many hits wait in these files, and since when."""
    times = [hit.time for path in files for _, hits in read_batches(path) for hit in hits]
    since = wire_time(min(times, default=files[0].stat().st_mtime))
    return f"{len(times)} {'hit waits' if len(times) == 1 else 'hits wait'} since {since}"


def _public_url(settings: Settings) -> Iterator[Finding]:
    url = urlsplit(settings.public_url)
    if not settings.public_url:
        yield Finding(
            True, "No public address is set: only mails opened on this machine are reported."
        )
    elif url.scheme != "https":
        yield Finding(
            False, f"{settings.public_url} is not https: mail programs may refuse images."
        )
    else:
        yield Finding(True, f"The world reaches the server at {settings.public_url}.")


def _data_files(settings: Settings) -> Iterator[Finding]:
    """The classification works without them, so a missing file is not BAD."""
    sentences = list(missing(settings.data))
    for sentence in sentences or ["All data files are installed."]:
        yield Finding(True, sentence)
