"""Who may have a lead: rule, fence and demands, then duty, then capacity, then rounds; the first objection is kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from routing.decision import LAST_STATIC, Codes, Flags, Positions, Reason, Why
from routing.lead import Facts
from routing.policy import Policy
from routing.reps_table import FINE, RepsTable, StaticLayer
from routing.standing import Away, Standing

REST = timedelta(minutes=10)
"""A rep paused at the cap stays so for at least this long, so that nobody flaps."""

AWAY_FOR = {
    Reason.OFF_SHIFT: Away.OFF_SHIFT,
    Reason.LEAVE: Away.LEAVE,
    Reason.PAUSED: Away.PAUSED,
    Reason.OFFLINE: Away.OFFLINE,
    Reason.SILENT: Away.SILENT,
    Reason.NO_SEND_SLOT: Away.NO_SEND_SLOT,
}
"""Each reason of duty, and the absence that it stands for."""
_REASON_FOR = {away: reason for reason, away in AWAY_FOR.items()}
# Plain numbers: arrays compare with an enumeration's members far more slowly.
_ELIGIBLE, _ALREADY_OFFERED, _NO_SEND_SLOT = int(Reason.ELIGIBLE), int(Reason.ALREADY_OFFERED), int(Reason.NO_SEND_SLOT)
_FULL, _RESTING = np.uint8(Reason.FULL), np.uint8(Reason.RESTING)
_DUTY_CODES = np.array([_REASON_FOR.get(away, FINE) for away in Away], dtype=np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Eligible:
    """The outcome of all checks.

    Attributes:
        reasons: (n,) a `Reason` for every rep.
        may: positions without objection, ascending.
        why: the reason for the whole lead where nobody is left, else None.
    """

    reasons: Codes
    may: Positions
    why: Why | None


def matching_rule(policy: Policy, facts: Facts) -> int:
    """Give the number of the first rule that holds for the lead, -1 if none does."""
    return policy.rule_index.first(facts)


def eligible(table: RepsTable, standing: Standing, layer: StaticLayer, excluded: Iterable[str]) -> Eligible:
    """Check duty, capacity and rounds, and keep the first objection of all, the static layer's included."""
    codes = objections_now(table, standing) if standing.objections is None else standing.objections
    # The numbers of the reasons follow the order of the checks, so the first objection is the smallest.
    reasons = np.minimum(layer.codes, codes)
    for rep in excluded:
        position = table.index.get(rep)
        if position is not None:
            reasons[position] = min(int(reasons[position]), _ALREADY_OFFERED)
    may = (reasons == FINE).nonzero()[0]
    reasons[may] = _ELIGIBLE
    return Eligible(reasons, may, None if len(may) else _why_nobody(table, reasons, excluded))


def no_rule(table: RepsTable) -> Eligible:
    """Say that no rule holds for the lead: no team is named, so nobody may have it."""
    reasons = np.full(len(table), Reason.TEAM, dtype=np.uint8)
    return Eligible(reasons, np.zeros(0, dtype=np.intp), Why.NOBODY_EVER)


def on_duty_only(table: RepsTable, standing: Standing, rep: str, *, even_if_away: bool) -> Eligible:
    """Check a single rep's duty; nobody else is asked. Rule, capacity and rounds do not count.

    Args:
        table: the reps.
        standing: where they stand.
        rep: a known customer's owner, or a manager's pick.
        even_if_away: a manager insists.
    """
    reasons = np.full(len(table), Reason.NOT_ASKED, dtype=np.uint8)
    position = table.index.get(rep)
    if position is None:
        return Eligible(reasons, np.zeros(0, dtype=np.intp), Why.NOBODY_EVER)
    code = FINE if even_if_away else int(_DUTY_CODES[standing.away[position]])
    reasons[position] = Reason.ELIGIBLE if code == FINE else code
    if code == FINE:
        return Eligible(reasons, np.array([position], dtype=np.intp), None)
    slotless = code == Reason.NO_SEND_SLOT
    return Eligible(reasons, np.zeros(0, dtype=np.intp), Why.NO_SEND_SLOT if slotless else Why.NOBODY_ON_DUTY)


def resting_after(table: RepsTable, standing: Standing, long_enough: Flags, at: int | slice = slice(None)) -> Flags:
    """Give who rests from now on: paused at the cap at once, back at the resume mark and after `REST`.

    Args:
        table: caps and marks; reps without a mark below their cap never rest.
        standing: loads, and who rests so far.
        long_enough: (n,) resting for `REST` or longer.
        at: of whom; all unless only one load has changed.
    """
    cap, mark, load, resting = table.open_cap[at], table.resume_at[at], standing.open[at], standing.resting[at]
    back = resting & long_enough[at] & (load <= mark)
    after: Flags = (mark < cap) & ((load >= cap) | (resting & ~back))
    return after


def objections_now(table: RepsTable, standing: Standing) -> Codes:
    """Give everybody's first objection of duty and capacity (n,), `FINE` where there is none; mostly nobody is full."""
    codes: Codes = _DUTY_CODES.take(standing.away)
    full = standing.open >= table.open_cap
    spent = standing.today >= table.day_cap
    for objected, code in ((full, _FULL), (standing.resting, _RESTING), (spent, table.day_full)):
        if np.count_nonzero(objected):
            codes = np.where(objected, np.minimum(codes, code), codes)
    return codes


def objection_now(table: RepsTable, standing: Standing, at: int) -> int:
    """Give the first objection of duty and capacity of the rep at a position, as `objections_now` does of everybody."""
    code = int(_DUTY_CODES[standing.away[at]])
    if standing.open[at] >= table.open_cap[at]:
        code = min(code, int(_FULL))
    if standing.resting[at]:
        code = min(code, int(_RESTING))
    return min(code, int(table.day_full[at])) if standing.today[at] >= table.day_cap[at] else code


def _why_nobody(table: RepsTable, reasons: Codes, excluded: Iterable[str]) -> Why:
    others = reasons.copy()
    for rep in excluded:
        if rep in table.index:
            others[table.index[rep]] = LAST_STATIC
    last = int(np.maximum.reduce(others, initial=0))
    if last <= LAST_STATIC:
        return Why.NOBODY_LEFT if np.maximum.reduce(reasons, initial=0) > LAST_STATIC else Why.NOBODY_EVER
    if last >= _FULL:
        return Why.ALL_FULL
    # Of the objections of duty this is the last.
    return Why.NO_SEND_SLOT if last == _NO_SEND_SLOT else Why.NOBODY_ON_DUTY
