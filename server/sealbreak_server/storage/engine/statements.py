"""Statements whose SQL is built once: Peewee builds one more slowly than SQLite runs it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import peewee

from sealbreak_server.storage.engine.database import current_database

Table = type[peewee.Model]

MOST_AT_ONCE = 32
"""Parts of one statement: more gain nothing, and SQLite allows 500."""


@dataclass(frozen=True, slots=True)
class _Slot:
    at: int


class CachedQuery:
    """`build` makes the query from its parameters."""

    def __init__(self, build: Callable[..., Any], parameters: int | None = None) -> None:
        self._build = build
        self._parameters = build.__code__.co_argcount if parameters is None else parameters
        self._made: dict[str, tuple[str, list[Any]]] = {}
        self._unions: dict[tuple[str, int], str] = {}

    def rows(self, *values: object) -> list[tuple[Any, ...]]:
        database = current_database()
        sql, slots = self._statement(database.param)
        found: list[tuple[Any, ...]] = _execute(database, sql, _fill(slots, values))
        return found

    def rows_of_each(self, many: Sequence[Sequence[object]]) -> list[tuple[Any, ...]]:
        """Runs the query for many values. Each row must hold the value that it belongs to."""
        database = current_database()
        found: list[tuple[Any, ...]] = []
        start = 0
        while left := len(many) - start:
            size = min(MOST_AT_ONCE, 1 << (left.bit_length() - 1))
            sql, slots = self._union(database.param, size)
            values = [each for one in many[start : start + size] for each in _fill(slots, one)]
            found += _execute(database, sql, values)
            start += size
        return found

    def _union(self, dialect: str, size: int) -> tuple[str, list[Any]]:
        """Each part is a subquery, so that a limit holds within the part."""
        sql, slots = self._statement(dialect)
        place = (dialect, size)
        if place not in self._unions:
            parts = (f"SELECT * FROM ({sql}) AS part{at}" for at in range(size))  # noqa: S608  # ours
            self._unions[place] = " UNION ALL ".join(parts)
        return self._unions[place], slots

    def run_many(self, many: Iterable[Sequence[object]]) -> None:
        sql, slots = self._statement(current_database().param)
        execute_many(sql, [_fill(slots, values) for values in many])

    def _statement(self, dialect: str) -> tuple[str, list[Any]]:
        if dialect not in self._made:
            numbers = range(self._parameters)
            slots = [peewee.Value(_Slot(at), converter=_unchanged) for at in numbers]
            sql, found = self._build(*slots).sql()
            self._made[dialect] = (sql, found)
        return self._made[dialect]


class CachedListQuery:
    """`build` is given a list of parameters. Its SQL is made for 1, 2, 4, 8, ... of them."""

    def __init__(self, build: Callable[[list[Any]], Any]) -> None:
        self._build = build
        self._made: dict[int, CachedQuery] = {}

    def rows(self, values: Sequence[object]) -> list[tuple[Any, ...]]:
        """Repeats the last value up to the next size: a repeated value finds no further rows."""
        if not values:
            return []
        size = 1 << (len(values) - 1).bit_length()
        if size not in self._made:
            self._made[size] = CachedQuery(lambda *slots: self._build(list(slots)), parameters=size)
        return self._made[size].rows(*values, *[values[-1]] * (size - len(values)))


def _unchanged(value: object) -> object:
    return value


def _execute(database: peewee.Database, sql: str, values: Sequence[object]) -> Any:
    return database.execute_sql(sql, values).fetchall()  # type: ignore[no-untyped-call]  # stubs


def _fill(slots: Iterable[Any], values: Sequence[object]) -> list[Any]:
    return [values[slot.at] if type(slot) is _Slot else slot for slot in slots]


def as_tuples(query: Any) -> list[tuple[Any, ...]]:
    """Rows of a query that is not cached. Peewee's stubs do not know their type."""
    return list(query.tuples().iterator())


def insert_rows(table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Values in the order of the fields."""
    if rows:
        dialect = current_database().param
        sql = _INSERTS.get((table, dialect))
        if sql is None:
            fields = dict(zip(table._meta.sorted_fields, rows[0], strict=True))
            sql = table.insert(fields).sql()[0].partition(" RETURNING ")[0]
            _INSERTS[table, dialect] = sql
        execute_many(sql, rows)


_INSERTS: dict[tuple[Table, str], str] = {}


def execute_many(sql: str, rows: Sequence[Sequence[Any]]) -> None:
    if rows:
        with getattr(peewee, "__exception_wrapper__"):  # noqa: B009  # the stubs lack it
            current_database().connection().cursor().executemany(sql, rows)  # type: ignore[no-untyped-call]  # stubs
