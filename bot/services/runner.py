"""Runs use cases: one transaction each, flushed and committed, then whoever waits for new messages or timers is woken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from bot.clock import Clock
from bot.messaging import SendBudget
from bot.services import drain_passes
from bot.services.board import Board
from bot.services.desk import Desk
from bot.services.office import Offices
from store import Connection
from store.database import Database
from store.sealed_fields import KeyRing
from store.transaction import Transaction

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class News:
    """What a commit left for others to do: messages to be sent, and when the first of its timers is due."""

    has_messages: bool
    first_timer_at: datetime | None


@dataclass
class Runner:
    """Opens a desk, runs a use case on it, and commits.

    Attributes:
        database: where everything is kept.
        keys: the data keys.
        clock: tells when it is now; a transaction has one moment.
        budget: what one member may be sent; None where nobody sends anything.
        public_url: address under which people reach the service, for links in cards.
        on_news: called in the event loop after each commit that left something to do.
    """

    database: Database
    keys: KeyRing
    clock: Clock
    budget: SendBudget | None = None
    public_url: str | None = None
    on_news: Callable[[News], None] = field(default=lambda _: None)
    offices: Offices = field(default_factory=Offices)

    async def run(self, use_case: Callable[[Desk], T], *, first: bool = False) -> T:
        """Run a use case in one transaction and give its result after the commit; its exceptions undo everything.

        `first` is for what somebody outside waits for: it goes before what can wait a little.
        """
        finished = False

        def work(connection: Connection) -> tuple[T, News]:
            nonlocal finished
            finished = False
            desk = self._desk(connection)
            result = use_case(desk)
            news = finish(desk)
            finished = True
            return result, news

        try:
            result, news = await self.database.write(work, first=first)
        except Exception:
            if finished:
                # The commit failed: a version that somebody has read from it may be another one next time.
                self.offices.forget()
            raise
        if news.has_messages or news.first_timer_at is not None:
            self.on_news(news)
        return result

    async def look(self, question: Callable[[Desk], T]) -> T:
        """Run something that only reads, on a reader's connection; what it changes is thrown away."""
        return await self.database.read(lambda connection: question(self._desk(connection)))

    def _desk(self, connection: Connection) -> Desk:
        now = self.clock.now()
        office = self.offices.in_force(connection, now)
        return Desk(Transaction(connection, self.keys, now), office, self.offices, now, self.budget, self.public_url)


def finish(desk: Desk) -> News:
    """Write everything that a use case changed; the commit is the caller's."""
    board = desk.notes.get("board")
    if isinstance(board, Board) and board.freed:
        drain_passes.wake(desk)
    write_down(desk)
    return News(desk.tx.has_messages, desk.tx.first_timer_at)


def write_down(desk: Desk) -> None:
    """Write what has changed so far, so that queries of the same transaction find it; may be called again and again."""
    board = desk.notes.get("board")
    if isinstance(board, Board):
        board.write_back()
    desk.tx.flush()
