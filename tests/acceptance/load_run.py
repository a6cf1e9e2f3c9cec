"""Leads at an even pace into a running service, and the service killed under them."""

import asyncio
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from tests.support.recount import all_wrong, rows_of, until_drained, wrong_with_intake
from tests.support.running_service import RunningService
from tests.support.traffic import Reps, Source, habit_of, source


@dataclass(frozen=True)
class Load:
    """What came of a load: seconds to the answer, and what a recount found wrong (nothing, on a good day)."""

    leads: int
    p50: float
    p95: float
    p99: float
    drops: int
    wrong: list[str]

    def __str__(self) -> str:
        """Give the figures in one line."""
        times = ", ".join(f"{name} {seconds * 1000:.1f} ms" for name, seconds in (
            ("p50", self.p50), ("p95", self.p95), ("p99", self.p99)))  # fmt: skip
        return f"{self.leads} leads answered: {times}; {self.drops} dropped by WeCom; {len(self.wrong)} wrong"


async def load(service: RunningService, *, per_second: float, seconds: float, seed: int) -> Load:
    """Post leads at a pace; two reps in five accept what they see. Ends when everything has gone out."""
    generator = random.Random(seed)
    async with source(service.address) as sender, Reps(service.sandbox, habit_of(generator, accepts=0.4, within=5)):
        await sender.paced(range(int(per_second * seconds)), per_second=per_second)
        await until_drained(service.database_url, within=120)
        await service.sandbox.settled()
        await until_drained(service.database_url, within=120)
    wrong = [*await found_wrong(service, sender), *map(str, sender.refused.values())]
    return Load(
        len(sender.answers), sender.quantile(0.5), sender.quantile(0.95), sender.quantile(0.99),
        service.sandbox.records.totals["drops"], wrong,
    )  # fmt: skip


async def found_wrong(service: RunningService, sender: Source, *, drained: bool = True) -> list[str]:
    """Recount everything."""
    rows = await rows_of(service.database_url)
    return [*all_wrong(rows, service.sandbox, drained=drained), *wrong_with_intake(rows, sender.answers, sender.posted)]


@dataclass(frozen=True)
class Kills:
    """What came of a load with a service that was killed again and again."""

    kills: int
    posted: int
    leads: int
    wrong: list[str]
    again: int
    drops: int
    seconds: float

    def __str__(self) -> str:
        """Give the figures in one line."""
        return (
            f"{self.kills} kills in {self.seconds:.0f} s; {self.posted} deliveries, {self.leads} answered; "
            f"{self.again} messages sent again and shown once; {self.drops} dropped; {len(self.wrong)} wrong"
        )


async def kill_under_load(
    service: RunningService, *, kills: int, per_second: float, longest_life: float, seed: int, drain: float | None
) -> Kills:
    """Kill the service at random moments while senders and reps go on, start it again, and recount at the end.

    Args:
        service: running.
        kills: how often it is killed.
        per_second: pace of new leads; those not answered come again beside them.
        longest_life: seconds after its start within which it is killed.
        seed: of the moments.
        drain: seconds in which everything must have gone out afterwards; None lets waiting rows count as kept.
    """
    generator, started = random.Random(seed), time.monotonic()
    async with source(service.address) as sender, Reps(service.sandbox, habit_of(generator, accepts=0.4, within=2)):
        ended = asyncio.Event()
        posting = asyncio.create_task(_post_until(ended, sender, per_second))
        for _ in range(kills):
            await asyncio.sleep(generator.uniform(0.05, longest_life))
            await service.kill()
            await service.start()
        ended.set()
        await posting
        if drain is not None:
            await until_drained(service.database_url, within=drain)
            await service.sandbox.settled()
            await until_drained(service.database_url, within=drain)
    wrong = [*await found_wrong(service, sender, drained=drain is not None), *map(str, sender.refused.values())]
    totals = service.sandbox.records.totals
    return Kills(
        kills, len(sender.posted), len(sender.answers), wrong, totals["repeats"], totals["drops"],
        time.monotonic() - started,
    )  # fmt: skip


async def _post_until(ended: asyncio.Event, sender: Source, per_second: float) -> None:
    def numbers() -> Iterator[int]:
        for number in count():
            if ended.is_set():
                return
            yield number

    await sender.paced(numbers(), per_second=per_second)
