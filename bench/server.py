"""A service in a process of its own, without anybody to send to: as it is, or with the floor in place of deciding."""

from __future__ import annotations

import asyncio
import resource
import signal
import sys
from pathlib import Path

from aiohttp import web
from pydantic import SecretStr

from bench.floor import Floor
from bench.scenario import SOURCES, policy_file, team_file
from bot import logging_setup
from bot.bootstrap import INTAKE_BATCH, open_service
from bot.cli.serving import run_loop
from bot.services.desk import Desk
from bot.services.publish import import_team, publish_policy
from bot.services.receive import Incoming
from bot.settings import Settings
from bot.web.app import build_app
from store import schema
from store.batch_queue import BatchQueue
from store.sealed_fields import KeyRing


async def serve(folder: Path, kind: str, reps: int, rules: int) -> None:
    """Set everything up in `folder`, print the port, serve until SIGTERM, print the memory used."""
    sources = folder / "sources.yaml"
    sources.write_text(SOURCES, "utf-8")
    logging_setup.configure("error")
    settings = Settings(
        database_url=f"sqlite:///{folder}/bench.db", sources_file=sources, data_key=SecretStr(KeyRing.new_key()),
        _env_file=None,
    )  # fmt: skip
    schema.upgrade(settings.database_url)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with open_service(settings) as service:
        services = service.services
        await services.runner.run(lambda desk: import_team(desk, team_file(reps), author="bench"))
        await services.runner.run(lambda desk: publish_policy(desk, policy_file(rules), author="bench", reason="bench"))
        if kind == "floor":
            ids = await services.runner.look(lambda desk: desk.open_office.table.ids)
            floor = Floor(ids)

            async def take(batch: list[Incoming]) -> list[object]:
                def work(desk: Desk) -> list[object]:
                    return list(floor.take(desk, batch))

                return await services.runner.run(work)

            services.intake = BatchQueue(take, most=INTAKE_BATCH)  # type: ignore[arg-type]
        runner = web.AppRunner(build_app(services), access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        sys.stdout.write(f"{runner.addresses[0][1]}\n")
        sys.stdout.flush()
        await stop.wait()
        await runner.cleanup()
    sys.stdout.write(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}\n")
    sys.stdout.flush()


def main() -> None:
    """Take `FOLDER service|floor REPS RULES`."""
    folder, kind, reps, rules = sys.argv[1:5]
    run_loop(serve(Path(folder), kind, int(reps), int(rules)))


if __name__ == "__main__":
    main()
