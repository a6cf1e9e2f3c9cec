"""Compiled conditions: typed trees turned into functions of a lead's facts.

Three-valued logic (Kleene): a comparison with an absent field, or with a value of another kind than was written, is
unknown (None). `all` is False if any part is False, else None if any is None; `any` is True if any part is True, else
None if any is None; `not` keeps None. Only `exists` sees absence. A rule matches only on True.

Text is compared exactly by `eq`, `not`, `in`, `not_in`; `contains`, `contains_any` and `matches_prefix` look into free
text and ignore case. `language: zh` matches `zh` and `zh-CN`. A compiled function never raises, whatever the
facts hold.
"""

from __future__ import annotations

from dataclasses import dataclass

from routing.comparisons import Holds, compare
from routing.condition_tree import (
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

_FREE_TEXT = frozenset({Operator.CONTAINS, Operator.CONTAINS_ANY, Operator.MATCHES_PREFIX})
_PAIR = 2
#: `not` of the one is the other, unknown included: one call less for what is written most.
_COMPLEMENT = {
    Operator.EQ: Operator.NOT, Operator.NOT: Operator.EQ, Operator.IN: Operator.NOT_IN, Operator.NOT_IN: Operator.IN,
}  # fmt: skip


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
        return compare(node)
    if isinstance(node, Negated):
        inner = node.part
        if isinstance(inner, Compare) and inner.operator in _COMPLEMENT:
            return compare(Compare(inner.field, _COMPLEMENT[inner.operator], inner.expected))
        return _negated(compile_node(inner))
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
        result = compare(node)(facts)
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
