"""The cleaned lead, and the flat facts about it that rules may use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from types import MappingProxyType

#: What one fact about a lead can be. Absent facts are not in the mapping at all.
Scalar = str | int | float | bool
#: `industry`, `behaviour.dwell_seconds`, `trait.submit_period`, `attributes.hospital_level` -> value.
Facts = Mapping[str, Scalar]

_EMPTY: Mapping[str, Scalar] = MappingProxyType({})

#: Facts that identify a person. They are never stored with a decision and never logged.
PERSONAL_FIELDS = frozenset({"name", "phone", "wechat", "email", "unionid"})

_PLAIN_FIELDS = (
    "name", "phone", "wechat", "email", "unionid", "title", "company", "company_size", "company_listed", "industry",
    "province", "city", "district", "product", "quantity", "budget", "demand", "source", "channel", "campaign",
    "language",
)  # fmt: skip
_plain_values = attrgetter(*_PLAIN_FIELDS)


@dataclass(frozen=True, slots=True)
class Lead:
    """One enquiry, cleaned: the canonical fields, whatever source it came from.

    Absent means `None` (or an empty mapping), never an empty string. `phone` is E.164, `email` lower case, `province`,
    `city` and `district` are official names (GB/T 2260), `submitted_at` is aware. `extra` keeps what the source sent and
    nobody mapped; it is personal and stays out of decisions.
    """

    source: str
    external_id: str | None = None
    name: str | None = None
    phone: str | None = None
    wechat: str | None = None
    email: str | None = None
    unionid: str | None = None
    title: str | None = None
    company: str | None = None
    company_size: int | None = None
    company_listed: bool | None = None
    industry: str | None = None
    province: str | None = None
    city: str | None = None
    district: str | None = None
    product: str | None = None
    quantity: float | None = None
    budget: float | None = None
    demand: str | None = None
    channel: str | None = None
    campaign: str | None = None
    language: str | None = None
    submitted_at: datetime | None = None
    behaviour: Mapping[str, Scalar] = field(default_factory=lambda: _EMPTY)
    attributes: Mapping[str, Scalar] = field(default_factory=lambda: _EMPTY)
    extra: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    is_test: bool = False

    @property
    def has_contact(self) -> bool:
        """Say whether anybody could reach this person."""
        return bool(self.phone or self.wechat or self.email)


def facts_of(lead: Lead) -> dict[str, Scalar]:
    """Give the lead's own facts, flat; traits and the score are added by `routing.traits` and `routing.score`."""
    plain = zip(_PLAIN_FIELDS, _plain_values(lead), strict=True)
    facts: dict[str, Scalar] = {name: value for name, value in plain if value is not None}
    for key, value in lead.behaviour.items():
        facts[f"behaviour.{key}"] = value
    for key, value in lead.attributes.items():
        facts[f"attributes.{key}"] = value
    return facts
