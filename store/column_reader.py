"""A whole table column by column, straight from the driver.

Some rows are read by the hundred for a single lead. Few of their values are ever looked at one by one, so they are kept
as columns, and a column's type converts each value that occurs once, not every occurrence of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select
from sqlalchemy.engine import Dialect


@dataclass(frozen=True, slots=True)
class _Plan:
    """A statement as one engine takes it, and what converts each column; None where the driver's value stands."""

    sql: str
    conversions: Sequence[Callable[[Any], Any] | None]


class ColumnReader:
    """One SELECT without parameters, compiled once for each engine."""

    def __init__(self, statement: Select[Any]) -> None:
        """Remember the statement."""
        self._statement = statement
        self._plans: dict[str, _Plan] = {}

    def read(self, connection: Connection) -> list[list[Any]]:
        """Give a list of values for every column."""
        plan = self._plans.get(connection.dialect.name)
        if plan is None:
            plan = self._plans[connection.dialect.name] = self._compile(connection.dialect)
        records = connection.exec_driver_sql(plan.sql).all()
        if not records:
            return [[] for _ in plan.conversions]
        return [
            list(values) if convert is None else _converted(values, convert)
            for values, convert in zip(zip(*records, strict=True), plan.conversions, strict=True)
        ]

    def _compile(self, dialect: Dialect) -> _Plan:
        conversions = [
            column.type.dialect_impl(dialect).result_processor(dialect, None)
            for column in self._statement.selected_columns
        ]
        return _Plan(str(self._statement.compile(dialect=dialect)), conversions)


def _converted(values: tuple[Any, ...], convert: Callable[[Any], Any]) -> list[Any]:
    known = {value: convert(value) for value in set(values)}
    return [known[value] for value in values]
