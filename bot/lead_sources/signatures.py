"""Proofs of who posted a delivery, all compared in constant time.

Facts of Standard Webhooks from its specification, version 1: the signed text is `{id}.{timestamp}.{body}`, the key
the base64 after `whsec_`, the header a blank-separated list of `v1,<base64>`, of which one match is enough. Older
senders call the headers `svix-*`.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from bot.lead_sources.problems import Unauthenticated, Wording
from bot.lead_sources.source import Auth, Bearer, HmacSha256, StandardWebhooks, UrlToken

#: How far a signed time may be from ours, both ways.
TOLERANCE = timedelta(minutes=5)
#: More signatures than any rotation needs; the rest is not looked at.
_MOST_SIGNATURES = 16
#: Unix seconds have ten digits until the year 2286.
_MOST_DIGITS = 12


def verify(auth: Auth, *, headers: Mapping[str, str], path_token: str | None, body: bytes, now: datetime) -> None:
    """Check that the delivery comes from who knows the source's secret.

    Args:
        auth: the scheme with its secrets.
        headers: header names in lower case.
        path_token: what stands behind the source's name in the address, if anything.
        body: the raw bytes, before any parsing.
        now: aware; only `standard_webhooks` looks at it.

    Raises:
        Unauthenticated: if there is no proof, or a wrong or stale one.
    """
    match auth:
        case StandardWebhooks(keys):
            _standard_webhooks(keys, headers, body, now)
        case Bearer(tokens):
            _same(_bearer_token(headers), tokens, "Authorization: Bearer …")
        case HmacSha256(header, keys):
            _hmac_sha256(headers.get(header), keys, body)
        case UrlToken(tokens):
            _same(path_token, tokens, "/webhooks/<source>/<token>")


def _standard_webhooks(keys: Iterable[bytes], headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    prefix = "webhook-" if "webhook-id" in headers else "svix-"
    message_id, stamp = headers.get(f"{prefix}id"), headers.get(f"{prefix}timestamp")
    signatures = headers.get(f"{prefix}signature")
    if not message_id or not stamp or not signatures:
        raise _missing("webhook-id, webhook-timestamp, webhook-signature")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= _MOST_DIGITS):
        raise _wrong()
    given = [
        _bytes(item[3:])
        for item in signatures.split(" ", _MOST_SIGNATURES)[:_MOST_SIGNATURES]
        if item.startswith("v1,")
    ]
    signed = b".".join((_bytes(message_id), stamp.encode(), body))
    expected = [base64.b64encode(hmac.digest(key, signed, "sha256")) for key in keys]
    if not _any_equal(given, expected):
        raise _wrong()
    # After the signature, so that only somebody who knows the secret learns about our clock.
    if abs(now.timestamp() - int(stamp)) > TOLERANCE.total_seconds():
        raise Unauthenticated(
            Wording("webhook-timestamp 与当前时间相差超过 5 分钟", "webhook-timestamp is more than 5 minutes from now"),
            Wording("请校准发送方时钟，重发时重新签名", "set the sender's clock, and sign anew for each attempt"),
        )


def _hmac_sha256(given: str | None, keys: Iterable[bytes], body: bytes) -> None:
    if not given:
        raise _missing("sha256=<hex>")
    name, _, digest = given.strip().rpartition("=")
    if name.lower() not in {"", "sha256"}:
        raise _wrong()
    expected = [hmac.digest(key, body, "sha256").hex().encode() for key in keys]
    if not _any_equal([_bytes(digest.lower())], expected):
        raise _wrong()


def _bearer_token(headers: Mapping[str, str]) -> str | None:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    return headers.get("x-paidan-token")


def _same(given: str | None, tokens: Iterable[bytes], wanted: str) -> None:
    if not given:
        raise _missing(wanted)
    if not _any_equal([_bytes(given)], tokens):
        raise _wrong()


def _any_equal(given: Iterable[bytes], expected: Iterable[bytes]) -> bool:
    """Compare every pair, whatever matches first, so that the time tells nothing."""
    wanted = tuple(expected)
    found = False
    for one in given:
        for other in wanted:
            found |= hmac.compare_digest(one, other)
    return found


def _bytes(text: str) -> bytes:
    """Header text as bytes; servers hand undecodable bytes over as lone surrogates."""
    return text.encode("utf-8", "surrogateescape") if text.isascii() else text.encode("utf-8", "surrogatepass")


def _missing(wanted: str) -> Unauthenticated:
    return Unauthenticated(
        Wording("缺少来源凭证", "credentials are missing"),
        Wording(f"请按来源配置附上凭证：{wanted}", f"send what the source is configured for: {wanted}"),
    )


def _wrong() -> Unauthenticated:
    return Unauthenticated(
        Wording("来源凭证不正确", "the credentials are wrong"),
        Wording("请核对密钥或令牌；签名须用原始请求体计算", "check secret or token; sign the raw bytes of the body"),
    )
