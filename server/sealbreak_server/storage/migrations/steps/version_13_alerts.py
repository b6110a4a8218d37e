"""Which device shows an alert, and how recipients reach the owner."""

from sealbreak_server.storage.migrations.step import script

STEP = script("""
ALTER TABLE account ADD COLUMN alerted_by_tray INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN alerted_by_browser INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN contact TEXT NOT NULL DEFAULT '';
ALTER TABLE device ADD COLUMN live_until DOUBLE PRECISION NOT NULL DEFAULT 0;
""")
