"""One statement, put together once, on the shortest way to the driver.

Per statement SQLAlchemy spends about twenty times what SQLite needs to answer it. Here a statement is compiled once for
each engine, and over SQLite the driver is asked directly; the columns' types convert what goes in and comes out as ever.
Over PostgreSQL, where the driver is asynchronous, SQLAlchemy carries it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Connection, Delete, Select, Update
from sqlalchemy.engine import CursorResult, Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

#: Distinct statements whose plan SQLite keeps for each connection; a list of ids makes one for each doubling of its length.
STATEMENTS_KEPT = 512

_Conversion = Callable[[Any], Any]


def driver(connection: Connection) -> sqlite3.Connection | None:
    """Give SQLite's own connection, in a transaction; None over PostgreSQL."""
    if connection.dialect.name != "sqlite":
        return None
    if not connection.in_transaction():
        connection.begin()  # as SQLAlchemy does before a first statement
    return raw_of(connection)


def raw_of(connection: Connection) -> sqlite3.Connection:
    """Give SQLite's own connection as it is."""
    return cast("sqlite3.Connection", connection.connection.dbapi_connection)


def ask(raw: sqlite3.Connection, sql: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
    """Run a statement over the driver; its errors come as SQLAlchemy's own, without the values."""
    try:
        return raw.execute(sql, values)
    except sqlite3.Error as error:
        raise _as_sqlalchemy_would(sql, error) from error


def ask_many(raw: sqlite3.Connection, sql: str, rows: Iterable[Sequence[Any]]) -> None:
    """Run a statement once for each row."""
    try:
        raw.executemany(sql, rows)
    except sqlite3.Error as error:
        raise _as_sqlalchemy_would(sql, error) from error


def _as_sqlalchemy_would(sql: str, error: sqlite3.Error) -> BaseException:
    return DBAPIError.instance(sql, (), error, sqlite3.Error, hide_parameters=True)


@dataclass(frozen=True, slots=True)
class _Plan:
    """A statement as SQLite takes it.

    Attributes:
        sql: with a question mark for every value.
        places: for every question mark the name of its value, and which one of a list.
        fixed: values that belong to the statement, by name.
        going_in: conversions by place, for those that have one.
        coming_out: conversions by column, for those that have one.
    """

    sql: str
    places: Sequence[tuple[str, int | None]]
    fixed: dict[str, Any]
    going_in: Sequence[tuple[int, _Conversion]]
    coming_out: Sequence[tuple[int, _Conversion]]

    def parameters(self, values: dict[str, Any]) -> list[Any]:
        fixed = self.fixed
        row = [
            (values[name] if name in values else fixed[name]) if nth is None else values[name][nth]
            for name, nth in self.places
        ]
        for at, convert in self.going_in:
            row[at] = convert(row[at])
        return row

    def results(self, records: list[Any]) -> list[Any]:
        if not self.coming_out:
            return records
        rows = [list(record) for record in records]
        for row in rows:
            for at, convert in self.coming_out:
                row[at] = convert(row[at])
        return rows


class Prepared:
    """A SELECT, an UPDATE or a DELETE that runs for single leads."""

    def __init__(self, statement: Select[Any] | Update | Delete) -> None:
        """Remember the statement; values that differ from run to run are named by `bindparam`, lists are `expanding`."""
        self._statement = statement
        self._plans: dict[tuple[int, ...], _Plan] = {}

    def rows(self, connection: Connection, **values: Any) -> Sequence[Any]:
        """Run it and give the rows: values in the order of its columns."""
        raw = driver(connection)
        if raw is None:
            return connection.execute(self._statement, values).all()
        plan, values = self._plan(connection.dialect, values)
        return plan.results(ask(raw, plan.sql, plan.parameters(values)).fetchall())

    def first(self, connection: Connection, **values: Any) -> Any:
        """Run it and give the first value of its first row, None where there is no row."""
        rows = self.rows(connection, **values)
        return rows[0][0] if rows else None

    def change(self, connection: Connection, **values: Any) -> int:
        """Run it and give how many rows it changed."""
        raw = driver(connection)
        if raw is None:
            return cast("CursorResult[Any]", connection.execute(self._statement, values)).rowcount
        plan, values = self._plan(connection.dialect, values)
        return ask(raw, plan.sql, plan.parameters(values)).rowcount

    def _plan(self, dialect: Dialect, values: dict[str, Any]) -> tuple[_Plan, dict[str, Any]]:
        """Give the plan for lists of these lengths, and the values with their lists padded to it."""
        lists = {name: _padded(value) for name, value in values.items() if isinstance(value, list | tuple)}
        values = values | lists if lists else values
        lengths = tuple(map(len, lists.values()))
        plan = self._plans.get(lengths)
        if plan is None:
            plan = self._plans[lengths] = self._compile(dialect, values)
        return plan, values

    def _compile(self, dialect: Dialect, values: dict[str, Any]) -> _Plan:
        compiled = self._statement.compile(dialect=dialect)
        assert isinstance(compiled, SQLCompiler)  # noqa: S101  tells the type checker what a statement compiles to
        expanded = compiled.construct_expanded_state(values)
        origin: dict[str, tuple[str, int | None]] = {
            part: (name, nth) for name, parts in expanded.parameter_expansion.items() for nth, part in enumerate(parts)
        }
        places = [origin.get(name, (name, None)) for name in expanded.positiontup or ()]
        going_in = [
            (at, convert)
            for at, (name, _) in enumerate(places)
            if (convert := compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect)) is not None
        ]
        statement = self._statement
        columns = (
            statement.column_descriptions if isinstance(statement, Select) else statement.returning_column_descriptions
        )
        coming_out = [
            (at, convert)
            for at, column in enumerate(columns)
            if (convert := column["type"].dialect_impl(dialect).result_processor(dialect, None)) is not None
        ]
        fixed = {name: bound.effective_value for name, bound in compiled.binds.items() if not bound.required}
        return _Plan(expanded.statement, places, fixed, going_in, coming_out)


def _padded(values: Sequence[Any]) -> Sequence[Any]:
    """Repeat the last value up to the next power of two: the same set, in few lengths, so that few statements do."""
    length = len(values)
    if length <= 1 or length & (length - 1) == 0:
        return values
    return [*values, *([values[-1]] * ((1 << length.bit_length()) - length))]
