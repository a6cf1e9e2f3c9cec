"""Which leads conditions take, as boxes: for each field the set of values left. Boxes are taken away from each other exactly.

What is concluded is always right. Fields are not related to each other, and too many alternatives or pieces end the
work without a conclusion; so what is not concluded may still be so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from routing.condition_logic import Atom, Formula, atoms_of
from routing.value_cells import FieldCells, TooManyTexts, closed_words

#: Place of a field in the world -> the cells left; a field that is not in it is free.
Box = Mapping[int, int]

#: Alternatives of one condition, and of all conditions of a policy together.
_MOST_ALTERNATIVES, _MOST_BOXES = 64, 8_000
_MOST_PIECES = 256
#: Sets of more cells than this are not looked up cell by cell.
_NARROW = 64
#: Comparisons of two boxes in one check, less than a second's work; what easy rules leave over, later ones may use.
_WORK = 200_000


@dataclass(frozen=True, slots=True)
class Alternatives:
    """The boxes of one condition; where not `complete`, some of its leads are in none of them."""

    boxes: tuple[Box, ...]
    complete: bool = True


class World:
    """All fields that some conditions compare, with their cells."""

    def __init__(self, formulas: Sequence[Formula], grades: Sequence[str] = ()) -> None:
        """Divide every field as these conditions do; conditions asked about later must be among them."""
        self._most = max(min(_MOST_BOXES // max(len(formulas), 1), _MOST_ALTERNATIVES), 1)
        by_field: dict[str, list[Atom]] = {}
        for formula in formulas:
            for atom in atoms_of(formula):
                by_field.setdefault(atom.field, []).append(atom)
        self._place: dict[str | Atom, int] = {}
        self._cells: dict[str, FieldCells] = {}
        self.whole: list[int] = []
        self.named: list[int] = []
        #: The family is part of the key, since 1 == True.
        self._sets: dict[tuple[Atom, str], tuple[int, int]] = {}
        for field, atoms in by_field.items():
            self._add_field(field, atoms, closed_words(field, grades))

    def _add_field(self, field: str, atoms: list[Atom], closed: Sequence[str]) -> None:
        try:
            cells = FieldCells(field, atoms, closed)
        except TooManyTexts:
            # Each search is then a field of its own: more seems possible than is, which no conclusion rests upon.
            searched = [atom for atom in atoms if not _is_plain(atom)]
            cells = FieldCells(field, [atom for atom in atoms if _is_plain(atom)], closed)
            for atom in searched:
                self._add_search(atom)
        self._cells[field] = cells
        self._place[field] = len(self.whole)
        self.whole.append(cells.whole)
        self.named.append(cells.named)

    def _add_search(self, atom: Atom) -> None:
        whole_atom = Atom(atom.field, atom.operator, atom.values)
        if whole_atom not in self._place:
            self._place[whole_atom] = len(self.whole)
            self.whole.append(_FOUND | _NOT_FOUND | _NO_TEXT)
            self.named.append(0)
        self._sets[atom, atom.family] = (self._place[whole_atom], _FOUND if atom.positive else _NOT_FOUND)

    def cells_of(self, field: str) -> FieldCells | None:
        """Give the cells of a field, None if no condition reads it."""
        return self._cells.get(field)

    def set_in(self, box: Box, field: str) -> int | None:
        """Give what a box leaves of a field, None if no condition reads it."""
        place = self._place.get(field)
        return None if place is None else box.get(place, self.whole[place])

    def narrowed(self, box: Box, field: str, cells: int) -> Box | None:
        """Keep of a box only some cells of a field; None if nothing is left."""
        place = self._place[field]
        left = box.get(place, self.whole[place]) & cells
        return {**box, place: left} if left else None

    def alternatives(self, formula: Formula | None) -> Alternatives:
        """Give the boxes in which a condition is true; no condition is true everywhere."""
        return Alternatives(({},)) if formula is None else self._alternatives(formula)

    def _alternatives(self, formula: Formula) -> Alternatives:
        if isinstance(formula, Atom):
            place, cells = self._set_of(formula)
            if cells == self.whole[place]:
                return Alternatives(({},))
            return Alternatives(({place: cells},) if cells else ())
        parts = [self._alternatives(part) for part in formula[1]]
        complete = all(part.complete for part in parts)
        if formula[0] == "any":
            boxes = _merged([box for part in parts for box in part.boxes], self.whole)
            return Alternatives(tuple(boxes[: self._most]), complete and len(boxes) <= self._most)
        joined: list[Box] = [{}]
        for part in sorted(parts, key=lambda each: len(each.boxes)):
            joined = [both for one in joined for other in part.boxes if (both := _common(one, other)) is not None]
            if len(joined) > self._most:
                joined, complete = joined[: self._most], False
        return Alternatives(tuple(joined), complete)

    def _set_of(self, atom: Atom) -> tuple[int, int]:
        found = self._sets.get((atom, atom.family))
        if found is None:
            found = (self._place[atom.field], self._cells[atom.field].set_of(atom))
            self._sets[atom, atom.family] = found
        return found


_FOUND, _NOT_FOUND, _NO_TEXT = 1, 2, 4


def _is_plain(atom: Atom) -> bool:
    return atom.operator.value not in ("contains_any", "matches_prefix")


class Taken:
    """What the rules looked at so far take, box by box, so that the leads left for the next one are known."""

    def __init__(self, world: World, rules: int) -> None:
        """Begin with nothing taken, and with work for so many rules."""
        self._world = world
        self._share = _WORK // max(rules, 1)
        self._work = self._share
        self._boxes: list[Box] = []
        self._names: list[str] = []
        #: For each field: cell -> those boxes, as a set of bits, that hold it; and those that say nothing narrow of the field.
        self._with_cell: list[dict[int, int]] = [{} for _ in world.whole]
        self._with_some: list[int] = [0 for _ in world.whole]

    def add(self, name: str, alternatives: Alternatives) -> None:
        """Note that a rule takes these leads, and go on to the next."""
        self._work += self._share
        for box in alternatives.boxes:
            bit = 1 << len(self._boxes)
            for place, cells in box.items():
                if cells.bit_count() <= _NARROW:
                    self._with_some[place] |= bit
                    for cell in _cells_in(cells):
                        self._with_cell[place][cell] = self._with_cell[place].get(cell, 0) | bit
            self._boxes.append(box)
            self._names.append(name)

    def left_of(self, box: Box) -> tuple[tuple[Box, ...] | None, tuple[str, ...]]:
        """Give what is left of a box, and who has taken from it.

        Returns:
            Boxes that overlap nowhere, none if all is taken, None where that would take too much work; and the
            names of the rules that take of it, in their order; of one rule that takes all, only that.
        """
        near = list(islice(self._near(box), max(self._work // 2, 0)))
        self._work -= len(near)
        if len(near) >= self._work:
            return None, ()
        whole = next((place for place in near if _within(box, self._boxes[place], self._world.whole)), None)
        if whole is not None:
            return (), (self._names[whole],)
        rest: list[Box] = [box]
        takers: dict[str, None] = {}
        for place in near:
            left: list[Box] = []
            self._work -= 2 * len(rest)
            for piece in rest:
                left += self._cut(piece, self._boxes[place])
            if len(left) > _MOST_PIECES or self._work < 0:
                return None, tuple(takers)
            if left != rest:
                takers[self._names[place]] = None
            rest = left
            if not rest:
                break
        return tuple(rest), tuple(takers)

    def _near(self, box: Box) -> Iterator[int]:
        """Give the boxes that may overlap with this one, first to last."""
        every = (1 << len(self._boxes)) - 1
        near = every
        for place, cells in box.items():
            if cells.bit_count() <= _NARROW:
                reached = every & ~self._with_some[place]
                for cell in _cells_in(cells):
                    reached |= self._with_cell[place].get(cell, 0)
                near &= reached
        return _cells_in(near)

    def _cut(self, piece: Box, by: Box) -> Iterator[Box]:
        """Give what is left of a piece outside another box, in pieces that overlap nowhere."""
        whole = self._world.whole
        if any(not piece.get(place, whole[place]) & cells for place, cells in by.items()):
            yield piece
            return
        inside = dict(piece)
        for place, cells in by.items():
            have = inside.get(place, whole[place])
            if outside := have & ~cells:
                yield {**inside, place: outside}
                inside[place] = have & cells


def _cells_in(cells: int) -> Iterator[int]:
    while cells:
        last = cells & -cells
        yield last.bit_length() - 1
        cells ^= last


def _within(box: Box, other: Box, whole: Sequence[int]) -> bool:
    return all(not box.get(place, whole[place]) & ~cells for place, cells in other.items())


def _common(one: Box, other: Box) -> Box | None:
    joined = dict(one)
    for place, cells in other.items():
        left = joined.get(place, cells) & cells
        if not left:
            return None
        joined[place] = left
    return joined


def _merged(boxes: list[Box], whole: Sequence[int]) -> list[Box]:
    """Put alternatives that speak of the same single field together: 江苏 or 上海 is one box."""
    single: dict[int, int] = {}
    rest: list[Box] = []
    for box in boxes:
        if len(box) == 1:
            place, cells = next(iter(box.items()))
            single[place] = single.get(place, 0) | cells
        else:
            rest.append(box)
    if {} in rest or any(cells == whole[place] for place, cells in single.items()):
        return [{}]
    different = {tuple(sorted(box.items())): box for box in rest}
    return [{place: cells} for place, cells in single.items()] + list(different.values())
