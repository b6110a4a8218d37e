"""When a message was sent by the sender's clock."""

from sealbreak_server.storage.migrations.step import script

STEP = script("ALTER TABLE message ADD COLUMN sender_sent_at DOUBLE PRECISION")
