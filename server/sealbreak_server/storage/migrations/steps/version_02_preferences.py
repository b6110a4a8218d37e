"""Preferences, mutes, reminders and webhooks."""

from sealbreak_server.storage.migrations.step import script

STEP = script("""
ALTER TABLE copy ADD COLUMN hot_at DOUBLE PRECISION;
CREATE TABLE preference (
    account_id INTEGER NOT NULL PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
    alerts TEXT NOT NULL,
    snoozed_until DOUBLE PRECISION,
    read_up_to INTEGER NOT NULL,
    digest_at DOUBLE PRECISION NOT NULL
);
CREATE TABLE muted_message (
    message_id VARCHAR(16) NOT NULL PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE
);
CREATE TABLE muted_recipient (
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    address TEXT NOT NULL,
    PRIMARY KEY (account_id, address)
);
CREATE INDEX muted_recipient_account_id ON muted_recipient (account_id);
CREATE TABLE reminder (
    message VARCHAR(16) NOT NULL,
    copy INTEGER NOT NULL,
    told_at DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (message, copy)
);
CREATE TABLE webhook (
    id VARCHAR(16) NOT NULL PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    url TEXT NOT NULL,
    secret TEXT NOT NULL,
    created_at DOUBLE PRECISION NOT NULL,
    try_at DOUBLE PRECISION NOT NULL,
    failures INTEGER NOT NULL,
    failing_since DOUBLE PRECISION,
    problem TEXT,
    disabled_at DOUBLE PRECISION
);
CREATE INDEX webhook_account_id ON webhook (account_id);
CREATE TABLE delivery (
    webhook_id VARCHAR(16) NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    PRIMARY KEY (webhook_id, number)
);
CREATE INDEX delivery_webhook_id ON delivery (webhook_id);
""")
