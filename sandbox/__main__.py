"""``python -m sandbox``: the stand-in as a process of its own."""

from __future__ import annotations

import argparse
import asyncio
import signal
from pathlib import Path

from sandbox.config import SandboxConfig
from sandbox.people_file import DEFAULT_PEOPLE, read_people
from sandbox.server import run_sandbox


def read_arguments(arguments: list[str] | None = None) -> SandboxConfig:
    """Return the configuration that a command line asks for."""
    blank = SandboxConfig()
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A stand-in for WeCom (企业微信)")
    parser.add_argument("--host", default=blank.host)
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--corp-id", default=blank.corp_id)
    parser.add_argument("--secret", default=blank.secret)
    parser.add_argument("--agent-id", type=int, default=blank.agent_id)
    parser.add_argument("--app-name", default=blank.app_name)
    parser.add_argument("--callback-url", default="")
    parser.add_argument("--token", default="", help="Token of the callback settings")
    parser.add_argument("--aes-key", default="", help="EncodingAESKey of the callback settings")
    parser.add_argument("--people", type=Path, help="JSON array of {userid, name, role, locale}")
    parser.add_argument("--strict-lengths", action="store_true", help="refuse texts over recommended lengths")
    parser.add_argument("--seed", type=int, default=blank.seed, help="seed of mixed faults")
    given = parser.parse_args(arguments)
    return SandboxConfig(
        corp_id=given.corp_id,
        agent_id=given.agent_id,
        secret=given.secret,
        app_name=given.app_name,
        host=given.host,
        port=given.port,
        callback_url=given.callback_url,
        callback_token=given.token,
        callback_aes_key=given.aes_key,
        people=read_people(given.people) if given.people else DEFAULT_PEOPLE,
        strict_lengths=given.strict_lengths,
        seed=given.seed,
    )


async def serve(config: SandboxConfig) -> None:
    """Run until SIGINT or SIGTERM."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    async with run_sandbox(config) as sandbox:
        print(f"sandbox {sandbox.base_url}", flush=True)
        await stopped.wait()


if __name__ == "__main__":
    asyncio.run(serve(read_arguments()))
