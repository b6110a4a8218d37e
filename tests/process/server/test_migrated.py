"""Databases of every earlier version, with data in them, opened by today's program.

`schemas` has what some versions wrote; the steps of the migrations make the versions after them.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

import httpx2
import pytest
from peewee import Database, SqliteDatabase
from sealbreak_server.ingest.spool import Spool
from sealbreak_server.storage import Storage, accounts
from sealbreak_server.storage.events import reader
from sealbreak_server.storage.lists import messages
from sealbreak_server.storage.migrations import migrate
from sealbreak_server.storage.migrations.backup import back_up_before
from sealbreak_server.storage.migrations.migrate import STEPS, VERSION, schema_version
from sealbreak_server.storage.migrations.step import script
from support.desktop.processes import eventually
from support.paths import SCHEMAS
from support.server.process import Sender, command, program, running, visit

WRITTEN = (1, 10)
"""Versions whose database is in a file."""
RENAMED = {
    "judgement": "verdict",
    "spooled_batch": "ingested_batch",
    "copy": "copy_state",
    "delivery": "webhook_delivery",
    "view": "sender_view",
}
"""Tables that were renamed, with their new name."""
ERASURE = 18
"""The version whose step deletes rows."""
EARLIER = range(1, VERSION)
MESSAGE = "abcdefghijklmnop"


def older(data: Path, version: int) -> Path:
    """A database of this version."""
    data.mkdir()
    file = data / "sealbreak.sqlite3"
    written = max(number for number in WRITTEN if number <= version)
    with closing(sqlite3.connect(file)) as first:
        first.executescript((SCHEMAS / f"version-{written}.sql").read_text(encoding="utf-8"))
    database = SqliteDatabase(str(file))
    with database.atomic():
        for step in STEPS[written - 1 : version - 1]:
            step(database)
    database.close()
    set_version(file, version)
    return file


def numbers_of(file: Path) -> dict[str, int]:
    """How many rows each table has."""
    with closing(sqlite3.connect(file)) as database:
        names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
            for (name,) in names
        }


def shape_of(file: Path) -> set[tuple[str, ...]]:
    """Columns and indexes, as SQLite itself sees them."""
    columns = "SELECT m.name, p.name FROM sqlite_master m, pragma_table_info(m.name) p"
    indexes = "SELECT m.name, i.name FROM sqlite_master m, pragma_index_list(m.name) i"
    with closing(sqlite3.connect(file)) as database:
        return {tuple(row) for query in (columns, indexes) for row in database.execute(query)}


@pytest.mark.parametrize("version", EARLIER)
def test_a_database_of_an_earlier_version_keeps_its_data(version: int, tmp_path: Path) -> None:
    file = older(tmp_path / "data", version)
    before = numbers_of(file)
    storage = Storage.at("", file.parent)
    view = storage.transaction(messages.view, 1, MESSAGE)
    hits = storage.transaction(messages.hits, "aaaabbbb", MESSAGE)
    told = storage.transaction(reader.events_after, 1, 0, 10)
    storage.close()
    after = numbers_of(file)
    before["counter"] += version < ERASURE  # it notes that the file has remains
    # The mail has another copy than the one whose reader opted out, so it is in more totals.
    assert after["total"] >= before.pop("total", 0)
    assert {name: after[RENAMED.get(name, name)] for name in before} == before
    assert (view.counts.opens, view.counts.clicks, view.message.subject) == (1, 1, "Offer 12")
    assert [hit.number for hit in hits] == [1, 2]
    assert [number for number, _ in told] == [1, 2]


@pytest.mark.parametrize("version", EARLIER)
def test_it_is_copied_first_and_becomes_what_a_fresh_one_is(version: int, tmp_path: Path) -> None:
    file = older(tmp_path / "data", version)
    for data in (file.parent, tmp_path / "fresh"):
        storage = Storage.at("", data)
        storage.transaction(accounts.the_account, "Ann", 1.0)
        storage.close()
    assert shape_of(file) == shape_of(tmp_path / "fresh" / file.name)
    (backup,) = (file.parent / "backups").iterdir()
    with closing(sqlite3.connect(backup)) as copy:
        schema = copy.execute("SELECT value FROM counter WHERE name = 'schema'").fetchone()
    assert schema == (version,)
    assert backup.stat().st_mode & 0o077 == 0


def test_attempts_that_were_ended_leave_two_copies_and_no_draft(tmp_path: Path) -> None:
    file = older(tmp_path / "data", 1)
    backups = file.parent / "backups"
    backups.mkdir()
    ended = {"draft-version-1-7.sqlite3", "draft-version-1-7.sqlite3-journal"}
    for name in (*ended, "version-1-1.sqlite3", "version-1-2.sqlite3", "version-0-1.sqlite3"):
        (backups / name).touch()
    storage = Storage.at("", file.parent)
    storage.transaction(lambda: None)
    storage.close()
    left = {path.name for path in backups.iterdir()}
    assert left >= {"version-0-1.sqlite3", "version-1-1.sqlite3"}
    (made,) = left - {"version-0-1.sqlite3", "version-1-1.sqlite3"}
    with closing(sqlite3.connect(backups / made)) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_two_that_open_it_at_once_take_each_step_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = older(tmp_path / "data", 1)
    copy_first = back_up_before

    def meanwhile(database: Database, version: int, backups: Path) -> None:
        copy_first(database, version, backups)
        assert program(file.parent, "pair").returncode == 0

    monkeypatch.setattr(migrate, "back_up_before", meanwhile)
    storage = Storage.at("", file.parent)
    storage.transaction(lambda: None)
    assert schema_version(storage.database) == VERSION
    storage.close()


def test_a_step_that_fails_leaves_the_database_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = older(tmp_path / "data", 1)
    before = shape_of(file)
    broken = script("CREATE TABLE extra (id INTEGER); CREATE TABLE extra (id INTEGER)")
    monkeypatch.setattr(migrate, "STEPS", (*STEPS, broken))
    monkeypatch.setattr(migrate, "VERSION", VERSION + 1)
    storage = Storage.at("", file.parent)
    with pytest.raises(Exception, match="extra"):
        storage.transaction(lambda: None)
    storage.close()
    assert shape_of(file) == before


def test_a_newer_database_is_refused_with_what_to_do(tmp_path: Path) -> None:
    file = older(tmp_path / "data", 1)
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("UPDATE counter SET value = 99 WHERE name = 'schema'")
    for name in ("serve", "pair"):
        refused = program(file.parent, name, *(("--port", "0") if name == "serve" else ()))
        assert refused.returncode == 1
        assert "version 99" in refused.stderr
        assert "update the program" in refused.stderr
        assert "Traceback" not in refused.stderr


def version_of(file: Path) -> int:
    with closing(sqlite3.connect(file)) as database:
        row = database.execute("SELECT value FROM counter WHERE name = 'schema'").fetchone()
        return int(row[0])


def set_version(file: Path, version: int) -> None:
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("UPDATE counter SET value = ? WHERE name = 'schema'", (version,))


def test_a_backup_and_the_doctor_leave_an_older_database_as_it_is(tmp_path: Path) -> None:
    """An older server may be running, or be what is gone back to."""
    file = older(tmp_path / "data", 7)
    done = command(file.parent, "backup", str(tmp_path / "copy"))
    assert (done.returncode, done.stderr) == (0, "")
    Spool(file.parent / "spool").append([])
    with_hits = command(file.parent, "backup", str(tmp_path / "another"))
    assert (with_hits.returncode, "Copy that folder too" in with_hits.stderr) == (0, True)
    examined = command(file.parent, "doctor")
    assert examined.returncode == 0
    assert (
        f"the next start of the server copies it and then migrates it to {VERSION}"
        in examined.stdout
    )
    assert [version_of(path) for path in (file, tmp_path / "copy", tmp_path / "another")] == [7] * 3
    assert not (file.parent / "backups").exists()


def test_a_server_spools_once_a_newer_program_has_changed_its_database(tmp_path: Path) -> None:
    """It would write what the newer one reads wrongly for good."""
    with running(tmp_path / "data") as server:
        sender = server.sender()
        mail, late = sender.mail(), sender.blank()
        visit(server, mail.pixel())
        assert len(sender.wait_for_events(mail, 1)) == 1
        set_version(server.data / "sealbreak.sqlite3", VERSION + 1)
        assert visit(server, mail.link(1, "https://example.com/offer")).status_code == 302
        assert httpx2.get(f"{server.url}/readyz").status_code == 503
        assert sender.register(late, subject="Late").status_code == 503
        words = "restart the server, with the newer program"
        eventually(
            lambda: words in server.log.read_text(), "the log entry"
        )  # by a slow disk, later
        server.stop()
    set_version(tmp_path / "data" / "sealbreak.sqlite3", VERSION)
    with running(tmp_path / "data") as server:
        again = Sender(server.url, sender.paired)
        server.senders.append(again)
        assert len(again.wait_for_events(mail, 2)) == 2
