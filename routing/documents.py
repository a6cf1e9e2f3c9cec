"""Documents that a rule sends along with a lead: versions, each in force for so many days. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Document:
    """One version of a document; `file` is as written in the policy, in force from `first_on` to `last_on`, both included."""

    name: str
    file: str
    version: str
    first_on: date
    last_on: date


def newest_in_force(documents: Sequence[Document], name: str, on: date) -> Document | None:
    """Give the version that came into force last of those in force on a day; of equals the one further down the file."""
    found = [
        (document.first_on, place)
        for place, document in enumerate(documents)
        if document.name == name and document.first_on <= on <= document.last_on
    ]
    return documents[max(found)[1]] if found else None
