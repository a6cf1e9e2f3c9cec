"""The lead sources: each signs in its own way and posts over HTTP, as a form, an ad platform and an old shop would."""

from __future__ import annotations

import asyncio
import base64
import hmac
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

import aiohttp
import orjson

from bot.cli.demo.company import Secrets
from bot.cli.demo.morning import Delivery
from bot.clock import Clock


@dataclass(frozen=True, slots=True)
class Posted:
    """What came of one delivery.

    Attributes:
        sent_at: when the request was begun, in seconds since the epoch.
        status: of the answer; 0 where there was none.
        lead_id: of the lead, as `L1001`; None where it was refused.
        state: of the lead when it was answered.
        duplicate: the lead was there before.
        fields: fields that were refused.
    """

    delivery: Delivery
    sent_at: float
    status: int
    lead_id: str | None = None
    state: str = ""
    duplicate: bool = False
    fields: tuple[str, ...] = ()

    @property
    def taken(self) -> bool:
        """Say whether the service has answered for this lead."""
        return self.status == HTTPStatus.ACCEPTED

    @property
    def as_expected(self) -> bool:
        """Say whether the service answered what the morning expects: 202, or 422 with the fields that are wrong."""
        if not self.delivery.refused:
            return self.taken
        return self.status == HTTPStatus.UNPROCESSABLE_ENTITY and set(self.delivery.refused) <= set(self.fields)


@dataclass
class PostOffice:
    """Posts deliveries and remembers what was answered."""

    session: aiohttp.ClientSession
    service: str
    secrets: Secrets
    clock: Clock
    on_posted: Callable[[Posted], None] = field(default=lambda _: None)
    posted: list[Posted] = field(default_factory=list)
    _sent: dict[str, bytes] = field(default_factory=dict)

    def lead_of(self, key: str) -> str | None:
        """Give the lead that a delivery became."""
        return next((item.lead_id for item in self.posted if item.delivery.key == key and item.taken), None)

    async def post(self, delivery: Delivery) -> Posted:
        """Post one delivery; a replay sends what was sent before, byte for byte, under the same key."""
        message_id = f"msg_{delivery.key}_{delivery.kind}_{len(delivery.refused)}"
        body = delivery.payload
        if delivery.kind == "replay" and delivery.of is not None:
            message_id, body = f"msg_{delivery.of}_new_0", self._sent[delivery.of]
        elif delivery.kind == "new":
            self._sent[delivery.key] = body
        now = self.clock.now().timestamp()
        headers = {
            "Content-Type": "application/json",
            "Accept-Language": "zh-CN",
            **self._proof(delivery, message_id, body, int(now)),
        }
        try:
            async with self.session.post(
                f"{self.service}/webhooks/{delivery.source}", data=body, headers=headers
            ) as answer:
                posted = _read(delivery, now, answer.status, await answer.read())
        except (aiohttp.ClientError, TimeoutError):
            posted = Posted(delivery, now, 0)
        self.posted.append(posted)
        self.on_posted(posted)
        return posted

    def _proof(self, delivery: Delivery, message_id: str, body: bytes, stamp: int) -> dict[str, str]:
        """Give the headers by which a source proves itself, each in its own way (examples/sources.yaml)."""
        match delivery.source:
            case "website":
                signed = f"{message_id}.{stamp}.".encode() + body
                signature = base64.b64encode(hmac.digest(self.secrets.website_key, signed, "sha256")).decode()
                return {
                    "webhook-id": message_id,
                    "webhook-timestamp": str(stamp),
                    "webhook-signature": f"v1,{signature}",
                }
            case "legacy":
                digest = hmac.digest(self.secrets.legacy_key.encode(), body, "sha256").hex()
                return {"X-Signature": f"sha256={digest}", "Idempotency-Key": message_id}
            case _:
                return {"Authorization": f"Bearer {self.secrets.ads_token}", "Idempotency-Key": message_id}


def _read(delivery: Delivery, sent_at: float, status: int, body: bytes) -> Posted:
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        return Posted(delivery, sent_at, status)
    if status == HTTPStatus.ACCEPTED:
        return Posted(delivery, sent_at, status, content["lead_id"], content["state"], content["duplicate"])
    fields = tuple(str(item.get("field", "")) for item in content.get("errors", ()))
    return Posted(delivery, sent_at, status, fields=fields)


async def play(
    office: PostOffice, deliveries: Sequence[Delivery], *, sleep_until: Callable[[float], Awaitable[None]],
    reached: Callable[[str, str], Awaitable[bool]],
) -> None:  # fmt: skip
    """Post the morning, each delivery at its moment; ends when all are answered.

    Args:
        office: posts.
        deliveries: what comes in.
        sleep_until: waits until so many seconds after the start.
        reached: waits until a lead is in a state; False when that takes too long.
    """

    async def post(delivery: Delivery) -> None:
        await sleep_until(delivery.at)
        if delivery.once is not None and delivery.of is not None:
            lead = office.lead_of(delivery.of)
            if lead is None or not await reached(lead, delivery.once):
                return
        await office.post(delivery)

    async with asyncio.TaskGroup() as group:
        for delivery in deliveries:
            group.create_task(post(delivery))
