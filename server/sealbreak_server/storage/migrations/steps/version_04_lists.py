"""Lists of messages in several orders."""

from sealbreak_server.storage.migrations.step import script

STEP = script("""
CREATE INDEX message_account_id_opens_sent_at_id ON message (account_id, opens, sent_at, id);
CREATE INDEX message_activity ON message (account_id, COALESCE(last_event_at, sent_at), id);
CREATE INDEX message_account_id_thread_id ON message (account_id, thread_id);
DROP INDEX judgement_message_counted;
CREATE INDEX judgement_message_counted_actor ON judgement (message, counted, actor);
""")
