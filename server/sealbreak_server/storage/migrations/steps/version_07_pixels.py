"""Messages without a pixel."""

from sealbreak_server.storage.migrations.step import script

STEP = script("ALTER TABLE message ADD COLUMN pixel BOOLEAN NOT NULL DEFAULT TRUE")
