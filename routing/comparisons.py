"""One comparison as a function of a lead's facts: the leaves of compiled conditions, kept as short as they can be."""

from __future__ import annotations

import re
from collections.abc import Callable

from routing.condition_tree import LANGUAGE_FIELDS, ORDERED, Compare, Operator
from routing.lead import Facts, Scalar

Holds = Callable[[Facts], bool | None]

_NUMBERS = frozenset({int, float})
_FLAGS = frozenset({bool})


def compare(node: Compare) -> Holds:
    """Make the function of one comparison."""
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
    if isinstance(listed[0], str):
        if len(listed) == 1:
            return _word(name, listed[0], positive=positive)
        return _words(name, listed, positive=positive)
    kinds = _FLAGS if isinstance(listed[0], bool) else _NUMBERS
    values = frozenset(listed)

    def is_one_of(facts: Facts) -> bool | None:
        value = facts.get(name)
        return (value in values) is positive if value.__class__ in kinds else None

    return is_one_of


# Words are most of what rules compare, so they have functions of their own with the least to do.


def _word(name: str, word: Scalar, *, positive: bool) -> Holds:
    if positive:

        def is_it(facts: Facts) -> bool | None:
            value = facts.get(name)
            return value == word if value.__class__ is str else None

        return is_it

    def is_not_it(facts: Facts) -> bool | None:
        value = facts.get(name)
        return value != word if value.__class__ is str else None

    return is_not_it


def _words(name: str, listed: tuple[Scalar, ...], *, positive: bool) -> Holds:
    words = frozenset(listed)
    if positive:

        def is_one_of(facts: Facts) -> bool | None:
            value = facts.get(name)
            return value in words if value.__class__ is str else None

        return is_one_of

    def is_none_of(facts: Facts) -> bool | None:
        value = facts.get(name)
        return value not in words if value.__class__ is str else None

    return is_none_of


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
