"""What a decision's record keeps of the facts, the points and the credits that the decision depended on."""

from __future__ import annotations

import numpy as np

from routing.areas import INSIDE, area_of
from routing.decision import Decision, Ints, Positions
from routing.fit import learned_points, points_of
from routing.lead import Facts, Scalar
from routing.policy import FactorKind, Policy
from routing.reps_table import RepsTable
from routing.standing import Standing

_FACTS_LENGTH = 700
_TEXT_LENGTHS = (200, 40)
_KEPT_CREDITS = 20
# The facts that the static layer, the class account and the breaker need, whatever else has to go.
_NEEDED_FACTS = ("language", "province", "trait.grade", "trait.score", INSIDE)


def facts_to_keep(given: Facts, table: RepsTable) -> tuple[dict[str, Scalar], bool]:
    """Give the facts to keep, and whether they are all that the policy reads, in full length."""
    facts = {name: given[name] for name in table.recorded_fields if name in given}
    if table.areas:
        facts[INSIDE] = area_of(table.areas, given)
    complete = not any(name in given for name in table.unrecorded_fields)
    for longest in _TEXT_LENGTHS:
        short = {name: value[:longest] if isinstance(value, str) else value for name, value in facts.items()}
        complete = complete and short == facts
        facts = short
        if len(repr(facts)) <= _FACTS_LENGTH:
            return facts, complete
    return needed(facts), False


def needed(facts: Facts) -> dict[str, Scalar]:
    """Give the facts without which a replay could not even tell who was asked."""
    return {name: facts[name] for name in _NEEDED_FACTS if name in facts}


def points_to_keep(policy: Policy, table: RepsTable, standing: Standing, given: Facts, kept: Facts) -> dict[int, Ints]:
    """Give the points that a replay can't look up: rates, figures, and matches with a fact that is not kept in full."""
    columns: dict[int, Ints] = {}
    for number, factor in enumerate(policy.factors):
        name = factor.lead_field or ""
        if factor.kind in {FactorKind.RATE, FactorKind.REP} or given.get(name) != kept.get(name):
            points = points_of(policy, table, standing, given, number)
            if points is not None:
                columns[number] = points
    learned = learned_points(policy, standing)
    if learned is not None:
        columns[len(policy.factors)] = learned
    return columns


def may_keep_all_credits(standing: Standing) -> bool:
    """Say whether there is room for everybody's oldest credit."""
    return int(np.count_nonzero(standing.credits)) <= _KEPT_CREDITS


def credits_to_keep(standing: Standing, known: Positions, decision: Decision) -> list[tuple[int, int]]:
    """Give (position, id of the oldest credit) of those who are known and have one, the oldest first.

    The one that was used is always among them, however many older ones the reps have who could not take the lead.
    """
    holders = known[standing.credits[known] > 0]
    if not len(holders):
        return []
    oldest = sorted((int(standing.credit_order[at]), int(at)) for at in holders)
    kept = [(at, credit) for credit, at in oldest[:_KEPT_CREDITS]]
    used = (decision.chosen, decision.credit)
    return kept if not decision.credit or used in kept else [*kept[:-1], used]
