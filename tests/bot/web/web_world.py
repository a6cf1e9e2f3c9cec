"""A whole service behind a real port, with a clock that stands where a test puts it, and no messenger."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

import aiohttp
from aiohttp import web

from bot.bootstrap import Service, open_service
from bot.services.answer import Answer, accept
from bot.services.publish import import_team, publish_policy
from bot.settings import Settings
from bot.web.app import build_app

#: A Friday morning in Shanghai.
START = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
API_TOKEN = "token-of-the-api-in-tests"
SOURCE_TOKEN = "token-of-the-landing-page"
DATA_KEY = "k1:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="

TEAM = """
teams:
  - {id: east, name: 华东, managers: [lijing], timezone: Asia/Shanghai, shift: always}
  - {id: north, name: 华北, managers: [lijing], timezone: Asia/Shanghai, shift: nights}
shifts:
  always: {everyday: ["00:00-24:00"]}
  nights: {everyday: ["20:00-23:00"]}
admins: [root.admin]
reps:
  - {id: zhangsan, name: 张三, team: east, capacity: {open: 20, per_day: 30}}
  - {id: wangwu, name: 王五, team: east, tiers: {三甲: 90}}
  - {id: zhaoliu, name: 赵六, team: north}
  - {id: lijing, name: 李静, team: east, role: manager}
"""
POLICY = """
version: 1
timezone: Asia/Shanghai
scoring:
  base: 40
  add:
    - {name: 预算明确, when: {budget: {gte: 100000}}, points: 30}
  grades: {A: 60, B: 0}
rules:
  - {name: 西藏, when: {province: 西藏}, teams: [north]}
  - {name: 其余, teams: [east, north]}
fit:
  factors:
    - {name: 医院等级, weight: 100, match: attributes.hospital_level, with: tiers}
choose: {by: fair_fit, explore: 0%}
"""
SOURCES = f"""
sources:
  landing:
    kind: generic
    auth: {{scheme: bearer, token: {SOURCE_TOKEN}}}
  other:
    kind: generic
    auth: {{scheme: bearer, token: {SOURCE_TOKEN}}}
"""


@dataclass
class StandingClock:
    """Stands still until it is moved."""

    at: datetime = START

    def now(self) -> datetime:
        """Give the present of the test."""
        return self.at

    def pass_(self, **span: float) -> None:
        """Move on."""
        self.at += timedelta(**span)


@dataclass
class Reply:
    """An answer, read."""

    status: int
    headers: dict[str, str]
    text: str
    json: Any = None


@dataclass
class World:
    """A running service and a client that knows its tokens."""

    service: Service
    clock: StandingClock
    session: aiohttp.ClientSession
    address: str
    settings: Settings
    sent: int = field(default=0)

    async def call(
        self, method: str, path: str, *, token: str | None = API_TOKEN, json: object = None,
        data: bytes | IO[bytes] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Reply:  # fmt: skip
        """Make a request; a token of None sends none."""
        given = dict(headers or {})
        if token is not None:
            given["Authorization"] = f"Bearer {token}"
        async with self.session.request(method, self.address + path, json=json, data=data, headers=given) as response:
            text = await response.text()
            is_json = "json" in response.headers.get("Content-Type", "") and bool(text)
            return Reply(response.status, dict(response.headers), text, await response.json() if is_json else None)

    async def get(self, path: str, **more: Any) -> Reply:
        """Ask the API."""
        return await self.call("GET", path, **more)

    async def post_lead(self, source: str = "landing", **content: object) -> str:
        """Post a lead as its source would; gives its id."""
        self.sent += 1
        lead = {"external_id": f"web-{self.sent}", "phone": f"1380000{self.sent:04}", "province": "上海"} | content
        reply = await self.call("POST", f"/webhooks/{source}", token=SOURCE_TOKEN, json=lead)
        assert reply.status == 202, reply.text
        return str(reply.json["lead_id"])

    async def accept(self, lead: str) -> str:
        """Let the rep accept who was offered the lead; gives the rep."""
        offer = (await self.get(f"/api/v1/leads/{lead}")).json["offers"][-1]
        rep = str(offer["rep"])
        await self.service.services.runner.run(lambda desk: accept(desk, Answer(rep, int(lead[1:]), offer["offer_no"])))
        return rep


@asynccontextmanager
async def serving(
    database_url: str, folder: Path, *, in_force: bool = True, at: datetime = START, **settings: Any
) -> AsyncIterator[World]:
    """Serve over HTTP what `paidan serve` serves, with team and policy in force, at a moment that a test moves."""
    (folder / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    given: dict[str, Any] = {
        "database_url": database_url, "sources_file": folder / "sources.yaml", "api_token": API_TOKEN, "data_key": DATA_KEY,
    }  # fmt: skip
    given |= settings
    clock = StandingClock(at)
    chosen = Settings(_env_file=None, **given)
    async with open_service(chosen, clock=clock) as service:
        if in_force:
            await service.services.runner.run(lambda desk: import_team(desk, TEAM, author="test", csv=False))
            await service.services.runner.run(lambda desk: publish_policy(desk, POLICY, author="test", reason="test"))
        runner = web.AppRunner(build_app(service.services), access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            address = f"http://127.0.0.1:{runner.addresses[0][1]}"
            async with aiohttp.ClientSession() as session:
                yield World(service, clock, session, address, chosen)
        finally:
            await runner.cleanup()
