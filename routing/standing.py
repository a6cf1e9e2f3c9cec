"""Where everybody stands at one moment: the changing columns of the reps, loaded once per batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from routing.balance import part_of_excess
from routing.decision import Codes, Counts, Decision, Flags, Ints
from routing.fairness import evenly
from routing.policy import MILLION
from routing.reps_table import RepsTable


class Away(IntEnum):
    """Why a rep is not on duty."""

    NO = 0
    OFF_SHIFT = 1
    LEAVE = 2
    PAUSED = 3
    OFFLINE = 4
    SILENT = 5
    NO_SEND_SLOT = 6


@dataclass(frozen=True, slots=True, eq=False)
class SegmentRates:
    """Closed leads of one segment (a price band, a channel): per rep (n,), and of the company, leavers included."""

    wins: Ints
    closed: Ints
    company_wins: int
    company_closed: int


class KeptFits(NamedTuple):
    """The fit of everybody for one set of points: `products` (factors, n) and their sum `fits` (n,)."""

    points: tuple[Ints | None, ...]
    products: Ints
    fits: Ints


@dataclass(slots=True, eq=False)
class Standing:
    """Mutable columns (n,) in the order of the reps table.

    The first group moves with every decision (`apply`, `revert`). The second is an input that the decisions of a batch
    share; what follows from it is worked out once, so replace the whole standing rather than change it in place.

    Attributes:
        away: an `Away`.
        open: owned leads neither closed nor parked, plus open offers.
        today: offers in the rep's local day.
        deficit: fair share to date minus leads received, in millionths of a lead.
        class_deficit: (2, n), row 0 for leads of the best grade, row 1 for the rest.
        credits: turns to be given back.
        credit_order: id of the rep's oldest credit (the smallest id is the oldest), 0 where there is none.
        later_credits: position -> ids of the further credits, ascending; needed only where one batch may use several.
        last_turn: number of the rep's latest turn; the smallest is next under round robin.
        resting: paused at the cap, until the load is down to the resume mark.
        response_low: answers too few of the offers in time.
        quick: answers enough of them for races, and for more than the usual load while the breaker is open.
        wins: won leads.
        closed: won and lost leads.
        attainment: share of the month's quota reached, in millionths; -1 unknown.
        segments: `channel=官网表单`, `price_band=2` -> rates; see `routing.fit.segment_key`.
        value_deficit: fair part of the excess value of leads to date minus that received, in millionths; moves with every
            decision, None where the policy does not balance value.
        excess: of the lead, if it is given rather than worked out (a replay).
        ramp: (n,) by what a joiner's share is multiplied, in millionths; None where nobody's is growing.
        turn_weight: what a turn is worth, in millionths, if it is given rather than worked out (a replay).
        points: factor number -> points (n,) in millionths, if given rather than worked out (a replay).
        objections: (n,) everybody's first objection of duty and capacity, if kept rather than worked out for each
            decision; whoever keeps it renews it with what it follows from, see `routing.eligibility.objections_now`.
        fits: what fits are worked out with, if they are kept for decisions to come, see `routing.fit.fits_of`.
    """

    away: Codes
    open: Counts
    today: Counts
    deficit: Ints
    class_deficit: Ints
    credits: Counts
    credit_order: Ints
    last_turn: Ints
    resting: Flags
    response_low: Flags
    quick: Flags
    wins: Ints
    closed: Ints
    attainment: Ints
    later_credits: dict[int, tuple[int, ...]] = field(default_factory=dict)
    segments: Mapping[str, SegmentRates] = field(default_factory=dict)
    value_deficit: Ints | None = None
    excess: int | None = None
    ramp: Ints | None = None
    turn_weight: Ints | None = None
    points: dict[int, Ints] = field(default_factory=dict)
    objections: Codes | None = None
    fits: dict[tuple[int, ...], KeptFits] | None = None
    _worked_out: dict[str, Ints] = field(default_factory=dict, repr=False)

    @classmethod
    def empty(cls, table: RepsTable) -> Standing:
        """Give everybody on duty, with nothing in hand and nothing behind them."""
        n = len(table)

        def zeros() -> Ints:
            return np.zeros(n, dtype=np.int64)

        return cls(
            away=np.zeros(n, dtype=np.uint8),
            open=np.zeros(n, dtype=np.int32),
            today=np.zeros(n, dtype=np.int32),
            deficit=zeros(),
            class_deficit=np.zeros((2, n), dtype=np.int64),
            credits=np.zeros(n, dtype=np.int32),
            credit_order=zeros(),
            last_turn=zeros(),
            resting=np.zeros(n, dtype=np.bool_),
            response_low=np.zeros(n, dtype=np.bool_),
            quick=np.ones(n, dtype=np.bool_),
            wins=zeros(),
            closed=zeros(),
            attainment=np.full(n, -1, dtype=np.int64),
        )

    def apply(self, decision: Decision) -> None:
        """Move what the decision moves; nothing if nobody was chosen."""
        chosen = decision.chosen
        if chosen < 0:
            return
        self.open[decision.offered_to] += 1
        self.today[decision.offered_to] += 1
        if decision.in_account:
            self._turn(decision, 1)
            self.last_turn[chosen] = self.last_turn[self.last_turn.argmax()] + 1
        elif decision.by_credit:
            self._use_credit(chosen)

    def revert(self, decision: Decision) -> None:
        """Take back an applied decision, to the last unit; what came after it may stay."""
        chosen = decision.chosen
        if chosen < 0:
            return
        self.open[decision.offered_to] -= 1
        self.today[decision.offered_to] -= 1
        if decision.in_account:
            self._turn(decision, -1)
            self.last_turn[chosen] = decision.turn_before
        elif decision.by_credit:
            self._return_credit(chosen, decision.credit)

    def kept(self, key: str, make: Callable[[], Ints]) -> Ints:
        """Give what follows from the columns that a batch shares, worked out at the first asking."""
        found = self._worked_out.get(key)
        if found is None:
            found = self._worked_out[key] = make()
        return found

    def _turn(self, decision: Decision, sign: int) -> None:
        parts = evenly(MILLION, len(decision.race)) if len(decision.race) else MILLION
        for account in (self.deficit, self.class_deficit[decision.grade_class]):
            account[decision.eligible] += sign * decision.shares
            account[decision.offered_to] -= sign * parts
        if decision.excess and self.value_deficit is not None:
            moved = np.zeros(len(self.deficit), dtype=np.int64)
            moved[decision.eligible] += decision.shares
            moved[decision.offered_to] -= parts
            self.value_deficit += sign * part_of_excess(moved, decision.excess)

    def _use_credit(self, rep: int) -> None:
        self.credits[rep] -= 1
        later = self.later_credits.pop(rep, ())
        if self.credits[rep] <= 0:
            self.credit_order[rep] = 0
        elif later:
            self.credit_order[rep] = later[0]
        if later[1:]:
            self.later_credits[rep] = later[1:]

    def _return_credit(self, rep: int, credit: int) -> None:
        self.credits[rep] += 1
        current = int(self.credit_order[rep])
        self.credit_order[rep] = credit
        if current and current != credit:
            self.later_credits[rep] = (current, *self.later_credits.get(rep, ()))
