"""A lead as the API shows it: every canonical field, the personal ones masked unless they are revealed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.masking import mask_email, mask_name, mask_numbers, mask_phone, mask_wechat
from routing.lead import Lead, Scalar

_HIDDEN = "***"
_MOBILE = range(13_000_000_000, 20_000_000_000)
_AS_THEY_ARE = (
    "source", "company_size", "company_listed", "province", "city", "district", "quantity", "budget", "language",
    "is_test",
)  # fmt: skip
_TEXTS = ("title", "company", "industry", "product", "demand", "channel", "campaign")


def content_of(lead: Lead, *, reveal: bool) -> dict[str, Any]:
    """Give the canonical fields of a lead by name, without its time (whose zone is the caller's matter)."""
    content: dict[str, Any] = {name: getattr(lead, name) for name in _AS_THEY_ARE}
    if reveal:
        content |= {
            name: getattr(lead, name)
            for name in (*_TEXTS, "external_id", "name", "phone", "wechat", "email", "unionid")
        }
        content |= {name: dict(getattr(lead, name)) for name in ("behaviour", "attributes", "extra")}
        return content
    content |= {name: mask_numbers(getattr(lead, name)) for name in _TEXTS}
    content |= {
        "external_id": _external_id(lead),
        "name": mask_name(lead.name),
        "phone": mask_phone(lead.phone),
        "wechat": mask_wechat(lead.wechat),
        "email": mask_email(lead.email),
        "unionid": _HIDDEN if lead.unionid else None,
        "behaviour": mask_facts(lead.behaviour),
        "attributes": mask_facts(lead.attributes),
        "extra": {mask_numbers(key): _HIDDEN for key in lead.extra},
    }
    return content


def mask_facts(facts: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """Mask what looks like a number or an address in facts, whatever they are called."""
    return {mask_numbers(key) or key: _mask_scalar(value) for key, value in facts.items()}


def _mask_scalar(value: Scalar) -> Scalar:
    if isinstance(value, str):
        return mask_numbers(value) or value
    looks_like_phone = not isinstance(value, bool) and value == int(value) and int(value) in _MOBILE
    return _masked(str(int(value))) if looks_like_phone else value


def _masked(text: str) -> str:
    return mask_phone(text) or text


def _external_id(lead: Lead) -> str | None:
    """Mask a source's own id only where it is made of the person's number."""
    if lead.external_id is None or lead.phone is None:
        return lead.external_id
    number = lead.phone.removeprefix("+86").removeprefix("+")
    return mask_numbers(lead.external_id) if number in lead.external_id else lead.external_id
