"""Companies for tests of the use cases, and short ways to drive them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.services import answer
from bot.services.answer import Answer, Answered
from bot.services.deadlines import run_due
from bot.services.receive import Incoming, KeyReused, receive
from routing.lead import Lead
from store.rows import OfferRow
from tests.support.office import POLICY, Company, company

MICROSECOND = timedelta(microseconds=1)
#: Two reps of one team on office hours, their manager, another team's manager, an admin, and somebody far west.
SHIFTS = """
shifts:
  day: {workdays: ["09:00-12:00", "13:00-18:00"]}
  all: {everyday: ["00:00-24:00"]}
teams:
  - {id: east, name: 华东, managers: [lijing], timezone: Asia/Shanghai, shift: day}
  - {id: west, name: 西北, managers: [chenmin], timezone: Asia/Urumqi, shift: day}
admins: [root.admin]
reps:
  - {id: e1, name: 东一, team: east, backup: e2}
  - {id: e2, name: 东二, team: east}
  - {id: w1, name: 西一, team: west}
  - {id: lijing, name: 李静, team: east, role: manager}
  - {id: chenmin, name: 陈敏, team: west, role: manager}
  - {id: root.admin, name: 管理, team: east, role: admin, shift: all}
"""
ON_DUTY = """
version: 1
timezone: Asia/Shanghai
rules:
  - {name: 西北, when: {province: [新疆]}, teams: [west]}
  - {name: 其余, teams: [east]}
choose: {by: round_robin}
capacity: {open: 20, per_day: 50}
acknowledge: {within: 10m, remind: [5m, 8m], rounds: 3, silent: {times: 2, then: pause}, clock: on_duty}
known_customer: {within: 90d}
"""
XINJIANG = "新疆维吾尔自治区"


def shanghai(hour: int, minute: int = 0, *, day: int = 2, second: int = 0) -> datetime:
    """Give a moment of March 2026 by the clock of Shanghai; the 2nd is a Monday."""
    return datetime(2026, 3, day, hour, minute, second, tzinfo=UTC) - timedelta(hours=8)


def policy(**changes: str) -> str:
    """Give the plain policy with other lines: `capacity="{open: 1}"`."""
    lines = [line for line in POLICY.strip().splitlines() if line.partition(":")[0] not in changes]
    if "rules" in changes:
        lines = [line for line in lines if not line.startswith("  ")]
    return "\n".join([*lines, *(f"{key}: {value}" for key, value in changes.items())])


@asynccontextmanager
async def at_work(
    database_url: str, *, at: datetime, team: str = SHIFTS, rules: str = ON_DUTY
) -> AsyncIterator[Company]:
    """Open a company on office hours at a moment; afterwards every invariant holds."""
    async with company(database_url, team=team, policy=rules) as opened:
        opened.clock.moment = at
        yield opened
        await opened.sound()


async def tick(floor: Company) -> int:
    """Handle what is due in one transaction, without sending anything."""
    return await floor.do(lambda desk: run_due(desk, limit=100))


async def accept(floor: Company, rep: str, lead_id: int, offer_no: int | None = None) -> Answered:
    """Accept, and check that everything holds."""
    outcome = await floor.do(lambda desk: answer.accept(desk, Answer(rep, lead_id, offer_no, "code")))
    await floor.sound()
    return outcome.answered


async def decline(floor: Company, rep: str, lead_id: int, offer_no: int | None = None) -> Answered:
    """Decline, and check that everything holds."""
    outcome = await floor.do(lambda desk: answer.decline(desk, Answer(rep, lead_id, offer_no, "code")))
    await floor.sound()
    return outcome.answered


async def post(floor: Company, *leads: Lead | Incoming) -> list[dict[str, Any] | KeyReused]:
    """Deliver a batch and send nothing."""
    batch = [item if isinstance(item, Incoming) else Incoming(item, None, b"") for item in leads]
    answers = await floor.do(lambda desk: receive(desk, batch))
    await floor.sound()
    return answers


def number(answered: dict[str, Any] | KeyReused) -> int:
    """Give the number of the lead that an answer names."""
    assert not isinstance(answered, KeyReused)
    return int(str(answered["lead_id"])[1:])


async def states(floor: Company, lead_id: int) -> list[tuple[str, str, int]]:
    """Give rep, state and round of each offer of a lead."""
    return [(offer.rep_id, offer.state, offer.round) for offer in await floor.offers(lead_id)]


async def running(floor: Company, lead_id: int) -> OfferRow:
    """Give the running offer, which must be there."""
    offer = await floor.running(lead_id)
    assert offer is not None
    return offer
