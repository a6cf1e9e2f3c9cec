"""A running stand-in WeCom, and a messenger that talks to it over HTTP."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import aiohttp

from bot.messaging import LeadProfile, OfferCard
from bot.wecom.app_messenger import AppMessenger
from bot.wecom.client import AppCredentials, WeComClient
from sandbox.config import Limits, Person, SandboxConfig
from sandbox.server import Sandbox, run_sandbox

#: Interactive cards need a callback address; these tests read callbacks from the stand-in's own record instead.
NOBODY_LISTENS = "http://127.0.0.1:9/wecom/callback"
AES_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"

CONFIG = SandboxConfig(
    people=(
        Person("ZhangSan", "张三"),
        Person("lisi", "李四"),
        Person("hidden", "外人", in_range=False),
        Person("gone", "离职者", status=5),
    ),
    callback_url=NOBODY_LISTENS,
    callback_token="token",
    callback_aes_key=AES_KEY,
    strict_lengths=True,
    limits=Limits(member_per_minute=100_000, member_per_hour=100_000),
)


@dataclass(slots=True)
class World:
    """Both ends."""

    sandbox: Sandbox
    client: WeComClient
    messenger: AppMessenger

    @property
    def tokens_issued(self) -> int:
        """How often gettoken was called, successful or not."""
        return self.sandbox.records.requests["gettoken"]


@asynccontextmanager
async def connected(
    config: SandboxConfig = CONFIG, *, secret: str | None = None, patience: float = 5.0
) -> AsyncIterator[World]:
    """Run a stand-in and connect a messenger to it."""
    credentials = AppCredentials(config.corp_id, config.agent_id, config.secret if secret is None else secret)
    async with run_sandbox(config) as sandbox, aiohttp.ClientSession() as session:
        client = WeComClient(session, credentials, clock=time.monotonic, base_url=sandbox.base_url, timeout=patience)
        yield World(sandbox, client, AppMessenger(client, installation="t1"))


def offer(offer_no: int = 1, lead_id: str = "L1024") -> OfferCard:
    """Give an ordinary offer."""
    profile = LeadProfile(
        source="官网表单", company="北京华医器械有限公司", contact="王芳", masked_phone="138****8000",
        score=85, grade="A", need="想了解 CT 的报价和交期", region="北京市",
    )  # fmt: skip
    return OfferCard(lead_id, offer_no, profile, timedelta(minutes=10))
