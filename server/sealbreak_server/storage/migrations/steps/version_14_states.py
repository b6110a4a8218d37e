"""A list of the mails whose readers Apple hides; texts are folded for the search."""

from collections.abc import Sequence
from typing import Any

from peewee import Database

from sealbreak_server.model.folding import fold, searched_text
from sealbreak_server.storage.migrations.step import script

COLUMNS = script("""
DROP INDEX recipient_person;
ALTER TABLE recipient ADD COLUMN person TEXT NOT NULL DEFAULT '';
ALTER TABLE recipient ADD COLUMN folded_name TEXT NOT NULL DEFAULT '';
""")

INDEXES = script("""
CREATE INDEX recipient_person_message_id ON recipient (person, message_id);
DROP INDEX message_unread;
DROP INDEX message_only_machines;
CREATE INDEX message_unread ON message (account_id, sent_at, id)
    WHERE opens + clicks + apple + unclear = 0 AND pixel AND level <> 'off' AND NOT withdrawn;
CREATE INDEX message_only_machines ON message (account_id, sent_at, id)
    WHERE opens + clicks + apple + unclear = 0 AND machines > 0 AND NOT withdrawn;
CREATE INDEX message_unknowable ON message (account_id, sent_at, id)
    WHERE opens + clicks = 0 AND apple > 0 AND NOT withdrawn;
""")

TOTALS = """
DELETE FROM total WHERE name IN
    ('is-not-opened', 'is-only-machines', 'knowable', 'opened', 'linked', 'clicked', 'opens');
INSERT INTO total (account_id, name, at, count)
WITH mail AS (
    SELECT account_id, CAST(FLOOR(sent_at / 86400) AS INTEGER) AS day,
        opens, clicks, apple, machines, pixel AND level <> 'off' AS tracked,
        opens + clicks + apple + unclear = 0 AS untouched,
        pixel AND level <> 'off' AND NOT (opens = 0 AND apple + unclear > 0)
            AND NOT EXISTS (SELECT 1 FROM opt_out o WHERE o.message = message.id) AS knowable,
        EXISTS (SELECT 1 FROM link l WHERE l.message_id = message.id) AS linked
    FROM message WHERE NOT withdrawn
), fact AS (
    SELECT account_id, 'is-not-opened' AS name, 0 AS day FROM mail WHERE untouched AND tracked
    UNION ALL SELECT account_id, 'is-only-machines', 0 FROM mail WHERE untouched AND machines > 0
    UNION ALL SELECT account_id, 'is-unknowable', 0 FROM mail
    WHERE opens + clicks = 0 AND apple > 0
    UNION ALL SELECT account_id, 'knowable', day FROM mail WHERE knowable
    UNION ALL SELECT account_id, 'opened', day FROM mail WHERE knowable AND opens > 0
    UNION ALL SELECT account_id, 'linked', day FROM mail WHERE knowable AND linked
    UNION ALL SELECT account_id, 'clicked', day FROM mail WHERE knowable AND linked AND clicks > 0
    UNION ALL SELECT m.account_id, 'opens', CAST(FLOOR(h.time / 900) AS INTEGER)
    FROM verdict v JOIN hit h ON h.id = v.hit_id JOIN message m ON m.id = v.message
    WHERE v.counted AND h.kind = 'open' AND NOT m.withdrawn
)
SELECT account_id, name, day, COUNT(*) FROM fact GROUP BY account_id, name, day;
"""


def step(database: Database) -> None:
    COLUMNS(database)
    _fold_recipients(database)
    _fold_messages(database)
    INDEXES(database)
    script(TOTALS)(database)


def _fold_recipients(database: Database) -> None:
    rows = _rows(database, "SELECT message_id, position, address, name FROM recipient")
    put = "UPDATE recipient SET person = ?, folded_name = ? WHERE message_id = ? AND position = ?"
    for message, position, address, name in rows:
        _run(database, put, (fold(address), fold(name or ""), message, position))


def _fold_messages(database: Database) -> None:
    """A message at a time: their people need not fit into memory."""
    found = "SELECT name, address FROM recipient WHERE message_id = ? ORDER BY position"
    for message, subject in _rows(database, "SELECT id, subject FROM message"):
        people = _run(database, found, (message,)).fetchall()
        text = searched_text(subject, people)
        _run(database, "UPDATE message SET people = ? WHERE id = ?", (text, message))


def _rows(database: Database, sql: str) -> Sequence[tuple[Any, ...]]:
    return list(_run(database, sql, ()).fetchall())


def _run(database: Database, sql: str, values: tuple[object, ...]) -> Any:
    return database.execute_sql(sql.replace("?", database.param), values)  # type: ignore[no-untyped-call]  # stubs


STEP = step
