"""Webhooks post to chat programs."""

from sealbreak_server.storage.migrations.step import script

STEP = script("ALTER TABLE webhook ADD COLUMN template VARCHAR(16) NOT NULL DEFAULT 'json'")
