"""Whatever is posted, it is a delivery or a refusal that says what to mend; never anything else."""

import json
from datetime import UTC
from typing import Any

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.lead_sources.delivery import Delivery, read_delivery
from bot.lead_sources.fields import FIELD_NAMES
from bot.lead_sources.problems import Refused, Unauthenticated
from bot.lead_sources.source import Bearer, HmacSha256, Source, StandardWebhooks, UrlToken
from routing.lead import facts_of
from tests.bot.lead_sources.posting import LEAD, NOW, TOKEN, as_json, post, standard_webhook

NAMES = st.sampled_from(
    [
        *sorted(FIELD_NAMES),
        "behaviour",
        "attributes",
        "utm",
        "page",
        "source",
        "type",
        "data",
        "specversion",
        "data_base64",
    ]
) | st.text(max_size=12)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**40), 10**40)
    | st.floats()
    | st.text(max_size=40)
    | st.sampled_from(["\x00", "\u202e", "９" * 400, "1e999", "13800138000", "2026-02-30", "+" * 80, "0" * 70, "²"])
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=8
)
BODIES = (
    st.dictionaries(NAMES, VALUES, max_size=8).map(lambda value: json.dumps(value).encode())
    | VALUES.map(lambda value: json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    | st.binary(max_size=200)
)
TYPES = st.sampled_from([
    None, "application/json", "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=gbk",
    "application/json; charset=utf-16", "application/cloudevents+json", "text/plain; charset=hz", ";;;",
    "a/b; charset*=x''%00",
]) | st.text(max_size=30)  # fmt: skip
HEADERS = st.dictionaries(
    st.sampled_from([
        "webhook-id", "Webhook-Timestamp", "webhook-signature", "svix-id", "Authorization", "X-Paidan-Token",
        "X-Signature",
        "Idempotency-Key",
    ]) | st.text(max_size=8),
    st.text(st.characters(exclude_categories=()), max_size=30) | st.just(f"Bearer {TOKEN}") | st.just("1795140930"),
    max_size=4,
)  # fmt: skip
SOURCES = [
    Source("open", "generic", Bearer((TOKEN.encode(),)), fields={"phone": ("a", "b"), "attributes.x": ("c",)},
           values={"industry": {"1": "医疗器械"}}),
    Source("signed", "generic", StandardWebhooks((b"k" * 24,))),
    Source("hmac", "generic", HmacSha256("x-signature", (b"k",))),
    Source("address", "generic", UrlToken((TOKEN.encode(),))),
]  # fmt: skip


def _take(source: Source, headers: dict[str, str], body: bytes, kind: str | None, token: str | None) -> None:
    """Post; what is taken has to be fit to store, what is refused to be answered in JSON."""
    try:
        delivery = read_delivery(source, headers=headers, path_token=token, body=body, content_type=kind, now=NOW)
    except Refused as refusal:
        details = refusal.problem_details("en")
    else:
        _fit_to_store(delivery)
        return
    assert details["status"] in {400, 401, 413, 415, 422}
    orjson.dumps(details)


def _fit_to_store(delivery: Delivery) -> None:
    lead = delivery.lead
    assert lead.has_contact
    stored = orjson.dumps([dict(lead.extra), facts_of(lead), delivery.delivery_key]).decode()
    assert "\\u0000" not in stored
    for name in ("name", "phone", "wechat", "email", "company", "demand", "external_id"):
        value: Any = getattr(lead, name)
        assert value is None or (value and "\x00" not in value and value.encode() and len(value) <= 20_000)
    if lead.submitted_at is not None:
        assert lead.submitted_at.astimezone(UTC).year >= 1999


@settings(max_examples=2_000)
@given(st.sampled_from(SOURCES), HEADERS, BODIES, TYPES, st.none() | st.just(TOKEN) | st.text(max_size=8))
@example(SOURCES[3], {}, b'{"phone":' + b"[" * 1_000 + b"]" * 1_000 + b"}", None, TOKEN)
@example(SOURCES[3], {}, b'{"deep":' + b'{"a":' * 900 + b"1" + b"}" * 900 + b',"phone":"13800138000"}', None, TOKEN)
@example(SOURCES[3], {}, b'{"phone":"13800138000","budget":' + b"9" * 4_000 + b"}", None, TOKEN)
@example(SOURCES[3], {}, b'{"wechat":"\\u0000\\u202e"}', None, TOKEN)
def test_any_request_is_a_delivery_or_a_refusal(
    source: Source, headers: dict[str, str], body: bytes, kind: str | None, token: str | None
) -> None:
    """No header and no body, however broken, ends in an error of ours."""
    _take(source, headers, body, kind, token)


@settings(max_examples=1_000)
@given(st.dictionaries(NAMES, VALUES, max_size=10), st.sampled_from(sorted(LEAD)), VALUES)
def test_any_lead_behind_a_good_token_is_a_delivery_or_a_refusal(
    other: dict[str, object], field: str, value: object
) -> None:
    """A sender that may post can't break anything either: one field of a good lead is replaced, others are added."""
    body = json.dumps({**LEAD, **other, field: value}).encode()
    _take(SOURCES[0], {"authorization": f"Bearer {TOKEN}"}, body, "application/json", None)


@settings(max_examples=300)
@given(
    st.lists(st.tuples(NAMES, st.binary(max_size=20)), max_size=6), st.sampled_from(["utf-8", "gbk", "hz", "utf-16"])
)
def test_any_form_is_a_delivery_or_a_refusal(pairs: list[tuple[str, bytes]], charset: str) -> None:
    """Forms of old sites come in any encoding, or in several."""
    body = b"&".join(
        name.encode("utf-8", "replace") + b"=" + b"".join(f"%{byte:02X}".encode() for byte in value)
        for name, value in [*pairs, ("phone", b"13800138000")]
    )
    _take(SOURCES[3], {}, body, f"application/x-www-form-urlencoded; charset={charset}", TOKEN)


def test_a_single_flipped_byte_never_passes_a_signature() -> None:
    """Every byte of the body counts."""
    body = as_json({"phone": "13800138000"})
    signed = standard_webhook(body, key=b"k" * 24)
    for position in range(len(body)):
        broken = bytearray(body)
        broken[position] ^= 1
        with pytest.raises(Unauthenticated):
            post(bytes(broken), source=SOURCES[1], headers=signed)
