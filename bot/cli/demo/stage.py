"""The two servers of the demo, both real and both over HTTP: the stand-in WeCom and the service, wired as an admin would."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.bootstrap import Service
from bot.cli.demo.cast import MEMBERS
from bot.cli.demo.company import Company
from bot.cli.serving import running
from bot.services.publish import import_team, publish_policy
from sandbox.config import SandboxConfig
from sandbox.server import run_sandbox
from sandbox.state import Sandbox
from store import schema

HOST = "127.0.0.1"
AUTHOR = "demo"
#: Nobody waits for the end of a request when the demo is stopped.
_SHUTDOWN_S = 0.5


class PortTaken(Exception):
    """A port that was asked for is in use; the message names it."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Both servers, running."""

    company: Company
    service: Service
    address: str
    sandbox: Sandbox

    async def publish(self, policy: str, *, reason: str) -> None:
        """Put a policy into force."""
        await self.service.services.runner.run(lambda desk: publish_policy(desk, policy, author=AUTHOR, reason=reason))


@asynccontextmanager
async def open_stage(company: Company, *, port: int, sandbox_port: int) -> AsyncIterator[Stage]:
    """Start both servers on a fresh database, with team and policy in force and the callback address verified.

    Args:
        company: whose it all is.
        port: of the service.
        sandbox_port: of the sandbox.
    """
    keys = company.secrets
    config = SandboxConfig(
        corp_id=keys.corp_id,
        agent_id=keys.agent_id,
        secret=keys.app_secret,
        host=HOST,
        port=sandbox_port,
        people=MEMBERS,
    )
    async with run_sandbox(config) as sandbox:
        settings = company.settings(port=port, wecom_api_base=sandbox.base_url)
        await asyncio.to_thread(schema.upgrade, settings.database_url)
        async with running(settings, shutdown_timeout=_SHUTDOWN_S) as (service, address):
            stage = Stage(company, service, address, sandbox)
            await service.services.runner.run(lambda desk: import_team(desk, company.team_text, author=AUTHOR))
            await stage.publish(company.morning_policy, reason="演示上午")
            await sandbox.save_callback(f"{address}/wecom/callback", keys.callback_token, keys.aes_key)
            service.scheduler.start()
            try:
                yield stage
            finally:
                await service.scheduler.stop()


def free_port(wanted: int | None, usual: int) -> int:
    """Give the port that was asked for, else the usual one, else any free one.

    Raises:
        PortTaken: the port that was asked for is in use.
    """
    port = usual if wanted is None else wanted
    if _is_free(port):
        return port
    if wanted is not None:
        raise PortTaken(f"port {wanted} is in use: name another one, or leave it out")
    return 0


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
