"""Messages with hits that wait to be classified, so that a few are classified at a time."""

from sealbreak_server.storage.migrations.step import script

STEP = script("""
ALTER TABLE message ADD COLUMN waits_since DOUBLE PRECISION;
CREATE INDEX message_waits_since ON message (waits_since) WHERE waits_since IS NOT NULL;
""")
