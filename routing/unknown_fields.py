"""Fields that rules ask for and leads lack: a comparison with one is unknown, and the lead falls to a later rule."""

from __future__ import annotations

from collections.abc import Sequence

from routing.areas import area_of
from routing.condition_tree import Operator, leaves_of
from routing.lead import Facts
from routing.policy import Policy

PLACE = "province"
"""What fences ask for; a lead inside a polygon or of a known phone prefix has its place without it."""


def fields_asked(policy: Policy) -> tuple[str, ...]:
    """Name the fields that rules and fences compare, in order; a question whether a field is there is no comparison."""
    names = {PLACE} if policy.fences or policy.areas else set()
    for rule in policy.rules:
        if rule.require.language:
            names.add("language")
        if rule.when is not None and rule.when.tree is not None:
            names |= {leaf.field for leaf in leaves_of(rule.when.tree) if leaf.operator is not Operator.EXISTS}
    return tuple(sorted(names))


def unknown_fields(asked: Sequence[str], policy: Policy, facts: Facts) -> list[str]:
    """Name those of the fields asked for that a lead lacks; every lead has a score and a grade."""
    missing = [name for name in asked if name not in facts and name not in {"trait.score", "trait.grade"}]
    if PLACE in missing and policy.areas and area_of(policy.areas, facts):
        missing.remove(PLACE)
    return missing
