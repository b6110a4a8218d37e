"""What a step of the migrations is."""

from collections.abc import Callable, Iterator

from peewee import Database, SqliteDatabase

Step = Callable[[Database], None]


def script(sql: str = "", *, sqlite: str = "", postgresql: str = "") -> Step:
    """Statements for both databases, and then those for one of them, separated by semicolons."""

    def run(database: Database) -> None:
        own = sqlite if isinstance(database, SqliteDatabase) else postgresql
        for statement in (*statements_in(sql), *statements_in(own)):
            database.execute_sql(statement)  # type: ignore[no-untyped-call]  # stubs

    return run


def statements_in(sql: str) -> Iterator[str]:
    """The text of a function, between two `$$`, may contain semicolons."""
    statement = ""
    for part in sql.split(";"):
        statement += part
        if statement.count("$$") % 2:
            statement += ";"
        elif statement.strip():
            yield statement
            statement = ""
