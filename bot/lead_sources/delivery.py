"""The edge of intake: one request in, one verified and cleaned lead out, or a refusal that says what to mend."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.lead_sources.bodies import read_body
from bot.lead_sources.problems import FieldProblem, TooLarge, Wording
from bot.lead_sources.registry import READERS
from bot.lead_sources.signatures import verify
from bot.lead_sources.source import Source
from routing.lead import Lead

#: Longer keys are told apart by their digest.
_LONGEST_KEY = 200
_KEY_HEADERS = ("webhook-id", "svix-id", "idempotency-key")


@dataclass(frozen=True, slots=True)
class Delivery:
    """A request that proved where it comes from and holds a lead.

    Attributes:
        source: who posted it.
        delivery_key: the sender's key of this delivery, the same on every retry; None if it gave none.
        body_hash: SHA-256 of the raw body.
        lead: the lead, cleaned.
        raw: the body as it came; personal.
        notes: fields that were kept as they came, since they could not be read.
    """

    source: Source
    delivery_key: str | None
    body_hash: bytes
    lead: Lead = field(repr=False)
    raw: bytes = field(repr=False)
    notes: tuple[FieldProblem, ...] = ()


def read_delivery(  # noqa: PLR0913  each is one part of a request, or what it is held against
    source: Source,
    *,
    headers: Mapping[str, str],
    path_token: str | None,
    body: bytes,
    content_type: str | None,
    now: datetime,
    admit: Callable[[], None] = lambda: None,
) -> Delivery:
    """Verify, parse and clean one request.

    Args:
        source: the configured source that the address names.
        headers: as they came; case of names does not matter.
        path_token: what stands behind the source's name in the address, if anything.
        body: the raw bytes.
        content_type: the header of that name.
        now: aware; signed times are held against it.
        admit: called once the sender has proved who it is, so that strangers use up nobody's limit; raises TooMany.

    Returns:
        The delivery, not yet stored.

    Raises:
        Unauthenticated, TooMany, TooLarge, WrongType, Malformed, Unfit: and nothing else, whatever was sent.
    """
    lowered = {name.lower(): value for name, value in headers.items()}
    # First of all: what is refused after this is kept, and nobody without the secret may fill the disk.
    verify(source.auth, headers=lowered, path_token=path_token, body=body, now=now)
    admit()
    if len(body) > source.max_body_bytes:
        raise TooLarge(
            Wording(f"超过 {source.max_body_bytes} 字节", f"has more than {source.max_body_bytes} bytes"),
            Wording("请去掉附件，只发送线索字段", "leave attachments out, send the lead's fields only"),
        )
    payload = read_body(body, content_type)
    lead, notes = READERS[source.kind](source, payload)
    key = next((value for name in _KEY_HEADERS if (value := lowered.get(name))), None) or payload.event_key
    return Delivery(source, _bounded(key), hashlib.sha256(body).digest(), lead, body, notes)


def _bounded(key: str | None) -> str | None:
    """Keep a key that a database takes; one that it would not becomes its digest."""
    if key is None or (len(key) <= _LONGEST_KEY and key.isprintable()):
        return key
    return f"sha256:{hashlib.sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()}"
