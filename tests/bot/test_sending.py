"""The sender: nobody waits for the tick, or for somebody else's long queue; at the end everything is handed back."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from sqlalchemy import select

from bot.messaging import Sent
from bot.metrics import Metrics
from bot.scheduler import Scheduler
from bot.sending import Sender
from bot.services.desk import Desk
from bot.services.runner import News
from store import timers
from store.outbox import NewMessage, Urgency
from store.tables import outbox
from tests.support.office import Company, company
from tests.support.recording_messenger import RecordingMessenger


@dataclass
class _SlowMessenger(RecordingMessenger):
    """Takes its time over each message, and remembers who was served in which order."""

    pause: float = 0.0
    served: list[str] = field(default_factory=list)

    async def send(self, body: bytes, *, again: bool) -> Sent:
        """Show the message after a while."""
        await asyncio.sleep(self.pause)
        sent = await super().send(body, again=again)
        self.served.append(self.shown[-1].to)
        return sent


async def _no_alert(code: str, text: str) -> None:
    del code, text


@dataclass
class _Office:
    company: Company
    messenger: _SlowMessenger
    sender: Sender
    scheduler: Scheduler

    async def tell(self, person: str, count: int = 1, *, urgency: Urgency = Urgency.CARD) -> None:
        """Queue words for somebody."""

        def use_case(desk: Desk) -> None:
            for number in range(count):
                desk.tell_text(person, f"{number}", urgency=urgency)

        await self.company.do(use_case)

    async def until_served(self, person: str, count: int = 1) -> float:
        """Wait until somebody has been served so often; gives the seconds that it took."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        while self.messenger.served.count(person) < count:
            await asyncio.sleep(0.005)
            assert loop.time() - begun < 20
        return loop.time() - begun


@pytest.fixture
async def office(sqlite_url: str) -> AsyncIterator[_Office]:
    """Give a company whose messages go out by themselves."""
    async with company(sqlite_url) as opened:
        messenger = _SlowMessenger()
        sender = Sender(opened.runner, messenger, _no_alert)
        scheduler = Scheduler(opened.runner, sender, opened.clock, Metrics())
        opened.runner.on_news = scheduler.hear
        scheduler.start()
        yield _Office(opened, messenger, sender, scheduler)
        await scheduler.stop()


async def test_what_comes_while_somebody_is_being_served_follows_at_once(office: _Office) -> None:
    """A rep's second card must not wait for the next second's tick."""
    office.messenger.pause = 0.1
    await office.tell("lisi")
    await asyncio.sleep(0.05)
    await office.tell("lisi")

    assert await office.until_served("lisi", 2) < 0.6


async def test_many_messages_follow_one_another_without_a_pause(office: _Office) -> None:
    """After an outage hundreds of cards wait: they go out as fast as WeCom takes them."""
    office.messenger.pause = 0.02

    def use_case(desk: Desk) -> None:
        for number in range(300):
            desk.tell_text(f"rep{number}", "0", urgency=Urgency.CARD)

    await office.company.do(use_case)

    assert await office.until_served("rep299") < 2.5


async def test_a_long_queue_of_one_does_not_hold_up_the_others(office: _Office) -> None:
    """An admin with a morning's reviews is served one at a time; a rep's card goes beside them."""
    office.messenger.pause = 0.1
    await office.tell("root.admin", 80)
    await asyncio.sleep(0.05)
    await office.tell("lisi")

    assert await office.until_served("lisi") < 0.6


async def test_at_the_end_what_was_not_sent_is_handed_back(office: _Office) -> None:
    """SIGTERM leaves ten seconds: nothing is begun any more, and the next process finds everything free to be sent."""
    office.messenger.pause = 0.5
    await office.tell("lisi", 20)
    await asyncio.sleep(0.1)
    loop = asyncio.get_running_loop()
    begun = loop.time()
    await office.sender.drain()

    assert loop.time() - begun < 2
    leased = select(outbox.c.message_id).where(outbox.c.done_at.is_(None), outbox.c.lease_until.is_not(None))
    assert await office.company.runner.look(lambda desk: desk.tx.connection.execute(leased).all()) == []


async def test_at_the_end_nobody_waits_for_a_messenger_that_hangs(office: _Office) -> None:
    """A call that hangs is given up, and its message is free for the next process, which sends the same bytes."""
    office.messenger.pause = 60
    await office.tell("lisi")
    await asyncio.sleep(0.1)
    loop = asyncio.get_running_loop()
    begun = loop.time()
    await office.sender.drain()

    assert loop.time() - begun < 5
    waiting = select(outbox.c.lease_until, outbox.c.attempts).where(outbox.c.done_at.is_(None))
    assert await office.company.runner.look(lambda desk: list(map(tuple, desk.tx.connection.execute(waiting)))) == [
        (None, 1)
    ]


async def test_messages_that_mean_nothing_any_more_hold_nobody_up(office: _Office) -> None:
    """After an outage hundreds of reminders are dead; whoever stands behind them does not wait a second for each page."""
    lead_id = await office.company.lead()

    def use_case(desk: Desk) -> None:
        for number in range(400):
            desk.tx.message(NewMessage(f"rep{number}", "reminder", Urgency.CARD, lead_id=lead_id, offer_no=9))
        desk.tell_text("root.admin", "behind", urgency=Urgency.REMINDER)

    await office.company.do(use_case)

    assert await office.until_served("root.admin") < 2.5


async def test_a_timer_that_nobody_told_of_is_found(office: _Office) -> None:
    """Another replica set it and died: whoever is alive looks at the rows once a second."""
    due = {"kind": "drain", "due_at": office.company.clock.now(), "lead_id": None, "offer_no": None, "subject": None}
    await asyncio.sleep(0.2)
    await office.company.runner.database.write(lambda connection: timers.add(connection, [due]))
    await asyncio.sleep(2.5)
    assert await office.company.runner.look(lambda desk: timers.next_due_at(desk.tx.connection)) != due["due_at"]


async def test_stopping_in_the_very_moment_of_news_ends_the_loops(sqlite_url: str) -> None:
    """A wake-up that comes together with the order to stop must not swallow the order: SIGTERM would never end."""
    async with company(sqlite_url) as opened:
        sender = Sender(opened.runner, _SlowMessenger(), _no_alert)
        for pause in (0.0, 0.05, 0.2):
            scheduler = Scheduler(opened.runner, sender, opened.clock, Metrics())
            scheduler.start()
            await asyncio.sleep(pause)
            scheduler.hear(News(has_messages=True, first_timer_at=opened.clock.now()))
            async with asyncio.timeout(5):
                await scheduler.stop()
