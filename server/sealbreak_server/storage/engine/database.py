"""Which database a query goes to: that of the store whose job is running.

Peewee binds a table to one database for the whole process. Several stores can be open at once, each
with threads of its own, so the tables are bound to `CurrentDatabase` instead.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from peewee import Database, DatabaseProxy

_current: ContextVar[Database | None] = ContextVar("database", default=None)


@contextmanager
def running_on(database: Database) -> Iterator[None]:
    """Queries of this thread or task go to this database until the block ends."""
    token = _current.set(database)
    try:
        yield
    finally:
        _current.reset(token)


def current_database() -> Database:
    database = _current.get()
    if database is None:
        raise RuntimeError("A query ran outside of a job of a store.")
    return database


class CurrentDatabase(DatabaseProxy):
    """Passes everything on to the current database."""

    __slots__ = ("_callbacks",)

    def __init__(self) -> None:
        self._callbacks: list[Callable[[Database | None], object]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(current_database(), name)

    @property
    def obj(self) -> Database | None:
        return _current.get()
