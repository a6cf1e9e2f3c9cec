"""Conditions as formulas that can be reasoned about: atoms under `all` and `any`, with every `not` pushed down to them.

A rule matches only on True, so a negated comparison demands that the field is there, as the comparison itself does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from routing.condition_tree import LANGUAGE_FIELDS, Compare, ConditionNode, Every, Negated, Operator
from routing.lead import Scalar

#: Operators that look into free text.
TEXTS = frozenset({Operator.CONTAINS_ANY, Operator.MATCHES_PREFIX})
_POSITIVE_LISTS = frozenset({Operator.EQ, Operator.IN})
_OPPOSITE = {
    Operator.GTE: Operator.LT, Operator.LT: Operator.GTE, Operator.GT: Operator.LTE, Operator.LTE: Operator.GT,
    Operator.IN: Operator.NOT_IN, Operator.NOT_IN: Operator.IN,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Atom:
    """One comparison, with its negation folded in; operators are IN, NOT_IN, the orders, the two of text, EXISTS."""

    field: str
    operator: Operator
    values: tuple[Scalar, ...]
    positive: bool = True

    @property
    def family(self) -> str:
        """Give the kind of value compared: text, flag or number."""
        first = self.values[0]
        return "flag" if isinstance(first, bool) else "text" if isinstance(first, str) else "number"

    def admits_text(self, value: str) -> bool:
        """Say whether a text satisfies it; only for operators that compare texts."""
        if self.operator is Operator.CONTAINS_ANY:
            return any(word in value.casefold() for word in self.folded_words) is self.positive
        if self.operator is Operator.MATCHES_PREFIX:
            return value.casefold().startswith(self.folded_words) is self.positive
        listed = value in self.values or (
            self.field in LANGUAGE_FIELDS and value.startswith(tuple(f"{word}-" for word in self.values))
        )
        return listed is (self.operator is Operator.IN)

    @property
    def folded_words(self) -> tuple[str, ...]:
        """Give the words looked for in free text, where case does not count."""
        return tuple(str(word).casefold() for word in self.values)


Formula = Atom | tuple[str, tuple["Formula", ...]]
"""An atom, or ("all" | "any", parts)."""


def formula_of(node: ConditionNode, *, positive: bool = True) -> Formula:
    """Push negations down to the atoms."""
    if isinstance(node, Compare):
        return _atom(node, positive=positive)
    if isinstance(node, Negated):
        return formula_of(node.part, positive=not positive)
    parts = tuple(formula_of(part, positive=positive) for part in node.parts)
    return ("all" if isinstance(node, Every) is positive else "any", parts)


def atoms_of(formula: Formula) -> Iterator[Atom]:
    """Give every comparison of a formula."""
    if isinstance(formula, Atom):
        yield formula
        return
    for part in formula[1]:
        yield from atoms_of(part)


def _atom(node: Compare, *, positive: bool) -> Atom:
    values = node.expected if isinstance(node.expected, tuple) else (node.expected,)
    operator = node.operator
    if operator is Operator.EXISTS:
        return Atom(node.field, operator, (bool(values[0]) is positive,))
    if operator in _POSITIVE_LISTS:
        operator = Operator.IN
    elif operator is Operator.NOT:
        operator = Operator.NOT_IN
    elif operator is Operator.CONTAINS:
        operator = Operator.CONTAINS_ANY
    if operator in TEXTS:
        return Atom(node.field, operator, values, positive)
    return Atom(node.field, operator if positive else _OPPOSITE[operator], values)
