"""Devices learn about changed preferences and erased events."""

from sealbreak_server.storage.migrations.step import script

STEP = script("""
ALTER TABLE account ADD COLUMN wish_changes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN erasures INTEGER NOT NULL DEFAULT 0;
""")
