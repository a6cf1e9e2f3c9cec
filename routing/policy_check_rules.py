"""Which rules can never be reached, or nearly never: by reasoning over the typed conditions, not by trying leads."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

from routing.condition_boxes import Alternatives, Box, Taken, World
from routing.condition_logic import Formula, formula_of
from routing.condition_tree import Compare, ConditionNode, Operator
from routing.findings import Findings, Path, listed
from routing.policy import Policy, Rule

_SHADOWED_PERCENT = 90
_MOST_COMBINATIONS = 4_096


@dataclass(frozen=True, slots=True)
class Reach:
    """What a rule is for, and what earlier rules leave of it.

    Attributes:
        rule: the rule.
        wanted: the leads for which its condition is true.
        rests: for each box of `wanted`, what no earlier rule takes of it.
        known: whether that could be worked out; it would have taken too much work if not.
        takers: earlier rules that take of them.
    """

    rule: Rule
    wanted: Alternatives
    rests: tuple[tuple[Box, ...], ...]
    known: bool
    takers: tuple[str, ...]

    @property
    def left(self) -> tuple[Box, ...] | None:
        """Give the leads that come to this rule; None where that is not known."""
        return tuple(box for rest in self.rests for box in rest) if self.known else None


@dataclass(frozen=True, slots=True)
class Reaches:
    """All rules of a policy, in order, and the world in which their boxes mean something."""

    world: World
    rules: tuple[Reach, ...]
    nothing_left: bool
    """Every lead is taken by some rule."""


def reaches_of(policy: Policy, spoken: Iterable[str] = ()) -> Reaches:
    """Work out what each rule is for and what is left of it.

    Args:
        policy: the rules.
        spoken: languages that are to be told apart, since some rep speaks them.
    """
    formulas = [_formula(rule) for rule in policy.rules]
    fenced = tuple(dict.fromkeys(province for fence in policy.fences for province in fence.provinces))
    asked = [formula for formula in formulas if formula is not None]
    if fenced:
        asked.append(formula_of(Compare("province", Operator.IN, fenced)))
    tags = tuple(dict.fromkeys(tag for language in spoken for tag in _with_wider(language)))
    if tags and any(rule.require.language for rule in policy.rules):
        asked.append(formula_of(Compare("language", Operator.IN, tags)))
    world = World(asked, [letter for letter, _ in policy.scoring.grades])
    taken = Taken(world, len(policy.rules))
    found: list[Reach] = []
    for rule, formula in zip(policy.rules, formulas, strict=True):
        wanted = world.alternatives(formula)
        found.append(_reach(rule, wanted, taken))
        taken.add(rule.name, wanted)
    # A rule without conditions takes everything, also where reasoning about all before it was given up.
    nothing_left = None in formulas or taken.left_of({})[0] == ()
    return Reaches(world, tuple(found), nothing_left)


def never_holds(tree: ConditionNode) -> bool:
    """Say whether reasoning shows that no lead can ever satisfy a condition."""
    formula = formula_of(tree)
    wanted = World([formula]).alternatives(formula)
    return wanted.complete and not wanted.boxes


def _with_wider(language: str) -> Iterable[str]:
    """Give a tag and what it is a kind of: zh-hant-hk, zh-hant, zh."""
    parts = language.split("-")
    return ("-".join(parts[:length]) for length in range(len(parts), 0, -1))


def _formula(rule: Rule) -> Formula | None:
    tree: ConditionNode | None = rule.when.tree if rule.when is not None else None
    return None if tree is None else formula_of(tree)


def _reach(rule: Rule, wanted: Alternatives, taken: Taken) -> Reach:
    found = [taken.left_of(box) for box in wanted.boxes]
    known = wanted.complete and all(rest is not None for rest, _ in found)
    takers = tuple(dict.fromkeys(name for _, by in found for name in by))
    return Reach(rule, wanted, tuple(rest or () for rest, _ in found), known, takers)


def check_reach(reaches: Reaches, findings: Findings) -> None:
    """Note rules that never hold, that are never reached, or nearly never."""
    for place, reach in enumerate(reaches.rules):
        path: Path = ("rules", place)
        name = reach.rule.name
        if reach.wanted.complete and not reach.wanted.boxes:
            findings.error(
                (*path, "when"),
                f"«{name}» can never hold: its conditions exclude each other",
                "take one of them out",
            )
        elif reach.left == () and not _is_mere_rest(reach):
            findings.error(
                path,
                f"«{name}» is never reached: {_named(reach.takers)} before it takes all its leads",
                "put it before, or take it out",
            )
        elif (percent := _percent_taken(reach, reaches.world)) >= _SHADOWED_PERCENT:
            findings.warning(
                path,
                f"{percent} % of «{name}» is taken by {_named(reach.takers)} before it",
                "put it before, or narrow the earlier one",
            )


def _is_mere_rest(reach: Reach) -> bool:
    """A last rule for all the others is wanted, also where the others leave nothing over; a second one is not."""
    return reach.rule.when is None and len(reach.takers) > 1


def _named(names: Sequence[str]) -> str:
    return listed(f"«{name}»" for name in names)


def _percent_taken(reach: Reach, world: World) -> int:
    """Count how many combinations of the values that a rule lists are taken before it, in percent.

    A rule for 30 provinces of which 28 are taken is nearly never reached. Where nothing is listed, nothing is counted.
    """
    if reach.left is None or not reach.takers:
        return 0
    wanted = left = 0
    for box, rest in zip(reach.wanted.boxes, reach.rests, strict=True):
        lists = [place for place, cells in box.items() if not cells & ~world.named[place]]
        combinations = math.prod(box[place].bit_count() for place in lists)
        if combinations > _MOST_COMBINATIONS:
            return 0
        wanted += combinations
        left += len({each for piece in rest for each in product(*(_bits(piece[place]) for place in lists))})
    return 100 * (wanted - left) // wanted if wanted else 0


def _bits(cells: int) -> Iterable[int]:
    while cells:
        last = cells & -cells
        yield last
        cells ^= last


def can_come_from(reach: Reach, world: World, province: str) -> bool:
    """Say whether a lead of this province can come to this rule, as far as reasoning tells."""
    cells = world.cells_of("province")
    if reach.left is None or cells is None:
        return True
    return any(world.narrowed(box, "province", cells.word(province)) is not None for box in reach.left)
