"""The fairness account: who may be chosen so that nobody drifts, and how a turn is taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from routing.balance import balanced, value_of_reversal
from routing.decision import Decision, Ints, Positions, Turn
from routing.policy import MILLION, Choose
from routing.reps_table import RepsTable

TIE = MILLION // 10
"""Fits closer than a tenth of a point count as equal."""
SETTLE = 2 * MILLION
"""A reversal that would push somebody further than this waits."""
GUARD = 2 * MILLION
"""From this deficit on (two leads) nobody else may go first; nobody is pushed below its negative."""


def candidates(turn: Turn, choose: Choose) -> Positions:
    """Give C, those among the eligible who may be chosen; never empty, ascending.

    C = {i: d_i >= max d - slack}; the slack is 0 once max d reaches two leads, and whoever would fall below minus two
    is left out unless his is the largest deficit. The account of the lead's grade class then narrows C to those within
    `class_slack` of its largest deficit in C. Where the policy balances value, its account narrows C once more.
    """
    deficit = turn.deficit
    # `argmax` and not `max`, which is wrapped in Python: over some hundred reps the wrapping takes longest.
    largest = int(deficit[deficit.argmax()])
    slack = 0 if largest >= GUARD else choose.fairness_slack
    floor = max(largest - slack, min(MILLION - GUARD, largest))
    within = (deficit >= floor).nonzero()[0]
    of_class = turn.class_deficit.take(within)
    among = within[of_class >= int(of_class[of_class.argmax()]) - choose.class_slack]
    if turn.value_deficit is None or choose.balance is None:
        return among
    return balanced(turn.value_deficit, among, turn.excess, choose.balance.slack)


@dataclass(frozen=True, slots=True)
class Reversal:
    """What taking back one decision adds to the accounts: rep id -> millionths of a lead; sums to zero.

    `excess` is what the lead counts in the accounts of value.
    """

    grade_class: int
    deltas: Mapping[str, int]
    excess: int = 0

    @property
    def value(self) -> Mapping[str, int]:
        """Give what it adds to the accounts of value, by rep id."""
        return value_of_reversal(self.deltas, self.excess)


def reverse(decision: Decision, table: RepsTable) -> Reversal:
    """Take one decision out of the accounts of all who were eligible: never delivered, or withdrawn before an answer.

    Args:
        decision: the decision; one that stands outside the accounts gives nothing to take back.
        table: the reps that it was made with.
    """
    if not decision.in_account or not len(decision.eligible):
        return Reversal(decision.grade_class, {})
    deltas = dict(zip(decision.eligible.tolist(), (-decision.shares).tolist(), strict=True))
    # As in `Standing.apply`: where a record says whom, that may be somebody who could not be asked under another policy.
    deltas[decision.chosen] = deltas.get(decision.chosen, 0) + MILLION
    by_rep = {table.ids[at]: delta for at, delta in deltas.items() if delta}
    return Reversal(decision.grade_class, by_rep, decision.excess)


def may_settle(reversal: Reversal, deficits: Mapping[str, int], of_class: Mapping[str, int]) -> bool:
    """Say whether a reversal can be taken now without pushing anybody past two leads, or should wait.

    Somebody who goes off duty with many unanswered offers is owed many turns at once. Taken at once they would lift the
    account over every bound, whoever is chosen later; taken one by one, as the turns come back, they do not.

    Args:
        reversal: as `reverse` gave it.
        deficits: rep id -> deficit now, at least for those whom the reversal moves.
        of_class: the same of the class account that the reversal moves.
    """
    moved = [(account.get(rep, 0), delta) for account in (deficits, of_class) for rep, delta in reversal.deltas.items()]
    return all(abs(now + delta) <= max(SETTLE, abs(now)) for now, delta in moved)


def best_of(turn: Turn, among: Positions) -> Positions:
    """Give those with the best fit; within a tenth of a point the larger deficit decides. More than one may be left."""
    fits = turn.fit.take(among)
    level = among[fits >= int(fits[fits.argmax()]) - TIE]
    return largest_deficit(turn, level)


def largest_deficit(turn: Turn, among: Positions) -> Positions:
    """Give those with the largest deficit; more than one may be left."""
    deficits = turn.deficit.take(among)
    most: Positions = among[deficits == deficits[deficits.argmax()]]
    return most


def evenly(total: int, count: int) -> Ints:
    """Split whole millionths evenly, the remainder to the front."""
    part, rest = divmod(total, count)
    parts = np.empty(count, dtype=np.int64)
    parts.fill(part)
    if rest:
        parts[:rest] += 1
    return parts
