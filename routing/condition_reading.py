"""Reading conditions: from plain data of a file to a checked tree, one message for each mistake.

Written forms: every line of a mapping must hold. `field: value`, `field: [one of these]`,
`field: {operator: value, …}`, `any: [conditions]`, `all: [conditions]`, `not: condition`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from routing.condition_tree import LISTED, ORDERED, Compare, ConditionNode, Every, Negated, Operator, Some
from routing.conditions import compile_condition
from routing.fact_fields import FIELDS, FactField, FieldKind, field_named, instead_of_personal, mend_of_field
from routing.findings import Findings, Path, mend_with, nearest
from routing.lead import PERSONAL_FIELDS, Scalar
from routing.policy import Condition

_GROUPS = ("all", "any", "not")
_OPERATORS = tuple(operator.value for operator in Operator)
_TEXT_ONLY = frozenset({Operator.CONTAINS, Operator.CONTAINS_ANY, Operator.MATCHES_PREFIX})
_LIKELY = 0.85


@dataclass(frozen=True, slots=True)
class ConditionReader:
    """Reads the conditions of one file.

    Attributes:
        findings: where problems go.
        grades: the letters that `trait.grade` may have.
        seen: per field the words that leads of late had; a word outside is doubtful. Fields not in it are not judged.
        not_readable: facts that do not exist yet where this condition is judged, with the reason.
    """

    findings: Findings
    grades: tuple[str, ...] = ("A", "B", "C", "D")
    seen: Mapping[str, frozenset[str]] = field(default_factory=dict)
    not_readable: Mapping[str, str] = field(default_factory=dict)

    def read(self, data: Any, path: Path) -> Condition | None:
        """Read a `when`; None if it has a mistake, which is then among the findings."""
        node = self._mapping(data, path)
        return None if node is None else compile_condition(node, data)

    def _mapping(self, data: Any, path: Path) -> ConditionNode | None:
        if not isinstance(data, Mapping):
            self.findings.error(path, "a condition is a mapping", "write it as {field: value}")
            return None
        if not data:
            self.findings.error(
                path, "the condition is empty", "write {field: value}; a catch-all has no `when` at all"
            )
            return None
        parts = [self._line(key, value, (*path, key)) for key, value in data.items()]
        known = tuple(part for part in parts if part is not None)
        if len(known) < len(parts):
            return None
        return known[0] if len(known) == 1 else Every(known)

    def _line(self, key: str, value: Any, path: Path) -> ConditionNode | None:
        if key == "not":
            inner = self._mapping(value, path)
            return None if inner is None else Negated(inner)
        if key in _GROUPS:
            return self._group(key, value, path)
        known = self._field(key, path)
        if known is None:
            return None
        if isinstance(value, Mapping):
            return self._operators(known, value, path)
        if key in PERSONAL_FIELDS:
            self.findings.error(
                path, f"«{key}» identifies a person and is not compared", instead_of_personal(key) or ""
            )
            return None
        if isinstance(value, list):
            return self._comparison(known, Operator.IN, value, path)
        return self._comparison(known, Operator.EQ, value, path)

    def _group(self, key: str, value: Any, path: Path) -> ConditionNode | None:
        if not isinstance(value, list) or not value:
            self.findings.error(path, f"«{key}» needs a list of conditions", f"write {key}: [{{field: value}}, …]")
            return None
        parts = [self._mapping(part, (*path, place)) for place, part in enumerate(value)]
        known = tuple(part for part in parts if part is not None)
        if len(known) < len(parts):
            return None
        return Some(known) if key == "any" else Every(known)

    def _field(self, name: str, path: Path) -> FactField | None:
        if name in self.not_readable:
            self.findings.error(path, f"«{name}» can't be read here: {self.not_readable[name]}", "use another field")
            return None
        if name in PERSONAL_FIELDS:
            return FactField(name, FieldKind.TEXT)
        if name == "submitted_at":
            self.findings.error(path, "«submitted_at» is not compared", "use trait.submit_hour or trait.submit_period")
            return None
        known = field_named(name)
        if known is None:
            if name in _OPERATORS:
                self.findings.error(
                    path, f"the operator «{name}» stands where a field is expected", f"write field: {{{name}: …}}"
                )
            else:
                self.findings.error(path, f"there is no field «{name}»", mend_of_field(name))
            return None
        meant = (
            nearest(name, FIELDS, _LIKELY) if known.kind is FieldKind.OPEN and name.startswith("behaviour.") else None
        )
        if meant is not None:
            self.findings.warning(path, f"«{name}» is not a usual field", f"did you mean «{meant}»?")
        return known

    def _operators(self, known: FactField, given: Mapping[str, Any], path: Path) -> ConditionNode | None:
        if not given:
            self.findings.error(path, "no operator is given", "write {gte: 3}, {not: x} or {exists: true}")
            return None
        parts: list[ConditionNode] = []
        for word, value in given.items():
            here = (*path, word)
            if word not in _OPERATORS:
                self.findings.error(here, f"there is no operator «{word}»", mend_with(word, _OPERATORS))
                continue
            part = self._comparison(known, Operator(word), value, here)
            if part is not None:
                parts.append(part)
        if len(parts) < len(given):
            return None
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def _comparison(self, known: FactField, operator: Operator, value: Any, path: Path) -> Compare | None:
        if operator is Operator.EXISTS:
            return self._existence(known, value, path)
        if known.name in PERSONAL_FIELDS:
            mend = instead_of_personal(known.name) or ""
            self.findings.error(path, f"«{known.name}» identifies a person and is not compared", mend)
            return None
        if not self._suits(known, operator, path):
            return None
        if operator not in LISTED:
            one = self._literal(known, operator, value, path)
            return None if one is None else Compare(known.name, operator, one)
        listed = value if isinstance(value, list) else [value] if operator is Operator.MATCHES_PREFIX else None
        if not listed:
            self.findings.error(path, f"«{operator}» needs a list with at least one value", "write [one, another]")
            return None
        places = [path if listed is not value else (*path, place) for place in range(len(listed))]
        literals = [self._literal(known, operator, each, place) for each, place in zip(listed, places, strict=True)]
        values = tuple(literal for literal in literals if literal is not None)
        if len(values) < len(literals):
            return None
        if len({_family(each) for each in values}) > 1:
            self.findings.error(
                path, "the list mixes text, numbers and true/false", "put all of them in quotes, or none"
            )
            return None
        return Compare(known.name, operator, tuple(dict.fromkeys(values)))

    def _existence(self, known: FactField, value: Any, path: Path) -> Compare | None:
        if not isinstance(value, bool):
            self.findings.error(path, "«exists» is true or false", "write exists: true")
            return None
        if known.name in PERSONAL_FIELDS:
            return Compare(f"trait.has_{known.name}", Operator.EQ, value)
        return Compare(known.name, Operator.EXISTS, value)

    def _suits(self, known: FactField, operator: Operator, path: Path) -> bool:
        if operator in ORDERED and known.kind in (FieldKind.TEXT, FieldKind.FLAG):
            self.findings.error(
                path, f"«{known.name}» is {known.kind}, it has no more and less", "use eq, in or contains"
            )
            return False
        if operator in _TEXT_ONLY and known.kind in (FieldKind.NUMBER, FieldKind.FLAG):
            self.findings.error(
                path, f"«{known.name}» is {known.kind}, there is no text to look into", "use gte, lt, eq or in"
            )
            return False
        return True

    def _literal(self, known: FactField, operator: Operator, value: Any, path: Path) -> Scalar | None:
        """Check one value against the kind and the vocabulary of its field; give it in its normal form."""
        if value is None:
            self.findings.error(path, "there is no value", f"for an absent field write {known.name}: {{exists: false}}")
            return None
        if isinstance(value, (list, Mapping)):
            better = {Operator.EQ: "in", Operator.NOT: "not_in", Operator.CONTAINS: "contains_any"}.get(operator)
            self.findings.error(
                path, f"«{operator}» takes one value", f"use {better}: […]" if better else "write one value"
            )
            return None
        wanted = _wanted(known, operator)
        if wanted is FieldKind.TEXT and not isinstance(value, str):
            self.findings.error(
                path, f"«{known.name}» is text, not {_shown(value)}", f'put it in quotes: "{_shown(value)}"'
            )
        elif wanted is FieldKind.NUMBER and _family(value) != "number":
            self.findings.error(
                path, f"«{known.name}» is compared with a number, not {_shown(value)}", "write 3 or 2.5"
            )
        elif wanted is FieldKind.FLAG and not isinstance(value, bool):
            self.findings.error(path, f"«{known.name}» is true or false, not {_shown(value)}", "write true or false")
        elif isinstance(value, str) and operator not in _TEXT_ONLY:
            return self._word(known, value, path)
        elif value == "":
            self.findings.error(path, "the text is empty, so everything contains it", "write the text to look for")
        elif isinstance(value, (str, int, float)):
            return value
        return None

    def _word(self, known: FactField, word: str, path: Path) -> str | None:
        values = self.grades if known.name == "trait.grade" else known.values
        if values:
            if word in values:
                return word
            self.findings.error(path, f"«{word}» is no value of «{known.name}»", mend_with(word, values))
            return None
        normal = word if known.normal is None else known.normal(word)
        if normal is None:
            near = tuple(known.candidates(word))[:3] if known.candidates is not None else ()
            mend = f"did you mean {' or '.join(f'«{name}»' for name in near)}?" if near else "check the spelling"
            self.findings.error(path, f"«{word}» is no {known.name}", mend)
            return None
        seen = self.seen.get(known.name)
        if known.open_words and seen is not None and normal not in seen:
            self.findings.warning(path, f"no lead of late had «{word}» as «{known.name}»", mend_with(word, seen))
        return normal


def _wanted(known: FactField, operator: Operator) -> FieldKind:
    if operator in ORDERED:
        return FieldKind.NUMBER
    return FieldKind.TEXT if operator in _TEXT_ONLY else known.kind


def _family(value: object) -> str:
    return "flag" if isinstance(value, bool) else "text" if isinstance(value, str) else "number"


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
