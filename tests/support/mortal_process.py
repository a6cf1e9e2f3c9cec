"""A process that dies at a chosen transaction, before its commit or right after it, and the one that comes after it.

Of a killed process nothing is left but what it had committed: what it kept in memory, what it was sending and whom it
was about to answer are gone. (tests/acceptance/fault_run.py kills a real one; here every kind of event can be hit.)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from bot.services.desk import Desk
from bot.services.runner import Runner, finish
from store import outbox
from store.database import open_database
from tests.support.office import KEYS, Company

T = TypeVar("T")


class ProcessDied(Exception):
    """The process is gone; nobody heard what came of it."""


class MortalRunner(Runner):
    """Runs use cases until its time has come.

    Attributes:
        lives_for: so many transactions more, the last of which kills it; None lives on.
        commits: whether the last one is committed, so that only what follows a commit is lost.
    """

    lives_for: int | None = None
    commits: bool = False

    async def run(self, use_case: Callable[[Desk], T], *, first: bool = False) -> T:
        """Run a use case; raises ProcessDied when it is the last one."""
        if self.lives_for is None:
            return await super().run(use_case, first=first)
        self.lives_for -= 1
        if self.lives_for < 0:
            raise ProcessDied
        if self.lives_for > 0:
            return await super().run(use_case, first=first)
        if not self.commits:
            # Everything is written, nothing of it stays.
            await super().run(lambda desk: _written_and_lost(desk, use_case), first=first)
        await super().run(use_case, first=first)
        raise ProcessDied


def _written_and_lost(desk: Desk, use_case: Callable[[Desk], object]) -> None:
    use_case(desk)
    finish(desk)
    raise ProcessDied


def make_mortal(company: Company) -> MortalRunner:
    """Let the company's process be one that can die; gives its runner."""
    company.runner = runner = MortalRunner(company.runner.database, KEYS, company.clock)
    return runner


async def start_anew(company: Company) -> None:
    """Let a new process take over the company's database, as `bot.bootstrap` opens it."""
    await company.runner.database.close()
    database = open_database(company.database_url)
    if database.dialect == "sqlite":
        await database.write(outbox.free_all)
    company.runner = Runner(database, KEYS, company.clock)
