"""What a decision's record keeps of the facts, the points and the credits that the decision depended on."""

from __future__ import annotations

from routing.decision import Ints, Positions
from routing.fit import points_of
from routing.lead import Facts, Scalar
from routing.policy import FactorKind, Policy
from routing.reps_table import RepsTable
from routing.standing import Standing

_FACTS_LENGTH = 700
_TEXT_LENGTHS = (200, 40)
_KEPT_CREDITS = 20
# The facts that the static layer, the class account and the breaker need, whatever else has to go.
_NEEDED_FACTS = ("language", "province", "trait.grade", "trait.score")


def facts_to_keep(given: Facts, table: RepsTable) -> tuple[dict[str, Scalar], bool]:
    """Give the facts to keep, and whether they are all that the policy reads, in full length."""
    facts = {name: given[name] for name in table.recorded_fields if name in given}
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
    return columns


def credits_to_keep(standing: Standing, passed: Positions) -> list[tuple[int, int]]:
    """Give (position, id of the oldest credit) of those who passed and have one, the oldest first."""
    holders = passed[standing.credits[passed] > 0]
    if not len(holders):
        return []
    oldest = sorted((int(standing.credit_order[at]), int(at)) for at in holders)[:_KEPT_CREDITS]
    return [(at, credit) for credit, at in oldest]
