"""What stays of erased messages and people so that they do not come back."""

from sealbreak_server.storage.migrations.step import script

STEP = script("""
CREATE TABLE tombstone (
    message VARCHAR(16) NOT NULL PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    erased_at DOUBLE PRECISION NOT NULL
);
CREATE TABLE erased_reader (
    message VARCHAR(16) NOT NULL,
    copy_number INTEGER NOT NULL,
    person VARCHAR(64) NOT NULL,
    PRIMARY KEY (message, copy_number, person)
);
ALTER TABLE event ADD COLUMN revision INTEGER;
CREATE INDEX event_revision ON event (account_id, revision) WHERE revision IS NOT NULL;
INSERT INTO counter (name, value) VALUES ('remains', 1);
""")
"""Earlier versions left deleted data in the file: the counter makes the server rewrite it."""
