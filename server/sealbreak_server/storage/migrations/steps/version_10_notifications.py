"""PostgreSQL wakes the other servers when any program changes an account."""

from sealbreak_server.storage.migrations.step import script

STEP = script(
    postgresql="""
CREATE FUNCTION pass_on_news() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('sealbreak', NEW.owner);
    RETURN NULL;
END $$;
CREATE TRIGGER news AFTER UPDATE OF last_event, device_changes, wish_changes, erasures ON account
FOR EACH ROW EXECUTE FUNCTION pass_on_news();
"""
)
