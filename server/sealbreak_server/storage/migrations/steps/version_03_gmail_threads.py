"""Messages are found by Gmail's thread."""

from sealbreak_server.storage.migrations.step import script

STEP = script(
    "CREATE INDEX message_account_id_gmail_thread_id ON message (account_id, gmail_thread_id)"
)
