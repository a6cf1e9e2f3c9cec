"""Many rows through the driver in one call.

SQLAlchemy names and checks every parameter of every row anew, which takes longer than SQLite takes to store the row.
Here a statement is compiled once for each engine, and rows are plain sequences of values; the columns' types convert
them as ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Insert, Update
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler

from store.prepared import ask, ask_many, driver


@dataclass(frozen=True, slots=True)
class _Plan:
    """A statement as one engine takes it.

    Attributes:
        sql: with the placeholders of the driver.
        pick: puts the values into the order of the placeholders.
        conversions: which of them the column's type converts, and how.
    """

    sql: str
    pick: Callable[[Sequence[object]], tuple[object, ...]]
    conversions: list[tuple[int, Callable[[Any], Any]]]

    def parameters(self, row: Sequence[object]) -> tuple[object, ...]:
        values = list(self.pick(row))
        for at, convert in self.conversions:
            values[at] = convert(values[at])
        return tuple(values)


class RowWriter:
    """One INSERT or UPDATE for many rows."""

    def __init__(self, statement: Insert | Update, names: Sequence[str]) -> None:
        """Remember the statement and which parameters its rows hold: columns of an INSERT, bound names of an UPDATE.

        Args:
            statement: what is not named keeps its default (INSERT) or its value (UPDATE).
            names: the order of the values in a row; two at least.
        """
        self._statement = statement
        self._names = list(names)
        self._plans: dict[str, _Plan] = {}

    def write(self, connection: Connection, rows: Iterable[Sequence[object]]) -> None:
        """Write the rows, in their order."""
        plan = self._plans.get(connection.dialect.name)
        if plan is None:
            plan = self._plans[connection.dialect.name] = self._compile(connection.dialect)
        parameters = [plan.parameters(row) for row in rows]
        if parameters:
            raw = driver(connection)
            if raw is None:
                connection.exec_driver_sql(plan.sql, parameters)
            elif len(parameters) == 1:
                ask(raw, plan.sql, parameters[0])
            else:
                ask_many(raw, plan.sql, parameters)

    def _compile(self, dialect: Dialect) -> _Plan:
        compiled = self._statement.compile(dialect=dialect, column_keys=self._names, for_executemany=True)
        assert isinstance(compiled, SQLCompiler)  # noqa: S101  tells the type checker what a statement compiles to
        order = compiled.positiontup or []
        conversions: list[tuple[int, Callable[[Any], Any]]] = []
        for at, name in enumerate(order):
            convert = compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect)
            if convert is not None:
                conversions.append((at, convert))
        return _Plan(compiled.string, itemgetter(*(self._names.index(name) for name in order)), conversions)
