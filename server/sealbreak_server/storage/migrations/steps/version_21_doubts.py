"""Hits that wait to be classified: of any message, and from any time on."""

from sealbreak_server.storage.migrations.step import script

STEP = script("""
CREATE TABLE doubt (
    message VARCHAR(16) NOT NULL PRIMARY KEY,
    since DOUBLE PRECISION NOT NULL,
    number BIGINT NOT NULL,
    until DOUBLE PRECISION NOT NULL,
    waits_since DOUBLE PRECISION NOT NULL
);
CREATE INDEX doubt_waits_since ON doubt (waits_since);
INSERT INTO doubt (message, since, number, until, waits_since)
SELECT id, 0, -1, registered_at + 60, waits_since FROM message WHERE waits_since IS NOT NULL;
DROP INDEX message_waits_since;
ALTER TABLE message DROP COLUMN waits_since;
""")
