"""When a message was sent by the sender's clock, and messages that did not leave."""

from sealbreak_server.storage.migrations.step import script

STEP = script("""
ALTER TABLE message ADD COLUMN sender_sent_at DOUBLE PRECISION;
ALTER TABLE message ADD COLUMN withdrawn BOOLEAN NOT NULL DEFAULT FALSE;
DROP INDEX message_opened;
DROP INDEX message_clicked;
DROP INDEX message_unread;
DROP INDEX message_only_machines;
DROP INDEX message_unclear;
DROP INDEX message_own;
CREATE INDEX message_opened ON message (account_id, sent_at, id)
    WHERE opens <> 0 AND NOT withdrawn;
CREATE INDEX message_clicked ON message (account_id, sent_at, id)
    WHERE clicks > 0 AND NOT withdrawn;
CREATE INDEX message_unread ON message (account_id, sent_at, id)
    WHERE opens + clicks = 0 AND NOT withdrawn;
CREATE INDEX message_only_machines ON message (account_id, sent_at, id)
    WHERE opens + clicks = 0 AND machines > 0 AND NOT withdrawn;
CREATE INDEX message_unclear ON message (account_id, sent_at, id)
    WHERE unclear > 0 AND NOT withdrawn;
CREATE INDEX message_own ON message (account_id, sent_at, id)
    WHERE own > 0 AND NOT withdrawn;
""")
