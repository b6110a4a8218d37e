"""Statements whose SQL is built once: Peewee builds one more slowly than SQLite runs it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import peewee

from sealbreak_server.models import Table, database


@dataclass(frozen=True, slots=True)
class _Slot:
    at: int


class Prepared:
    """`build` makes the query; its arguments are the parameters, in the order of use."""

    def __init__(self, build: Callable[..., Any], parameters: int | None = None) -> None:
        self._build = build
        self._parameters = build.__code__.co_argcount if parameters is None else parameters
        self._made: dict[str, tuple[str, list[Any]]] = {}

    def rows(self, *values: object) -> list[tuple[Any, ...]]:
        sql, slots = self._statement()
        cursor = database.execute_sql(sql, _fill(slots, values))
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

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


class PreparedForMany:
    """`build` is given a list of parameters. Its SQL is made for 1, 2, 4, 8, ... of them."""

    def __init__(self, build: Callable[[list[Any]], Any]) -> None:
        self._build = build
        self._made: dict[int, Prepared] = {}

    def rows(self, values: Sequence[object]) -> list[tuple[Any, ...]]:
        """What is left over is filled with the last value again, which finds nothing more."""
        if not values:
            return []
        size = 1 << (len(values) - 1).bit_length()
        if size not in self._made:
            self._made[size] = Prepared(lambda *slots: self._build(list(slots)), parameters=size)
        return self._made[size].rows(*values, *[values[-1]] * (size - len(values)))


def _as_it_is(value: object) -> object:
    return value


def _fill(slots: Iterable[Any], values: Sequence[object]) -> list[Any]:
    return [values[slot.at] if isinstance(slot, _Slot) else slot for slot in slots]


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
