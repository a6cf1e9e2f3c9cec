"""What one decision says: who was chosen, who could have been, and for everybody else the reason why not."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.uint8]
Counts = npt.NDArray[np.int32]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.intp]


class Outcome(StrEnum):
    """What becomes of the lead."""

    OFFER = "offer"
    POOL = "pool"  # nobody may take it now, somebody may later
    REVIEW = "review"  # no rep of the roster will ever take it


class Why(StrEnum):
    """The reason for the outcome, for the whole lead (each rep has a `Reason` of his own)."""

    CHOSEN = "chosen"  # by the policy's chooser
    CREDIT = "credit"  # the oldest credit among the eligible took it
    ONLY = "only"  # a known customer's owner, or a manager's pick
    ALL_FULL = "all_full"  # somebody is on duty, and everybody on duty is full
    NOBODY_ON_DUTY = "nobody_on_duty"
    NO_SEND_SLOT = "no_send_slot"  # whoever is on duty gets no card through in time
    NOBODY_EVER = "nobody_ever"  # nobody passes rule, fence and demands, whatever the hour
    NOBODY_LEFT = "nobody_left"  # whoever passes them was offered this lead already


class Reason(IntEnum):
    """Why a rep may not have the lead; the numbers follow the fixed order of checks, the first hit is the one kept."""

    ELIGIBLE = 0
    TEAM = 1
    FENCE = 2
    LEVEL = 3
    SKILL = 4
    CERT_MISSING = 5
    CERT_EXPIRED = 6
    LANGUAGE = 7
    NOT_ASKED = 8
    OFF_SHIFT = 10
    LEAVE = 11
    PAUSED = 12
    OFFLINE = 13
    SILENT = 14
    NO_SEND_SLOT = 15
    FULL = 20
    RESTING = 21
    DAY_FULL = 22
    TEAM_DAY_FULL = 23
    ALREADY_OFFERED = 30

    @property
    def layer(self) -> str:
        """Name the check that says so: `rule`, `duty`, `capacity` or `rounds`; empty for an eligible rep."""
        if self is Reason.ELIGIBLE:
            return ""
        if self <= Reason.NOT_ASKED:
            return "rule"
        if self <= Reason.NO_SEND_SLOT:
            return "duty"
        return "capacity" if self <= Reason.TEAM_DAY_FULL else "rounds"


LAST_STATIC = int(Reason.NOT_ASKED)
"""Up to this code a reason holds at any hour and under any load."""


_NO_INTS: Ints = np.zeros(0, dtype=np.int64)
_NO_POSITIONS: Positions = np.zeros(0, dtype=np.intp)
_NO_PRODUCTS: Ints = np.zeros((0, 0), dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Turn:
    """What a chooser sees: columns over the eligible, ordered by rep id; deficits include this decision's shares.

    Attributes:
        deficit: fair share to date minus leads received, in millionths of a lead.
        class_deficit: the same among leads of this grade class.
        shares: what everybody's turn is worth now; sums to a million.
        fit: 0-100 points, in millionths.
        open: owned and offered leads.
        cap: how many the rep may hold; `NO_LIMIT` where there is no limit.
        last_turn: number of the rep's latest turn, 0 where there was none.
        value_deficit: what is owed in expected value, in millionths; None where the policy balances counts alone.
        excess: what the lead is worth above a usual one, in millionths.
    """

    deficit: Ints
    class_deficit: Ints
    shares: Ints
    fit: Ints
    open: Counts
    cap: Ints
    last_turn: Ints
    value_deficit: Ints | None = None
    excess: int = 0

    @property
    def everybody(self) -> Positions:
        """Give all positions."""
        return np.arange(len(self.fit))


@dataclass(frozen=True, slots=True)
class Choice:
    """Whom a chooser took. All positions are positions in the `Turn`; `propensity` goes with `candidates`."""

    chosen: int
    candidates: Positions
    propensity: Ints
    explored: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Decision:
    """One decision. Positions are positions in the reps table that it was made with.

    Attributes:
        outcome: offer, pool or review.
        why: the reason of the outcome.
        rule: name of the rule that matched, empty where none was asked.
        rule_no: its number from 0, -1 where none was asked or none matched.
        chosen: position of the rep, -1 where nobody was chosen.
        reasons: a `Reason` for every rep of the table, shape (n,).
        eligible: E, ascending.
        candidates: C, among whom the chooser took one; ascending.
        shares: over E, what the decision adds to everybody's account, in millionths; sums to a million, or is all zero
            where the decision stands outside the accounts (a credit, a known customer, a manager's pick).
        fit: over E, in millionths of a point, 0-100 points.
        products: (factors, E): what each factor brought to the fit; the rows sum to `fit`.
        propensity: over C, the chance of each to be chosen, in millionths; sums to a million.
        explored: the draw was uniform among the candidates.
        credit: id of the credit that was used up, 0 where none was.
        grade_class: 0 for the best grade, 1 for the rest.
        turn_before: `last_turn` of the chosen before this decision, to take it back exactly.
        race: everybody who is offered the lead at once, the chosen first; empty where it is offered to one alone.
        excess: what the lead counts in the accounts of value, in millionths; 0 where none are kept.
    """

    outcome: Outcome
    why: Why
    rule: str
    rule_no: int
    reasons: Codes
    chosen: int = -1
    eligible: Positions = field(default_factory=lambda: _NO_POSITIONS)
    candidates: Positions = field(default_factory=lambda: _NO_POSITIONS)
    shares: Ints = field(default_factory=lambda: _NO_INTS)
    fit: Ints = field(default_factory=lambda: _NO_INTS)
    products: Ints = field(default_factory=lambda: _NO_PRODUCTS)
    propensity: Ints = field(default_factory=lambda: _NO_INTS)
    explored: bool = False
    credit: int = 0
    grade_class: int = 1
    turn_before: int = 0
    race: Positions = field(default_factory=lambda: _NO_POSITIONS)
    excess: int = 0

    @property
    def offered_to(self) -> Positions | int:
        """Give the position of whoever is offered the lead, or all of them, to be used as an index."""
        return self.race if len(self.race) else self.chosen

    @property
    def by_credit(self) -> bool:
        """Say whether a credit took the lead, outside the accounts."""
        return self.credit > 0

    @property
    def in_account(self) -> bool:
        """Say whether the decision moves the fairness accounts."""
        return self.why is Why.CHOSEN
