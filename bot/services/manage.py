"""A manager moves a lead by hand: 派单, 改派, 撤回, and the way back (撤销); 补单 gives turns back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.services import (
    drain_passes,
    make_up,
    manager_cards,
    ownership,
    review,
    review_gate,
    review_items,
    rounds,
    texts_notices,
)
from bot.services.assign import Ask, assign, exclude_asked
from bot.services.desk import Desk
from store import people
from store.outbox import Urgency
from store.rows import LeadRow, OfferRow

_CLOSED = frozenset({"won", "lost", "invalid", "merged"})
#: Reason of credits that a manager gave by 补单.
BY_MANAGER = "manager"


class CannotMove(Exception):
    """The lead can't be moved from where it is: it is closed."""


class MonthUsedUp(Exception):
    """The rep has had all make-up turns of this month."""


@dataclass(frozen=True, slots=True)
class Before:
    """Where a lead stood before a manager moved it, for 撤销 and for telling who lost it."""

    state: str
    holder: str | None
    pool_reason: str | None = None
    review_reason: str | None = None


def give(desk: Desk, row: LeadRow, rep_id: str, *, by: str) -> Before:
    """Offer a lead to the rep a manager picked, from any state but closed; a decline or time-out returns it to review.

    Raises:
        CannotMove: the lead is closed or merged.
    """
    before = take_back(desk, row, by=by, reason="reassigned")
    assign(desk, [Ask(row, only=rep_id, by=by, insist=True)])
    return before


def recall(desk: Desk, row: LeadRow, *, by: str) -> Before:
    """Take a lead from whoever has it and put it before the managers (撤回)."""
    before = take_back(desk, row, by=by, reason="recalled")
    review.to_review(desk, row, "recalled", actor=by)
    return before


def take_back(desk: Desk, row: LeadRow, *, by: str, reason: str) -> Before:
    """End the running offer or the ownership, and tell whoever had it; the lead's state is the caller's to set."""
    if row.state in _CLOSED:
        raise CannotMove(row.name)
    desk.tx.standings()
    review_items.close(desk, row, reason, by=by)
    running = desk.tx.running_offers(row)
    before = Before(row.state, _holder(row, running), row.pool_reason, row.review_reason)
    for offer in running:
        rounds.withdraw(desk, row, offer, reason, actor=by)
    if not running and row.owner is not None:
        owner, name = ownership.end(desk, row, by=by, reason=reason, closing="moved_on"), desk.open_office.name_of(by)
        desk.tell(owner, texts_notices.MOVED_BY, urgency=Urgency.CARD, lead_id=row.lead_id, lead=row.name, by=name)
    desk.tx.touch(row)
    return before


def _holder(row: LeadRow, running: Sequence[OfferRow]) -> str | None:
    """Give who has the lead or is asked for it; nobody where several race for it."""
    if running:
        return running[0].rep_id if running[0].race is None else None
    return row.owner


def put_back(desk: Desk, row: LeadRow, before: Before, *, by: str) -> None:
    """Bring a lead back to where it stood before a manager moved it (撤销); only while nobody has answered since.

    An owner owns it again; a rep who was being asked is asked again, with the whole time; the pool and the review have
    it back.
    """
    desk.tx.standings()
    if row.state == "review":
        manager_cards.left_review(desk, row)
    for offer in desk.tx.running_offers(row):
        rounds.withdraw(desk, row, offer, "undone", actor=by)
    known = before.holder is not None and desk.open_office.roster.rep(before.holder) is not None
    if before.state == "owned" and known:
        row.state, row.pool_reason, row.review_reason = "owned", None, None
        ownership.restore(desk, row, before.holder or "")
        desk.tx.fact(row.lead_id, "ownership_restored", by, owner=before.holder)
    elif before.state == "offered" and known:
        assign(desk, [Ask(row, only=before.holder, by=by, insist=True)])
    elif before.state == "pooled":
        row.state, row.pool_reason, row.review_reason = "pooled", before.pool_reason, None
        desk.tx.fact(row.lead_id, "pooled", by, why="undone")
        drain_passes.wake(desk)
    elif before.state == "received" or (before.state == "offered" and before.holder is None):
        # Several raced for it: whoever may have it now is asked anew.
        assign(desk, [Ask(row, excluded=exclude_asked(desk, row))])
    else:
        review_gate.put_back(desk, row, before.review_reason or "recalled", actor=by)
    desk.tx.touch(row)


def give_turns(desk: Desk, rep_id: str, count: int, *, reason: str, by: str) -> list[int]:
    """Give a rep make-up turns (补单); gives the ids of the credits.

    Raises:
        MonthUsedUp: more than the policy allows in a month.
    """
    if count > make_up.turns_left(desk, rep_id):
        raise MonthUsedUp(desk.open_office.policy.make_up.per_month)
    desk.tell(rep_id, texts_notices.CREDITED, count=count, reason=reason)
    # The words go to the rep, sealed; what is kept in the open is only that it was a manager's decision.
    return people.add_credits(desk.tx.connection, rep_id, count, reason=BY_MANAGER, given_by=by, now=desk.now)
