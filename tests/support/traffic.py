"""Lead sources and reps as they are in life: senders that come again until they are answered, people who tap."""

import asyncio
import base64
import hashlib
import hmac
import random
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Self

import aiohttp
import orjson

from sandbox.chats import Entry
from sandbox.server import Sandbox
from sandbox.state import ActionRefused
from tests.support.running_service import WEBHOOK_SECRET

_LONGEST_PAUSE = 1.0
_GIVES_UP_AFTER = 120.0
_MOST_TAPS = 40


async def until(reached: Callable[[], bool], *, within: float) -> None:
    """Wait until something holds; raises TimeoutError after so many seconds."""
    async with asyncio.timeout(within):
        while True:
            if reached():
                return
            await asyncio.sleep(0.02)


@dataclass(frozen=True)
class Answer:
    """What came back: 0 where the connection broke."""

    status: int
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        """Give the body as an object."""
        found: dict[str, Any] = orjson.loads(self.body)
        return found


def lead_of(number: int, **more: object) -> dict[str, object]:
    """Give the JSON of one lead; every number is another person."""
    return {
        "external_id": f"web-{number}", "name": f"王芳{number}", "phone": f"+86 13{number % 10**9:09d}",
        "company": f"华医器械{number}有限公司", "province": "上海", "industry": "工业", "demand": "想了解报价和交期",
        "budget": (number * 7919) % 500_000, "channel": "官网表单", "language": "zh",
    } | more  # fmt: skip


def signed_headers(
    key: str, body: bytes, *, now: float | None = None, secret: bytes = WEBHOOK_SECRET
) -> dict[str, str]:
    """Give the headers of Standard Webhooks for a body."""
    stamp = int(time.time() if now is None else now)
    digest = hmac.digest(secret, f"{key}.{stamp}.".encode() + body, hashlib.sha256)
    return {
        "Content-Type": "application/json",
        "webhook-id": key,
        "webhook-timestamp": str(stamp),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


@dataclass
class Source:
    """The system behind `POST /webhooks/website`.

    Attributes:
        posted: delivery keys that were sent at least once.
        answers: the answer with which each delivery was accepted, by key.
        refused: answers other than 2xx and 503, by key; there should be none.
        seconds: how long each request took that was answered 2xx.
    """

    session: aiohttp.ClientSession
    address: str
    posted: set[str] = field(default_factory=set)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    refused: dict[str, Answer] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)

    async def once(self, lead: dict[str, object], key: str) -> Answer:
        """Send a lead once."""
        body = orjson.dumps(lead)
        self.posted.add(key)
        started = time.perf_counter()
        try:
            url = f"{self.address}/webhooks/website"
            async with self.session.post(url, data=body, headers=signed_headers(key, body)) as response:
                answer = Answer(response.status, await response.read())
        except (aiohttp.ClientError, OSError, TimeoutError):
            return Answer(0, b"")
        if answer.status == 202:
            self.seconds.append(time.perf_counter() - started)
            self.answers[key] = answer.json
        return answer

    async def until_taken(self, lead: dict[str, object], key: str) -> None:
        """Send a lead as a good sender does: the same `webhook-id`, signed anew, until somebody answers for it."""
        pause, gives_up_at = 0.05, time.monotonic() + _GIVES_UP_AFTER
        answer = await self.once(lead, key)
        while answer.status in {0, 502, 503} and time.monotonic() < gives_up_at:
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
            answer = await self.once(lead, key)
        if answer.status != 202:
            self.refused[key] = answer

    async def paced(self, numbers: Iterable[int], *, per_second: float) -> None:
        """Send leads at an even pace, whatever the answers do: each sender waits only for its own."""
        started = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for place, number in enumerate(numbers):
                await asyncio.sleep(max(started + place / per_second - time.monotonic(), 0))
                group.create_task(self.until_taken(lead_of(number), f"msg_{number}"))

    def quantile(self, share: float) -> float:
        """Give the seconds within which this share of the answers came."""
        ordered = sorted(self.seconds)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


@asynccontextmanager
async def source(address: str) -> AsyncIterator[Source]:
    """Give a source that posts to this address."""
    # A sender waits for the answer for as long as real ones do; connections are kept, as theirs are.
    timeout = aiohttp.ClientTimeout(total=15)
    async with aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=0)) as session:
        yield Source(session, address)


#: What a rep does with a card: the word of a button, and after how many seconds; None leaves it alone.
Habit = Callable[[Entry], tuple[str, float] | None]


def eager(entry: Entry) -> tuple[str, float]:
    """Accept everything at once."""
    del entry
    return "accept", 0.0


def habit_of(generator: random.Random, *, accepts: float, declines: float = 0.0, within: float = 1.0) -> Habit:
    """Give reps who accept a share of what they see, decline another, and leave the rest."""

    def habit(entry: Entry) -> tuple[str, float] | None:
        del entry
        drawn, wait = generator.random(), generator.random() * within
        if drawn < accepts:
            return "accept", wait
        return ("decline", wait) if drawn < accepts + declines else None

    return habit


class Reps:
    """Everybody's thumbs: each offer card that appears is treated by the habit; a tap without effect is repeated."""

    def __init__(self, sandbox: Sandbox, habit: Habit, *, patience: float = 3.0) -> None:
        """Watch the stand-in's chats; `patience` is how many seconds a rep waits for a card to change."""
        self._sandbox = sandbox
        self._habit = habit
        self._patience = patience
        self._tasks: set[asyncio.Task[None]] = set()
        self._seen: set[int] = set()
        self._told = sandbox.chats.on_change
        self.taps = 0

    async def __aenter__(self) -> Self:
        """Begin to watch."""
        self._sandbox.chats.on_change = self._changed
        return self

    async def __aexit__(self, *_: object) -> None:
        """Put the phones away."""
        self._sandbox.chats.on_change = self._told
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def idle(self) -> None:
        """Wait until everybody has seen what came of his taps."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    def _changed(self, entry: Entry) -> None:
        self._told(entry)
        if entry.entry_id in self._seen or not entry.task_id.startswith("offer-"):
            return
        self._seen.add(entry.entry_id)
        chosen = self._habit(entry)
        if chosen is not None:
            task = asyncio.create_task(self._tap(entry, *chosen))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _tap(self, entry: Entry, action: str, wait: float) -> None:
        await asyncio.sleep(wait)
        for _ in range(_MOST_TAPS):
            key = button(entry, action)
            if key is None:
                return
            try:
                callback = self._sandbox.tap(entry.userid, key, task_id=entry.task_id)
            except ActionRefused:
                return
            self.taps += 1
            await callback.wait()
            with suppress(TimeoutError):
                await until(lambda: button(entry, action) is None, within=self._patience)


def button(entry: Entry, action: str) -> str | None:
    """Give the key of a button that can be tapped on a card now, by its action; None where there is none."""
    if entry.grey_text:
        return None
    buttons = entry.content.get("button_list")
    keys = [str(item.get("key")) for item in buttons if isinstance(item, dict)] if isinstance(buttons, list) else []
    return next((key for key in keys if key.split(":")[1:2] == [action]), None)
