"""The durable list of events. It is right even when a pop-up is lost.

An event is written first, then shown, then its number is saved as seen, so after a crash in between
it is shown again rather than never. The server assigns the numbers. A server that was restored from
a backup assigns some of them again: the events that had them stay, in an older epoch.
"""

import json
import logging
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sealbreak_desktop.files.history_file import (
    open_or_replace,
    open_read_only,
    quarantined_files,
)
from sealbreak_desktop.files.metadata import Metadata
from sealbreak_desktop.files.paths import private_folder
from sealbreak_desktop.state.decoding import UnreadableError, read_event
from sealbreak_desktop.state.effects import Save, SaveMute, SaveRead, SaveReadUpTo, SaveSilentUntil
from sealbreak_desktop.state.events import READERS, Erased, Event
from sealbreak_desktop.state.kinds import KINDS

MAX_EVENTS = 10_000
"""Older events are on the server only."""
TRIM_INTERVAL = 250
"""Events between two deletions of the oldest ones."""
MAX_NUMBER = 2**63 - 1
"""The greatest that SQLite can store."""
NEWEST_FIRST = "ORDER BY era DESC, number DESC LIMIT ?"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


BY_READERS = f"actor IN ({_listed(READERS)})"
SHOWN = (
    f"NOT corrected AND ({BY_READERS} OR kind NOT IN"
    f" ({_listed(kind.name for kind in KINDS.values() if kind.readers_only)}))"
)
"""The events for which `notification.is_shown` holds, without those that were corrected."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the tray needs to continue where it stopped."""

    seen: int
    silent_until: int | None
    recent: tuple[Event, ...]
    unread: tuple[tuple[int, str], ...]
    muted_until: datetime | None
    mute_chosen: datetime | None
    mute_pending: bool
    read_up_to: int
    erasures: int


class History:
    def __init__(self, file: Path) -> None:
        self.file = file
        private_folder(file.parent)
        self._db, damaged = open_or_replace(file)
        self._metadata = Metadata(self._db)
        self.quarantined = damaged.file if damaged else None
        """Where a damaged file went. Its events are requested from the server again."""
        if damaged and damaged.seen is not None:
            self.save_silent_until(damaged.seen)
        self._epoch = self._metadata.number("era") or 0

    def close(self) -> None:
        self._db.close()

    # Events.

    def record(self, event: Event, raw: dict[str, Any], unread: bool) -> int:
        """Record the event once. Returns how many earlier events have the same key."""
        with self._db:
            earlier = self._count_like(event)
            self._insert(event, raw, unread)
            if event.corrects is not None:
                self._db.execute(
                    "UPDATE event SET corrected = 1, unread = 0 WHERE era = ? AND number = ?",
                    (self._epoch, event.corrects),
                )
            if event.number % TRIM_INTERVAL == 0:
                self._trim()
            return earlier

    def _insert(self, event: Event, raw: dict[str, Any], unread: bool) -> None:
        self._db.execute(
            "INSERT OR IGNORE INTO event (era, number, key, kind, actor, message, unread, raw)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self._epoch,
                event.number,
                event.key,
                event.kind,
                event.verdict.actor,
                event.message,
                unread,
                json.dumps(raw),
            ),
        )

    def _count_like(self, event: Event) -> int:
        found: tuple[int] = self._db.execute(
            f"SELECT count(*) FROM event WHERE key = ? AND kind = ? AND NOT corrected"  # noqa: S608
            f" AND {BY_READERS} AND (era, number) <> (?, ?)",
            (event.key, event.kind, self._epoch, event.number),
        ).fetchone()
        return found[0]

    def trim(self) -> None:
        """Delete the oldest events."""
        with self._db:
            self._trim()

    def _trim(self) -> None:
        oldest = "DELETE FROM event WHERE id <= (SELECT max(id) FROM event) - ?"
        self._db.execute(oldest, (MAX_EVENTS,))

    def erase(self, erased: Erased) -> frozenset[str]:
        """Nothing of these events is left in the file, nor in files in quarantine.

        Returns the messages that they were about.
        """
        with self._db:
            messages = self._erase(erased)
        for damaged in quarantined_files(self.file):
            damaged.unlink(missing_ok=True)  # single events cannot be erased from it
        if erased.erasures is not None and self._purge():
            self._metadata.set("erasures", erased.erasures)
        return messages

    def _purge(self) -> bool:
        """False when the file could not be rewritten: the server sends all erasures again.

        `secure_delete` leaves copies of rows that were moved within the file before.
        """
        try:
            self._db.execute("VACUUM")
        except sqlite3.OperationalError as error:
            log.warning("what was erased is still in the history's file: %s", error)
            return False
        self._db.execute("PRAGMA wal_checkpoint(truncate)")
        return True

    def rewrite(self, event: Event, raw: dict[str, Any]) -> None:
        """A person was erased from the event; `erase` follows, and empties the file."""
        with self._db:
            self._db.execute(
                "UPDATE event SET raw = ? WHERE era = ? AND number = ? AND message = ?",
                (json.dumps(raw), self._epoch, event.number, event.message),
            )
            self._db.execute(
                "DELETE FROM event WHERE era < ? AND message = ?", (self._epoch, event.message)
            )

    def _erase(self, erased: Erased) -> frozenset[str]:
        """The server erases all events of a message, so those of earlier epochs go too."""
        messages: set[str] = set()
        for epoch, last in self._same_events():
            for first, final in erased.numbers:
                messages |= self._delete(epoch, first, min(final, last))
            self._delete(epoch, 0, min(erased.before - 1, last))
            if erased.before > last + 1:
                # Newer events than this epoch has were too old for the server.
                self._delete(epoch, 0, MAX_NUMBER)
        messages.discard("")  # an event without a mail
        gone = [(self._epoch, message) for message in messages]
        self._db.executemany("DELETE FROM event WHERE era < ? AND message = ?", gone)
        return frozenset(messages)

    def _delete(self, epoch: int, first: int, last: int) -> set[str]:
        deleted = self._db.execute(
            "DELETE FROM event WHERE era = ? AND number BETWEEN ? AND ? RETURNING message",
            (epoch, first, last),
        )
        return {message for (message,) in deleted.fetchall()}

    def _same_events(self) -> Iterator[tuple[int, int]]:
        """Epochs, each with the last number that means the same event there and on the server."""
        last = MAX_NUMBER
        for epoch in reversed(range(self._epoch + 1)):
            yield epoch, last
            if (first_other := self._metadata.number(f"fork-{epoch}")) is not None:
                last = min(last, first_other - 1)

    def newest(
        self, limit: int, shown_only: bool = False
    ) -> Iterator[tuple[Event, dict[str, Any]]]:
        """Events and their JSON form."""
        where = f"WHERE {SHOWN}" if shown_only else ""
        rows = self._db.execute(f"SELECT raw FROM event {where} {NEWEST_FIRST}", (limit,))  # noqa: S608
        return _read(rows.fetchall())

    def snapshot(self, recent: int) -> Snapshot:
        unread = self._db.execute("SELECT number, message FROM event WHERE unread ORDER BY id")
        metadata = self._metadata
        return Snapshot(
            seen=metadata.number("seen") or 0,
            silent_until=metadata.number("silent_until"),
            recent=tuple(event for event, _ in self.newest(recent, shown_only=True)),
            unread=tuple(unread.fetchall()),
            muted_until=metadata.time("muted_until"),
            mute_chosen=metadata.time("mute_chosen"),
            mute_pending=metadata.number("mute_waits") is not None,
            read_up_to=metadata.number("read_up_to") or 0,
            erasures=metadata.number("erasures") or 0,
        )

    # Epochs.

    def start_epoch(self, last: int) -> None:
        """The server has another history, up to the number `last`: it is requested from the start.

        Events older than ours are not requested, as they were deleted here before.
        """
        oldest = self._db.execute("SELECT min(number) FROM event WHERE era = ?", (self._epoch,))
        deleted = (oldest.fetchone()[0] or 1) - 1
        self._metadata.set("told_before", self._metadata.number("seen"))
        self._epoch += 1
        self._metadata.set("era", self._epoch)
        self._metadata.set("erasures", 0)
        self.save_seen(min(last, deleted))

    def adopt(self, event: Event) -> bool:
        """Move it into this epoch when an earlier one has it. True when it was shown there."""
        for epoch in reversed(range(self._epoch)):
            known = self._event(epoch, event.number)
            if known == event:
                with self._db:
                    self._db.execute(
                        "UPDATE OR IGNORE event SET era = ? WHERE era = ? AND number = ?",
                        (self._epoch, epoch, event.number),
                    )
                return event.number <= (self._metadata.number("told_before") or 0)
            if known is not None:
                self._note_fork(event.number)
        return False

    def _note_fork(self, number: int) -> None:
        """From this number on, this epoch has other events than the epochs before it."""
        name = f"fork-{self._epoch}"
        known = self._metadata.number(name)
        if known is None or number < known:
            self._metadata.set(name, number)

    def newest_of_epoch(self) -> Event | None:
        newest = "SELECT max(number) FROM event WHERE era = ?"
        (number,) = self._db.execute(newest, (self._epoch,)).fetchone()
        return None if number is None else self._event(self._epoch, number)

    def _event(self, epoch: int, number: int) -> Event | None:
        one = "SELECT raw FROM event WHERE era = ? AND number = ?"
        found = self._db.execute(one, (epoch, number)).fetchall()
        return next((event for event, _ in _read(found)), None)

    # What the state machine saves.

    def save(self, effect: Save) -> None:
        match effect:
            case SaveSilentUntil(number):
                self.save_silent_until(number)
            case SaveRead(message):
                self.save_read(message)
            case SaveReadUpTo(number):
                self.save_read_up_to(number)
            case SaveMute(until, pending, chosen):
                self.save_mute(until, pending, chosen)

    def save_seen(self, number: int) -> None:
        self._metadata.set("seen", number)

    def save_silent_until(self, number: int) -> None:
        self._metadata.set("silent_until", number)

    def save_mute(
        self, until: datetime | None, pending: bool, chosen: datetime | None = None
    ) -> None:
        self._metadata.set("muted_until", until)
        self._metadata.set("mute_chosen", chosen)
        self._metadata.set("mute_waits", 1 if pending else None)

    def save_read(self, message: str | None) -> None:
        """`None`: all messages."""
        with self._db:
            self._db.execute(
                "UPDATE event SET unread = 0 WHERE unread AND ifnull(message = ?, 1)", (message,)
            )

    def save_read_up_to(self, number: int) -> None:
        with self._db:
            self._db.execute(
                "UPDATE event SET unread = 0 WHERE unread AND (era < ? OR number <= ?)",
                (self._epoch, number),
            )
        self._metadata.set("read_up_to", number)


def read_history(file: Path, limit: int) -> list[tuple[Event, dict[str, Any]]]:
    """The newest events, without a change to the file of a running tray."""
    if not file.exists():
        return []
    with closing(open_read_only(file)) as db:
        rows = db.execute(f"SELECT raw FROM event {NEWEST_FIRST}", (limit,))  # noqa: S608
        return list(_read(rows.fetchall()))


def _read(rows: Iterable[tuple[str]]) -> Iterator[tuple[Event, dict[str, Any]]]:
    for (raw,) in rows:
        try:
            yield read_event(value := json.loads(raw)), value
        except (UnreadableError, ValueError, TypeError):
            log.warning("an entry of the history cannot be read")
