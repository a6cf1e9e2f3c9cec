"""Ticks: due timers, the outbox, the auditor, and what is done by the clock. Holds no state: deadlines are rows.

A loop sleeps until the next row is due, at most one second; a commit that adds a row due now wakes it at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.clock import Clock
from bot.metrics import Metrics
from bot.sending import Sender
from bot.services import deadlines, looks
from bot.services.audit import audit
from bot.services.retention import forget_old
from bot.services.runner import News, Runner
from store import follow_ups, timers

log = structlog.get_logger()

LONGEST_SLEEP = 1.0
TIMERS_AT_ONCE = 100
_AUDIT_EVERY = timedelta(seconds=60)
_FORGET_EVERY = timedelta(hours=1)
_POSTPONE = timedelta(seconds=30)


class Scheduler:
    """Runs the loops of one process."""

    def __init__(self, runner: Runner, sender: Sender, clock: Clock, metrics: Metrics) -> None:
        """Take what is to be ticked; nothing runs before `start`."""
        self._runner = runner
        self._sender = sender
        self._clock = clock
        self._metrics = metrics
        self._timers_wanted = asyncio.Event()
        self._sending_wanted = asyncio.Event()
        sender.on_room = self._sending_wanted.set
        self._next_timer_at: datetime | None = None
        self._looked_at = -LONGEST_SLEEP
        self._tasks: list[asyncio.Task[None]] = []
        self._calendar = AsyncIOScheduler(
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )

    def hear(self, news: News) -> None:
        """Wake whoever has something to do after a commit."""
        if news.has_messages:
            self._sending_wanted.set()
        if news.first_timer_at is not None:
            if self._next_timer_at is None or news.first_timer_at < self._next_timer_at:
                self._next_timer_at = news.first_timer_at
            self._timers_wanted.set()

    def start(self) -> None:
        """Start ticking."""
        self._tasks = [
            asyncio.create_task(self._forever(self._run_timers, self._timers_wanted, self._until_next_timer)),
            asyncio.create_task(self._forever(self._look_at_leads, asyncio.Event(), lambda: LONGEST_SLEEP)),
            asyncio.create_task(self._forever(self._send, self._sending_wanted, lambda: LONGEST_SLEEP)),
        ]
        self._calendar.add_job(self._audit, "interval", seconds=_AUDIT_EVERY.total_seconds())
        self._calendar.add_job(self._forget, "interval", seconds=_FORGET_EVERY.total_seconds())
        self._calendar.start()

    async def stop(self) -> None:
        """Stop ticking and write down what is under way."""
        self._calendar.shutdown(wait=False)
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        await self._sender.drain()

    async def _forever(
        self, work: Callable[[], Awaitable[bool]], wanted: asyncio.Event, sleep: Callable[[], float]
    ) -> None:
        """Do `work` again and again; it says whether there may be more at once."""
        while True:
            wanted.clear()
            try:
                more = await work()
            except Exception:  # the loop must live on; what failed stays in its rows
                log.exception("tick_failed", work=work.__name__)
                self._metrics.tick_failures.labels(work.__name__.lstrip("_")).inc()
                more = False
                await asyncio.sleep(LONGEST_SLEEP)
            if not more:
                with suppress(TimeoutError):
                    async with asyncio.timeout(sleep()):
                        await wanted.wait()

    def _until_next_timer(self) -> float:
        if self._next_timer_at is None:
            return LONGEST_SLEEP
        return min(max((self._next_timer_at - self._clock.now()).total_seconds(), 0.001), LONGEST_SLEEP)

    async def _run_timers(self) -> bool:
        if self._nothing_due():
            return False
        try:
            count = await self._runner.run(lambda desk: deadlines.run_due(desk, limit=TIMERS_AT_ONCE))
        except Exception:
            log.exception("timers_failed_together")
            count = await self._run_timers_singly()
        await self._look_ahead()
        self._metrics.timers_run.inc(count)
        return count == TIMERS_AT_ONCE

    def _nothing_due(self) -> bool:
        """Say whether a look at the timers would find nothing: news only moves the moment for which the loop wakes."""
        # Other replicas add timers of which nobody tells us, so that the rows are asked once a second all the same.
        fresh = asyncio.get_running_loop().time() - self._looked_at < LONGEST_SLEEP
        return fresh and (self._next_timer_at is None or self._clock.now() < self._next_timer_at)

    async def _look_ahead(self) -> None:
        self._looked_at, self._next_timer_at = asyncio.get_running_loop().time(), None
        stored = await self._runner.look(lambda desk: timers.next_due_at(desk.tx.connection))
        # What was committed since the snapshot has been heard of meanwhile.
        self._next_timer_at = min((at for at in (stored, self._next_timer_at) if at is not None), default=None)

    async def _run_timers_singly(self) -> int:
        """Handle due timers one by one, so that a bad row does not hold up the others; it is tried again later."""
        done = 0
        for _ in range(TIMERS_AT_ONCE):
            first = await self._runner.run(
                lambda desk: next(iter(timers.due(desk.tx.connection, desk.now, limit=1)), None)
            )
            if first is None:
                break
            try:
                await self._runner.run(lambda desk: deadlines.run_due(desk, limit=1))
                done += 1
            except Exception:
                log.exception("timer_failed", timer_id=first.timer_id, kind=first.kind, attempts=first.attempts)
                self._metrics.timer_failures.labels(first.kind).inc()
                until = self._clock.now() + _POSTPONE
                timer_id = first.timer_id
                await self._runner.run(lambda desk: timers.postpone(desk.tx.connection, timer_id, until))  # noqa: B023
        return done

    async def _look_at_leads(self) -> bool:
        """Look at the leads that are due by their follow-up clocks, page by page; between two pages others may write."""
        due_at = await self._runner.look(lambda desk: follow_ups.next_due_at(desk.tx.connection))
        if due_at is None or due_at > self._clock.now():
            return False
        try:
            return await self._runner.run(looks.look) > 0
        except Exception:
            log.exception("looks_failed_together")
            return await self._look_singly() > 0

    async def _look_singly(self) -> int:
        """Look at one lead after the other, so that a bad one does not hold up the others; it is tried again later."""
        done = 0
        for _ in range(looks.PAGE):
            try:
                if not await self._runner.run(lambda desk: looks.look(desk, limit=1)):
                    break
                done += 1
            except Exception:
                log.exception("look_failed")
                self._metrics.timer_failures.labels("look").inc()
                await self._runner.run(lambda desk: looks.postpone_first(desk, _POSTPONE))
        return done

    async def _send(self) -> bool:
        return await self._sender.send_due()

    async def _audit(self) -> None:
        counts = await self._runner.run(audit)
        for kind, count in counts.items():
            if count:
                log.warning("audit_repaired", kind=kind, count=count)
            self._metrics.audit_repairs.labels(kind).inc(count)
        self._metrics.audited_at.set(self._clock.now().timestamp())

    async def _forget(self) -> None:
        while await self._runner.run(forget_old):
            pass
