"""How the people of the demo behave. They know what their phones show and nothing else, and act by tapping and typing."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Final

from bot.cli.demo.phone import GLANCE_S, Phone, labels_of, lead_on, words_of
from sandbox.chats import Entry

ACCEPT: Final = ("接单", "Accept")
DECLINE: Final = ("转出", "Pass on")
SNOOZE: Final = ("稍后", "Later")
#: The rule that gives leads to whoever is trying the demo; the cards say so, and nobody else touches them.
YOURS: Final = ("「您来试」", "“您来试”")
BY_MANAGER: Final = ("指派给您", "gave it to you")
PAUSED: Final = ("暂停派单。回来后发「上线」", "no leads come for now. Send “online”")


@dataclass(frozen=True, slots=True)
class Habits:
    """What sort of colleague somebody is.

    Attributes:
        thinks: seconds before an answer, at least and at most.
        passes_on: words on a card -> reason for passing the lead on.
        snoozes: share of cards that are snoozed first.
        writes: share of accepted leads with a note about the first call.
        closes: words on a card -> what is typed about the lead some time after accepting it.
        silent_until_paused: does not look at any card before the phone says that no more will come.
        comes_back_after: seconds until that message is answered with 上线.
        says: what is typed at which second after the start.
        english: writes English.
    """

    thinks: tuple[float, float] = (0.7, 1.8)
    passes_on: Mapping[str, str] = field(default_factory=dict)
    snoozes: float = 0.0
    writes: float = 0.4
    closes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    silent_until_paused: bool = False
    comes_back_after: float = 4.0
    says: Sequence[tuple[float, str]] = ()
    english: bool = False


@dataclass
class Pace:
    """How fast things go: 1 in the morning at speed 1; larger is slower."""

    slowness: float = 1.0

    async def sleep(self, seconds: float) -> None:
        """Let that much of the morning pass."""
        await asyncio.sleep(seconds * self.slowness)


@dataclass
class Person:
    """Somebody with a phone and habits.

    Attributes:
        hands_off: whoever tries the demo has this phone: nothing is done on it any more.
    """

    phone: Phone
    habits: Habits
    pace: Pace
    random: Random
    notes: Sequence[str]
    hands_off: bool = False
    _asleep: bool = False
    _busy: set[asyncio.Task[None]] = field(default_factory=set)

    async def live(self) -> None:
        """Look at the phone again and again; ends when cancelled."""
        self._asleep = self.habits.silent_until_paused
        for after, words in self.habits.says:
            self._start(self._say_later(after, words))
        try:
            while True:
                for entry in self.phone.news():
                    self._look_at(entry)
                await asyncio.sleep(GLANCE_S)
        finally:
            for task in self._busy:
                task.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.gather(*self._busy, return_exceptions=True)

    @property
    def busy(self) -> bool:
        """Say whether something is still in this person's mind."""
        return bool(self._busy)

    def _start(self, work: object) -> None:
        task = asyncio.ensure_future(work)  # type: ignore[call-overload]
        self._busy.add(task)
        task.add_done_callback(self._busy.discard)

    def _look_at(self, entry: Entry) -> None:
        labels, shown = labels_of(entry), words_of(entry)
        if entry.kind == "text" and any(said in shown for said in PAUSED):
            self._start(self._come_back())
        elif self._asleep or self.hands_off or any(said in shown for said in YOURS):
            return
        elif any(label in labels for label in ACCEPT) and entry.version == 0:
            self._start(self._answer(entry))
        elif entry.kind == "template_card" and "checkbox" in entry.content and labels:
            self._start(self._say_why(entry))

    async def _say_later(self, after: float, words: str) -> None:
        await self.pace.sleep(after)
        if not self.hands_off:
            self.phone.type(words)

    async def _come_back(self) -> None:
        """Read that no more leads come, try to take what has gone by if anything was slept through, and say 上线."""
        await self.pace.sleep(self.habits.comes_back_after)
        missed = [lead for entry in self.phone.sandbox.cards(self.phone.userid) if (lead := lead_on(entry))]
        if self._asleep and missed:
            self.phone.type(f"接单 {missed[0]}")
            await self.pace.sleep(2.0)
        self._asleep = False
        self.phone.type("上线")

    async def _answer(self, entry: Entry) -> None:
        habits, shown = self.habits, words_of(entry)
        await self.pace.sleep(self.random.uniform(*habits.thinks))
        if self.hands_off:
            return
        if self.random.random() < habits.snoozes and self.phone.tap(entry, *SNOOZE):
            await self.pace.sleep(1.2)
        by_manager = any(said in shown for said in BY_MANAGER)
        if not by_manager and any(word in shown for word in habits.passes_on):
            self.phone.tap(entry, *DECLINE)
        elif self.phone.tap(entry, *ACCEPT):
            await self._work_on(entry, shown)

    async def _work_on(self, entry: Entry, shown: str) -> None:
        """Call the customer, and type what came of it."""
        lead = lead_on(entry)
        if lead is None:
            return
        results = [words for sign, closing in self.habits.closes.items() if sign in shown for words in closing]
        for words in results:
            await self.pace.sleep(2.5)
            self._type_about(entry, words.format(lead=lead, budget=_budget_on(shown)))
        if not results and self.random.random() < self.habits.writes:
            await self.pace.sleep(self.random.uniform(2.0, 5.0))
            word = "note" if self.habits.english else "跟进"
            self._type_about(entry, f"{word} {lead} {self.random.choice(self.notes)}")

    def _type_about(self, entry: Entry, words: str) -> None:
        """Type something about a lead, if the card still says that it is one's own."""
        if not self.hands_off and any(mark in words_of(entry) for mark in ("已接单", "Accepted")):
            self.phone.type(words)

    async def _say_why(self, entry: Entry) -> None:
        """Answer the question why a lead was passed on."""
        await self.pace.sleep(1.0)
        before = " ".join(str(card) for card in entry.history)
        reason = next((why for word, why in self.habits.passes_on.items() if word in before), None)
        if reason is not None and not self.hands_off:
            self.phone.vote(entry, reason)


def _budget_on(shown: str) -> str:
    """Give the sum that was agreed, in the ten thousands that people write; the card itself names none."""
    found = re.search(r"× (\d+)", shown)
    return f"{int(found[1]) * 26}万" if found is not None else "20万"
