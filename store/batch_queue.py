"""Gathers single requests into batches, so that many share one commit."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from store.errors import Overloaded

Item = TypeVar("Item")
Result = TypeVar("Result")


class BatchQueue(Generic[Item, Result]):
    """Gathers single requests into batches: whatever came in while the last batch was committing is the next one.

    By itself it has no waiting timer: with one caller a batch is one item and costs nothing; under load batches grow by
    themselves. Where nobody waits for the answer, `gather` makes batches larger.
    """

    def __init__(
        self,
        run: Callable[[list[Item]], Awaitable[list[Result]]],
        *,
        most: int = 64,
        waiting: int = 2000,
        gather: float = 0.0,
    ) -> None:
        """Remember how to run a batch of at most `most` items; refuse new ones beyond `waiting`.

        The first item of a batch waits `gather` seconds for others.
        """
        self._run = run
        self._gather = gather
        self._most = most
        self._limit = waiting
        self._items: list[tuple[Item, asyncio.Future[Result]]] = []
        self._running: asyncio.Task[None] | None = None

    async def submit(self, item: Item) -> Result:
        """Give the item to the next batch and wait for its own result; raises Overloaded when too much waits.

        A caller who goes away does not take his item back: it may be in the middle of its commit.
        """
        if len(self._items) >= self._limit:
            raise Overloaded
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._items.append((item, future))
        if self._running is None:
            self._running = asyncio.create_task(self._drain())
        return await future

    async def _drain(self) -> None:
        batch: list[tuple[Item, asyncio.Future[Result]]] = []
        try:
            while self._items:
                if self._gather and len(self._items) < self._most:
                    await asyncio.sleep(self._gather)
                batch, self._items = self._items[: self._most], self._items[self._most :]
                await self._run_batch(batch)
        finally:
            # Reached with somebody still waiting only when this task was cancelled: nobody may wait for ever.
            for _, future in (*batch, *self._items):
                future.cancel()
            self._items = []
            self._running = None

    async def _run_batch(self, batch: list[tuple[Item, asyncio.Future[Result]]]) -> None:
        try:
            results = await self._run([item for item, _ in batch])
            answered = list(zip(batch, results, strict=True))
        except Exception as error:  # noqa: BLE001  every waiting caller gets it
            if len(batch) > 1:
                # One bad item must not fail its neighbours: run each by itself, so that only it hears of it.
                for single in batch:
                    await self._run_batch([single])
            elif not batch[0][1].done():
                batch[0][1].set_exception(error)
            return
        for (_, future), result in answered:
            if not future.done():
                future.set_result(result)
