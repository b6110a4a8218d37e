"""The tables of a fresh database."""

from peewee import Database

from sealbreak_server.storage.engine.engine import CHANNEL
from sealbreak_server.storage.migrations.step import script
from sealbreak_server.storage.tables import TABLES

NOTIFY = f"""
CREATE FUNCTION notify_account_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('{CHANNEL}', NEW.owner);
    RETURN NULL;
END $$;
CREATE TRIGGER account_changed
AFTER UPDATE OF last_event, device_changes, preference_changes, erasures ON account
FOR EACH ROW EXECUTE FUNCTION notify_account_changed();
"""
"""PostgreSQL wakes the other servers when any program changes an account."""


def create_tables(database: Database) -> None:
    database.create_tables(TABLES)
    script(postgresql=NOTIFY)(database)
