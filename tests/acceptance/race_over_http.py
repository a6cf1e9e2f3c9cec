"""The same races as in `race_run`, over real HTTP and in real time: taps as encrypted callbacks, timers by the clock."""

import asyncio
import math
import random
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

from sandbox.card_view import card_text, live_keys
from sandbox.chats import Entry
from tests.support.recount import Rows, all_wrong, offer_cards, rows_of, until_drained
from tests.support.running_service import RunningService
from tests.support.traffic import button, source

#: The policy's `within` of a company that races.
WITHIN = 2.0
_ENDS = {"accepted": "accept", "ack_timeout": "time-out", "withdrawn": "reassign"}


@dataclass
class Outcome:
    """Who won how often, and what was wrong."""

    winners: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


class Grabbers:
    """Reps who tap at the edge of the deadline, whatever their card shows by then, and managers who 改派 at that moment."""

    def __init__(self, service: RunningService, generator: random.Random) -> None:
        """Watch the chats; nothing is done before a card appears."""
        self._service = service
        self._sandbox = service.sandbox
        self._generator = generator
        self._tasks: list[asyncio.Task[None]] = []
        self._told = self._sandbox.chats.on_change
        self._free = list(service.company.managers)
        self.tapped: dict[int, Entry] = {}
        self.reassigned: dict[int, str] = {}
        self._sandbox.chats.on_change = self._changed

    async def finish(self) -> bool:
        """Wait until everybody has done what he was going to do; False where nobody was going to do anything."""
        busy = bool(self._tasks)
        while self._tasks:
            await self._tasks.pop()
        return busy

    def leave(self) -> None:
        """Watch the chats no longer."""
        self._sandbox.chats.on_change = self._told

    def _changed(self, entry: Entry) -> None:
        self._told(entry)
        if not entry.task_id.startswith("offer-") or entry.version:
            return
        lead_id, number = (int(part.lstrip("L")) for part in entry.task_id.split("-")[1:3])
        if number > 1:
            self._start(self._tap(entry, 0.0))
            return
        self.tapped[lead_id] = entry
        self._start(self._tap(entry, _edge(entry) - entry.at + self._generator.uniform(-0.1, 0.1)))
        # A manager can be answered ten times a minute, and each 改派 takes a question and an answer.
        if self._free:
            self._start(self._reassign(self._free.pop(), lead_id, entry.userid))

    def _start(self, doing: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(asyncio.create_task(doing))

    async def _tap(self, entry: Entry, wait: float) -> None:
        key = button(entry, "accept") or ""
        await asyncio.sleep(wait)
        # Twice, as an impatient thumb does; a phone that has not seen the update yet taps what is long gone.
        first = self._sandbox.tap(entry.userid, key, task_id=entry.task_id, force=True)
        second = self._sandbox.tap(entry.userid, key, task_id=entry.task_id, force=True)
        await asyncio.gather(first.wait(), second.wait())

    async def _reassign(self, manager: str, lead_id: int, rep: str) -> None:
        to = self._generator.choice([name for name in self._service.company.reps if name != rep])
        await asyncio.sleep(self._generator.uniform(0, 0.3))
        await self._sandbox.text(manager, f"改派 L{lead_id} {to}").wait()
        edge = _edge(self.tapped[lead_id]) + self._generator.uniform(-0.2, 0.1)
        asked = None
        while asked is None and self._sandbox.clock.now() < edge + 1:
            await asyncio.sleep(0.02)
            asked = next((card for card in self._sandbox.cards(manager) if _asks(card, lead_id)), None)
        if asked is not None:
            await asyncio.sleep(max(edge - self._sandbox.clock.now(), 0))
            self.reassigned[lead_id] = manager
            key = next(key for key in live_keys(asked) if ":confirm:" in key)
            await self._sandbox.tap(manager, key, task_id=asked.task_id).wait()


def _edge(entry: Entry) -> float:
    """Give about when the time of a card is up: deadlines lie on whole seconds, never before what was promised."""
    return math.ceil(entry.at + WITHIN + 0.01)


def _asks(card: Entry, lead_id: int) -> bool:
    return card.task_id.startswith("confirm-") and f"L{lead_id} " in f"{card_text(card)} " and bool(live_keys(card))


async def race_over_http(service: RunningService, *, leads: int, per_second: float, seed: int) -> Outcome:
    """Post leads and let everybody grab at them; the company's `within` is WITHIN, its callbacks are doubled half the time."""
    generator = random.Random(seed)
    service.sandbox.faults.seed(seed)
    service.sandbox.faults.add("duplicate_callback", probability=0.5)
    grabbers = Grabbers(service, generator)
    async with source(service.address) as sender:
        await sender.paced(range(leads), per_second=per_second)
        await asyncio.sleep(WITHIN + 2)
    # A card may have waited for a send slot; whoever gets it late taps, too.
    while await grabbers.finish():
        await service.sandbox.settled()
        await until_drained(service.database_url, within=120)
    grabbers.leave()
    rows = await rows_of(service.database_url)
    outcome = Outcome(wrong=all_wrong(rows, service.sandbox, drained=True))
    _judge(outcome, rows, service, grabbers)
    return outcome


def _judge(outcome: Outcome, rows: Rows, service: RunningService, grabbers: Grabbers) -> None:
    winners = {
        fact["lead_id"]: _ENDS[fact["event"]] for fact in rows.fact if fact["event"] in _ENDS and fact["offer_no"] == 1
    }
    shown = offer_cards(service.sandbox)
    for lead in rows.lead:
        lead_id = lead["lead_id"]
        winner = winners.get(lead_id, "nobody")
        if lead["owner"] is None:
            outcome.wrong.append(f"L{lead_id}, won by {winner}: nobody owns it in the end")
        first = rows.of(lead_id)[0]
        if (lead_id, 1) not in shown and first["state"] == "withdrawn" and first["delivered_at"] is None:
            # Who lets two pass is paused, and what had not gone out to him by then goes to somebody else.
            outcome.winners["never shown"] += 1
            continue
        outcome.winners[winner] += 1
        said = shown[lead_id, 1][0].grey_text if (lead_id, 1) in shown else f"no card was shown of {first}"
        expected = "已接单" if winner == "accept" else "已改派"
        if expected not in said:
            outcome.wrong.append(f"L{lead_id}, won by {winner}: the first rep's card says {said!r}")
        manager = grabbers.reassigned.get(lead_id)
        if manager is not None:
            told = [text for text in service.sandbox.reads(manager) if f"L{lead_id} " in text]
            done = any(text.startswith(f"已把 L{lead_id} ") for text in told)
            changed = any(text.startswith("情况已变") for text in told)
            if done != (winner == "reassign") or changed == done:
                outcome.wrong.append(f"L{lead_id}, won by {winner}: its manager was told {told}")
