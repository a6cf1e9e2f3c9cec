"""Fairness in expected value beside counts: who may be chosen so that nobody gets the better leads of the same number.

Every lead has an excess, what it is worth above a usual one, below zero for a poor one. One account per rep adds up a
fair part of every excess, less the excess of the leads received. Counts have an account of their own, which goes first:
this one only chooses among those whom it lets through.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from routing.decision import Ints, Positions
from routing.fair_options import Balance
from routing.lead import Facts
from routing.policy import MILLION, Policy


def excess_of(policy: Policy, facts: Facts) -> int:
    """Give what a lead is worth above a usual one, in millionths of the best; 0 where that is unknown or nobody asks."""
    balance = policy.choose.balance
    if balance is None:
        return 0
    figure = facts.get(balance.value)
    if isinstance(figure, (bool, str)) or figure is None:
        return 0
    return worth(balance, figure) - worth(balance, balance.usual)


def worth(balance: Balance, figure: float) -> int:
    """Give what a figure is worth, in millionths of the best lead: nothing from 0 downwards, a whole from `full` upwards."""
    within = min(max(figure, 0), balance.full)
    return int(within * MILLION) // balance.full


def balanced(value_deficit: Ints, among: Positions, excess: int, slack: int) -> Positions:
    """Give those of `among` who should have a lead of this excess; never empty, in the same order.

    A better lead goes to those to whom most value is owed, within the slack; a poorer one to those to whom least is.
    """
    if excess == 0:
        return among
    owed = value_deficit.take(among) if excess > 0 else -value_deficit.take(among)
    return among[owed >= int(owed.max()) - slack]


def part_of_excess(deltas: Ints, excess: int) -> Ints:
    """Give what turns that sum to zero move in value: their parts of the excess, whole millionths that sum to zero.

    What division leaves over goes to the lowest of those whose turns move.
    """
    parts = deltas * excess // MILLION
    rest = -int(parts.sum())
    if rest:
        parts[deltas.nonzero()[0][:rest]] += 1
    return parts


def value_of_reversal(deltas: Mapping[str, int], excess: int) -> dict[str, int]:
    """Give what taking turns back takes back in value, by rep id: exactly what giving them had moved."""
    if not excess or not deltas:
        return {}
    ids = sorted(deltas)
    given = part_of_excess(-np.array([deltas[rep] for rep in ids], dtype=np.int64), excess)
    return {rep: -part for rep, part in zip(ids, given.tolist(), strict=True)}
