"""Numbered steps, forward only. Version 1 is the first set of tables.

A fresh database gets today's tables at once; an older one takes the steps that it lacks.
A test holds both ways against each other, from a database that the first version wrote.
"""

import logging
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from peewee import Database, SqliteDatabase

from sealbreak_server.errors import MigrationError, UnavailableError
from sealbreak_server.security.keyring import sync_folder
from sealbreak_server.storage.tables import TABLES, Account, Counter

log = logging.getLogger(__name__)

Step = Callable[[Database], None]

DRAFT = "draft-"
MB = 1024 * 1024

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


TELLING_DEVICES = """
ALTER TABLE account ADD COLUMN wish_changes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN erasures INTEGER NOT NULL DEFAULT 0;
"""


PIXELS = "ALTER TABLE message ADD COLUMN pixel BOOLEAN NOT NULL DEFAULT TRUE"


PEOPLE = """
DROP INDEX recipient_address;
CREATE INDEX recipient_person ON recipient (LOWER(address), message_id);
"""


COUNTS = """
ALTER TABLE message ADD COLUMN unclear INTEGER NOT NULL DEFAULT 0;
ALTER TABLE message ADD COLUMN own INTEGER NOT NULL DEFAULT 0;
ALTER TABLE message ADD COLUMN apple INTEGER NOT NULL DEFAULT 0;
CREATE TABLE hit_count (
    message VARCHAR(16) NOT NULL,
    kind VARCHAR(8) NOT NULL,
    copy INTEGER NOT NULL,
    link INTEGER NOT NULL,
    actor VARCHAR(8) NOT NULL,
    hits INTEGER NOT NULL,
    counted INTEGER NOT NULL,
    PRIMARY KEY (message, kind, copy, link, actor)
);
CREATE TABLE total (
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    name VARCHAR(16) NOT NULL,
    at INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (account_id, name, at)
);
CREATE INDEX total_account_id ON total (account_id);
"""

COUNT = """
INSERT INTO hit_count (message, kind, copy, link, actor, hits, counted)
SELECT j.message, h.kind, h.copy, COALESCE(h.link, 0), j.actor,
    COUNT(*), COUNT(CASE WHEN j.counted THEN 1 END)
FROM judgement j JOIN hit h ON h.id = j.hit_id
GROUP BY j.message, h.kind, h.copy, COALESCE(h.link, 0), j.actor;
UPDATE message SET
    unclear = (SELECT COALESCE(SUM(c.hits), 0) FROM hit_count c
        WHERE c.message = message.id AND c.actor = 'unknown'),
    own = (SELECT COALESCE(SUM(c.hits), 0) FROM hit_count c
        WHERE c.message = message.id AND c.actor = 'sender'),
    apple = (SELECT COUNT(*) FROM judgement j
        WHERE j.message = message.id AND j.via = 'apple-mpp');
INSERT INTO total (account_id, name, at, count)
WITH mail AS (
    SELECT account_id, CAST(FLOOR(sent_at / 86400) AS INTEGER) AS day,
        opens, clicks, machines, unclear, own,
        EXISTS (SELECT 1 FROM muted_message u WHERE u.message_id = message.id) AS muted,
        first_opened_at - COALESCE(scheduled_for, sent_at) AS wait,
        level <> 'off' AND pixel AND NOT (opens = 0 AND apple > 0)
            AND NOT EXISTS (SELECT 1 FROM opt_out o WHERE o.message = message.id) AS knowable,
        EXISTS (SELECT 1 FROM link l WHERE l.message_id = message.id) AS linked
    FROM message
), fact AS (
    SELECT account_id, 'is-all' AS name, 0 AS day FROM mail
    UNION ALL SELECT account_id, 'is-opened', 0 FROM mail WHERE opens > 0
    UNION ALL SELECT account_id, 'is-not-opened', 0 FROM mail WHERE opens = 0 AND clicks = 0
    UNION ALL SELECT account_id, 'is-clicked', 0 FROM mail WHERE clicks > 0
    UNION ALL SELECT account_id, 'is-only-machines', 0 FROM mail
    WHERE opens = 0 AND clicks = 0 AND machines > 0
    UNION ALL SELECT account_id, 'is-unclear', 0 FROM mail WHERE unclear > 0
    UNION ALL SELECT account_id, 'is-own', 0 FROM mail WHERE own > 0
    UNION ALL SELECT account_id, 'is-muted', 0 FROM mail WHERE muted
    UNION ALL SELECT account_id, 'sent', day FROM mail
    UNION ALL SELECT account_id, 'knowable', day FROM mail WHERE knowable
    UNION ALL SELECT account_id, 'opened', day FROM mail WHERE knowable AND opens > 0
    UNION ALL SELECT account_id, 'linked', day FROM mail WHERE knowable AND linked
    UNION ALL SELECT account_id, 'clicked', day FROM mail WHERE knowable AND linked AND clicks > 0
    UNION ALL SELECT account_id, CASE WHEN wait < 300 THEN 'wait-0' WHEN wait < 3600 THEN 'wait-1'
        WHEN wait < 14400 THEN 'wait-2' WHEN wait < 86400 THEN 'wait-3'
        WHEN wait < 604800 THEN 'wait-4' ELSE 'wait-5' END, day FROM mail WHERE wait IS NOT NULL
    UNION ALL SELECT m.account_id, 'opens', CAST(FLOOR(h.time / 900) AS INTEGER)
    FROM judgement j JOIN hit h ON h.id = j.hit_id JOIN message m ON m.id = j.message
    WHERE j.counted AND h.kind = 'open'
)
SELECT account_id, name, day, COUNT(*) FROM fact GROUP BY account_id, name, day;
"""
"""Afresh, from what is there."""

FILTERS = """
DROP INDEX message_account_id;
CREATE INDEX message_opened ON message (account_id, sent_at, id) WHERE opens <> 0;
CREATE INDEX message_clicked ON message (account_id, sent_at, id) WHERE clicks > 0;
CREATE INDEX message_unread ON message (account_id, sent_at, id) WHERE opens + clicks = 0;
CREATE INDEX message_only_machines ON message (account_id, sent_at, id)
    WHERE opens + clicks = 0 AND machines > 0;
CREATE INDEX message_unclear ON message (account_id, sent_at, id) WHERE unclear > 0;
CREATE INDEX message_own ON message (account_id, sent_at, id) WHERE own > 0;
"""


CHANNEL = "sealbreak"
PASSING_ON = (
    f"""
CREATE FUNCTION pass_on_news() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('{CHANNEL}', NEW.owner);
    RETURN NULL;
END $$
""",
    """
CREATE TRIGGER news AFTER UPDATE OF last_event, device_changes, wish_changes, erasures ON account
FOR EACH ROW EXECUTE FUNCTION pass_on_news()
""",
)


def _pass_on_news(database: Database) -> None:
    """PostgreSQL wakes the other servers, whichever program changes an account."""
    for statement in () if isinstance(database, SqliteDatabase) else PASSING_ON:
        database.execute_sql(statement)  # type: ignore[no-untyped-call]  # stubs


def _sql(script: str) -> Step:
    """Written out, not made of today's tables: those of a later version would be others."""

    def run(database: Database) -> None:
        for statement in script.split(";"):
            if statement.strip():
                database.execute_sql(statement)  # type: ignore[no-untyped-call]  # stubs

    return run


STEPS: tuple[Step, ...] = (
    _sql(ALERTS),
    _sql(GMAIL_THREADS),
    _sql(LISTS),
    _sql(FORGETTING),
    _sql(TELLING_DEVICES),
    _sql(PIXELS),
    _sql(PEOPLE),
    _sql(COUNTS + COUNT + FILTERS),
    _pass_on_news,
)
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


def is_current(database: Database) -> bool:
    return schema_version(database) == VERSION


def check_version(database: Database) -> None:
    """For a database that fitted once. Raises `UnavailableError`: a newer program may come by while
    an older one runs, and what the older writes then would be wrong for good."""
    version = _noted_version(database)
    if version != VERSION:
        raise UnavailableError(
            f"Another program left it in version {version}, and this one knows {VERSION}:"
            " restart the server, with the newer program."
        )


def schema_version(database: Database) -> int:
    """0 for an empty database."""
    if not database.table_exists(Counter._meta.table_name):
        return 0
    return _noted_version(database)


def _noted_version(database: Database) -> int:
    """Without a query to be built: each transaction asks."""
    rows = database.execute_sql(  # type: ignore[no-untyped-call]  # stubs
        f"SELECT value FROM counter WHERE name = '{VERSION_ROW}'"  # noqa: S608  # a constant
    )
    (version,) = rows.fetchone() or (0,)
    return int(version)


def _create(database: Database) -> None:
    database.create_tables(TABLES)
    _pass_on_news(database)
    Counter.insert_many(
        [("hit", 0), (VERSION_ROW, VERSION)], fields=[Counter.name, Counter.value]
    ).execute()


def _upgrade(database: Database, version: int, backups: Path) -> None:
    back_up_before(database, version, backups)
    with database.atomic():
        version = schema_version(database)  # another process may have been quicker
        if version >= VERSION:
            return
        for step in STEPS[version - 1 :]:
            step(database)
        Counter.update(value=VERSION).where(Counter.name == VERSION_ROW).execute()
    log.warning("the database was brought from version %d to %d", version, VERSION)


def back_up_before(database: Database, version: int, backups: Path) -> None:
    """A copy has its name when it is whole. Attempts that were killed leave no more than two."""
    if not isinstance(database, SqliteDatabase) or not Account.select().exists():
        return
    for left in backups.glob(f"{DRAFT}*"):
        left.unlink(missing_ok=True)
    made = backups / f"version-{version}-{time.time_ns()}.sqlite3"
    draft = backups / f"{DRAFT}{made.name}"
    try:
        copy_sqlite(database, draft)
        draft.rename(made)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(backups)
    earlier = sorted(set(backups.glob(f"version-{version}-*.sqlite3")) - {made})
    for path in earlier[1:]:
        path.unlink(missing_ok=True)


def copy_sqlite(database: SqliteDatabase, target: Path) -> None:
    """A whole and consistent copy, also while the server writes."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _check_room(database, target.parent)
    target.touch(mode=0o600)
    database.execute_sql("VACUUM INTO ?", (str(target),))  # type: ignore[no-untyped-call]  # stubs
    with target.open("rb") as file:
        os.fsync(file.fileno())


def _check_room(database: SqliteDatabase, folder: Path) -> None:
    """Beforehand: who tries until the disk is full takes from hits what room there is."""
    pages = database.pragma("page_count") - database.pragma("freelist_count")
    needed, free = pages * database.pragma("page_size"), shutil.disk_usage(folder).free
    if free < needed:
        raise UnavailableError(
            f"A copy of the database needs {needed / MB:.1f} MB in {folder},"
            f" and {free / MB:.1f} MB are free there: make room."
        )
