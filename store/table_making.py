"""What all tables are made with: names of constraints, numbered rows, partial indexes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: SQLite numbers rows by itself, and finds them without an index, only for a column typed exactly INTEGER.
RowId = BigInteger().with_variant(Integer, "sqlite")

#: A number that was given once is never given again, not even when its row is gone; on PostgreSQL that is so anyway.
NEVER_AGAIN: dict[str, Any] = {"sqlite_autoincrement": True}
#: The key is not a number: rows are kept in its order, instead of a second tree that leads from keys to row numbers.
ONE_TREE: dict[str, Any] = {"sqlite_with_rowid": False}


def partial_index(name: str, condition: str, *columns: Column[Any]) -> None:
    """Index the rows for which the condition holds, on both engines."""
    Index(name, *columns, sqlite_where=text(condition), postgresql_where=text(condition))
