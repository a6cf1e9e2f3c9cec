"""Ids that people type (L1024, D2048): whole numbers, taken in the transaction that uses them, so that none is lost."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.exc import NoResultFound

from store.prepared import Prepared
from store.tables import id_block

#: Ids start at four digits, so that they look alike and are easy to tell from other numbers in chat.
FIRST_ID = 1001
KINDS = ("lead", "decision", "command")
_RESERVE = Prepared(
    update(id_block)
    .where(id_block.c.kind == bindparam("of_kind"))
    .values(next_id=id_block.c.next_id + bindparam("count"))
    .returning(id_block.c.next_id)
)

_GIVE_BACK = Prepared(
    update(id_block)
    .where(id_block.c.kind == bindparam("of_kind"), id_block.c.next_id == bindparam("behind"))
    .values(next_id=bindparam("first"))
)


def reserve(connection: Connection, kind: str, count: int) -> range:
    """Take the next `count` ids of a kind; concurrent transactions on PostgreSQL wait for each other here."""
    if count == 0:
        return range(0)
    after = _RESERVE.first(connection, of_kind=kind, count=count)
    if after is None:
        raise NoResultFound(kind)
    return range(after - count, after)


def give_back(connection: Connection, kind: str, unused: range) -> None:
    """Give back the last ids of a block that this transaction has reserved; nothing where others were taken since."""
    _GIVE_BACK.change(connection, of_kind=kind, first=unused.start, behind=unused.stop)


def peek(connection: Connection, kind: str) -> int:
    """Give the next id of a kind without taking it."""
    return int(connection.execute(select(id_block.c.next_id).where(id_block.c.kind == kind)).scalar_one())
