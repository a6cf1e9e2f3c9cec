"""A small company at work: a policy and a roster in force, leads coming in, people tapping and typing."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import TypeVar

from bot.chat import inbox
from bot.chat.inbox import Item
from bot.messaging import Entered, Message, MessagingError, Tap, Text, TextMessage
from bot.services.deadlines import run_due
from bot.services.delivery import Parcel, Result, settle, take
from bot.services.desk import Desk
from bot.services.looks import look
from bot.services.publish import import_team, publish_policy
from bot.services.receive import Incoming, KeyReused, receive
from bot.services.runner import Runner
from routing.lead import Lead
from store import facts, offers
from store.database import open_database
from store.lead_queries import history
from store.rows import FactRow, LeadRow, OfferRow, StandingRow
from store.sealed_fields import KeyRing
from store.standings import load
from tests.support.invariants import broken
from tests.support.manual_clock import ManualClock
from tests.support.recording_messenger import RecordingMessenger, Shown

T = TypeVar("T")
KEYS = KeyRing({"k1": bytes(range(32))})

TEAM = """
teams:
  - {id: east, name: 华东, managers: [lijing], timezone: Asia/Shanghai}
  - {id: north, name: 华北, managers: [chenmin], timezone: Asia/Shanghai}
admins: [root.admin]
auditors: [audit.zhang]
reps:
  - {id: zhangsan, name: 张三, team: east}
  - {id: lisi, name: 李四, team: east}
  - {id: lisiguang, name: 李思广, team: east}
  - {id: smith, name: Anna Smith, team: east, locale: en}
  - {id: zhaoliu, name: 赵六, team: north}
  - {id: lijing, name: 李静, team: east, role: manager}
  - {id: chenmin, name: 陈敏, team: north, role: manager, locale: en}
"""

POLICY = """
version: 1
timezone: Asia/Shanghai
scoring: {base: 50, grades: {A: 80, B: 60, C: 40, D: 0}}
rules:
  - {name: 华北, when: {province: [北京]}, teams: [north]}
  - {name: 其余, teams: [east]}
choose: {by: round_robin}
capacity: {open: 20, per_day: 50}
acknowledge: {within: 10m, remind: [5m, 8m], rounds: 3, silent: {times: 2, then: pause}, clock: always}
make_up: {reasons: [空号], within: 30m, per_month: 5}
"""


@dataclass
class Company:
    """Everything that a test of the chat, or of a use case, asks for.

    Attributes:
        runner: runs use cases in transactions of their own.
        clock: stands still until it is moved.
        messenger: keeps what people were shown.
        database_url: of the database, for a process that starts anew.
    """

    runner: Runner
    clock: ManualClock
    messenger: RecordingMessenger = field(default_factory=RecordingMessenger)
    database_url: str = ""
    _numbers: "count[int]" = field(default_factory=lambda: count(1))
    _holding: bool = False

    async def do(self, use_case: Callable[[Desk], T]) -> T:
        """Run a use case."""
        return await self.runner.run(use_case)

    async def lead(self, **known: object) -> int:
        """Post a lead that nobody knows yet, let its card arrive, and give its number."""
        number = next(self._numbers)
        given: dict[str, object] = {"phone": f"+86138{number:08d}", "company": f"公司{number}", "name": "王芳"}
        lead = Lead(source="web", external_id=f"e{number}", **(given | known))  # type: ignore[arg-type]
        answers = await self.do(lambda desk: receive(desk, [Incoming(lead, None, b"")]))
        assert not isinstance(answers[0], KeyReused)
        await self.deliver()
        return int(str(answers[0]["lead_id"]).removeprefix("L"))

    async def offered(self, rep: str, **known: object) -> int:
        """Post a lead and let it be offered to this rep by the manager's word, undecided before."""
        lead_id = await self.lead(**known)
        row = await self.row(lead_id)
        offer = await self.running(lead_id)
        if offer is None or offer.rep_id != rep:
            manager = "root.admin"
            await self.says(manager, f"派单 L{row.lead_id} {rep}")
        return lead_id

    async def owned(self, rep: str, **known: object) -> int:
        """Post a lead and let this rep accept it."""
        lead_id = await self.offered(rep, **known)
        await self.says(rep, f"接单 L{lead_id}")
        return lead_id

    async def says(self, user: str, text: str) -> list[str]:
        """Let somebody type something; gives the texts and cards that this person is shown in answer."""
        return self.texts(await self.gives([self.text(user, text)]), user)

    async def taps(self, user: str, key: str, *, code: str | None = "tap", chosen: Sequence[str] = ()) -> list[Shown]:
        """Let somebody tap a button; gives what everybody is shown."""
        return await self.gives([self.tap(user, key, code=code, chosen=chosen)])

    async def gives(self, items: Sequence[Item]) -> list[Shown]:
        """Handle a batch and deliver what it causes."""
        await self.do(lambda desk: inbox.handle(desk, items))
        return await self.deliver()

    def text(self, user: str, content: str, *, key: str | None = None) -> Text:
        """Give something typed."""
        number = next(self._numbers)
        return Text(user, content, str(number), self.clock.now(), 1, key or f"message-{number}")

    def tap(self, user: str, key: str, *, code: str | None = "tap", chosen: Sequence[str] = ()) -> Tap:
        """Give a tap."""
        number = next(self._numbers)
        selections = {"reason": tuple(chosen)} if chosen else {}
        return Tap(user, key, "", code, "button_interaction", selections, self.clock.now(), 1, f"event-{number}")

    def entered(self, user: str) -> Entered:
        """Give an opening of the app."""
        return Entered(user, self.clock.now(), 1, f"event-{next(self._numbers)}")

    @asynccontextmanager
    async def undelivered(self) -> AsyncIterator[None]:
        """Let nothing arrive for a while."""
        self._holding = True
        try:
            yield
        finally:
            self._holding = False

    @staticmethod
    def texts(shown: Sequence[Shown], user: str) -> list[str]:
        """Give what one person was shown, cards by their kind and title."""
        return [written(item.message) for item in shown if item.to == user]

    async def deliver(self) -> list[Shown]:
        """Send whatever is due, until nothing is; gives what people were shown."""
        before = len(self.messenger.shown)
        while not self._holding:
            parcels = await self.do(lambda desk: take(desk, self.messenger, limit=100).parcels)
            if not parcels:
                return self.messenger.shown[before:]
            results = [await self.carry(parcel) for parcel in parcels]
            await self.do(lambda desk, results=results: settle(desk, results))  # type: ignore[misc]
        return []

    async def carry(self, parcel: Parcel) -> Result:
        """Carry one parcel to whoever it is for."""
        try:
            if parcel.rewrite is not None:
                code, card = parcel.rewrite
                done = await self.messenger.rewrite(code, parcel.row.to_member, card, locale=parcel.locale)
                return Result(parcel, rewritten=done)
            if parcel.body is not None:
                return Result(parcel, sent=await self.messenger.send(parcel.body, again=parcel.again))
        except MessagingError as error:
            return Result(parcel, error=error)
        return Result(parcel)

    async def ticks(self) -> list[Shown]:
        """Let everything happen that is due now, until nothing is left; gives what people were shown."""
        before = len(self.messenger.shown)
        while True:
            handled = await self.do(lambda desk: run_due(desk, limit=100)) + await self.do(look)
            await self.deliver()
            if not handled:
                return self.messenger.shown[before:]

    async def goes(self, **length: float) -> list[Shown]:
        """Let time pass, and everything happen that is due then."""
        self.later(**length)
        return await self.ticks()

    async def sound(self) -> None:
        """Check that every invariant holds."""
        found = await self.runner.look(lambda desk: broken(desk.tx.connection, desk.now))
        assert not found, "\n".join(found)

    async def row(self, lead_id: int) -> LeadRow:
        """Give a lead as it is stored."""
        return await self.runner.look(lambda desk: history(desk.tx.connection, lead_id, KEYS).lead)

    async def offers(self, lead_id: int) -> list[OfferRow]:
        """Give a lead's offers."""
        return await self.runner.look(lambda desk: offers.of_lead(desk.tx.connection, [lead_id]).get(lead_id, []))

    async def running(self, lead_id: int) -> OfferRow | None:
        """Give a lead's running offer."""
        return next((offer for offer in await self.offers(lead_id) if offer.state == "open"), None)

    async def facts(self, lead_id: int) -> list[FactRow]:
        """Give a lead's history."""
        return await self.runner.look(lambda desk: facts.of_lead(desk.tx.connection, lead_id, KEYS))

    async def standing(self, rep: str) -> StandingRow:
        """Give where a rep stands."""
        return (await self.runner.look(lambda desk: load(desk.tx.connection, lock=False)))[rep]

    def later(self, **length: float) -> None:
        """Let time pass."""
        self.clock.forward(timedelta(**length))


def written(message: Message) -> str:
    """Give the words of a text, or the kind of a card."""
    return message.text if isinstance(message, TextMessage) else type(message).__name__


@asynccontextmanager
async def company(database_url: str, *, team: str = TEAM, policy: str | None = POLICY) -> AsyncIterator[Company]:
    """Open the company over a database that has the newest schema."""
    clock = ManualClock()
    opened = Company(Runner(open_database(database_url), KEYS, clock), clock, database_url=database_url)
    try:
        await opened.do(lambda desk: import_team(desk, team, author="test"))
        if policy is not None:
            await opened.do(lambda desk: publish_policy(desk, policy, author="test", reason="a test"))
        yield opened
    finally:
        await opened.runner.database.close()
