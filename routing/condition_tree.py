"""The typed conditions of rules and scoring, as a tree: what was written, after all names and values were checked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from routing.lead import Scalar


class Operator(StrEnum):
    """How a field is compared, named as in the policy file."""

    EQ = "eq"
    NOT = "not"
    IN = "in"
    NOT_IN = "not_in"
    GTE = "gte"
    GT = "gt"
    LTE = "lte"
    LT = "lt"
    CONTAINS = "contains"
    CONTAINS_ANY = "contains_any"
    MATCHES_PREFIX = "matches_prefix"
    EXISTS = "exists"


#: Operators that compare with a list of values.
LISTED = frozenset({Operator.IN, Operator.NOT_IN, Operator.CONTAINS_ANY, Operator.MATCHES_PREFIX})
#: Fields whose words stand for narrower ones too: `zh` for `zh-cn`.
LANGUAGE_FIELDS = frozenset({"language"})
#: Operators that need an order, so a number.
ORDERED = frozenset({Operator.GTE, Operator.GT, Operator.LTE, Operator.LT})


@dataclass(frozen=True, slots=True)
class Compare:
    """One field against a value; `expected` is a tuple for the operators of `LISTED`, else one value."""

    field: str
    operator: Operator
    expected: Scalar | tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Every:
    """All parts hold."""

    parts: tuple[ConditionNode, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one part holds."""

    parts: tuple[ConditionNode, ...]


@dataclass(frozen=True, slots=True)
class Negated:
    """The part does not hold; unknown stays unknown."""

    part: ConditionNode


ConditionNode = Compare | Every | Some | Negated


def fields_of(node: ConditionNode) -> frozenset[str]:
    """Give every field that the tree reads."""
    return frozenset(leaf.field for leaf in leaves_of(node))


def leaves_of(node: ConditionNode) -> tuple[Compare, ...]:
    """Give every comparison of the tree, in the order written."""
    if isinstance(node, Compare):
        return (node,)
    if isinstance(node, Negated):
        return leaves_of(node.part)
    return tuple(leaf for part in node.parts for leaf in leaves_of(part))
