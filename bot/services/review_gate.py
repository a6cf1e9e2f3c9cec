"""Leads that a manager decides before they go to anybody: the best ones, and those that the policy names.

Review must not cost speed: with no responsible manager on duty, or when nobody has acted in time, a lead is decided like
any other. What concerns a lead that somebody has already becomes an item (`review_items`), and the lead stays there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.services import breaker_state, review, review_items
from bot.services.assign import Ask, assign, exclude_asked, question_of
from bot.services.best_leads import BestLeads
from bot.services.desk import Desk
from bot.services.lead_facts import note_rule
from bot.services.review_items import BEST_SHARE
from routing.breaker import Phase
from routing.escalation import next_rung_at
from routing.review import HOT_WAITS
from routing.working_time import on_duty
from store.rows import LeadRow, TimerRow

#: Timer of the moment from which on nobody waits for a manager any more.
OVER = "review_over"


def hold_back(desk: Desk, asks: Sequence[Ask]) -> list[Ask]:
    """Put leads that a manager decides before their managers; gives the others, to be decided now."""
    policy = desk.office.policy.review if desk.office is not None else None
    if policy is None:
        return list(asks)
    best = BestLeads(desk, policy) if policy.best_share and any(_is_new(ask) for ask in asks) else None
    passing = []
    for ask in asks:
        among_best = best is not None and _is_new(ask) and best.take(ask.row)
        named = review_items.new_reasons(desk, ask.row, policy.triggers(question_of(desk, ask).facts))
        if ask.only is not None:
            # A customer's own rep does not wait for anybody; the manager looks at it meanwhile.
            review_items.open_items(desk, ask.row, named)
            passing.append(ask)
            continue
        reasons = (*named, *((BEST_SHARE,) if among_best else ()))
        if not reasons:
            passing.append(ask)
        elif not _hold(desk, ask.row, reasons):
            passing.append(replace(ask, mark="review_skipped", keep_quiet=False))
    if best is not None:
        best.write_back()
    return passing


@dataclass(frozen=True, slots=True)
class Gate:
    """Why managers would look at a lead before it is decided; `waits` is False where none of them is on duty."""

    reasons: tuple[str, ...]
    waits: bool


def gate_of(desk: Desk, ask: Ask) -> Gate | None:
    """Say whether a lead would be held back, as `hold_back` would; only reads. None where no reason holds."""
    policy = desk.open_office.policy.review
    if policy is None or ask.only is not None:
        return None
    among_best = policy.best_share and _is_new(ask) and BestLeads(desk, policy, keep=False).take(ask.row)
    named = review_items.new_reasons(desk, ask.row, policy.triggers(question_of(desk, ask).facts))
    reasons = (*named, *((BEST_SHARE,) if among_best else ()))
    if not reasons:
        return None
    row = replace(ask.row)
    note_rule(desk, row)
    return Gate(reasons, _until(desk, row) is not None)


def _is_new(ask: Ask) -> bool:
    return ask.row.state == "received" and ask.row.decision_no == 0


def _hold(desk: Desk, row: LeadRow, reasons: Sequence[str]) -> bool:
    """Put a lead before its managers; False where none of them is on duty."""
    note_rule(desk, row)
    until = _until(desk, row)
    review_items.note(desk, row, reasons, outcome="held" if until is not None else "skipped")
    if until is None:
        return False
    desk.tx.timer(OVER, until, lead_id=row.lead_id, offer_no=row.offer_no, subject=desk.now.isoformat())
    review.to_review(desk, row, reasons[0])
    return True


def _until(desk: Desk, row: LeadRow) -> datetime | None:
    """Say until when a lead waits for its managers; None where none of them is on duty."""
    policy = desk.open_office.policy.review
    schedules = [desk.schedule_of(manager) for manager in review.rung_of(desk, row, 0)]
    if policy is None or not any(on_duty(schedule, desk.now) for schedule in schedules):
        return None
    length = policy.falls_back_after.length
    end = next_rung_at(schedules, desk.now, wait=length) if policy.falls_back_after.at_work else desk.now + length
    hurries = policy.is_hot(row.score) or breaker_state.phase_of(desk) is not Phase.CLOSED
    return min(end, desk.now + HOT_WAITS) if hurries else end


def fall_back(desk: Desk, timer: TimerRow) -> None:
    """Nobody has acted in time: decide a lead that was held back, unless it has moved on, even to come back here."""
    found = desk.tx.leads([timer.lead_id]) if timer.lead_id is not None else []
    if not found:
        return
    row = found[0]
    if row.offer_no == (timer.offer_no or 0) and timer.subject == row.waiting_since.isoformat():
        go_on(desk, row)


def go_on(desk: Desk, row: LeadRow) -> bool:
    """Decide a lead that was held back without its manager; False where it is not held back any more."""
    if row.state != "review" or not review_items.is_held(row.review_reason):
        return False
    assign(desk, [Ask(row, excluded=exclude_asked(desk, row), mark="review_timeout")])
    return True


def put_back(desk: Desk, row: LeadRow, reason: str, *, actor: str) -> None:
    """Give a lead back into the hand of its managers, out of which it was taken (撤销); their time begins anew."""
    policy = desk.open_office.policy.review
    until = _until(desk, row)
    if policy is not None and review_items.is_held(reason):
        at = until if until is not None else desk.now + policy.falls_back_after.length
        desk.tx.timer(OVER, at, lead_id=row.lead_id, offer_no=row.offer_no, subject=desk.now.isoformat())
    review.to_review(desk, row, reason, actor=actor)
