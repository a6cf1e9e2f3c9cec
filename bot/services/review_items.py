"""Why the policy puts leads before managers, each reason once; and items: leads that somebody has, and stays to have.

The owner keeps the lead; a manager confirms that, or gives it to somebody else. Where nobody does in time, it stays as it
is.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.services import manager_cards, review, texts_notices
from bot.services.desk import Desk
from bot.services.lead_facts import facts_to_decide, note_rule
from routing.working_time import after
from store import review_items
from store.outbox import NewMessage, Urgency
from store.review_items import OpenItem
from store.rows import LeadRow, TimerRow

BEST_SHARE = "best_share"
#: Before the name of a trigger of the policy.
ALWAYS = "always:"
#: Before the id of a rep who appeals.
APPEAL = "appeal:"
#: Timer of the moment at which an item lapses.
ITEM_OVER = "review_item_over"
#: Outcome -> the words on the cards about it; any other is "handled".
_ON_CARD = {"confirmed": "confirmed", "review_timeout": "review_lapsed"}
#: States in which somebody has the lead, or is being asked.
_SOMEBODYS = frozenset({"offered", "owned"})


def is_held(reason: str | None) -> bool:
    """Say whether a lead is in review because the policy put it there, before anybody had it."""
    return reason == BEST_SHARE or (reason or "").startswith(ALWAYS)


def new_reasons(desk: Desk, row: LeadRow, triggers: Sequence[str]) -> tuple[str, ...]:
    """Give the reasons among these triggers for which this lead has not been before managers yet."""
    if not triggers:
        return ()
    known = {item.reason for item in review_items.of_leads(desk.tx.connection, [row.lead_id]).get(row.lead_id, ())}
    return tuple(reason for name in triggers if (reason := ALWAYS + name) not in known)


def note(desk: Desk, row: LeadRow, reasons: Sequence[str], *, outcome: str | None) -> None:
    """Remember reasons, so that none of them puts this lead before managers a second time."""
    desk.tx.flush()  # the lead may be of this transaction
    for reason in reasons:
        review_items.add(desk.tx.connection, row.lead_id, reason, desk.now, outcome=outcome)


def check(desk: Desk, row: LeadRow) -> None:
    """Look whether news of a lead that somebody has is a reason for a manager to look at it."""
    policy = desk.office.policy.review if desk.office is not None else None
    if policy is None or not policy.always or row.state not in _SOMEBODYS:
        return
    triggers = policy.triggers(facts_to_decide(desk.open_office, row))
    open_items(desk, row, new_reasons(desk, row, triggers))


def open_items(desk: Desk, row: LeadRow, reasons: Sequence[str]) -> Sequence[str]:
    """Put a lead before the managers of whoever has it, and give these; nothing about the lead changes."""
    if not reasons:
        return ()
    note(desk, row, reasons, outcome=None)
    note_rule(desk, row)
    desk.tx.fact(row.lead_id, "review_item", offer_no=row.offer_no or None, reasons=list(reasons))
    number = len(review_items.of_leads(desk.tx.connection, [row.lead_id])[row.lead_id])
    asked = next((people for rung in range(3) if (people := review.rung_of(desk, row, rung))), [])
    for person in asked:
        payload: dict[str, object] = {"no": number, "reasons": list(reasons)}
        desk.tx.message(NewMessage(person, "review_item", Urgency.CARD, row.lead_id, row.offer_no, payload))
    _set_timer(desk, row, asked)
    return asked


def _set_timer(desk: Desk, row: LeadRow, asked: Sequence[str]) -> None:
    policy = desk.open_office.policy.review
    if policy is None:
        return
    moments = [after(desk.schedule_of(person), desk.now, policy.falls_back_after) for person in asked]
    known = [moment for moment in moments if moment is not None]
    at = min(known, default=desk.now + policy.falls_back_after.length)
    desk.tx.timer(ITEM_OVER, at, lead_id=row.lead_id, offer_no=row.offer_no, subject=desk.now.isoformat())


def is_open(desk: Desk, row: LeadRow) -> bool:
    """Say whether a manager is still to look at a lead that somebody has."""
    return bool(review_items.open_of(desk.tx.connection, row.lead_id))


def close(desk: Desk, row: LeadRow, outcome: str, *, by: str) -> bool:
    """Close the items of a lead and the cards about them; False where none was open. Who has appealed hears of it."""
    appellants = [item.reason.removeprefix(APPEAL) for item in _appeals(desk, row)]
    if not review_items.close(desk.tx.connection, row.lead_id, outcome, by=by, now=desk.now):
        return False
    desk.tx.fact(row.lead_id, "review_item_closed", by, offer_no=row.offer_no or None, outcome=outcome)
    manager_cards.close(desk, row, manager_cards.ITEM, _ON_CARD.get(outcome, "handled"))
    words = texts_notices.APPEAL_KEPT if outcome == "confirmed" else texts_notices.APPEAL_MOVED
    for rep in appellants:
        desk.tell(rep, words, urgency=Urgency.CARD, lead_id=row.lead_id, lead=row.name, by=desk.open_office.name_of(by))
    return True


def _appeals(desk: Desk, row: LeadRow) -> list[OpenItem]:
    return [item for item in review_items.open_of(desk.tx.connection, row.lead_id) if item.reason.startswith(APPEAL)]


def lapse(desk: Desk, timer: TimerRow) -> None:
    """No manager has looked at an item in time: it is closed, and everything stays as it is. Appeals wait for ever."""
    found = desk.tx.leads([timer.lead_id]) if timer.lead_id is not None else []
    if not found:
        return
    opened = review_items.open_of(desk.tx.connection, found[0].lead_id)
    # Items that were opened since have a timer of their own.
    if opened and not _appeals(desk, found[0]) and max(item.opened_at for item in opened).isoformat() == timer.subject:
        close(desk, found[0], "review_timeout", by="system")
