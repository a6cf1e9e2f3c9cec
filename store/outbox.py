"""Messages as rows: claimed with a lease, sent outside the transaction, finished in one.

Each is sent at least once; WeCom drops the repeats, since a retry has the same bytes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

import orjson
from sqlalchemy import Connection, and_, bindparam, delete, func, insert, literal_column, or_, select, update

from store.column_types import microseconds
from store.prepared import Prepared
from store.row_writer import RowWriter
from store.rows import MessageRow
from store.sealed_fields import KeyRing
from store.tables import outbox as table
from store.tables import send_budget
from store.work import is_read_only


class Urgency(IntEnum):
    """Which message goes first when several wait for one member: answers, cards, rewrites of cards, then the rest."""

    ANSWER = 0
    CARD = 1
    REWRITE = 2
    REMINDER = 3
    DIGEST = 4


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to be queued; `private` is sealed, `payload` is not and holds ids and codes only."""

    to_member: str
    kind: str
    urgency: Urgency
    lead_id: int | None = None
    offer_no: int | None = None
    payload: dict[str, object] | None = None
    private: dict[str, object] | None = None
    due_at: datetime | None = None


_INSERT = RowWriter(
    insert(table),
    ("to_member", "kind", "urgency", "lead_id", "offer_no", "payload", "sealed_payload", "queued_at", "due_at"),
)

_WAITING_CARDS = Prepared(
    select(table.c.to_member, func.count())
    .where(table.c.done_at.is_(None), table.c.urgency == int(Urgency.CARD), table.c.due_at <= bindparam("until"))
    .group_by(table.c.to_member)
)
_OF_MEMBERS = select(send_budget.c.member, send_budget.c.state).where(
    send_budget.c.member.in_(bindparam("members", expanding=True))
)
_BUDGETS, _BUDGETS_LOCKED = Prepared(_OF_MEMBERS), Prepared(_OF_MEMBERS.with_for_update())
_WITHOUT_SLOT = Prepared(select(send_budget.c.member).where(send_budget.c.push_free_at > bindparam("until")))
_SAVE_BUDGET = RowWriter(
    update(send_budget)
    .where(send_budget.c.member == bindparam("of_member"))
    .values(state=bindparam("new_state"), push_free_at=bindparam("free_at")),
    ("of_member", "new_state", "free_at"),
)
_NEW_BUDGET = RowWriter(insert(send_budget), ("member", "state", "push_free_at"))

#: Nobody takes a message for longer: a lease that ends later is of a clock that was set back since.
LONGEST_LEASE = timedelta(seconds=90)
_LEASE_IS_OVER = or_(
    table.c.lease_until.is_(None), table.c.lease_until < bindparam("now"), table.c.lease_until > bindparam("too_late")
)
# Built once: putting a statement together takes longer than SQLite takes to answer it.
_IS_FREE = and_(
    table.c.done_at.is_(None),
    # What was to go at once, and seems to have been queued after now, is of such a clock too.
    or_(
        table.c.due_at <= bindparam("now"),
        and_(table.c.due_at == table.c.queued_at, table.c.queued_at > bindparam("too_late")),
    ),
    _LEASE_IS_OVER,
)
_READ = (
    "message_id", "to_member", "kind", "urgency", "lead_id", "offer_no", "payload", "sealed_payload", "sealed_body",
    "queued_at", "due_at", "attempts",
)  # fmt: skip
_FREE = (
    select(*(table.c[name] for name in _READ))
    .where(_IS_FREE)
    .order_by(table.c.urgency, table.c.message_id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_CLAIM = Prepared(_FREE)
_CLAIM_ONLY = Prepared(_FREE.where(table.c.to_member == bindparam("only")))
_CLAIM_BUT = Prepared(_FREE.where(table.c.to_member.not_in(bindparam("busy", expanding=True))))
_DUE_FOR = Prepared(
    select(table.c.to_member).where(_IS_FREE, table.c.to_member.in_(bindparam("members", expanding=True))).distinct()
)
_THESE = table.c.message_id.in_(bindparam("message_ids", expanding=True))
_LEASE = Prepared(update(table).where(_THESE).values(lease_until=bindparam("until")))
_HAND_BACK = Prepared(update(table).where(_THESE, table.c.done_at.is_(None)).values(lease_until=None))
_THIS = table.c.message_id == bindparam("of_message")
_THIS_WAITS = and_(_THIS, table.c.done_at.is_(None))
_BEGIN = RowWriter(
    update(table)
    .where(_THIS)
    .values(
        attempts=table.c.attempts + literal_column("1"),
        sealed_body=func.coalesce(table.c.sealed_body, bindparam("sealed", type_=table.c.sealed_body.type)),
    ),
    ("of_message", "sealed"),
)
_FINISH = Prepared(
    update(table)
    .where(_THIS_WAITS)
    .values(
        done_at=bindparam("now"), outcome=bindparam("came_to"), sealed_body=None, sealed_payload=None, lease_until=None
    )
)
_RETRY = Prepared(
    update(table).where(_THIS_WAITS).values(due_at=bindparam("until"), lease_until=None, last_error=bindparam("error"))
)


def add(connection: Connection, messages: Sequence[NewMessage], keys: KeyRing, now: datetime) -> None:
    """Queue messages, one statement for all."""
    _INSERT.write(connection, [_values(message, keys, now) for message in messages])


def _values(message: NewMessage, keys: KeyRing, now: datetime) -> tuple[object, ...]:
    sealed = None
    if message.private:
        where = _place(message.to_member, message.kind, message.lead_id, message.offer_no, now)
        sealed = keys.seal(orjson.dumps(message.private), where)
    return (
        message.to_member, message.kind, int(message.urgency), message.lead_id, message.offer_no,
        message.payload or {}, sealed, now, message.due_at or now,
    )  # fmt: skip


def _place(to_member: str, kind: str, lead_id: int | None, offer_no: int | None, queued_at: datetime) -> str:
    """Name the row for its seal, by what is known before the database has numbered it and never changes."""
    return f"outbox.payload.{to_member}.{kind}.{lead_id}.{offer_no}.{microseconds(queued_at)}"


def claim(  # noqa: PLR0913  each argument narrows what is taken
    connection: Connection, now: datetime, keys: KeyRing, *, lease_until: datetime, limit: int,
    busy: Sequence[str] = (), only: str | None = None,
) -> list[MessageRow]:  # fmt: skip
    """Take messages that are due and that nobody else is sending, most urgent first.

    Members in `busy` are left out; `only` takes one member's and no others, and then nobody is left out.
    """
    values: dict[str, object] = {"now": now, "most": limit, "too_late": now + LONGEST_LEASE}
    if only is not None:
        records = _CLAIM_ONLY.rows(connection, **values, only=only)
    elif busy:
        records = _CLAIM_BUT.rows(connection, **values, busy=list(busy))
    else:
        records = _CLAIM.rows(connection, **values)
    rows = [_row(record, keys) for record in records]
    if rows:
        ids = [row.message_id for row in rows]
        _LEASE.change(connection, message_ids=ids, until=lease_until)
    return rows


def _row(record: Sequence[Any], keys: KeyRing) -> MessageRow:
    message_id, to_member, kind, urgency, lead_id, offer_no, payload, sealed, sealed_body, queued_at, due_at, tried = (
        record
    )
    private = {}
    if sealed is not None:
        private = orjson.loads(keys.open(sealed, _place(to_member, kind, lead_id, offer_no, queued_at)))
    body = keys.open(sealed_body, f"outbox.body.{message_id}") if sealed_body else None
    return MessageRow(
        message_id, to_member, kind, urgency, lead_id, offer_no, payload, private, body, queued_at, due_at, tried
    )


def due_for(connection: Connection, now: datetime, members: Sequence[str]) -> set[str]:
    """Give those of the members for whom something is due that nobody is sending."""
    found = _DUE_FOR.rows(connection, now=now, members=list(members), too_late=now + LONGEST_LEASE)
    return {member for (member,) in found}


def hand_back(connection: Connection, message_ids: Sequence[int]) -> None:
    """Let messages be taken again at once: they were taken, and their sending was never begun."""
    _HAND_BACK.change(connection, message_ids=list(message_ids))


def free_all(connection: Connection) -> None:
    """Let every message be taken again at once; only for a process that knows that nobody else is sending."""
    connection.execute(
        update(table).where(table.c.done_at.is_(None), table.c.lease_until.is_not(None)).values(lease_until=None)
    )


def begin(connection: Connection, bodies: Mapping[int, bytes | None], keys: KeyRing) -> None:
    """Count an attempt before it is made: after a crash the next one knows that it may be a repeat.

    Args:
        connection: over which these messages were claimed.
        bodies: by message id; what was rendered for the first attempt is kept, since WeCom's duplicate check wants a
            retry to have the same bytes.
        keys: to seal them.
    """
    _BEGIN.write(
        connection,
        [
            (message_id, None if body is None else keys.seal(body, f"outbox.body.{message_id}"))
            for message_id, body in bodies.items()
        ],
    )


def finish(connection: Connection, message_id: int, outcome: str, now: datetime) -> bool:
    """Mark a message as done and forget its body; False when somebody had done so already."""
    return _FINISH.change(connection, of_message=message_id, now=now, came_to=outcome) == 1


def retry(connection: Connection, message_id: int, until: datetime, error: str) -> None:
    """Give a message back to be sent later: it failed, or the member has no free slot now."""
    _RETRY.change(connection, of_message=message_id, until=until, error=error)


def drop(connection: Connection, message_ids: Sequence[int], outcome: str, now: datetime) -> None:
    """Give up messages that have lost their meaning, such as the reminder of an offer that was answered."""
    if message_ids:
        connection.execute(
            update(table)
            .where(table.c.message_id.in_(message_ids), table.c.done_at.is_(None))
            .values(done_at=now, outcome=outcome, sealed_body=None, sealed_payload=None, lease_until=None)
        )


def forget_before(connection: Connection, moment: datetime, *, at_once: int) -> int:
    """Remove messages that were done before this moment, looking at so many of the oldest; gives how many went."""
    oldest = select(table.c.message_id, table.c.done_at).order_by(table.c.message_id).limit(at_once).subquery()
    gone = select(oldest.c.message_id).where(oldest.c.done_at < moment)
    return connection.execute(delete(table).where(table.c.message_id.in_(gone))).rowcount


def next_due_at(connection: Connection) -> datetime | None:
    """Say when the next message that waits is due."""
    found: datetime | None = connection.execute(
        select(func.min(table.c.due_at)).where(table.c.done_at.is_(None))
    ).scalar()
    return found


def waiting_pushes(connection: Connection) -> dict[str, int]:
    """Count what waits for each member, answers left out: it will take slots of the member's send budget."""
    statement = (
        select(table.c.to_member, func.count())
        .where(table.c.done_at.is_(None), table.c.urgency > int(Urgency.ANSWER))
        .group_by(table.c.to_member)
    )
    return {record[0]: record[1] for record in connection.execute(statement)}


def waiting_cards(connection: Connection, until: datetime) -> dict[str, int]:
    """Count the cards that will be sent to each member before this moment; a new one goes after them."""
    return dict(_WAITING_CARDS.rows(connection, until=until))


def budgets(connection: Connection, members: Sequence[str], *, lock: bool = True) -> dict[str, dict[str, Any]]:
    """Give the send budgets of members, as stored; a member who has had nothing yet is left out."""
    statement = _BUDGETS_LOCKED if lock and not is_read_only(connection) else _BUDGETS
    return dict(statement.rows(connection, members=sorted(set(members))))


def save_budgets(
    connection: Connection, states: Mapping[str, tuple[dict[str, Any], datetime]], *, new: Collection[str]
) -> None:
    """Write send budgets back: the state, and the moment when the next push is free; those of `new` members are added."""
    rows = [(member, state, free_at) for member, (state, free_at) in sorted(states.items())]
    _SAVE_BUDGET.write(connection, [row for row in rows if row[0] not in new])
    _NEW_BUDGET.write(connection, [row for row in rows if row[0] in new])


def members_without_slot(connection: Connection, until: datetime) -> set[str]:
    """Give the members whose send budget has no free slot before this moment."""
    return {member for (member,) in _WITHOUT_SLOT.rows(connection, until=until)}
