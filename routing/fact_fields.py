"""The catalogue of facts that conditions may read: kind, and vocabulary where it is closed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from routing import vocabulary
from routing.findings import nearest
from routing.lead import PERSONAL_FIELDS
from routing.traits import CLOSED_TRAITS, FLAG_TRAITS, NUMBER_TRAITS, TEXT_TRAITS


class FieldKind(StrEnum):
    """What a fact is; the values are the words of error messages."""

    TEXT = "text"
    NUMBER = "a number"
    FLAG = "true or false"
    OPEN = "anything"


@dataclass(frozen=True, slots=True)
class FactField:
    """One fact.

    Attributes:
        name: as in conditions.
        kind: what its values are.
        values: all its values, where they are few and fixed.
        normal: the one normaliser of its words; None from it means an unknown word. Absent where words stay as written.
        candidates: for an unknown word, those that were perhaps meant.
        open_words: its words are an open vocabulary, so one never seen is doubtful, not wrong.
    """

    name: str
    kind: FieldKind
    values: tuple[str, ...] = ()
    normal: Callable[[str], str | None] | None = None
    candidates: Callable[[str], Iterable[str]] | None = None
    open_words: bool = False


_WORDS_OF_LEADS = ("company", "demand", "district", "title")
_OPEN_WORDS = ("campaign", "channel", "product", "source")
_NUMBERS = ("budget", "company_size", "quantity")
_KNOWN_BEHAVIOUR = (
    "behaviour.pricing_page_visits_7d", "behaviour.visits_30d", "behaviour.dwell_seconds", "behaviour.pages",
    "behaviour.form_seconds",
)  # fmt: skip
_OPEN_GROUPS = ("behaviour.", "attributes.")


def _catalogue() -> dict[str, FactField]:
    fields = [FactField(name, FieldKind.TEXT) for name in (*_WORDS_OF_LEADS, *sorted(TEXT_TRAITS))]
    fields += [FactField(name, FieldKind.TEXT, open_words=True) for name in _OPEN_WORDS]
    fields += [FactField(name, FieldKind.NUMBER) for name in (*_NUMBERS, *_KNOWN_BEHAVIOUR, *sorted(NUMBER_TRAITS))]
    fields += [FactField(name, FieldKind.FLAG) for name in ("company_listed", *sorted(FLAG_TRAITS))]
    fields += [FactField(name, FieldKind.TEXT, values=values) for name, values in CLOSED_TRAITS.items()]
    fields += [
        FactField("industry", FieldKind.TEXT, normal=vocabulary.industry, open_words=True),
        FactField("behaviour.device", FieldKind.TEXT, open_words=True),
        FactField("province", FieldKind.TEXT, normal=vocabulary.province, candidates=vocabulary.province_candidates),
        FactField("city", FieldKind.TEXT, normal=vocabulary.city, candidates=vocabulary.city_candidates),
        FactField("language", FieldKind.TEXT, normal=vocabulary.language, candidates=vocabulary.language_candidates),
        FactField("trait.grade", FieldKind.TEXT),
    ]
    return {known.name: known for known in fields}


FIELDS = _catalogue()
"""Every fact whose name is fixed; `behaviour.*` and `attributes.*` may hold others."""


def field_named(name: str) -> FactField | None:
    """Give the catalogue's entry; None for a name that no lead can have."""
    known = FIELDS.get(name)
    if known is not None:
        return known
    if any(name.startswith(group) and len(name) > len(group) for group in _OPEN_GROUPS):
        return FactField(name, FieldKind.OPEN, open_words=name.startswith("attributes."))
    return None


def mend_of_field(name: str) -> str:
    """Say what to write instead of a name that is no field: the nearest one, else where fields of one's own belong."""
    if name in _OPEN_GROUPS:
        return "write the field's name after the dot"
    meant = nearest(name, [*FIELDS, "any", "all", "not"])
    return f"did you mean «{meant}»?" if meant is not None else f"for a field of your own write attributes.{name}"


def instead_of_personal(name: str) -> str | None:
    """Say what a condition may read instead of a field that identifies a person; None for any other field.

    Decisions are stored with the facts they read, and must not hold names or numbers.
    """
    if name not in PERSONAL_FIELDS:
        return None
    more = {
        "phone": ", or trait.phone_prefix (first 7 digits) with matches_prefix",
        "email": ", or trait.email_kind, trait.email_domain",
    }
    return f"use {name}: {{exists: true}}{more.get(name, '')}"
