"""PostgreSQL wakes the other servers when any program changes an account."""

from peewee import Database, SqliteDatabase

FUNCTION = """
CREATE FUNCTION pass_on_news() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('sealbreak', NEW.owner);
    RETURN NULL;
END $$
"""
TRIGGER = """
CREATE TRIGGER news AFTER UPDATE OF last_event, device_changes, wish_changes, erasures ON account
FOR EACH ROW EXECUTE FUNCTION pass_on_news()
"""


def STEP(database: Database) -> None:  # noqa: N802  # as in the other steps
    if isinstance(database, SqliteDatabase):
        return
    for statement in (FUNCTION, TRIGGER):  # the function contains semicolons
        database.execute_sql(statement)  # type: ignore[no-untyped-call]  # stubs
