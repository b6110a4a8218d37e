"""What a step of the migrations is."""

from collections.abc import Callable

from peewee import Database

Step = Callable[[Database], None]


def script(sql: str) -> Step:
    """`sql`: statements for both databases, separated by semicolons."""

    def run(database: Database) -> None:
        run_script(database, sql)

    return run


def run_script(database: Database, sql: str) -> None:
    for statement in sql.split(";"):
        if statement.strip():
            database.execute_sql(statement)  # type: ignore[no-untyped-call]  # stubs
