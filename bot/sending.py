"""Carries the outbox to WeCom: takes what is due, sends it outside any transaction, and writes down what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from bot.messaging import MessagingError, Messenger, TryLater
from bot.services.delivery import LEASE, Parcel, Result, Taken, settle, take
from bot.services.desk import ALERT_ADDRESS, Desk
from bot.services.runner import Runner
from store import outbox
from store.batch_queue import Batch, BatchQueue

log = structlog.get_logger()

#: Members who are being served at the same time.
MOST_UNDER_WAY = 64
#: At the end what is under way gets so many seconds; supervisors kill after ten, and open requests want their part.
STOP_WITHIN = 3.0
#: Seconds after which what was taken for a member and not begun is handed back: well before its lease ends, since from
#: then on another replica may send it as well.
HELD_AT_MOST = LEASE.total_seconds() / 3

#: Seconds for which what is to be sent, or has been sent, waits for more of its kind: nobody sees so little, and under
#: load one transaction then serves several.
GATHER = 0.02

#: Posts an alarm (code, text) to the operator's address; raises TryLater when it did not get through.
Alert = Callable[[str, str], Awaitable[None]]


class Sender:
    """Sends messages; one member gets one message at a time, so that what was queued first arrives first.

    Attributes:
        on_room: called when somebody may be served who could not be when `send_due` was last asked.
    """

    def __init__(self, runner: Runner, messenger: Messenger, alert: Alert) -> None:
        """Take what sends; nothing happens before `send_due`."""
        self.on_room: Callable[[], None] = lambda: None
        self._runner = runner
        self._messenger = messenger
        self._alert = alert
        self._settling: BatchQueue[Result, None] = BatchQueue(self._settle, most=128, waiting=100_000, gather=GATHER)
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._taking: asyncio.Task[bool] | None = None
        #: Members for whom more was due while they were being served.
        self._more_for: frozenset[str] = frozenset()
        self._was_full = False
        self._stopping = False

    async def send_due(self) -> bool:
        """Take what is due and start sending it; says whether there may be more at once."""
        await asyncio.sleep(GATHER)
        room = MOST_UNDER_WAY - len(self._under_way)
        self._was_full = room <= 0
        if self._was_full or self._stopping:
            return False
        # A caller who goes away leaves nothing behind that was taken and is sent by nobody.
        self._taking = asyncio.create_task(self._take(room))
        return await asyncio.shield(self._taking)

    async def drain(self) -> None:
        """Begin nothing any more, finish what is under way within `STOP_WITHIN`, and hand back the rest."""
        self._stopping = True
        if self._taking is not None:
            await asyncio.wait({self._taking})
        tasks = set(self._under_way.values())
        if tasks:
            _, hanging = await asyncio.wait(tasks, timeout=STOP_WITHIN)
            for task in hanging:
                task.cancel()
            await asyncio.gather(*hanging, return_exceptions=True)

    async def _take(self, room: int) -> bool:
        busy = tuple(self._under_way)

        def use_case(desk: Desk) -> tuple[Taken, set[str]]:
            taken = take(desk, self._messenger, limit=room, busy=busy)
            return taken, outbox.due_for(desk.tx.connection, desk.now, busy) if busy else set()

        taken, more_for = await self._runner.run(use_case)
        self._more_for = frozenset(more_for)
        by_member: dict[str, list[Parcel]] = {}
        for parcel in taken.parcels:
            by_member.setdefault(parcel.row.to_member, []).append(parcel)
        for member, parts in by_member.items():
            self._under_way[member] = asyncio.create_task(self._send_all(member, parts))
        if more_for - self._under_way.keys():
            # Somebody was done while this was being taken.
            self.on_room()
        return taken.looked

    async def _send_all(self, member: str, parcels: Sequence[Parcel]) -> None:
        loop = asyncio.get_running_loop()
        until, begun = loop.time() + HELD_AT_MOST, 0
        try:
            for parcel in parcels:
                if self._stopping or loop.time() > until:
                    break
                begun += 1
                result = await self._send(parcel)
                await self._settling.submit(result)
        except asyncio.CancelledError:
            # Nobody knows whether it arrived: the next process sends the same bytes, and WeCom drops a repeat.
            begun -= 1
            raise
        except Exception:
            # What is not settled keeps its lease and is taken again when that runs out.
            log.exception("send_not_settled", member_count=len(parcels))
        finally:
            await self._hand_back(parcels[begun:])
            del self._under_way[member]
            if self._was_full or member in self._more_for:
                self.on_room()

    async def _hand_back(self, parcels: Sequence[Parcel]) -> None:
        """Let others, or the next process, send at once what was taken and not begun."""
        if not parcels:
            return
        message_ids = [parcel.row.message_id for parcel in parcels]
        try:
            await self._runner.run(lambda desk: outbox.hand_back(desk.tx.connection, message_ids))
        except Exception:
            log.exception("not_handed_back", count=len(message_ids))

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

    async def _settle(self, results: Batch[Result]) -> list[None]:
        await self._runner.run(lambda desk: settle(desk, results.items()))
        return [None] * len(results.items())
