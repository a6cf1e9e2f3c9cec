"""Cards about reviews that managers have: when one manager has acted, everybody's say so.

A card is rewritten by the code that came back when it was sent; where there is none, a tap on it is answered.
"""

from __future__ import annotations

from bot.services.desk import Desk
from bot.services.message_codes import CODE_LIVES
from store import manager_cards, review_items
from store.manager_cards import ManagerCard
from store.outbox import NewMessage, Urgency
from store.rows import LeadRow, MessageRow

#: Kinds of messages: a lead that waits for a manager, and one that somebody has and a manager should look at.
REVIEW, ITEM = "review_card", "review_item"
KINDS = frozenset({REVIEW, ITEM})


def arrived(desk: Desk, message: MessageRow, code: str | None) -> None:
    """Remember the code of a card that has just been sent; one that comes too late is rewritten at once."""
    if code is None or message.lead_id is None:
        return
    number = message.offer_no or 0
    card = ManagerCard(message.lead_id, message.kind, number, message.to_member, desk.now, code)
    row = desk.tx.lead(message.lead_id)
    waits = row.state == "review" and row.offer_no == number
    if waits if message.kind == REVIEW else review_items.open_of(desk.tx.connection, row.lead_id):
        manager_cards.keep(desk.tx.connection, card, desk.tx.keys)
    else:
        _rewrite(desk, card, "handled")


def close(desk: Desk, row: LeadRow, kind: str, text: str) -> None:
    """Rewrite everybody's cards of a kind about a lead; `text` names an entry of `CLOSINGS`."""
    for card in manager_cards.take(desk.tx.connection, row.lead_id, kind, desk.tx.keys):
        if desk.now - card.sent_at <= CODE_LIVES:
            _rewrite(desk, card, text)


def left_review(desk: Desk, row: LeadRow) -> None:
    """A lead does not wait for a manager any more, whatever has become of it."""
    close(desk, row, REVIEW, "handled")


def forget(desk: Desk, row: LeadRow, member: str) -> None:
    """Forget what somebody has about a lead: the card that was tapped is rewritten by the code of the tap."""
    manager_cards.forget(desk.tx.connection, row.lead_id, member)


def _rewrite(desk: Desk, card: ManagerCard, text: str) -> None:
    desk.tx.message(
        NewMessage(card.member, "close_review", Urgency.REWRITE, card.lead_id, card.review_no, {"text": text},
                   private={"code": card.code})
    )  # fmt: skip
