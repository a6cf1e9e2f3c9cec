"""One configured source, ready for use: what it is called, how it proves itself, how its fields are named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

#: Path inside a payload: `("form", "level")`.
Path = tuple[str, ...]

_NO_FIELDS: Mapping[str, Path] = MappingProxyType({})
_NO_VALUES: Mapping[str, Mapping[str, str]] = MappingProxyType({})
#: A lead is some hundred bytes; this leaves room for a long demand and a page of tracking fields.
MAX_BODY_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class StandardWebhooks:
    """HMAC-SHA256 over id, time and body, good for five minutes (standardwebhooks.com); any of the keys will do."""

    keys: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Bearer:
    """A shared token in `Authorization: Bearer …` or `X-Paidan-Token`."""

    tokens: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class HmacSha256:
    """`sha256=<hex>` of the raw body in a header of the operator's choice (lower case here)."""

    header: str
    keys: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class UrlToken:
    """A shared token as the last part of the address, for platforms that can do nothing else."""

    tokens: tuple[bytes, ...] = field(repr=False)


Auth = StandardWebhooks | Bearer | HmacSha256 | UrlToken


@dataclass(frozen=True, slots=True)
class RateLimit:
    """So many deliveries a minute on average, and so many at once after a quiet time."""

    per_minute: int
    burst: int


@dataclass(frozen=True, slots=True)
class Source:
    """A source of leads.

    Attributes:
        name: the last part of `/webhooks/{name}`.
        kind: how its payloads read, a built one of `registry.KINDS`.
        auth: how it proves itself.
        channel: the channel of leads whose payload names none.
        fields: our field -> where it stands in the payload; goes before the built-in names.
        values: our field -> their code -> our word.
        answer: the JSON body that replaces ours, where the platform wants its own.
        rate_limit: how much it may send; None where it may send as much as it likes.
        max_body_bytes: the longest body that is read.
    """

    name: str
    kind: str
    auth: Auth
    channel: str | None = None
    fields: Mapping[str, Path] = field(default_factory=lambda: _NO_FIELDS)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: _NO_VALUES)
    answer: Mapping[str, object] | None = None
    rate_limit: RateLimit | None = None
    max_body_bytes: int = MAX_BODY_BYTES
