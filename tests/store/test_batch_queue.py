"""Single requests become batches, and each caller gets his own answer."""

import asyncio

import pytest

from store.batch_queue import BatchQueue
from store.errors import Overloaded


class _Kitchen:
    """Cooks batches while its door is open; refuses what is bad, and the whole batch with it."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.door = asyncio.Event()
        self.door.set()

    async def cook(self, items: list[str]) -> list[str]:
        self.batches.append(items)
        await self.door.wait()
        if any(item.startswith("bad") for item in items):
            raise ValueError([item for item in items if item.startswith("bad")])
        return [item.upper() for item in items]


async def test_what_waits_during_a_batch_is_the_next_batch() -> None:
    """One commit for many callers is where the speed comes from; one caller alone waits for nobody."""
    kitchen = _Kitchen()
    queue = BatchQueue(kitchen.cook, most=3)

    assert await queue.submit("a") == "A"
    kitchen.door.clear()
    waiting = [asyncio.ensure_future(queue.submit(item)) for item in "bcdef"]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    late = asyncio.ensure_future(queue.submit("g"))
    await asyncio.sleep(0)
    kitchen.door.set()

    assert await asyncio.gather(*waiting, late) == list("BCDEFG")
    assert [len(batch) for batch in kitchen.batches] == [1, 3, 3]


async def test_one_bad_item_does_not_fail_its_neighbours() -> None:
    """A lead that breaks a constraint must not turn away the leads that came in the same moment."""
    kitchen = _Kitchen()
    queue = BatchQueue(kitchen.cook)

    answers = await asyncio.gather(*(queue.submit(item) for item in ("a", "bad1", "b", "bad2")), return_exceptions=True)

    assert [str(answer) for answer in answers] == ["A", "['bad1']", "B", "['bad2']"]


async def test_too_many_waiting_are_refused_at_once() -> None:
    """Under overload some hear so quickly, instead of all waiting until their webhooks time out."""
    kitchen = _Kitchen()
    kitchen.door.clear()
    queue = BatchQueue(kitchen.cook, most=1, waiting=2)
    running = asyncio.ensure_future(queue.submit("a"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    waiting = [asyncio.ensure_future(queue.submit(item)) for item in "bc"]
    await asyncio.sleep(0)

    with pytest.raises(Overloaded):
        await queue.submit("d")

    kitchen.door.set()
    assert await asyncio.gather(running, *waiting) == ["A", "B", "C"]
    assert await queue.submit("e") == "E"


async def test_a_caller_who_goes_away_takes_nothing_with_him() -> None:
    """A closed browser must cancel neither his neighbours nor what is being committed for him."""
    kitchen = _Kitchen()
    kitchen.door.clear()
    queue = BatchQueue(kitchen.cook, most=2)
    callers = [asyncio.ensure_future(queue.submit(item)) for item in "abcd"]
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    callers[0].cancel()
    callers[2].cancel()
    kitchen.door.set()

    answers = await asyncio.gather(*callers, return_exceptions=True)
    assert answers[1::2] == ["B", "D"]
    assert all(isinstance(answer, asyncio.CancelledError) for answer in answers[::2])
    assert kitchen.batches == [["a", "b"], ["c", "d"]]


async def test_a_batch_with_too_few_answers_fails_instead_of_hanging() -> None:
    """A mistake in the program must become an error that somebody sees."""

    async def forget_one(items: list[str]) -> list[str]:
        await asyncio.sleep(0)
        return items[1:]

    answers = await asyncio.gather(*map(BatchQueue(forget_one).submit, "ab"), return_exceptions=True)

    assert all(isinstance(answer, ValueError) for answer in answers)
