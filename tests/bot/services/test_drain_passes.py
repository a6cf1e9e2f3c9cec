"""Passes through the pool: one at a time, a rest after one that found nobody, and nothing lost on the way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import pytest

from bot.services import drain, follow_up, presence
from bot.services.audit import audit
from bot.services.desk import Desk
from bot.services.drain_passes import LONGEST_REST, LOST_AFTER, REST_FOR_EACH, Pass, ends, wake
from bot.services.publish import import_team
from bot.services.runner import Runner
from bot.wecom.rate_limits import MemberBudget
from routing.lead import Lead
from store import ids, timers
from store.database import open_database
from tests.bot.services.given import (
    MICROSECOND,
    XINJIANG,
    accept,
    at_work,
    number,
    post,
    running,
    shanghai,
    tick,
)
from tests.support.manual_clock import ManualClock
from tests.support.office import KEYS, Company

#: The north is always free and may take none of the leads below, so that every one of them is looked at.
TEAM = """
shifts:
  day: {workdays: ["09:00-12:00", "13:00-18:00"]}
  all: {everyday: ["00:00-24:00"]}
teams:
  - {id: east, name: 华东, managers: [lijing], timezone: Asia/Shanghai, shift: day}
  - {id: west, name: 西北, managers: [lijing], timezone: Asia/Urumqi, shift: day}
  - {id: north, name: 华北, managers: [lijing], timezone: Asia/Shanghai, shift: all}
reps:
  - {id: e1, name: 东一, team: east}
  - {id: w1, name: 西一, team: west}
  - {id: n1, name: 北一, team: north}
  - {id: lijing, name: 李静, team: east, role: manager}
"""
RULES = """
version: 1
timezone: Asia/Shanghai
rules:
  - {name: 全部, teams: [east, west, north]}
geofence:
  - {provinces: [新疆], teams: [west]}
  - {provinces: [上海], teams: [east]}
choose: {by: round_robin}
capacity: {open: 1, per_day: 50}
acknowledge: {within: 10m, remind: [5m, 8m], rounds: 3, clock: always}
"""
#: More than a page.
MANY = drain.PAGE + 10
REST = MANY * REST_FOR_EACH


@asynccontextmanager
async def _floor(database_url: str, *, at: datetime | None = None) -> AsyncIterator[Company]:
    async with at_work(database_url, at=at or shanghai(10), team=TEAM, rules=RULES) as floor:
        yield floor


async def _posted(floor: Company, count: int, province: str = XINJIANG, *, first: int = 0) -> list[int]:
    leads = [Lead(source="web", phone=f"+86138{first + last:08d}", province=province) for last in range(count)]
    return [number(answer) for answer in await post(floor, *leads)]


async def _awake(floor: Company, times: int = 1, *, everything: bool = False) -> None:
    for _ in range(times):
        await floor.do(lambda desk: wake(desk, everything=everything))


async def _to_come(floor: Company) -> list[tuple[str | None, datetime]]:
    """Give the passes that have a timer, and when it is due; moments of the calendar are left out."""
    far = shanghai(0, day=30)
    found = await floor.do(lambda desk: timers.due(desk.tx.connection, far, limit=99))
    return [(row.subject, row.due_at) for row in found if row.kind == "drain" and " " in (row.subject or "")]


@asynccontextmanager
async def _the_next_process(database_url: str, moment: datetime) -> AsyncIterator[Company]:
    database = open_database(database_url)
    clock = ManualClock(moment)
    try:
        yield Company(Runner(database, KEYS, clock), clock)
    finally:
        await database.close()


@pytest.mark.parametrize("everything", [False, True])
async def test_however_often_somebody_comes_free_one_pass_is_to_come(everything: bool, database_url: str) -> None:
    """A pass that has not begun sees whoever came free before it."""
    async with _floor(database_url) as floor:
        await _posted(floor, 1)
        before = await _to_come(floor)
        await _awake(floor, 5, everything=everything)
        assert before == []
        assert await _to_come(floor) == [("everything 1" if everything else "free 1", floor.clock.now())]


async def test_whoever_comes_free_in_the_middle_of_a_pass_lets_exactly_one_more_follow(database_url: str) -> None:
    """The lead that only this rep may take lies behind: the next pass finds it, also if this process dies meanwhile."""
    async with _floor(database_url) as floor:
        held, oldest = await _posted(floor, 2, "上海市", first=500)
        await _posted(floor, MANY)
        await floor.deliver()
        await accept(floor, "e1", held)
        await _awake(floor)
        assert await tick(floor) == 1
        assert [name for name, _ in await _to_come(floor)] == ["free 1"]
        await floor.do(lambda desk: follow_up.close_lost(desk, desk.tx.lead(held), "贵", by="e1"))
        await _awake(floor, 3)
        assert [name for name, _ in await _to_come(floor)] == ["free 1"]
        moment = floor.clock.now()
    async with _the_next_process(database_url, moment) as floor:
        await floor.ticks()
        assert (await floor.row(oldest)).state == "pooled"
        ((name, at),) = await _to_come(floor)
        assert (name, at - moment) == ("free 2", REST + REST_FOR_EACH)
        floor.clock.moment = at
        await floor.ticks()
        assert (await running(floor, oldest)).rep_id == "e1"
        assert await _to_come(floor) == []
        await floor.sound()


def _wake_slowly(desk: Desk) -> None:
    """Wake, and commit only when the others have had time to look."""
    wake(desk)
    if desk.tx.connection.dialect.name == "postgresql":
        desk.tx.connection.exec_driver_sql("SELECT pg_sleep(0.1)")


async def test_transactions_side_by_side_ask_for_one_pass(database_url: str) -> None:
    """Several replicas on PostgreSQL: who comes free here and there is seen by one pass, and each page is done once."""
    async with _floor(database_url) as floor:
        await _posted(floor, MANY)
        await _awake(floor)
        await floor.ticks()
        floor.later(minutes=1)
        await asyncio.gather(*(floor.do(_wake_slowly) for _ in range(4)))
        assert [name for name, _ in await _to_come(floor)] == ["free 2"]
        await asyncio.gather(*(_awake(floor, 3) for _ in range(4)), *(tick(floor) for _ in range(4)))
        await floor.sound()
        await floor.goes(seconds=5)
        await floor.goes(seconds=5)
        assert await _to_come(floor) == []


async def test_after_a_pass_for_nothing_the_next_one_rests_for_as_long_as_it_was(database_url: str) -> None:
    """Otherwise a pool that nobody may take would keep the only writer busy; presence and rules go at once."""
    async with _floor(database_url) as floor:
        await _posted(floor, MANY)
        await _awake(floor)
        await floor.ticks()
        began = floor.clock.now()
        await _awake(floor, 3)
        assert await _to_come(floor) == [("free 2", began + REST)]
        floor.clock.moment = began + REST - MICROSECOND
        assert await tick(floor) == 0
        await floor.do(lambda desk: presence.go_online(desk, "e1"))
        await _awake(floor, everything=True)
        assert {name for name, at in await _to_come(floor) if at == floor.clock.now()} == {"free 3", "everything 1"}
        await floor.ticks()
        await _awake(floor)
        ((second, _), (third, at)) = await _to_come(floor)
        assert (second, third, at) == ("free 2", "free 4", floor.clock.now() + REST)
        # The timer of the pass whose place was taken comes, and does nothing.
        floor.clock.moment = began + REST
        assert await tick(floor) == 1
        assert await _to_come(floor) == [(third, at)]


async def test_b20_no_rest_is_longer_than_half_a_minute_and_a_shift_does_not_wait_for_it(database_url: str) -> None:
    """B-20: whoever comes on duty is offered what waits, however long was looked for somebody just before."""
    async with _floor(database_url, at=shanghai(10, 59, second=50)) as floor:
        (one,) = await _posted(floor, 1)
        await floor.do(lambda desk: ends(desk, Pass("free", 1, desk.now), in_vain=20_000))
        await _awake(floor)
        assert await _to_come(floor) == [("free 2", floor.clock.now() + LONGEST_REST)]
        floor.clock.moment = shanghai(11) - MICROSECOND
        await floor.ticks()
        assert (await floor.row(one)).state == "pooled"
        floor.clock.moment = shanghai(11)
        await floor.ticks()
        assert (await running(floor, one)).rep_id == "w1"


async def test_b20_a_shift_is_not_missed_while_a_pass_for_send_slots_rests(database_url: str) -> None:
    """B-20: the timer of the next send slot stands for the shift behind it, also when the pool is not looked at then."""
    async with _floor(database_url, at=shanghai(10, 59, second=52)) as floor:
        floor.messenger.budget = floor.runner.budget = MemberBudget(pushes_a_minute=1)
        await floor.lead(province=None)
        (one,) = await _posted(floor, 1)
        await floor.do(lambda desk: ends(desk, Pass("free", 1, desk.now), in_vain=20_000))
        await floor.goes(seconds=5)
        assert [name for name, _ in await _to_come(floor)] == ["free 2"]
        floor.clock.moment = shanghai(11)
        await floor.ticks()
        assert (await running(floor, one)).rep_id == "w1"


async def test_b15_whoever_comes_free_gets_a_lead_within_a_second_although_a_hundred_others_wait(
    database_url: str,
) -> None:
    """B-15: the rest after looking at a small pool is short."""
    async with _floor(database_url) as floor:
        await _posted(floor, 100)
        held, waits = await _posted(floor, 2, "上海市", first=500)
        await floor.deliver()
        await accept(floor, "e1", held)
        await _awake(floor)
        await floor.ticks()
        await floor.do(lambda desk: follow_up.close_lost(desk, desk.tx.lead(held), "贵", by="e1"))
        await floor.goes(seconds=1)
        assert (await running(floor, waits)).rep_id == "e1"


async def test_a_pass_that_got_lost_is_begun_anew(database_url: str) -> None:
    """A page that fails again and again, or whose timer is gone, must not shut the pool: the auditor asks every minute."""
    async with _floor(database_url) as floor:
        await _posted(floor, 1)
        await _awake(floor)
        await floor.do(lambda desk: desk.tx.connection.exec_driver_sql("DELETE FROM timer WHERE subject = 'free 1'"))
        floor.clock.forward(LOST_AFTER)
        await floor.do(audit)
        assert await _to_come(floor) == []
        floor.clock.forward(MICROSECOND)
        await floor.do(audit)
        assert await _to_come(floor) == [("free 2", floor.clock.now())]


async def test_a_clock_that_is_set_back_does_not_shut_the_pool(database_url: str) -> None:
    """What was to come at a moment that is now far ahead comes at once, and a rest until then is over."""
    async with _floor(database_url) as floor:
        await _posted(floor, MANY)
        await _awake(floor)
        assert await tick(floor) == 1
        floor.later(minutes=-40)
        await _awake(floor, 2)
        assert (await _to_come(floor))[0] == ("free 2", floor.clock.now())
        await floor.ticks()
        await _awake(floor)
        floor.later(minutes=-40)
        await _awake(floor, 2)
        assert (await _to_come(floor))[0] == ("free 4", floor.clock.now())
        await floor.ticks()
        floor.later(minutes=-40)
        await _awake(floor)
        assert (await _to_come(floor))[0] == ("free 5", floor.clock.now())


async def test_a_page_of_leads_that_all_go_to_a_manager_does_not_end_the_pass(database_url: str) -> None:
    """A lead in review waits from now on; the pass goes on from where the lead waited in the pool."""
    async with _floor(database_url) as floor:
        leads = await _posted(floor, MANY)
        floor.later(seconds=1)
        team = "\n".join(line for line in TEAM.splitlines() if "w1" not in line)
        await floor.do(lambda desk: import_team(desk, team, author="test", retire_missing=True))
        await floor.ticks()
        assert {(await floor.row(lead_id)).state for lead_id in leads} == {"review"}


async def test_looking_at_leads_that_stay_takes_no_decision_numbers(database_url: str) -> None:
    """Numbers that people type have no gaps: a pass takes as many as it makes decisions that are kept."""
    async with _floor(database_url) as floor:
        held, *others = await _posted(floor, 3, "上海市", first=500)
        await _posted(floor, MANY)
        await floor.deliver()
        await accept(floor, "e1", held)
        first = await floor.runner.look(lambda desk: ids.peek(desk.tx.connection, "decision"))
        await _awake(floor)
        await floor.ticks()
        assert await floor.runner.look(lambda desk: ids.peek(desk.tx.connection, "decision")) == first
        await floor.do(lambda desk: follow_up.close_lost(desk, desk.tx.lead(held), "贵", by="e1"))
        await floor.goes(seconds=1)
        assert (await floor.row(others[0])).decision_id == first
        assert await floor.runner.look(lambda desk: ids.peek(desk.tx.connection, "decision")) == first + 1
