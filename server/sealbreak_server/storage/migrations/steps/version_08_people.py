"""Recipients are found whatever the case of their address."""

from sealbreak_server.storage.migrations.step import script

STEP = script("""
DROP INDEX recipient_address;
CREATE INDEX recipient_person ON recipient (LOWER(address), message_id);
""")
