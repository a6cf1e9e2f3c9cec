"""Compiled conditions: typed trees turned into functions of a lead's facts.

Three-valued logic (Kleene): a comparison with an absent field, or with a value of another kind than was written, is
unknown (None). `all` is False if any part is False, else None if any is None; `any` is True if any part is True, else
None if any is None; `not` keeps None. Only `exists` sees absence. A rule matches only on True.

Text is compared exactly by `eq`, `not`, `in`, `not_in`; `contains`, `contains_any` and `matches_prefix` look into free text
and ignore case. `language: zh` matches `zh` and `zh-CN`. A compiled function never raises, whatever the facts hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from routing.condition_tree import (
    ORDERED,
    Compare,
    ConditionNode,
    Every,
    Negated,
    Operator,
    Some,
    fields_of,
)
from routing.lead import Facts, Scalar
from routing.policy import Condition

Holds = Callable[[Facts], bool | None]

LANGUAGE_FIELDS = frozenset({"language"})

_NUMBERS = frozenset({int, float})
_TEXTS = frozenset({str})
_FLAGS = frozenset({bool})

_FREE_TEXT = frozenset({Operator.CONTAINS, Operator.CONTAINS_ANY, Operator.MATCHES_PREFIX})
_PAIR = 2


@dataclass(frozen=True, slots=True)
class Clause:
    """One line of the trace of a condition.

    Attributes:
        depth: 0 for the outermost; parts of `all`, `any` and `not` are one deeper.
        field: the fact compared; empty for a group.
        operator: as in the policy file; `all`, `any` or `not` for a group.
        expected: what was asked for; None for a group.
        actual: what the lead has; None where it is absent.
        result: True, False, or None for unknown.
    """

    depth: int
    field: str
    operator: str
    expected: Scalar | tuple[Scalar, ...] | None
    actual: Scalar | None
    result: bool | None


def compile_condition(node: ConditionNode, written: object = None) -> Condition:
    """Make the function of a checked tree; `written` is kept for explanations."""
    return Condition(holds=compile_node(node), fields=fields_of(node), source=written, tree=node)


def compile_node(node: ConditionNode) -> Holds:
    """Turn one node, and all below it, into a function of the facts."""
    if isinstance(node, Compare):
        return _compare(node)
    if isinstance(node, Negated):
        return _negated(compile_node(node.part))
    parts = tuple(compile_node(part) for part in sorted(node.parts, key=_cost))
    if len(parts) == 1:
        return parts[0]
    if isinstance(node, Some):
        return _some(parts)
    return _both(*parts) if len(parts) == _PAIR else _every(parts)


def explain(condition: Condition, facts: Facts) -> tuple[Clause, ...]:
    """Say of every clause what was asked, what the lead has, and whether it holds.

    Nothing is cut short: a False first part does not hide the others.
    """
    if condition.tree is None:
        return ()
    clauses: list[Clause] = []
    _trace(condition.tree, facts, 0, clauses)
    return tuple(clauses)


def unknown_fields(condition: Condition, facts: Facts) -> frozenset[str]:
    """Give the absent fields that keep a condition from being decided; empty where it is True or False."""
    if condition.holds(facts) is not None:
        return frozenset()
    return frozenset(clause.field for clause in explain(condition, facts) if clause.field and clause.result is None)


def _trace(node: ConditionNode, facts: Facts, depth: int, clauses: list[Clause]) -> bool | None:
    if isinstance(node, Compare):
        result = _compare(node)(facts)
        clauses.append(Clause(depth, node.field, node.operator.value, node.expected, facts.get(node.field), result))
        return result
    place = len(clauses)
    parts = (node.part,) if isinstance(node, Negated) else node.parts
    inner: list[Clause] = []
    results = [_trace(part, facts, depth + 1, inner) for part in parts]
    if isinstance(node, Negated):
        word, result = "not", None if results[0] is None else not results[0]
    elif isinstance(node, Every):
        word, result = "all", False if False in results else None if None in results else True
    else:
        word, result = "any", True if True in results else None if None in results else False
    clauses[place:] = [Clause(depth, "", word, None, None, result), *inner]
    return result


def _cost(node: ConditionNode) -> int:
    """Rank parts by what they cost; the result does not depend on their order, the time does."""
    if not isinstance(node, Compare):
        return 2
    return 1 if node.operator in _FREE_TEXT else 0


def _both(first: Holds, second: Holds) -> Holds:
    """Do the same as `_every` for the most usual number of parts, without a loop."""

    def holds(facts: Facts) -> bool | None:
        held = first(facts)
        if held is False:
            return False
        other = second(facts)
        if other is False:
            return False
        return None if held is None or other is None else True

    return holds


def _every(parts: tuple[Holds, ...]) -> Holds:
    def holds(facts: Facts) -> bool | None:
        result: bool | None = True
        for part in parts:
            held = part(facts)
            if not held:
                if held is False:
                    return False
                result = None
        return result

    return holds


def _some(parts: tuple[Holds, ...]) -> Holds:
    def holds(facts: Facts) -> bool | None:
        result: bool | None = False
        for part in parts:
            held = part(facts)
            if held:
                return True
            if held is None:
                result = None
        return result

    return holds


def _negated(part: Holds) -> Holds:
    def holds(facts: Facts) -> bool | None:
        held = part(facts)
        return None if held is None else not held

    return holds


def _compare(node: Compare) -> Holds:
    if node.operator is Operator.EXISTS:
        return _exists(node.field, wanted=bool(node.expected))
    if node.operator in ORDERED:
        return _ordered(node)
    if node.operator in (Operator.CONTAINS, Operator.CONTAINS_ANY):
        return _containing(node.field, _folded(node.expected))
    if node.operator is Operator.MATCHES_PREFIX:
        return _prefixed(node.field, _folded(node.expected))
    listed = node.expected if isinstance(node.expected, tuple) else (node.expected,)
    positive = node.operator in (Operator.EQ, Operator.IN)
    if node.field in LANGUAGE_FIELDS:
        return _language(node.field, tuple(str(value) for value in listed), positive=positive)
    return _member(node.field, listed, positive=positive)


def _exists(name: str, *, wanted: bool) -> Holds:
    if wanted:
        return lambda facts: name in facts
    return lambda facts: name not in facts


def _ordered(node: Compare) -> Holds:
    if not isinstance(node.expected, (int, float)):
        raise TypeError("only numbers have an order")
    return _ORDER[node.operator](node.field, node.expected)


# The four differ in one sign. A shared comparison function would cost a call for each clause of each rule.


def _at_least(name: str, bound: float) -> Holds:
    def holds(facts: Facts) -> bool | None:
        value = facts.get(name)
        return value >= bound if value.__class__ in _NUMBERS else None  # type: ignore[operator]

    return holds


def _above(name: str, bound: float) -> Holds:
    def holds(facts: Facts) -> bool | None:
        value = facts.get(name)
        return value > bound if value.__class__ in _NUMBERS else None  # type: ignore[operator]

    return holds


def _at_most(name: str, bound: float) -> Holds:
    def holds(facts: Facts) -> bool | None:
        value = facts.get(name)
        return value <= bound if value.__class__ in _NUMBERS else None  # type: ignore[operator]

    return holds


def _below(name: str, bound: float) -> Holds:
    def holds(facts: Facts) -> bool | None:
        value = facts.get(name)
        return value < bound if value.__class__ in _NUMBERS else None  # type: ignore[operator]

    return holds


_ORDER: dict[Operator, Callable[[str, float], Holds]] = {
    Operator.GTE: _at_least, Operator.GT: _above, Operator.LTE: _at_most, Operator.LT: _below,
}  # fmt: skip


def _member(name: str, listed: tuple[Scalar, ...], *, positive: bool) -> Holds:
    kinds = _FLAGS if isinstance(listed[0], bool) else _TEXTS if isinstance(listed[0], str) else _NUMBERS
    if len(listed) == 1:
        single = listed[0]

        def is_it(facts: Facts) -> bool | None:
            value = facts.get(name)
            return (value == single) is positive if value.__class__ in kinds else None

        return is_it
    values = frozenset(listed)

    def is_one_of(facts: Facts) -> bool | None:
        value = facts.get(name)
        return (value in values) is positive if value.__class__ in kinds else None

    return is_one_of


def _language(name: str, listed: tuple[str, ...], *, positive: bool) -> Holds:
    exact = frozenset(listed)
    beginnings = tuple(f"{tag}-" for tag in listed)

    def holds(facts: Facts) -> bool | None:
        value = facts.get(name)
        if not isinstance(value, str):
            return None
        return (value in exact or value.startswith(beginnings)) is positive

    return holds


def _folded(expected: Scalar | tuple[Scalar, ...]) -> tuple[str, ...]:
    listed = expected if isinstance(expected, tuple) else (expected,)
    return tuple(str(value).casefold() for value in listed)


def _containing(name: str, needles: tuple[str, ...]) -> Holds:
    looking_for = re.compile("|".join(re.escape(needle) for needle in needles)).search

    def holds(facts: Facts) -> bool | None:
        value = facts.get(name)
        if not isinstance(value, str):
            return None
        return looking_for(value.casefold()) is not None

    return holds


def _prefixed(name: str, beginnings: tuple[str, ...]) -> Holds:
    def holds(facts: Facts) -> bool | None:
        value = facts.get(name)
        return value.casefold().startswith(beginnings) if isinstance(value, str) else None

    return holds
