"""Single requests become batches, and each caller gets his own answer."""

import asyncio

import pytest

from store.batch_queue import Batch, BatchQueue
from store.errors import Overloaded


class _Kitchen:
    """Cooks batches while its door is open; refuses what is bad, and the whole batch with it."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.door = asyncio.Event()
        self.door.set()

    async def cook(self, batch: Batch[str]) -> list[str]:
        items = batch.items()
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

    async def forget_one(batch: Batch[str]) -> list[str]:
        await asyncio.sleep(0)
        return batch.items()[1:]

    answers = await asyncio.gather(*map(BatchQueue(forget_one).submit, "ab"), return_exceptions=True)

    assert all(isinstance(answer, ValueError) for answer in answers)


async def test_whoever_comes_before_the_batch_begins_is_in_it() -> None:
    """A batch stands in line for the writer for longer than it takes; nobody need wait for the next one."""
    turn = asyncio.Event()
    batches: list[list[str]] = []

    async def stand_in_line(batch: Batch[str]) -> list[str]:
        await turn.wait()
        batches.append(await asyncio.to_thread(batch.items))
        return batch.items()

    queue = BatchQueue(stand_in_line, most=3)
    callers = [asyncio.ensure_future(queue.submit("a"))]
    await asyncio.sleep(0.01)
    callers += [asyncio.ensure_future(queue.submit(item)) for item in "bcd"]
    await asyncio.sleep(0.01)
    turn.set()

    assert await asyncio.gather(*callers) == list("abcd")
    assert batches == [["a", "b", "c"], ["d"]]


@pytest.mark.parametrize("ahead", [False, True])
async def test_the_next_batch_stands_in_line_while_one_is_run_if_there_is_a_line(ahead: bool) -> None:
    """One writer takes them one after another; without a line two batches would wait for each other's locks."""
    doors = [asyncio.Event(), asyncio.Event()]
    batches: list[list[str]] = []

    async def run(batch: Batch[str]) -> list[str]:
        door = doors[len(batches)]
        batches.append(batch.items())
        await door.wait()
        return batch.items()

    queue = BatchQueue(run, ahead=ahead)
    callers = [asyncio.ensure_future(queue.submit("a"))]
    await asyncio.sleep(0.01)
    callers.append(asyncio.ensure_future(queue.submit("b")))
    await asyncio.sleep(0.01)
    begun = len(batches)
    for door in doors:
        door.set()

    assert await asyncio.gather(*callers) == ["a", "b"]
    assert begun == (2 if ahead else 1)


async def test_what_fails_before_it_begins_fails_for_everybody_who_waits() -> None:
    """The database is closed: nobody may wait for ever."""

    async def refuse(_: Batch[str]) -> list[str]:
        await asyncio.sleep(0)
        raise ValueError("closed")

    answers = await asyncio.gather(*map(BatchQueue(refuse).submit, "abc"), return_exceptions=True)

    assert [str(answer) for answer in answers] == ["closed"] * 3


async def test_items_from_one_thread_and_the_writer_in_another_lose_nothing() -> None:
    """The writer closes a batch in the very moment in which somebody joins."""

    async def run(batch: Batch[int]) -> list[int]:
        return [-item for item in await asyncio.to_thread(batch.items)]

    queue = BatchQueue(run, most=5, waiting=5000, ahead=True)

    assert await asyncio.gather(*map(queue.submit, range(3000))) == [-item for item in range(3000)]
