"""Which rules can never be reached: by reasoning over the typed conditions, not by trying leads.

A rule's condition is split into alternatives. An alternative is taken if an earlier rule surely matches wherever it
does; or, where it lists values of a field, if each value is taken by some earlier rule.
"""

from __future__ import annotations

from dataclasses import dataclass

from routing.checked import Checked
from routing.condition_logic import Formula, Term, demanded_fields, formula_of, implies, terms_of, with_value
from routing.findings import Findings
from routing.policy import Rule

_SHADOWED_PERCENT = 90


@dataclass(frozen=True, slots=True)
class Reach:
    """One rule, ready to be reasoned about.

    Attributes:
        name: of the rule.
        formula: None for a catch-all.
        demanded: fields that an alternative must speak of to be taken by this rule.
        terms: its alternatives; empty if it never holds, None if they are too many.
    """

    name: str
    formula: Formula | None
    demanded: frozenset[str]
    terms: tuple[Term, ...] | None


def reach_of(rule: Rule) -> Reach:
    """Prepare a rule."""
    if rule.when is None or rule.when.tree is None:
        return Reach(rule.name, None, frozenset(), ({},))
    formula = formula_of(rule.when.tree)
    return Reach(rule.name, formula, demanded_fields(formula), terms_of(formula))


def taken_by(term: Term, earlier: list[Reach]) -> str | None:
    """Name the first earlier rule that surely matches wherever the term does."""
    fields = term.keys()
    for rule in earlier:
        if rule.formula is None or (rule.demanded <= fields and implies(term, rule.formula)):
            return rule.name
    return None


def check_reach(checked: Checked, findings: Findings) -> None:
    """Note rules that never hold, that are never reached, or nearly never."""
    if "rules" in checked.broken:
        return
    earlier: list[Reach] = []
    for place, rule in enumerate(checked.policy.rules):
        reach = reach_of(rule)
        if reach.terms == ():
            findings.error(
                ("rules", place, "when"),
                f"«{rule.name}» can never hold: its conditions exclude each other",
                "take one of them out",
            )
        elif reach.terms is not None:
            _check_shadow(place, reach, earlier, findings)
        earlier.append(reach)


def _check_shadow(place: int, reach: Reach, earlier: list[Reach], findings: Findings) -> None:
    by: dict[str, None] = {}
    shares = [_taken_share(term, earlier, by) for term in reach.terms or ()]
    percent = sum(shares) // max(len(shares), 1)
    names = ", ".join(f"«{name}»" for name in by)
    if shares and all(share == 100 for share in shares):  # noqa: PLR2004  percent
        findings.error(
            ("rules", place),
            f"«{reach.name}» is never reached: {names} before it takes all its leads",
            "put it before, or take it out",
        )
    elif percent >= _SHADOWED_PERCENT:
        findings.warning(
            ("rules", place),
            f"{percent} % of «{reach.name}» is taken by {names} before it",
            "put it before, or narrow the earlier one",
        )


def _taken_share(term: Term, earlier: list[Reach], by: dict[str, None]) -> int:
    """Give the percentage of an alternative that earlier rules take, as far as that can be counted in listed values."""
    whole = taken_by(term, earlier)
    if whole is not None:
        by[whole] = None
        return 100
    best, best_by = 0, dict[str, None]()
    for field, domain in term.items():
        if domain.only is None or len(domain.only) < 2:  # noqa: PLR2004  one value was tried whole
            continue
        near = [rule for rule in earlier if rule.formula is not None and _near(term, rule, field)]
        takers = [taken_by(cell, near) for value in domain.only if (cell := with_value(term, field, value)) is not None]
        taken = [taker for taker in takers if taker is not None]
        percent = 100 * len(taken) // max(len(takers), 1)
        if percent > best:
            best, best_by = percent, dict.fromkeys(taken)
    by.update(best_by)
    return best


def _near(term: Term, rule: Reach, field: str) -> bool:
    return rule.formula is not None and rule.demanded <= term.keys() and implies(term, rule.formula, free=field)


def can_come_from(reach: Reach, province: str, earlier: list[Reach]) -> bool:
    """Say whether a lead of this province can come to this rule, as far as reasoning tells."""
    if reach.terms is None:
        return True
    narrowed = (with_value(term, "province", province) for term in reach.terms)
    return any(term is not None and taken_by(term, earlier) is None for term in narrowed)
