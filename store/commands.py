"""Commands of people: the record of what was changed by word, what waits for 确认, and what 撤销 takes back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, insert, select, update

from store.sealed_fields import KeyRing
from store.tables import command as table
from store.work import is_read_only

#: States: `awaiting` waits for 确认 or for a choice, `draft` for 发布; the others are final.
AWAITING = "awaiting"
DONE = "done"
CANCELLED = "cancelled"
UNDONE = "undone"
#: A change of the policy that was previewed, and may be published.
DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class CommandRow:
    """One command.

    Attributes:
        arguments: ids and codes.
        undo: how to take it back; None where it can't be.
        private: what was written in somebody's own words, opened from its sealed column.
    """

    command_id: int
    actor: str
    verb: str
    given_at: datetime
    state: str
    arguments: dict[str, Any]
    undo: dict[str, Any] | None = None
    private: dict[str, Any] = field(default_factory=dict, repr=False)


def _place(command_id: int) -> str:
    return f"command.sealed.{command_id}"


def add(connection: Connection, row: CommandRow, keys: KeyRing) -> None:
    """Write a new command."""
    sealed = keys.seal(orjson.dumps(row.private), _place(row.command_id)) if row.private else None
    values = {
        "command_id": row.command_id, "actor": row.actor, "verb": row.verb, "given_at": row.given_at,
        "state": row.state, "arguments": row.arguments, "undo": row.undo, "sealed": sealed,
    }  # fmt: skip
    connection.execute(insert(table), [values])


def _row(record: Any, keys: KeyRing) -> CommandRow:
    private = orjson.loads(keys.open(record.sealed, _place(record.command_id))) if record.sealed is not None else {}
    return CommandRow(
        record.command_id, record.actor, record.verb, record.given_at, record.state, record.arguments, record.undo,
        private,
    )  # fmt: skip


def load(connection: Connection, command_id: int, keys: KeyRing) -> CommandRow | None:
    """Give one command, locked, so that two answers to it are taken one after the other."""
    statement = select(table).where(table.c.command_id == command_id)
    if not is_read_only(connection):
        statement = statement.with_for_update()
    record = connection.execute(statement).first()
    return None if record is None else _row(record, keys)


def latest(connection: Connection, actor: str, states: tuple[str, ...], keys: KeyRing) -> CommandRow | None:
    """Give somebody's latest command in these states."""
    statement = (
        select(table.c.command_id)
        .where(table.c.actor == actor, table.c.state.in_(states))
        .order_by(table.c.command_id.desc())
        .limit(1)
    )
    found = connection.execute(statement).scalar()
    return None if found is None else load(connection, found, keys)


def finish(connection: Connection, command_id: int, state: str, *, undo: dict[str, Any] | None = None) -> None:
    """Say what became of a command, and how to take it back."""
    connection.execute(update(table).where(table.c.command_id == command_id).values(state=state, undo=undo))
