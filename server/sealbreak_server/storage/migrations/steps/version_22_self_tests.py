"""Test mails to oneself, what the first steps were told, and when Gmail last came."""

from sealbreak_server.storage.migrations.step import script

STEP = script("""
CREATE TABLE self_test (
    nonce VARCHAR(32) NOT NULL PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    public_url TEXT NOT NULL,
    made_at DOUBLE PRECISION NOT NULL,
    expires_at DOUBLE PRECISION NOT NULL
);
CREATE INDEX self_test_account_id ON self_test (account_id);
CREATE TABLE self_test_visit (
    test_id VARCHAR(32) NOT NULL REFERENCES self_test (nonce) ON DELETE CASCADE,
    kind VARCHAR(8) NOT NULL,
    time DOUBLE PRECISION NOT NULL,
    address TEXT NOT NULL,
    visitor VARCHAR(16) NOT NULL,
    host TEXT NOT NULL,
    PRIMARY KEY (test_id, kind)
);
CREATE TABLE set_up (
    account_id INTEGER NOT NULL PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
    situation VARCHAR(16) NOT NULL DEFAULT '',
    told TEXT NOT NULL DEFAULT ''
);
CREATE INDEX verdict_by_gmail ON verdict (hit_id)
    WHERE reason IN ('gmail-image-proxy', 'gmail-elsewhere');
""")
