"""The morning itself: sources post, people live, managers act, and the terminal shows it, until everything has come to rest."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from random import Random

import aiohttp

from bot.cli.demo.board import Picture, look
from bot.cli.demo.cast import ENGLISH_NOTES, HABITS, MANAGERS, NOTES, YOURS, Morning
from bot.cli.demo.figures import Figures, count, unsettled
from bot.cli.demo.morning import Delivery
from bot.cli.demo.people import Pace, Person
from bot.cli.demo.phone import Phone
from bot.cli.demo.posting import Posted, PostOffice, play
from bot.cli.demo.screen import Screen
from bot.cli.demo.stage import Stage
from bot.clock import SystemClock

_LOOK_EVERY_S = 0.4
#: How long the last leads may take to come to rest once everything is posted and everybody is on duty.
_SETTLE_WITHIN_S = 60.0
#: How long a delivery waits for what must have happened before it.
_REACH_WITHIN_S = 25.0
_AFTERNOON_SLOWNESS = 4.0
#: Always the same people make the same choices; what differs from run to run is the machine.
_SEED = 20261120


@dataclass
class Play:
    """A running morning.

    Attributes:
        pace: how fast people are.
        stretch: seconds of the run for one second of the morning's file.
    """

    stage: Stage
    screen: Screen
    deliveries: Sequence[Delivery]
    pace: Pace
    stretch: float
    clock: SystemClock = field(default_factory=SystemClock)
    picture: Picture | None = None
    _people: list[Person] = field(default_factory=list)
    _began: float = 0.0

    @property
    def seconds(self) -> float:
        """Give how long the morning has been going on."""
        return self.clock.monotonic() - self._began

    async def run(self) -> Figures:
        """Play the morning to its end; gives its figures."""
        self._began = self.clock.monotonic()
        async with aiohttp.ClientSession() as session:
            office = PostOffice(session, self.stage.address, self.stage.company.secrets, self.clock, self._posted)
            quiet = asyncio.Event()
            with self.screen.table():
                async with self.looking(), asyncio.TaskGroup() as group:
                    for member, lives in MANAGERS.items():
                        morning = Morning(self.pace, self._sleep_until, quiet.is_set, office.lead_of, self._owner_of)
                        group.create_task(lives(Phone(self.stage.sandbox, member), morning))
                    await play(office, self.deliveries, sleep_until=self._sleep_until, reached=self._reached)
                    await self._come_to_rest(office.posted)
                    quiet.set()
                await self._come_to_rest(office.posted)
            picture = await look(self.stage.service.services.runner)
            return await count(self.stage.service.services.runner, picture, office.posted, self.stage.sandbox)

    @asynccontextmanager
    async def people(self) -> AsyncIterator[None]:
        """Let everybody live for the length of the block."""
        for number, (member, habits) in enumerate(HABITS.items()):
            notes = ENGLISH_NOTES if habits.english else NOTES
            phone = Phone(self.stage.sandbox, member)
            self._people.append(Person(phone, habits, self.pace, Random(_SEED + number), notes))
        lives = [asyncio.create_task(person.live()) for person in self._people]
        try:
            yield
        finally:
            for life in lives:
                life.cancel()
            await asyncio.gather(*lives, return_exceptions=True)

    @asynccontextmanager
    async def looking(self) -> AsyncIterator[None]:
        """Keep the screen up to date for the length of the block."""
        task = asyncio.create_task(self._look_on())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            await self._look()

    def hand_over(self) -> None:
        """Leave two phones to whoever tries the demo; the others take their time from now on."""
        self.pace.slowness = _AFTERNOON_SLOWNESS
        for person in self._people:
            person.hands_off = person.phone.userid in YOURS

    async def _look_on(self) -> None:
        while True:
            await self._look()
            await asyncio.sleep(_LOOK_EVERY_S)

    async def _look(self) -> None:
        self.picture = await look(self.stage.service.services.runner)
        self.screen.show(self.picture, self.seconds)

    def _posted(self, posted: Posted) -> None:
        if posted.delivery.kind == "replay" and posted.taken:
            self.screen.note(f"同一个推送重发了一次：还是 {posted.lead_id}，没有第二条线索", self.seconds)
        elif posted.delivery.kind == "update" and posted.taken:
            self.screen.note(f"{posted.lead_id} 来源补充了资料，还是同一条线索", self.seconds)
        elif posted.status and not posted.taken:
            self.screen.note(f"拒收 {posted.status}：{'、'.join(posted.fields)} 有误，来源改正后重发", self.seconds)

    async def _sleep_until(self, at: float) -> None:
        """Wait for a moment of the morning's file; the file is stretched so that the late zone opens well before its end."""
        await asyncio.sleep(max(0.0, at * self.stretch - self.seconds))

    async def _reached(self, lead: str, state: str) -> bool:
        """Wait until a lead is in a state."""
        give_up = self.seconds + _REACH_WITHIN_S
        while self.seconds < give_up:
            row = self.picture.lead(lead) if self.picture is not None else None
            if row is not None and row.state == state:
                return True
            await asyncio.sleep(_LOOK_EVERY_S)
        return False

    async def _owner_of(self, lead: str) -> str | None:
        row = self.picture.lead(lead) if self.picture is not None else None
        return row.owner if row is not None and row.state == "owned" else None

    async def _come_to_rest(self, posted: Sequence[Posted]) -> None:
        """Wait until every lead of the morning has an owner or an end, and everybody has written what was to be written."""
        answered = [item for item in posted if item.taken]
        opens_in = (self.stage.company.opens_at - self.clock.now()).total_seconds()
        give_up = self.seconds + max(opens_in, 0.0) + _SETTLE_WITHIN_S
        while self.seconds < give_up:
            if self._is_at_rest(answered):
                return
            await asyncio.sleep(_LOOK_EVERY_S)

    def _is_at_rest(self, answered: Sequence[Posted]) -> bool:
        picture = self.picture
        busy = any(person.busy for person in self._people)
        return picture is not None and not busy and not picture.unsent and not unsettled(answered, picture)
