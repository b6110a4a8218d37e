"""Tables and columns get the names that the code uses.

A column named `copy` hides a method of Peewee's models.
"""

from sealbreak_server.storage.migrations.step import script

TABLES_AND_COLUMNS = """
ALTER TABLE judgement RENAME TO verdict;
ALTER TABLE spooled_batch RENAME TO ingested_batch;
ALTER TABLE copy RENAME TO copy_state;
ALTER TABLE delivery RENAME TO webhook_delivery;
ALTER TABLE view RENAME TO sender_view;
ALTER TABLE recipient RENAME COLUMN copy TO copy_number;
ALTER TABLE hit RENAME COLUMN copy TO copy_number;
ALTER TABLE hit_count RENAME COLUMN copy TO copy_number;
ALTER TABLE copy_state RENAME COLUMN copy TO copy_number;
ALTER TABLE opt_out RENAME COLUMN copy TO copy_number;
ALTER TABLE reminder RENAME COLUMN copy TO copy_number;
ALTER TABLE account RENAME COLUMN wish_changes TO preference_changes;
ALTER TABLE preference RENAME COLUMN alerts TO preferences;
"""

SQLITE_INDEXES = """
DROP INDEX judgement_message_counted_actor;
CREATE INDEX verdict_message_counted_actor ON verdict (message, counted, actor);
DROP INDEX judgement_due;
CREATE INDEX verdict_due ON verdict (due) WHERE due IS NOT NULL;
DROP INDEX spooled_batch_taken_at;
CREATE INDEX ingested_batch_taken_at ON ingested_batch (taken_at);
DROP INDEX delivery_webhook_id;
CREATE INDEX webhook_delivery_webhook_id ON webhook_delivery (webhook_id);
DROP INDEX view_time;
CREATE INDEX sender_view_time ON sender_view (time);
"""
"""SQLite renames no index."""

POSTGRESQL_INDEXES = """
ALTER INDEX judgement_message_counted_actor RENAME TO verdict_message_counted_actor;
ALTER INDEX judgement_due RENAME TO verdict_due;
ALTER INDEX spooled_batch_taken_at RENAME TO ingested_batch_taken_at;
ALTER INDEX delivery_webhook_id RENAME TO webhook_delivery_webhook_id;
ALTER INDEX view_time RENAME TO sender_view_time;
ALTER INDEX judgement_pkey RENAME TO verdict_pkey;
ALTER INDEX spooled_batch_pkey RENAME TO ingested_batch_pkey;
ALTER INDEX copy_pkey RENAME TO copy_state_pkey;
ALTER INDEX delivery_pkey RENAME TO webhook_delivery_pkey;
ALTER INDEX view_pkey RENAME TO sender_view_pkey;
ALTER TABLE verdict RENAME CONSTRAINT judgement_hit_id_fkey TO verdict_hit_id_fkey;
ALTER TABLE webhook_delivery
    RENAME CONSTRAINT delivery_webhook_id_fkey TO webhook_delivery_webhook_id_fkey;
ALTER TRIGGER news ON account RENAME TO account_changed;
ALTER FUNCTION pass_on_news() RENAME TO notify_account_changed;
"""

STEP = script(TABLES_AND_COLUMNS, sqlite=SQLITE_INDEXES, postgresql=POSTGRESQL_INDEXES)
