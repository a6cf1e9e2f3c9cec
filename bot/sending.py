"""Carries the outbox to WeCom: takes what is due, sends it outside any transaction, and writes down what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from bot.messaging import MessagingError, Messenger, TryLater
from bot.services.delivery import Parcel, Result, settle, take
from bot.services.desk import ALERT_ADDRESS
from bot.services.runner import Runner
from store.batch_queue import BatchQueue

log = structlog.get_logger()

#: Messages under way at the same time.
MOST_UNDER_WAY = 64

#: Posts an alarm (code, text) to the operator's address; raises TryLater when it did not get through.
Alert = Callable[[str, str], Awaitable[None]]


class Sender:
    """Sends messages; one member gets one message at a time, so that what was queued first arrives first."""

    def __init__(self, runner: Runner, messenger: Messenger, alert: Alert) -> None:
        """Take what sends; nothing happens before `send_due`."""
        self._runner = runner
        self._messenger = messenger
        self._alert = alert
        self._settling: BatchQueue[Result, None] = BatchQueue(self._settle, most=128, waiting=100_000)
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._count = 0

    async def send_due(self) -> int:
        """Take what is due and start sending it; gives how many messages were started."""
        room = MOST_UNDER_WAY - self._count
        if room <= 0:
            return 0
        busy = tuple(self._under_way)
        parcels = await self._runner.run(lambda desk: take(desk, self._messenger, limit=room, busy=busy))
        by_member: dict[str, list[Parcel]] = {}
        for parcel in parcels:
            by_member.setdefault(parcel.row.to_member, []).append(parcel)
        for member, parts in by_member.items():
            self._count += len(parts)
            self._under_way[member] = asyncio.create_task(self._send_all(member, parts))
        return len(parcels)

    async def drain(self) -> None:
        """Wait until everything under way has been written down."""
        while self._under_way:
            await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    async def _send_all(self, member: str, parcels: Sequence[Parcel]) -> None:
        try:
            for parcel in parcels:
                result = await self._send(parcel)
                await self._settling.submit(result)
        except Exception:
            # What is not settled keeps its lease and is taken again when that runs out.
            log.exception("send_not_settled", member_count=len(parcels))
        finally:
            self._count -= len(parcels)
            del self._under_way[member]

    async def _send(self, parcel: Parcel) -> Result:
        try:
            if parcel.row.to_member == ALERT_ADDRESS:
                await self._alert(str(parcel.row.payload.get("code", "")), str(parcel.row.payload.get("text", "")))
                return Result(parcel)
            if parcel.rewrite is not None:
                code, card = parcel.rewrite
                answer = await self._messenger.rewrite(code, parcel.row.to_member, card, locale=parcel.locale)
                return Result(parcel, rewritten=answer)
            return Result(parcel, sent=await self._messenger.send(parcel.body or b"", again=parcel.again))
        except MessagingError as error:
            log.warning("send_failed", message_id=parcel.row.message_id, kind=parcel.row.kind, reason=error.reason,
                        errcode=error.code, attempts=parcel.row.attempts + 1)  # fmt: skip
            return Result(parcel, error=error)
        except Exception as error:  # a bug must not stop everybody else's messages
            log.exception("send_crashed", message_id=parcel.row.message_id, kind=parcel.row.kind)
            return Result(parcel, error=TryLater(type(error).__name__, retry_after=30.0))

    async def _settle(self, results: list[Result]) -> list[None]:
        await self._runner.run(lambda desk: settle(desk, results))
        return [None] * len(results)
