"""Everybody at once, at the very moment of the deadline: 接单, its time-out, a manager's 改派, and repeats of the taps."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

from bot.chat import inbox
from bot.chat.inbox import Item
from bot.messaging import AcceptedCard, ClosedCard, ConfirmCard, Message, OfferCard, Tap, Text, TextMessage
from bot.operator import run_named
from bot.services.deadlines import run_due
from bot.services.delivery import Result, settle, take
from bot.services.receive import Incoming, receive
from bot.services.runner import Runner
from routing.lead import Lead
from store.batch_queue import Batch, BatchQueue
from store.database import open_database
from store.sealed_fields import KeyRing
from tests.support.manual_clock import ManualClock
from tests.support.recording_messenger import RecordingMessenger, Shown
from tests.support.recount import (
    Rows,
    rows_of,
    wrong_with_counters,
    wrong_with_history,
    wrong_with_leads,
    wrong_with_timers,
)
from tests.support.running_service import DATA_KEY, company_of

REPS = 40
WITHIN = timedelta(minutes=1)
_MANAGER = "boss"


@dataclass(frozen=True)
class Replica:
    """One process as far as racing goes: its own pool, its own queue of callbacks."""

    runner: Runner
    inbox: BatchQueue[Item, None]

    async def tick(self) -> None:
        """Handle a few of the timers that are due: one that took them all would win nearly every race."""
        await self.runner.run(lambda desk: run_due(desk, limit=6))


@dataclass
class Race:
    """One lead, and what was done about it at the same instant.

    Attributes:
        rep: who was offered the lead.
        tapped: the rep taps 接单.
        confirm: the key of the 确认 that the manager taps, where he reassigns the lead.
        to: to whom the manager gives it.
    """

    lead_id: int
    rep: str
    tapped: bool
    confirm: str | None = None
    to: str | None = None


@dataclass
class Races:
    """The installation in which races are run, and how they came out: what ended the first offer, by name."""

    replicas: Sequence[Replica]
    database_url: str
    clock: ManualClock
    generator: random.Random
    messenger: RecordingMessenger = field(default_factory=RecordingMessenger)
    winners: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def any_replica(self) -> Replica:
        """Give one of the replicas."""
        return self.generator.choice(self.replicas)

    async def wave(self, leads: int) -> None:
        """Race for so many leads at once, judge each, then let whoever was offered them take the rest."""
        ids = await self._offered(leads)
        races = [Race(row["lead_id"], row["rep_id"], self.generator.random() < 0.9) for row in ids]
        for race in races:
            if self.generator.random() < 0.7:
                await self._ask_to_reassign(race)
        before = len(self.messenger.shown)
        self.clock.forward(WITHIN)
        await self._all_at_once(races)
        await self._deliver()
        self._judge(races, await rows_of(self.database_url), self.messenger.shown[before:])
        await self._take_the_rest(races)

    async def _offered(self, leads: int) -> list[dict[str, Any]]:
        numbers = [next(self._numbers) for _ in range(leads)]
        incoming = [
            Incoming(Lead(source="web", external_id=f"e{number}", phone=f"+86139{number:08d}"), f"k{number}", b"")
            for number in numbers
        ]
        answers = await self.any_replica.runner.run(lambda desk: receive(desk, incoming))
        await self._deliver()
        ids = {int(str(answer["lead_id"])[1:]) for answer in answers if isinstance(answer, dict)}
        rows = await rows_of(self.database_url)
        found = [row for row in rows.offer if row["lead_id"] in ids and row["state"] == "open"]
        assert len(found) == leads
        return found

    async def _ask_to_reassign(self, race: Race) -> None:
        race.to = self.generator.choice([rep for rep in company_of(REPS).reps if rep != race.rep])
        await self.any_replica.inbox.submit(self._text(_MANAGER, f"改派 L{race.lead_id} {race.to}"))
        before = len(self.messenger.shown)
        await self._deliver()
        asked = [shown.message for shown in self.messenger.shown[before:] if isinstance(shown.message, ConfirmCard)]
        assert len(asked) == 1, "改派 asks for confirmation"
        race.confirm = f"1:confirm:{asked[0].confirm_id}:0"

    async def _all_at_once(self, races: Sequence[Race]) -> None:
        """Start taps, their repeats, confirmations and ticks in any order, each through any replica."""
        started: list[Coroutine[Any, Any, None]] = []
        for race in races:
            if race.tapped:
                tap = self._tap(race.rep, f"1:accept:L{race.lead_id}:1", f"rep-{race.lead_id}")
                # The same callback twice or thrice, as WeCom repeats what it thinks was lost, to any replica.
                started += [self.any_replica.inbox.submit(tap) for _ in range(self.generator.choice((1, 2, 3)))]
            if race.confirm is not None:
                tap = self._tap(_MANAGER, race.confirm, f"boss-{race.lead_id}")
                started += [self.any_replica.inbox.submit(tap) for _ in range(self.generator.choice((1, 2)))]
        started += [self.any_replica.tick() for _ in range(max(len(races) // 4, 2))]
        self.generator.shuffle(started)
        await asyncio.gather(*(self._in_a_moment(step) for step in started))
        for replica in self.replicas:
            while await replica.runner.run(lambda desk: run_due(desk, limit=100)):
                pass

    async def _in_a_moment(self, step: Coroutine[Any, Any, None]) -> None:
        for _ in range(self.generator.randrange(20)):
            await asyncio.sleep(0)
        await step

    def _tap(self, user: str, key: str, code: str) -> Tap:
        return Tap(user, key, "", code, "button_interaction", {}, self.clock.now(), 1, f"event-{next(self._numbers)}")

    def _text(self, user: str, words: str) -> Text:
        number = str(next(self._numbers))
        return Text(user, words, number, self.clock.now(), 1, f"message-{number}")

    async def _deliver(self) -> None:
        """Send whatever waits; a replica takes what it finds."""
        while True:
            runner = self.any_replica.runner
            parcels = await runner.run(lambda desk: take(desk, self.messenger, limit=200).parcels)
            if not parcels:
                return
            results = []
            for parcel in parcels:
                if parcel.rewrite is not None:
                    code, card = parcel.rewrite
                    done = await self.messenger.rewrite(code, parcel.row.to_member, card, locale=parcel.locale)
                    results.append(Result(parcel, rewritten=done))
                elif parcel.body is not None:
                    results.append(Result(parcel, sent=await self.messenger.send(parcel.body, again=parcel.again)))
            await runner.run(lambda desk, results=results: settle(desk, results))  # type: ignore[misc]

    def _judge(self, races: Sequence[Race], rows: Rows, shown: Sequence[Shown]) -> None:
        """Say who won each race, and whether everybody was told so."""
        self.wrong += [*wrong_with_leads(rows), *wrong_with_history(rows), *wrong_with_counters(rows)]
        self.wrong += wrong_with_timers(rows)
        ends = {"accepted": "accept", "ack_timeout": "time-out", "withdrawn": "reassign"}
        winners = {fact["lead_id"]: ends[fact["event"]] for fact in rows.fact
                   if fact["event"] in ends and fact["offer_no"] == 1}  # fmt: skip
        leads = {lead["lead_id"]: lead for lead in rows.lead}
        for race in races:
            winner = winners.get(race.lead_id, "nobody")
            self.winners[winner] += 1
            lead = leads[race.lead_id]
            mine = [one for one in shown if one.to in {race.rep, race.to, _MANAGER}]
            for problem in _untruths(race, winner, lead, [one for one in mine if _is_about(one.message, race)]):
                self.wrong.append(f"L{race.lead_id}, won by {winner}: {problem}")

    async def _take_the_rest(self, races: Sequence[Race]) -> None:
        """Everybody who holds an offer now accepts it: in the end each lead has exactly one owner."""
        ids = {race.lead_id for race in races}
        for row in (await rows_of(self.database_url)).offer:
            if row["lead_id"] in ids and row["state"] == "open":
                key = f"1:accept:L{row['lead_id']}:{row['offer_no']}"
                await self.any_replica.inbox.submit(self._tap(row["rep_id"], key, f"rest-{row['lead_id']}"))
        await self._deliver()
        rows = await rows_of(self.database_url)
        nobody = [lead["lead_id"] for lead in rows.lead if lead["owner"] is None or lead["state"] != "owned"]
        self.wrong += [f"L{lead_id} has no owner in the end" for lead_id in nobody]
        self.wrong += [*wrong_with_leads(rows), *wrong_with_history(rows), *wrong_with_counters(rows)]


def _is_about(message: Message, race: Race) -> bool:
    name = f"L{race.lead_id}"
    if isinstance(message, TextMessage):
        # L12 is not L123.
        return any(part == name for part in _names(message.text))
    return name in {getattr(message, "lead_id", ""), getattr(message, "subject", "")}


def _words(message: Message) -> str | None:
    return message.text if isinstance(message, TextMessage) else None


def _closed_as(message: Message) -> str:
    return message.text if isinstance(message, ClosedCard) else ""


def _names(text: str) -> list[str]:
    digits = "".join(letter if letter.isdigit() or letter == "L" else " " for letter in text)
    return digits.split()


def _untruths(race: Race, winner: str, lead: dict[str, Any], shown: Sequence[Shown]) -> list[str]:
    """Compare what each of the three was shown with what happened."""
    found = []
    to_rep = [one for one in shown if one.to == race.rep]
    accepted = [one for one in to_rep if isinstance(one.message, AcceptedCard) and one.message.offer_no == 1]
    closed = [one for one in to_rep if isinstance(one.message, ClosedCard) and one.code == f"rep-{race.lead_id}"]
    if bool(accepted) != (winner == "accept"):
        found.append(f"the rep was shown {len(accepted)} accepted cards")
    if race.tapped and winner != "accept" and not any("已改派" in _closed_as(one.message) for one in closed):
        found.append("the rep's late tap was not told 已改派")
    if winner == "accept" and closed:
        found.append("the owner's card was closed")
    if winner == "accept" and lead["owner"] != race.rep:
        found.append(f"the owner is {lead['owner']}, not {race.rep}")
    if race.confirm is not None:
        told = [text for one in shown if one.to == _MANAGER and (text := _words(one.message)) is not None]
        done = [text for text in told if text.startswith("已把 ")]
        if winner == "reassign" and len(done) != 1:
            found.append(f"the manager's 改派 came first, and he was told {told}")
        if winner != "reassign" and (done or not any(text.startswith("情况已变") for text in told)):
            found.append(f"the manager's 改派 came too late, and he was told {told}")
    if winner == "reassign":
        offered = [one for one in shown if one.to == race.to and isinstance(one.message, OfferCard)]
        if len(offered) != 1:
            found.append(f"the manager's pick saw {len(offered)} cards")
    return found


@asynccontextmanager
async def races(database_url: str, seed: int) -> AsyncIterator[Races]:
    """Open the installation: one replica on SQLite, where one process writes; two on PostgreSQL, each with its own pool."""
    keys, clock = KeyRing.parse(DATA_KEY), ManualClock()
    databases = [open_database(database_url) for _ in range(1 if database_url.startswith("sqlite") else 2)]
    company = company_of(REPS, within="1m")
    try:
        replicas = [_replica(Runner(database, keys, clock)) for database in databases]
        for name, text in (("team.import", company.team), ("policy.publish", company.policy)):
            given = {"text": text, "author": "test", "reason": "a test"}
            await replicas[0].runner.run(lambda desk, name=name, given=given: run_named(desk, name, given))  # type: ignore[misc]
        yield Races(replicas, database_url, clock, random.Random(seed))
    finally:
        for database in databases:
            await database.close()


def _replica(runner: Runner) -> Replica:
    async def take_callbacks(batch: Batch[Item]) -> list[None]:
        await runner.run(lambda desk: inbox.handle(desk, batch.items()))
        return [None] * len(batch.items())

    return Replica(runner, BatchQueue(take_callbacks, most=8))
