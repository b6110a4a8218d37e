"""Old rows are found by their time."""

from sealbreak_server.storage.migrations.step import script

STEP = script("""
CREATE INDEX hit_evidence ON hit (time) WHERE headers <> '[]';
CREATE INDEX event_created_at ON event (created_at);
CREATE INDEX message_sent_at ON message (sent_at);
CREATE INDEX pairing_expires_at ON pairing (expires_at);
CREATE INDEX sign_in_expires_at ON sign_in (expires_at);
CREATE INDEX session_expires_at ON session (expires_at);
CREATE INDEX own_address_seen_at ON own_address (seen_at);
CREATE INDEX spooled_batch_taken_at ON spooled_batch (taken_at);
""")
