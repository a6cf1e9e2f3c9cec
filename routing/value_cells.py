"""The values that a field may have, divided into cells: within one cell, no comparison of a policy tells two values apart.

A set of values is then an integer with one bit for each cell, and reasoning about sets is exact: numbers fall into bounds
and the gaps between them, words into those that are named and the rest, free text by which of the texts looked for it
holds. One bit stands for a lead that lacks the field.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from routing.condition_logic import TEXTS, Atom
from routing.condition_tree import LANGUAGE_FIELDS, ORDERED, Operator
from routing.fact_fields import FieldKind, field_named
from routing.lead import Scalar
from routing.regions import PROVINCES

#: Facts that every lead has.
_ALWAYS = frozenset({
    "trait.submit_hour", "trait.submit_time", "trait.submit_period", "trait.weekday", "trait.region_known",
    "trait.has_name", "trait.has_phone", "trait.has_wechat", "trait.has_email", "trait.has_unionid", "trait.score",
    "trait.grade", "source",
})  # fmt: skip
#: Numbers that are whole -> the least and the largest they can be.
_WHOLE: dict[str, tuple[float, float]] = {
    "company_size": (-math.inf, math.inf), "trait.score": (0, 100), "trait.submit_hour": (0, 23),
    "trait.delay_minutes": (0, math.inf), "trait.prior_orders": (0, math.inf), "trait.demand_length": (0, math.inf),
}  # fmt: skip
_FAMILIES = {FieldKind.TEXT: ("text",), FieldKind.NUMBER: ("number",), FieldKind.FLAG: ("flag",)}
_ANY_FAMILY = ("text", "number", "flag")
#: Bits 0, 1, 2 are: no value, false, true; numbers follow, then words, then other texts.
_ABSENT, _FALSE, _TRUE, _FIRST_NUMBER = 1, 2, 4, 3
#: A sign that no text of a policy holds: between the texts that a made-up one is put together from.
_BETWEEN = "\ue000"
#: With so many texts looked for in one field, that field can be told apart no further.
_MOST_TEXT_CELLS = 256


class TooManyTexts(Exception):
    """One field is searched for more texts than can be told apart."""


class FieldCells:
    """The cells of one field. Immutable.

    Attributes:
        whole: every cell that a lead can be in.
        named: the cells that are one word or one number each.
    """

    __slots__ = ("_bounds", "_flags", "_numbers", "_texts", "_words", "named", "whole")

    def __init__(self, field: str, atoms: Sequence[Atom], closed: Sequence[str] = ()) -> None:
        """Divide the values of a field as the atoms that compare it do.

        Args:
            field: its name.
            atoms: every comparison of it.
            closed: all words it can have, where they are few and fixed.

        Raises:
            TooManyTexts: free text is searched for too many different texts.
        """
        families = _families(field)
        self._flags = _FALSE | _TRUE if "flag" in families else 0
        self._bounds: list[float] = sorted({
            value
            for atom in atoms
            if atom.operator is not Operator.EXISTS and atom.family == "number"
            for value in atom.values
            if not isinstance(value, str)
        })  # fmt: skip
        size = 2 * len(self._bounds) + 1
        self._numbers = self._possible_numbers(field) if "number" in families else 0
        words = closed or _words(atoms)
        start = _FIRST_NUMBER + size
        self._words = {word: 1 << (start + place) for place, word in enumerate(words)}
        others = () if closed or "text" not in families else _other_texts(field, atoms, words)
        start += len(words)
        self._texts = [(word, bit) for word, bit in self._words.items() if "text" in families]
        self._texts += [(text, 1 << (start + place)) for place, text in enumerate(others)]
        absent = 0 if field in _ALWAYS else _ABSENT
        self.whole = absent | self._flags | self._numbers | sum(bit for _, bit in self._texts)
        singles = sum(1 << (_FIRST_NUMBER + 2 * place + 1) for place in range(len(self._bounds)))
        self.named = (self._flags | singles | sum(self._words.values())) & self.whole

    def set_of(self, atom: Atom) -> int:
        """Give the values for which a comparison is true."""
        if atom.operator is Operator.EXISTS:
            return self.whole & ~_ABSENT if atom.values[0] else self.whole & _ABSENT
        if atom.family == "text":
            return self._text_set(atom)
        if atom.operator in ORDERED:
            return self._ordered(atom) & self._numbers
        every = self._flags if atom.family == "flag" else self._numbers
        listed = sum({self._single(value) for value in atom.values}) & every
        return listed if atom.operator is Operator.IN else every & ~listed

    def word(self, text: str) -> int:
        """Give the cell of one word; raises KeyError where no comparison names it."""
        return self._words[text] & self.whole

    @property
    def absent(self) -> int:
        """Give the cell of leads that lack the field; 0 where every lead has it."""
        return self.whole & _ABSENT

    def absent_or(self, holds: Callable[[str], bool]) -> int:
        """Give the cells of leads that lack the field, and those of texts that satisfy something."""
        return (self.whole & _ABSENT) | sum(bit for text, bit in self._texts if holds(text))

    def _single(self, value: Scalar) -> int:
        if isinstance(value, bool):
            return _TRUE if value else _FALSE
        return 1 << self._place_of(value)

    def _place_of(self, bound: Scalar) -> int:
        """Give the bit of a number that a comparison names; the gap below it is the bit before."""
        return _FIRST_NUMBER + 2 * bisect_left(self._bounds, bound) + 1

    def _ordered(self, atom: Atom) -> int:
        place = self._place_of(atom.values[0])
        includes = atom.operator in (Operator.GTE, Operator.LT)
        below = (1 << (place if includes else place + 1)) - 1
        return below if atom.operator in (Operator.LT, Operator.LTE) else ~below

    def _possible_numbers(self, field: str) -> int:
        """Leave out gaps between whole numbers that hold none, and what lies outside the range of the field."""
        every = ((1 << (2 * len(self._bounds) + 1)) - 1) << _FIRST_NUMBER
        if field not in _WHOLE:
            return every
        least, most = _WHOLE[field]
        edges = [-math.inf, *self._bounds, math.inf]
        possible = 0
        for place, (low, high) in enumerate(pairwise(edges)):
            first = max(least, low if math.isinf(low) else math.floor(low) + 1)
            last = min(most, high if math.isinf(high) else math.ceil(high) - 1)
            if first <= last:
                possible |= 1 << (_FIRST_NUMBER + 2 * place)
        for place, bound in enumerate(self._bounds):
            if least <= bound <= most and bound == math.floor(bound):
                possible |= 1 << (_FIRST_NUMBER + 2 * place + 1)
        return possible

    def _text_set(self, atom: Atom) -> int:
        if atom.operator in TEXTS or atom.field in LANGUAGE_FIELDS:
            return sum(bit for text, bit in self._texts if atom.admits_text(text))
        listed = 0
        for value in atom.values:
            listed |= self._words.get(str(value), 0)
        if atom.operator is Operator.IN:
            return listed & self.whole
        return sum(bit for _, bit in self._texts) & ~listed


def closed_words(field: str, grades: Sequence[str] = ()) -> tuple[str, ...]:
    """Give all words that a field can have, where they are few and fixed."""
    if field == "trait.grade":
        return tuple(grades)
    if field == "province":
        return tuple(unit.name for unit in PROVINCES)
    known = field_named(field)
    return known.values if known is not None else ()


def _families(field: str) -> tuple[str, ...]:
    """Give the kinds of value a field may have; what sources write themselves may be anything."""
    known = field_named(field)
    if known is None or field.startswith(("behaviour.", "attributes.")):
        return _ANY_FAMILY
    return _FAMILIES.get(known.kind, _ANY_FAMILY)


def _words(atoms: Iterable[Atom]) -> list[str]:
    lists = (atom for atom in atoms if atom.operator in (Operator.IN, Operator.NOT_IN) and atom.family == "text")
    return list(dict.fromkeys(str(value) for atom in lists for value in atom.values))


def _other_texts(field: str, atoms: Sequence[Atom], words: Sequence[str]) -> list[str]:
    """Make up one text for each way in which texts that no list names can be told apart."""
    searches = [atom for atom in dict.fromkeys(atoms) if atom.operator in TEXTS]
    if field in LANGUAGE_FIELDS:
        if searches:
            raise TooManyTexts
        return [_BETWEEN, *(f"{word}-{_BETWEEN}" for word in words)]

    def found_in(text: str) -> int:
        return sum(1 << place for place, atom in enumerate(searches) if atom.admits_text(text) is atom.positive)

    # A text is told apart by its beginning, as far as a prefix names it, and by what it holds further on.
    begins = {word for atom in searches if atom.operator is Operator.MATCHES_PREFIX for word in atom.folded_words}
    holds = {word for atom in searches if atom.operator is Operator.CONTAINS_ANY for word in atom.folded_words}
    cells = {found_in(begin): begin for begin in sorted(f"{word}{_BETWEEN}" for word in ("", *begins))}
    for word in sorted(holds):
        more = found_in(f"{_BETWEEN}{word}")
        cells |= {found | more: f"{text}{word}{_BETWEEN}" for found, text in cells.items() if found | more not in cells}
        if len(cells) > _MOST_TEXT_CELLS:
            raise TooManyTexts
    return list(cells.values())
