"""Statements whose SQL is built once: Peewee builds one more slowly than SQLite runs it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import peewee

from sealbreak_server.storage.tables import Table, database

MOST_AT_ONCE = 32
"""Parts of one statement: more gain nothing, and SQLite stops at 500."""


@dataclass(frozen=True, slots=True)
class _Slot:
    at: int


class CachedQuery:
    """`build` makes the query; its arguments are the parameters, in the order of use."""

    def __init__(self, build: Callable[..., Any], parameters: int | None = None) -> None:
        self._build = build
        self._parameters = build.__code__.co_argcount if parameters is None else parameters
        self._made: dict[str, tuple[str, list[Any]]] = {}
        self._unions: dict[tuple[str, int], str] = {}

    def rows(self, *values: object) -> list[tuple[Any, ...]]:
        sql, slots = self._statement()
        cursor = database.execute_sql(sql, _fill(slots, values))
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

    def rows_of_each(self, many: Sequence[Sequence[object]]) -> list[tuple[Any, ...]]:
        """The same asked with many values, in a few statements. Rows must say whose they are."""
        found: list[tuple[Any, ...]] = []
        start = 0
        while left := len(many) - start:
            size = min(MOST_AT_ONCE, 1 << (left.bit_length() - 1))
            sql, slots = self._union(size)
            values = [each for one in many[start : start + size] for each in _fill(slots, one)]
            found += database.execute_sql(sql, values).fetchall()
            start += size
        return found

    def _union(self, size: int) -> tuple[str, list[Any]]:
        """A limit holds within each part only when that is a query of its own."""
        sql, slots = self._statement()
        place = (database.param, size)
        if place not in self._unions:
            parts = (f"SELECT * FROM ({sql}) AS part{at}" for at in range(size))  # noqa: S608  # ours
            self._unions[place] = " UNION ALL ".join(parts)
        return self._unions[place], slots

    def run_many(self, many: Iterable[Sequence[object]]) -> None:
        sql, slots = self._statement()
        execute_many(sql, [_fill(slots, values) for values in many])

    def _statement(self) -> tuple[str, list[Any]]:
        dialect = database.param
        if dialect not in self._made:
            numbers = range(self._parameters)
            slots = [peewee.Value(_Slot(at), converter=_as_it_is) for at in numbers]
            sql, found = self._build(*slots).sql()
            self._made[dialect] = (sql, found)
        return self._made[dialect]


class CachedListQuery:
    """`build` is given a list of parameters. Its SQL is made for 1, 2, 4, 8, ... of them."""

    def __init__(self, build: Callable[[list[Any]], Any]) -> None:
        self._build = build
        self._made: dict[int, CachedQuery] = {}

    def rows(self, values: Sequence[object]) -> list[tuple[Any, ...]]:
        """What is left over is filled with the last value again, which finds nothing more."""
        if not values:
            return []
        size = 1 << (len(values) - 1).bit_length()
        if size not in self._made:
            self._made[size] = CachedQuery(lambda *slots: self._build(list(slots)), parameters=size)
        return self._made[size].rows(*values, *[values[-1]] * (size - len(values)))


def _as_it_is(value: object) -> object:
    return value


def _fill(slots: Iterable[Any], values: Sequence[object]) -> list[Any]:
    return [values[slot.at] if type(slot) is _Slot else slot for slot in slots]


def insert_rows(table: type[Table], rows: Sequence[tuple[Any, ...]]) -> None:
    """Values in the order of the fields."""
    if rows:
        sql = _INSERTS.get((table, database.param))
        if sql is None:
            fields = dict(zip(table._meta.sorted_fields, rows[0], strict=True))
            sql = table.insert(fields).sql()[0].partition(" RETURNING ")[0]
            _INSERTS[table, database.param] = sql
        execute_many(sql, rows)


_INSERTS: dict[tuple[type[Table], str], str] = {}


def execute_many(sql: str, rows: Sequence[Sequence[Any]]) -> None:
    if rows:
        with getattr(peewee, "__exception_wrapper__"):  # noqa: B009  # the stubs lack it
            database.connection().cursor().executemany(sql, rows)
