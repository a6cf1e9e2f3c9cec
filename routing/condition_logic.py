"""Reasoning over conditions: can one ever hold, and does it hold only where another does?

Conditions are brought to atoms under `all` and `any`, with `not` pushed down to the atoms; since a rule matches only on
True, a negated comparison demands that the field is there, as the comparison itself does. Each alternative (term) of
the disjunctive form gives every field a `Domain`. What is concluded is always right; what is not may still be so
(free text is reasoned about only word by word, fields are not related to each other).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from routing.condition_tree import LANGUAGE_FIELDS, ORDERED, Compare, ConditionNode, Every, Negated, Operator
from routing.lead import Scalar

_MOST_TERMS = 64
_POSITIVE_LISTS = frozenset({Operator.EQ, Operator.IN})
_TEXTS = frozenset({Operator.CONTAINS_ANY, Operator.MATCHES_PREFIX})
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

    def admits(self, value: Scalar) -> bool:
        """Say whether a value of the same family satisfies it."""
        if self.operator is Operator.IN or self.operator is Operator.NOT_IN:
            listed = any(_matches(self.field, value, word) for word in self.values)
            return listed is (self.operator is Operator.IN)
        if self.operator in ORDERED:
            return _in_order(self.operator, value, self.values[0])
        folded = str(value).casefold()
        words = (str(word).casefold() for word in self.values)
        if self.operator is Operator.CONTAINS_ANY:
            return any(word in folded for word in words) is self.positive
        return any(folded.startswith(word) for word in words) is self.positive


Formula = Atom | tuple[str, tuple["Formula", ...]]
"""An atom, or ("all" | "any", parts)."""


@dataclass(frozen=True, slots=True)
class Domain:
    """What a term leaves possible for one field.

    Attributes:
        present: True where the field must be there, False where it must not; None leaves both.
        family: of the values; None as long as nothing is compared.
        only: the values left, where they are few; None for no such limit.
        others: atoms that are not lists of values.
    """

    present: bool | None = None
    family: str | None = None
    only: tuple[Scalar, ...] | None = None
    others: frozenset[Atom] = frozenset()


Term = Mapping[str, Domain]


def formula_of(node: ConditionNode, *, positive: bool = True) -> Formula:
    """Push negations down to the atoms."""
    if isinstance(node, Compare):
        return _atom(node, positive=positive)
    if isinstance(node, Negated):
        return formula_of(node.part, positive=not positive)
    parts = tuple(formula_of(part, positive=positive) for part in node.parts)
    return ("all" if isinstance(node, Every) is positive else "any", parts)


def terms_of(formula: Formula) -> tuple[Term, ...] | None:
    """Give the alternatives under which it holds; empty if it never does, None if there are too many to list."""
    alternatives: list[dict[str, Domain]] = [{}]
    for part in _conjuncts(formula):
        if isinstance(part, Atom):
            alternatives = [met for term in alternatives if (met := _meet(term, part)) is not None]
            continue
        inner = [terms_of(each) for each in part[1]]
        if any(terms is None for terms in inner):
            return None
        choices = [term for terms in inner if terms for term in terms]
        alternatives = [
            both for term in alternatives for choice in choices if (both := _join(term, choice)) is not None
        ]
        if len(alternatives) > _MOST_TERMS:
            return None
    return tuple(alternatives)


def with_value(term: Term, field: str, value: Scalar) -> Term | None:
    """Narrow a term to one value of a field; None if it excludes that value."""
    return _meet(dict(term), Atom(field, Operator.IN, (value,)))


def implies(term: Term, formula: Formula, free: str | None = None) -> bool:
    """Say whether the formula surely holds wherever the term does, leaving atoms on the field `free` aside."""
    if isinstance(formula, Atom):
        return formula.field == free or _covered(term.get(formula.field, Domain()), formula)
    word, parts = formula
    results = (implies(term, part, free) for part in parts)
    return all(results) if word == "all" else any(results)


def demanded_fields(formula: Formula) -> frozenset[str]:
    """Give the fields that a term must speak of to imply the formula; used to look at few pairs of rules."""
    if isinstance(formula, Atom):
        return frozenset({formula.field})
    word, parts = formula
    return frozenset().union(*(demanded_fields(part) for part in parts)) if word == "all" else frozenset()


def _conjuncts(formula: Formula) -> Iterator[Formula]:
    if isinstance(formula, Atom) or formula[0] == "any":
        yield formula
        return
    for part in formula[1]:
        yield from _conjuncts(part)


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
    if operator in _TEXTS:
        return Atom(node.field, operator, values, positive)
    return Atom(node.field, operator if positive else _OPPOSITE[operator], values)


def _join(one: Term, other: Term) -> dict[str, Domain] | None:
    joined: dict[str, Domain] | None = dict(one)
    for field, domain in other.items():
        for atom in _atoms_of(field, domain):
            joined = _meet(joined, atom) if joined is not None else None
    return joined


def _atoms_of(field: str, domain: Domain) -> Iterator[Atom]:
    if domain.present is not None:
        yield Atom(field, Operator.EXISTS, (domain.present,))
    if domain.only is not None:
        yield Atom(field, Operator.IN, domain.only)
    yield from domain.others


def _meet(term: Mapping[str, Domain], atom: Atom) -> dict[str, Domain] | None:
    narrowed = _narrow(term.get(atom.field, Domain()), atom)
    return None if narrowed is None else {**term, atom.field: narrowed}


def _narrow(domain: Domain, atom: Atom) -> Domain | None:
    if atom.operator is Operator.EXISTS:
        wanted = bool(atom.values[0])
        return replace(domain, present=wanted) if domain.present in (None, wanted) else None
    if domain.present is False or domain.family not in (None, atom.family):
        return None
    only = domain.only
    if atom.operator is Operator.IN:
        only = atom.values if only is None else _shared(atom.field, only, atom.values)
        only = tuple(value for value in only if all(other.admits(value) for other in domain.others))
        others = domain.others
    else:
        only = None if only is None else tuple(value for value in only if atom.admits(value))
        others = domain.others | {atom}
    if only == () or _contradictory(others):
        return None
    return Domain(present=True, family=atom.family, only=only, others=others)


def _shared(field: str, ours: tuple[Scalar, ...], theirs: tuple[Scalar, ...]) -> tuple[Scalar, ...]:
    both = [value for value in ours if any(_matches(field, value, word) for word in theirs)]
    both += [value for value in theirs if value not in both and any(_matches(field, value, word) for word in ours)]
    return tuple(both)


def _contradictory(atoms: frozenset[Atom]) -> bool:
    if any(replace(atom, positive=not atom.positive) in atoms for atom in atoms if atom.operator in _TEXTS):
        return True
    lows = [
        (_number(atom), atom.operator is Operator.GT) for atom in atoms if atom.operator in (Operator.GTE, Operator.GT)
    ]
    highs = [
        (_number(atom), atom.operator is Operator.LT) for atom in atoms if atom.operator in (Operator.LTE, Operator.LT)
    ]
    return any(
        low > high or (low == high and (low_open or high_open)) for low, low_open in lows for high, high_open in highs
    )


def _covered(domain: Domain, atom: Atom) -> bool:
    if atom.operator is Operator.EXISTS:
        return domain.present is bool(atom.values[0])
    if domain.family != atom.family:  # no family: nothing is known of the value, not even that there is one
        return False
    if domain.only is not None:
        return all(_surely_admits(atom, value) for value in domain.only)
    if atom in domain.others:
        return True
    if atom.operator is Operator.NOT_IN:
        return all(any(_excludes(other, value) for other in domain.others) for value in atom.values)
    if atom.operator in ORDERED:
        return any(_bound_implies(other, atom) for other in domain.others if other.operator in ORDERED)
    if atom.operator in _TEXTS:
        return any(_text_implies(other, atom) for other in domain.others if other.operator in _TEXTS)
    return False


def _surely_admits(atom: Atom, value: Scalar) -> bool:
    """A language stands for its regional kinds too, so `zh` may still be an excluded `zh-cn`."""
    if not atom.admits(value):
        return False
    narrower = atom.operator is Operator.NOT_IN and any(_matches(atom.field, word, value) for word in atom.values)
    return not narrower


def _excludes(other: Atom, value: Scalar) -> bool:
    return not other.admits(value)


def _bound_implies(known: Atom, wanted: Atom) -> bool:
    low = {Operator.GTE, Operator.GT}
    if (known.operator in low) is not (wanted.operator in low):
        return False
    if _number(known) == _number(wanted):
        return known.operator is wanted.operator or known.operator in (Operator.GT, Operator.LT)
    return (_number(known) > _number(wanted)) is (wanted.operator in low)


def _text_implies(known: Atom, wanted: Atom) -> bool:
    if known.positive is not wanted.positive:
        return False
    stronger, weaker = (known, wanted) if wanted.positive else (wanted, known)
    if stronger.operator is not weaker.operator and weaker.operator is not Operator.CONTAINS_ANY:
        return False
    return all(_stands_for(weaker, str(word)) for word in stronger.values)


def _stands_for(atom: Atom, word: str) -> bool:
    """Say whether every text with this word in its place satisfies the (positive form of the) atom."""
    return replace(atom, positive=True).admits(word)


def _number(atom: Atom) -> float:
    value = atom.values[0]
    return value if isinstance(value, (int, float)) else 0.0


def _in_order(operator: Operator, value: Scalar, bound: Scalar) -> bool:
    if isinstance(value, str) or isinstance(bound, str):
        return False
    if operator is Operator.GTE:
        return value >= bound
    if operator is Operator.GT:
        return value > bound
    return value <= bound if operator is Operator.LTE else value < bound


def _matches(field: str, value: Scalar, word: Scalar) -> bool:
    if value == word:
        return True
    return field in LANGUAGE_FIELDS and str(value).startswith(f"{word}-")
