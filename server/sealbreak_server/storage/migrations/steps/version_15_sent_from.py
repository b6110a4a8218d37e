"""Messages are listed by the Gmail account they were sent from; former addresses are known."""

from sealbreak_server.storage.migrations.step import script

STEP = script("""
CREATE INDEX message_account_id_gmail_account_sent_at_id
    ON message (account_id, gmail_account, sent_at, id);
CREATE TABLE public_address (url TEXT NOT NULL PRIMARY KEY, since DOUBLE PRECISION NOT NULL);
""")
