"""Which device shows an alert, and how recipients reach the owner.

Earlier versions named an account after the login name, so recipients could read "Root".
"""

from sealbreak_server.storage.migrations.step import script

STEP = script("""
ALTER TABLE account ADD COLUMN alerted_by_tray INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN alerted_by_browser INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN contact TEXT NOT NULL DEFAULT '';
UPDATE account SET name = 'The sender' WHERE name = 'Root';
ALTER TABLE device ADD COLUMN live_until DOUBLE PRECISION NOT NULL DEFAULT 0;
""")
