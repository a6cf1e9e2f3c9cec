"""A manager moves a lead by hand: 派单, 改派, 撤回, and the way back (撤销); 补单 gives turns back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.services import review, rounds
from bot.services.assign import Ask, assign, board_of
from bot.services.desk import Desk
from store import people
from store.outbox import Urgency
from store.rows import LeadRow

_CLOSED = frozenset({"won", "lost", "invalid", "merged"})


class CannotMove(Exception):
    """The lead can't be moved from where it is: it is closed."""


class MonthUsedUp(Exception):
    """The rep has had all make-up turns of this month."""


@dataclass(frozen=True, slots=True)
class Before:
    """Where a lead stood before a manager moved it, for 撤销 and for telling who lost it."""

    state: str
    holder: str | None


def give(desk: Desk, row: LeadRow, rep_id: str, *, by: str) -> Before:
    """Offer a lead to the rep a manager picked, from whatever state it is in; a decline or time-out returns it to review.

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
    offer = desk.tx.running_offer(row)
    before = Before(row.state, offer.rep_id if offer is not None else row.owner)
    if offer is not None:
        rounds.withdraw(desk, row, offer, reason, actor=by)
    elif row.owner is not None:
        board_of(desk).release(row.owner)
        desk.tx.fact(row.lead_id, "ownership_ended", by, owner=row.owner, reason=reason)
        desk.tell(row.owner, f"{row.name} 已由{desk.open_office.name_of(by)}改派，您不再是跟进人。", urgency=Urgency.CARD,
                  lead_id=row.lead_id)  # fmt: skip
        row.owner = None
    desk.tx.touch(row)
    return before


def give_turns(desk: Desk, rep_id: str, count: int, *, reason: str, by: str) -> list[int]:
    """Give a rep make-up turns (补单); gives the ids of the credits.

    Raises:
        MonthUsedUp: more than the policy allows in a month.
    """
    limit = desk.open_office.policy.make_up.per_month
    today = desk.open_office.local_day(desk.now)
    month = datetime(today.year, today.month, 1, tzinfo=desk.open_office.zone)
    if people.credits_since(desk.tx.connection, rep_id, month) + count > limit:
        raise MonthUsedUp(limit)
    desk.tell(rep_id, f"已给您补 {count} 次派单，原因：{reason}。")
    return people.add_credits(desk.tx.connection, rep_id, count, reason=reason, given_by=by, now=desk.now)
