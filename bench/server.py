"""A service in a process of its own, as it is, or with the floor in place of deciding.

Nothing is sent, so nobody's send budget is used up. What is queued is marked as sent several times a second, for
service and floor alike: a service that counts, for each batch, all cards of the run that still wait for their reps
would be measured at a pile-up that it has only while WeCom is out of reach.
"""

from __future__ import annotations

import asyncio
import contextlib
import resource
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

import orjson
from aiohttp import web
from pydantic import SecretStr
from sqlalchemy import func, select, update

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
from store import Connection, schema
from store.batch_queue import Batch, BatchQueue
from store.database import Database
from store.sealed_fields import KeyRing
from store.tables import lead, outbox

#: Seconds between two rounds of "sending": at 2,000 leads a second and 200 reps two cards wait for each of them.
_SENT_EVERY = 0.2
_MARK_AS_SENT = update(outbox).where(outbox.c.done_at.is_(None))
_STATES = select(lead.c.state, func.count()).group_by(lead.c.state)


async def serve(folder: Path, kind: str, reps: int, rules: int) -> None:
    """Set everything up in `folder`, print the port, serve until SIGTERM, then print the memory used and the leads' states."""
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

            async def take(batch: Batch[Incoming]) -> list[object]:
                def work(desk: Desk) -> list[object]:
                    return list(floor.take(desk, batch.items()))

                return await services.runner.run(work, first=True)

            services.intake = BatchQueue(take, most=INTAKE_BATCH, ahead=True)  # type: ignore[arg-type]
        runner = web.AppRunner(build_app(services), access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        sys.stdout.write(f"{runner.addresses[0][1]}\n")
        sys.stdout.flush()
        most_waiting = await mark_as_sent(service.database, stop)
        await runner.cleanup()
        found = await service.database.read(lambda connection: connection.execute(_STATES).all())
    left = {
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "most_cards_waiting": most_waiting,
        "states": {record[0]: record[1] for record in found},
    }
    sys.stdout.write(orjson.dumps(left).decode() + "\n")
    sys.stdout.flush()


async def mark_as_sent(database: Database, stop: asyncio.Event) -> int:
    """Mark what is queued as sent, every so often until told to stop; gives how many cards waited at once, at most."""

    def mark(connection: Connection) -> int:
        return connection.execute(_MARK_AS_SENT.values(done_at=datetime.now(UTC), outcome="sent")).rowcount

    most = 0
    while not stop.is_set():
        most = max(most, await database.write(mark))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_SENT_EVERY):
                await stop.wait()
    return max(most, await database.write(mark))


def main() -> None:
    """Take `FOLDER service|floor REPS RULES`."""
    folder, kind, reps, rules = sys.argv[1:5]
    run_loop(serve(Path(folder), kind, int(reps), int(rules)))


if __name__ == "__main__":
    main()
