"""Cards that managers have about a lead, so that each can be rewritten once when it has been dealt with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from store.column_types import microseconds
from store.review_tables import manager_card as table
from store.sealed_fields import KeyRing


@dataclass(frozen=True, slots=True)
class ManagerCard:
    """A card that was sent; `code` rewrites it once."""

    lead_id: int
    kind: str
    review_no: int
    member: str
    sent_at: datetime
    code: str = field(repr=False)


def _place(lead_id: int, member: str, sent_at: datetime) -> str:
    return f"manager_card.sealed_code.{lead_id}.{member}.{microseconds(sent_at)}"


def keep(connection: Connection, card: ManagerCard, keys: KeyRing) -> None:
    """Remember a card."""
    sealed = keys.seal(card.code.encode(), _place(card.lead_id, card.member, card.sent_at))
    row = {
        "lead_id": card.lead_id, "kind": card.kind, "review_no": card.review_no, "member": card.member,
        "sent_at": card.sent_at, "sealed_code": sealed,
    }  # fmt: skip
    connection.execute(insert(table).values(row))


def take(connection: Connection, lead_id: int, kind: str, keys: KeyRing) -> list[ManagerCard]:
    """Give the cards of a kind about a lead, in the order in which they were sent, and forget them."""
    here = (table.c.lead_id == lead_id, table.c.kind == kind)
    records = connection.execute(select(table).where(*here).order_by(table.c.card_id)).all()
    if records:
        connection.execute(delete(table).where(*here))
    return [
        ManagerCard(
            record.lead_id, record.kind, record.review_no, record.member, record.sent_at,
            keys.open(record.sealed_code, _place(record.lead_id, record.member, record.sent_at)).decode(),
        )
        for record in records
    ]  # fmt: skip


def forget(connection: Connection, lead_id: int, member: str) -> None:
    """Forget the cards that somebody has about a lead: they are rewritten by the code of a tap."""
    connection.execute(delete(table).where(table.c.lead_id == lead_id, table.c.member == member))


def forget_before(connection: Connection, moment: datetime) -> int:
    """Forget cards that no code rewrites any more; gives how many went."""
    return connection.execute(delete(table).where(table.c.sent_at < moment)).rowcount
