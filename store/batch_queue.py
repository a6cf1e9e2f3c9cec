"""Gathers single requests into batches, so that many share one commit."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from store.errors import Overloaded

Item = TypeVar("Item")
Result = TypeVar("Result")
_Waiting = tuple[Item, asyncio.Future[Result]]


class Batch(Generic[Item]):
    """Items on their way to one commit. Until somebody asks for them, more may join."""

    def __init__(self, close: Callable[[], list[Item]]) -> None:
        """Remember how the batch is closed."""
        self._close = close
        self._items: list[Item] | None = None

    def items(self) -> list[Item]:
        """Close the batch and give its items, the same ones every time; any one thread may ask first."""
        if self._items is None:
            self._items = self._close()
        return self._items


class BatchQueue(Generic[Item, Result]):
    """Gathers single requests into batches: whatever comes in before a batch begins to be worked on is in it.

    By itself it has no waiting timer: with one caller a batch is one item and costs nothing; under load batches grow by
    themselves, since a batch stands in line for the writer and whoever comes meanwhile still joins it. Where nobody waits
    for the answer, `gather` makes batches larger.
    """

    def __init__(
        self,
        run: Callable[[Batch[Item]], Awaitable[list[Result]]],
        *,
        most: int = 64,
        waiting: int = 2000,
        gather: float = 0.0,
        ahead: bool = False,
    ) -> None:
        """Remember how to run a batch of at most `most` items; refuse new ones beyond `waiting`.

        The first item of a batch waits `gather` seconds for others. With `ahead` a batch is handed over while the one
        before it is being run: for one writer, who takes them in their order.
        """
        self._run = run
        self._gather = gather
        self._most = most
        self._limit = waiting
        self._ahead = ahead
        self._waiting: deque[_Waiting[Item, Result]] = deque()
        self._lock = threading.Lock()
        #: A batch has been handed over that is not closed yet.
        self._open = False
        self._tasks: set[asyncio.Task[None]] = set()

    async def submit(self, item: Item) -> Result:
        """Give the item to the next batch and wait for its own result; raises Overloaded when too much waits.

        A caller who goes away does not take his item back: it may be in the middle of its commit.
        """
        if len(self._waiting) >= self._limit:
            raise Overloaded
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        with self._lock:
            self._waiting.append((item, future))
        self._hand_over()
        return await future

    def _hand_over(self) -> None:
        """Begin a batch for whoever waits, unless one that they will join is on its way."""
        with self._lock:
            if self._open or not self._waiting or (self._tasks and not self._ahead):
                return
            self._open = True
        task = asyncio.create_task(self._run_next())
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            self._hand_over()
            return
        with self._lock:
            left = list(self._waiting)
            self._waiting.clear()
        for _, future in left:
            future.cancel()

    async def _run_next(self) -> None:
        taken: list[_Waiting[Item, Result]] = []

        def close() -> list[Item]:
            with self._lock:
                taken.extend(self._waiting.popleft() for _ in range(min(len(self._waiting), self._most)))
                self._open = False
            return [item for item, _ in taken]

        batch = Batch(close)
        try:
            if self._gather and len(self._waiting) < self._most:
                await asyncio.sleep(self._gather)
            await self._answered(batch, taken)
        finally:
            # Reached with somebody still waiting only when this task was cancelled: nobody may wait for ever.
            batch.items()
            for _, future in taken:
                future.cancel()

    async def _answered(self, batch: Batch[Item], taken: list[_Waiting[Item, Result]]) -> None:
        try:
            results = await self._run(batch)
            answers = list(zip(taken, results, strict=True))
        except Exception as error:  # noqa: BLE001  every waiting caller gets it
            batch.items()  # it may have failed before it began
            if len(taken) > 1:
                # One bad item must not fail its neighbours: run each by itself, so that only it hears of it.
                for item, future in taken:
                    await self._answered(Batch(lambda item=item: [item]), [(item, future)])  # type: ignore[misc]
            elif taken and not taken[0][1].done():
                taken[0][1].set_exception(error)
            return
        for (_, future), result in answers:
            if not future.done():
                future.set_result(result)
