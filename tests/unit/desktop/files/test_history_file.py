"""A history file of version 1, written as that version writes it, opens as it is."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sealbreak_desktop.files.history import History, read_history
from support.desktop.scripted_server import golden

VERSION_1 = """
CREATE TABLE event (
    id INTEGER PRIMARY KEY,
    era INTEGER NOT NULL,
    number INTEGER NOT NULL,
    key TEXT NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    message TEXT NOT NULL,
    unread INTEGER NOT NULL,
    corrected INTEGER NOT NULL DEFAULT 0,
    raw TEXT NOT NULL,
    UNIQUE (era, number)
);
CREATE INDEX event_key ON event (key);
CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT);
PRAGMA user_version = 1;
"""
FACTS = {
    "era": "1",
    "seen": "4",
    "silent_until": "2",
    "told_before": "3",
    "muted_until": "2026-11-23T12:00:00+00:00",
    "mute_waits": "1",
    "read_up_to": "2",
    "erasures": "5",
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "history.sqlite3"
    with closing(sqlite3.connect(file)) as db:
        db.executescript(VERSION_1)
        with db:
            for era, number in ((0, 3), (0, 4), (1, 4)):
                raw = json.dumps(golden("clicked", number=number))
                db.execute(
                    "INSERT INTO event (era, number, key, kind, actor, message, unread, raw)"
                    " VALUES (?, ?, 'm/0/1', 'clicked', 'human', 'm', ?, ?)",
                    (era, number, era, raw),
                )
            db.executemany("INSERT INTO fact VALUES (?, ?)", FACTS.items())
    return file


def test_everything_in_it_is_read(file: Path) -> None:
    history = History(file)
    kept = history.snapshot(10)
    history.close()
    assert history.quarantined is None
    assert [event.number for event in kept.recent] == [4, 4, 3]
    assert kept.unread == ((4, "m"),)
    assert (kept.seen, kept.silent_until, kept.read_up_to, kept.erasures) == (4, 2, 2, 5)
    assert kept.muted_until == datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert kept.mute_pending


def test_its_epochs_are_continued(file: Path) -> None:
    history = History(file)
    older, _ = list(history.newest(10))[2]
    assert history.adopt(older)
    assert not history.adopt(older)
    newest = history.newest_of_epoch()
    history.close()
    assert newest is not None
    assert newest.number == 4


def test_it_can_be_printed_without_a_change(file: Path) -> None:
    before = file.read_bytes()
    assert [event.number for event, _ in read_history(file, 10)] == [4, 4, 3]
    assert file.read_bytes() == before
