"""Keys, versions, waiting hits and backups. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from shlex import quote

from sealbreak_server.checks.finding import Finding, not_checked, ok, problem, warning
from sealbreak_server.checks.words import count, duration, size, when

HOUR = 3600.0
"""A running server looks once an hour."""
RESTORE_KEYS = "Put the old file back. Without it every link in sent mails is dead."


@dataclass(frozen=True, slots=True)
class Keys:
    path: str
    number: int
    """0 when there is no file."""
    others_can_read: bool
    accounts: int | None
    """`None` when the database cannot be read."""
    strangers: int
    """Accounts whose newest mail none of the keys has certified."""


def judge_keys(keys: Keys) -> Iterator[Finding]:
    if not keys.number and keys.accounts:
        yield problem("keys", f"{keys.path} is missing, and there are accounts.", RESTORE_KEYS)
    elif not keys.number:
        yield ok("keys", f"No keys yet: the first `serve` makes {keys.path}.")
    elif keys.strangers:
        yield problem(
            "keys",
            f"{keys.path} is not the file that the newest mails were made with.",
            RESTORE_KEYS,
        )
    else:
        yield ok("keys", f"{keys.path} holds {count(keys.number, 'key')}. Keep a copy of it.")
    if keys.others_can_read:
        yield problem("keys", f"Others can read {keys.path}.", f"chmod 600 {quote(keys.path)}")


def judge_versions(program: str, running: str | None) -> Iterator[Finding]:
    if running is None:
        yield not_checked("version", f"This program is {program}; no running server was asked.")
    elif running != program:
        yield problem(
            "version",
            f"The running server is {running}, this program is {program}.",
            "Restart the server.",
        )
    else:
        yield ok("version", f"Program and running server are {program}.")


def judge_database(stored: int, known: int) -> Iterator[Finding]:
    if 0 < stored < known:
        yield warning(
            "database",
            f"It has version {stored}: the next start of the server copies it and then migrates it"
            f" to {known}.",
        )
    else:
        yield ok("database", "It can be written.")


@dataclass(frozen=True, slots=True)
class Waiting:
    """Hits in files."""

    hits: int
    since: str
    folder: str


def judge_spool(waiting: Waiting | None) -> Iterator[Finding]:
    if waiting is None:
        yield ok("spool", "No hit waits for the database.")
    else:
        yield problem(
            "spool",
            f"{_hits(waiting)} in {waiting.folder} for the database.",
            "A running server takes them in: start it, or see in its log why it does not.",
        )


def judge_dead_letters(waiting: Waiting, again: str) -> Iterator[Finding]:
    yield problem(
        "spool",
        f"{_hits(waiting)} in {waiting.folder}: the server could not record them, and its log says"
        " why.",
        f"After an update, try again: stop the server, run `mv {quote(waiting.folder)}"
        f" {quote(again)}`, and start it. If you delete the file, its hits are lost.",
    )


def _hits(waiting: Waiting) -> str:
    verb = "waits" if waiting.hits == 1 else "wait"
    return f"{count(waiting.hits, 'hit')} {verb} since {waiting.since}"


@dataclass(frozen=True, slots=True)
class Backup:
    path: str
    octets: int
    made_at: float


def judge_backups(
    copies: Sequence[Backup], keep_seconds: float, now: float, *, is_postgresql: bool
) -> Iterator[Finding]:
    """`copies`: those that updates and restores have left. A server deletes them after
    `keep_seconds`."""
    for copy in copies:
        yield _copy(copy, copy.made_at + keep_seconds - now)
    how = "`pg_dump`" if is_postgresql else "`sealbreak-server backup FILE`"
    yield not_checked(
        "backups",
        "Copies elsewhere are not known here.",
        f"Make them with {how}, and copy the file `keys` too.",
    )


def _copy(copy: Backup, seconds_left: float) -> Finding:
    what = f"{copy.path}, {size(copy.octets)}, made {when(copy.made_at)}"
    if seconds_left <= -HOUR:
        return warning(
            "backups",
            f"{what}: it should have been deleted {duration(-seconds_left)} ago, and still holds"
            " what was deleted from the database since it was made.",
            f"A running server deletes it within the hour. Or: rm {quote(copy.path)}",
        )
    when_it_goes = f"in {duration(seconds_left)}" if seconds_left > HOUR else "within the hour"
    return ok(
        "backups",
        f"{what}. It still holds what was deleted from the database since. A running server deletes"
        f" it {when_it_goes}, or as soon as something is erased.",
    )
