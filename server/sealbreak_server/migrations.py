"""Numbered steps, forward only. Version 1 is the first set of tables.

A fresh database gets today's tables at once; an older one takes the steps that it lacks.
A test holds both ways against each other, from a database that the first version wrote.
"""

import logging
import time
from collections.abc import Callable
from pathlib import Path

from peewee import Database, SqliteDatabase

from sealbreak_server.errors import MigrationError
from sealbreak_server.models import TABLES, Account, Counter

log = logging.getLogger(__name__)

Step = Callable[[Database], None]

ALERTS = """
ALTER TABLE copy ADD COLUMN hot_at DOUBLE PRECISION;
CREATE TABLE preference (
    account_id INTEGER NOT NULL PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
    alerts TEXT NOT NULL,
    snoozed_until DOUBLE PRECISION,
    read_up_to INTEGER NOT NULL,
    digest_at DOUBLE PRECISION NOT NULL
);
CREATE TABLE muted_message (
    message_id VARCHAR(16) NOT NULL PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE
);
CREATE TABLE muted_recipient (
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    address TEXT NOT NULL,
    PRIMARY KEY (account_id, address)
);
CREATE INDEX muted_recipient_account_id ON muted_recipient (account_id);
CREATE TABLE reminder (
    message VARCHAR(16) NOT NULL,
    copy INTEGER NOT NULL,
    told_at DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (message, copy)
);
CREATE TABLE webhook (
    id VARCHAR(16) NOT NULL PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    url TEXT NOT NULL,
    secret TEXT NOT NULL,
    created_at DOUBLE PRECISION NOT NULL,
    try_at DOUBLE PRECISION NOT NULL,
    failures INTEGER NOT NULL,
    failing_since DOUBLE PRECISION,
    problem TEXT,
    disabled_at DOUBLE PRECISION
);
CREATE INDEX webhook_account_id ON webhook (account_id);
CREATE TABLE delivery (
    webhook_id VARCHAR(16) NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    PRIMARY KEY (webhook_id, number)
);
CREATE INDEX delivery_webhook_id ON delivery (webhook_id);
"""


GMAIL_THREADS = (
    "CREATE INDEX message_account_id_gmail_thread_id ON message (account_id, gmail_thread_id)"
)


LISTS = """
CREATE INDEX message_account_id_opens_sent_at_id ON message (account_id, opens, sent_at, id);
CREATE INDEX message_activity ON message (account_id, COALESCE(last_event_at, sent_at), id);
CREATE INDEX message_account_id_thread_id ON message (account_id, thread_id);
DROP INDEX judgement_message_counted;
CREATE INDEX judgement_message_counted_actor ON judgement (message, counted, actor);
"""


FORGETTING = """
CREATE INDEX hit_evidence ON hit (time) WHERE headers <> '[]';
CREATE INDEX event_created_at ON event (created_at);
CREATE INDEX message_sent_at ON message (sent_at);
CREATE INDEX pairing_expires_at ON pairing (expires_at);
CREATE INDEX sign_in_expires_at ON sign_in (expires_at);
CREATE INDEX session_expires_at ON session (expires_at);
CREATE INDEX own_address_seen_at ON own_address (seen_at);
CREATE INDEX spooled_batch_taken_at ON spooled_batch (taken_at);
"""


def _sql(script: str) -> Step:
    """Written out, not made of today's tables: those of a later version would be others."""

    def run(database: Database) -> None:
        for statement in script.split(";"):
            if statement.strip():
                database.execute_sql(statement)  # type: ignore[no-untyped-call]  # stubs

    return run


STEPS: tuple[Step, ...] = (_sql(ALERTS), _sql(GMAIL_THREADS), _sql(LISTS), _sql(FORGETTING))
"""The first of them leads from version 1 to version 2."""

VERSION = 1 + len(STEPS)
VERSION_ROW = "schema"


def migrate(database: Database, backups: Path) -> None:
    with database.atomic():
        version = schema_version(database)
        if version > VERSION:
            raise MigrationError(
                f"It has version {version}, this program knows {VERSION}: update the program."
            )
        if version == 0:
            _create(database)
    if 0 < version < VERSION:
        _upgrade(database, version, backups)


def schema_version(database: Database) -> int:
    """0 for an empty database."""
    if not database.table_exists(Counter._meta.table_name):
        return 0
    row = Counter.get_or_none(Counter.name == VERSION_ROW)
    return int(row.value) if row else 0


def _create(database: Database) -> None:
    database.create_tables(TABLES)
    Counter.insert_many(
        [("hit", 0), (VERSION_ROW, VERSION)], fields=[Counter.name, Counter.value]
    ).execute()


def _upgrade(database: Database, version: int, backups: Path) -> None:
    back_up_before(database, version, backups)
    with database.atomic():
        for step in STEPS[version - 1 :]:
            step(database)
        Counter.update(value=VERSION).where(Counter.name == VERSION_ROW).execute()
    log.warning("the database was brought from version %d to %d", version, VERSION)


def back_up_before(database: Database, version: int, backups: Path) -> None:
    if isinstance(database, SqliteDatabase) and Account.select().exists():
        copy_sqlite(database, backups / f"version-{version}-{time.time_ns()}.sqlite3")


def copy_sqlite(database: SqliteDatabase, target: Path) -> None:
    """A whole and consistent copy, also while the server writes."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    target.touch(mode=0o600)
    database.execute_sql("VACUUM INTO ?", (str(target),))  # type: ignore[no-untyped-call]  # stubs
