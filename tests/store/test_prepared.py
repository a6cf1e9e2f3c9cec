"""A statement that goes straight to the driver says the same as SQLAlchemy, on both engines."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlalchemy.exc import DBAPIError, StatementError

from store.database import Database
from store.prepared import Prepared
from store.row_writer import RowWriter
from store.version_tables import service_state as table
from tests.store.given import MINUTE, NOW

_ADD = RowWriter(insert(table), ("name", "value", "changed_at"))
_ALL = select(table.c.name, table.c.value, table.c.changed_at).order_by(table.c.name)
_SOME = Prepared(_ALL.where(table.c.name.in_(bindparam("names", expanding=True))))
_OTHERS = Prepared(_ALL.where(table.c.name.not_in(bindparam("names", expanding=True))))
_SINCE = Prepared(_ALL.where(table.c.changed_at >= bindparam("since"), table.c.name != "j"))
_LATER = Prepared(
    update(table)
    .where(table.c.changed_at < bindparam("until"))
    .values(value=bindparam("new_value"), changed_at=bindparam("now"))
    .returning(table.c.value, table.c.changed_at)
)
_REMOVE = Prepared(delete(table).where(table.c.name.in_(bindparam("names", expanding=True))))
_NAMES = list("abcdefghij")


def _fill(connection: Connection) -> None:
    connection.execute(delete(table))
    _ADD.write(connection, [(name, {"of": name}, NOW + at * MINUTE) for at, name in enumerate(_NAMES)])


def _names(rows: object) -> list[str]:
    return [row[0] for row in rows]  # type: ignore[attr-defined]


@pytest.mark.parametrize("count", range(11))
async def test_a_list_of_any_length_finds_its_own(database: Database, count: int) -> None:
    """Lists are padded to few lengths; what is repeated must find nothing twice, and the empty list nothing."""

    def work(connection: Connection) -> tuple[list[str], list[str]]:
        _fill(connection)
        wanted = _NAMES[:count]
        return _names(_SOME.rows(connection, names=wanted)), _names(_OTHERS.rows(connection, names=wanted))

    assert await database.write(work) == (_NAMES[:count], _NAMES[count:])


async def test_types_convert_what_goes_in_and_what_comes_out(database: Database) -> None:
    """Moments are aware again, documents are documents, and a value of the statement itself is not forgotten."""

    def work(connection: Connection) -> object:
        _fill(connection)
        return [tuple(row) for row in _SINCE.rows(connection, since=NOW + 8 * MINUTE)]

    assert await database.write(work) == [("i", {"of": "i"}, NOW + 8 * MINUTE)]


async def test_what_an_update_returns_is_converted_too(database: Database) -> None:
    """Ids and states are taken by UPDATE … RETURNING."""
    late = NOW + timedelta(days=1)

    def work(connection: Connection) -> object:
        _fill(connection)
        return [tuple(row) for row in _LATER.rows(connection, until=NOW + MINUTE, new_value=[1], now=late)]

    assert await database.write(work) == [([1], late)]


async def test_a_change_says_how_many_rows_it_changed(database: Database) -> None:
    """A message is finished once; whoever comes second must see that nothing changed."""

    def work(connection: Connection) -> tuple[int, int]:
        _fill(connection)
        return _REMOVE.change(connection, names=["a", "b", "x"]), _REMOVE.change(connection, names=["a"])

    assert await database.write(work) == (2, 0)


async def test_a_value_that_was_forgotten_is_an_error_and_not_null(database: Database) -> None:
    """NULL in its place would find nothing, and say nothing."""
    with pytest.raises((KeyError, StatementError)):
        await database.write(_SINCE.rows)


async def test_errors_of_the_driver_come_as_those_of_sqlalchemy_without_the_values(database: Database) -> None:
    """Whoever catches a database error catches all; what people wrote is not in it."""

    def work(connection: Connection) -> None:
        _fill(connection)
        _ADD.write(connection, [("a", {"phone": "13800138000"}, NOW)])

    with pytest.raises(DBAPIError) as caught:
        await database.write(work)
    assert "13800138000" not in str(caught.value)
