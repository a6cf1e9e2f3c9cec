"""The pool empties by itself: at every moment when somebody comes free, oldest first, and without a busy loop."""

from datetime import datetime, timedelta

import pytest

from bot.services import follow_up, manage, presence
from bot.services.desk import Desk
from bot.services.drain import drain
from bot.services.drain_passes import wake
from bot.services.publish import import_team
from routing.lead import Lead
from store import timers
from tests.bot.services.given import (
    MICROSECOND,
    ON_DUTY,
    XINJIANG,
    accept,
    at_work,
    number,
    post,
    running,
    shanghai,
    states,
)  # fmt: skip
from tests.support.office import Company

ALWAYS_THERE = """
teams:
  - {id: east, name: 华东, managers: [lijing], timezone: Asia/Shanghai}
  - {id: west, name: 西北, managers: [lijing], timezone: Asia/Urumqi}
reps:
  - {id: e1, name: 东一, team: east}
  - {id: w1, name: 西一, team: west}
  - {id: lijing, name: 李静, team: east, role: manager}
"""


def lead(last: int, **known: object) -> Lead:
    """Give a lead of a person of its own."""
    return Lead(source="web", phone=f"+86138000{last:05d}", **known)  # type: ignore[arg-type]


async def _posted(floor: Company, count: int, **known: object) -> list[int]:
    return [number(answer) for answer in await post(floor, *(lead(last, **known) for last in range(count)))]


async def _states(floor: Company, ids: list[int]) -> list[str]:
    return [str((await floor.row(lead_id)).state) for lead_id in ids]


@pytest.mark.parametrize(
    ("posted", "free"),
    [
        (shanghai(7), shanghai(9)),
        (shanghai(12, 30), shanghai(13)),
        (shanghai(20), shanghai(9, day=3)),
        (shanghai(20, day=6), shanghai(9, day=9)),
    ],
)
async def test_b20_a_lead_that_came_in_off_hours_is_offered_when_the_shift_begins(
    database_url: str, posted: datetime, free: datetime
) -> None:
    """B-20: it waits until the shift begins, not a microsecond less and no tick longer; over lunch, night and weekend."""
    async with at_work(database_url, at=posted) as floor:
        (lead_id,) = await _posted(floor, 1)
        floor.clock.moment = free - MICROSECOND
        await floor.ticks()
        assert await _states(floor, [lead_id]) == ["pooled"]
        floor.clock.moment = free
        await floor.ticks()
        offer = await running(floor, lead_id)
        assert offer.deadline_at == free + timedelta(minutes=10)


async def test_b20_a_lead_that_only_the_west_may_take_waits_for_nine_in_urumqi(database_url: str) -> None:
    """B-20: a lead at 09:00 in Beijing waits until 11:00 there (09:00 in Urumqi), and the clock starts then."""
    async with at_work(database_url, at=shanghai(9)) as floor:
        (lead_id,) = await _posted(floor, 1, province=XINJIANG)
        floor.clock.moment = shanghai(11) - MICROSECOND
        await floor.ticks()
        assert await _states(floor, [lead_id]) == ["pooled"]
        floor.clock.moment = shanghai(11)
        await floor.ticks()
        assert (await running(floor, lead_id)).rep_id == "w1"


async def test_b15_the_oldest_goes_first_and_another_team_s_leads_do_not_block(database_url: str) -> None:
    """B-15: first in, first out; leads of a team that has nobody do not starve those behind them."""
    rules = ON_DUTY.replace("{open: 20, per_day: 50}", "{open: 2}")
    async with at_work(database_url, at=shanghai(8), rules=rules) as floor:
        west = await _posted(floor, 5, province=XINJIANG)
        east = [number(answer) for answer in await post(floor, *(lead(100 + last) for last in range(6)))]
        floor.clock.moment = shanghai(9)
        await floor.ticks()
        assert await _states(floor, west) == ["pooled"] * 5
        assert await _states(floor, east) == ["offered"] * 4 + ["pooled"] * 2


async def test_b15_a_closed_lead_lets_the_next_one_in_at_once(database_url: str) -> None:
    """B-15: whoever drops to the mark is offered the oldest in the next tick."""
    rules = ON_DUTY.replace("{open: 20, per_day: 50}", "{open: 1}")
    async with at_work(database_url, at=shanghai(9), rules=rules) as floor:
        one, two, three = await _posted(floor, 3)
        rep = (await running(floor, one)).rep_id
        await floor.deliver()
        await accept(floor, rep, one)
        await floor.do(lambda desk: follow_up.close_lost(desk, desk.tx.lead(one), "贵", by=rep))
        await floor.ticks()
        assert (await running(floor, three)).rep_id == rep
        assert (await floor.row(two)).state == "offered"


async def test_b15_a_rested_rep_is_back_ten_minutes_after_the_pause_even_if_nothing_else_happens(
    database_url: str,
) -> None:
    """Semantics 16, B-15: resuming needs the mark and ten minutes since the pause; then it happens by itself."""
    rules = ON_DUTY.replace("{open: 20, per_day: 50}", "{open: 2, resume_at: 1}")
    async with at_work(database_url, at=shanghai(9), rules=rules) as floor:
        await floor.do(lambda desk: presence.go_offline(desk, "e2"))
        one, two, waits = await _posted(floor, 3)
        await floor.deliver()
        await accept(floor, "e1", one)
        await accept(floor, "e1", two)
        floor.later(minutes=1)
        await floor.do(lambda desk: follow_up.close_lost(desk, desk.tx.lead(one), "贵", by="e1"))
        await floor.ticks()
        assert (await floor.row(waits)).state == "pooled"
        floor.clock.moment = shanghai(9, 10) - MICROSECOND
        await floor.ticks()
        assert (await floor.row(waits)).state == "pooled"
        floor.clock.moment = shanghai(9, 10)
        await floor.ticks()
        assert await states(floor, waits) == [("e1", "open", 1)]
        assert (await floor.standing("e1")).resting


async def test_b16_whoever_has_had_the_day_s_offers_is_back_after_midnight_of_his_own_day(database_url: str) -> None:
    """Semantics 16: `per_day` counts by the rep's local day: Urumqi's midnight is two hours after Shanghai's."""
    rules = ON_DUTY.replace("{open: 20, per_day: 50}", "{per_day: 1}")
    async with at_work(database_url, at=shanghai(22), team=ALWAYS_THERE, rules=rules) as floor:
        one, waits = await _posted(floor, 2, province=XINJIANG)
        await floor.deliver()
        await accept(floor, "w1", one)
        for early in (shanghai(0, day=3), shanghai(2, day=3) - MICROSECOND):
            floor.clock.moment = early
            await floor.ticks()
            assert (await floor.row(waits)).state == "pooled"
        floor.clock.moment = shanghai(2, day=3)
        await floor.ticks()
        assert (await running(floor, waits)).rep_id == "w1"


async def test_a_turn_of_yesterday_is_not_given_back_to_today(database_url: str) -> None:
    """Semantics 16: a reversed offer gives its own day's turn back."""
    rules = ON_DUTY.replace("{open: 20, per_day: 50}", "{per_day: 9}").replace("clock: on_duty", "clock: always").replace(
        "within: 10m, remind: [5m, 8m]", "within: 9h")  # fmt: skip
    async with at_work(database_url, at=shanghai(22), team=ALWAYS_THERE, rules=rules) as floor:
        await floor.lead()
        floor.clock.moment = shanghai(1, day=3)
        await accept(floor, "e1", await floor.lead())
        assert (await floor.standing("e1")).today == 1
        await floor.do(lambda desk: presence.go_offline(desk, "e1"))
        standing = await floor.standing("e1")
        assert (standing.open, standing.today) == (1, 1)


async def test_b15_pauses_and_leave_end_by_themselves(database_url: str) -> None:
    """B-15: the pool is looked at when a manager's pause or a leave is over."""
    async with at_work(database_url, at=shanghai(10)) as floor:
        await floor.do(lambda desk: presence.pause(desk, "e1", shanghai(10, 30), by="lijing"))
        await floor.do(lambda desk: presence.take_leave(desk, "e2", shanghai(10), shanghai(10, 20), entered_by="e2"))
        (one,) = await _posted(floor, 1)
        floor.clock.moment = shanghai(10, 20) - MICROSECOND
        await floor.ticks()
        assert (await floor.row(one)).state == "pooled"
        floor.clock.moment = shanghai(10, 20)
        await floor.ticks()
        assert (await running(floor, one)).rep_id == "e2"
        await floor.do(lambda desk: presence.go_offline(desk, "e2"))
        assert (await floor.row(one)).state == "pooled"
        floor.clock.moment = shanghai(10, 30)
        await floor.ticks()
        assert (await running(floor, one)).rep_id == "e1"


async def test_a_lead_that_nobody_can_take_any_more_leaves_the_pool_for_a_manager(database_url: str) -> None:
    """Semantics 13: `nobody_left` goes to review, never waits in the pool; also when the last rep leaves the team."""
    async with at_work(database_url, at=shanghai(8)) as floor:
        (one,) = await _posted(floor, 1, province=XINJIANG)
        team = "\n".join(line for line in ALWAYS_THERE.splitlines() if "w1" not in line)
        await floor.do(lambda desk: import_team(desk, team, author="test", retire_missing=True))
        await floor.ticks()
        row = await floor.row(one)
        assert (row.state, row.review_reason) == ("review", "nobody_ever")


async def test_b15_managers_hear_once_in_a_quarter_of_an_hour_that_everybody_is_full(database_url: str) -> None:
    """B-15: all at cap: the pool, and the manager told once per 15 minutes."""
    rules = ON_DUTY.replace("{open: 20, per_day: 50}", "{open: 1}")
    async with at_work(database_url, at=shanghai(9), rules=rules) as floor:
        said = 0
        for minutes in (0, 1, 13, 2):
            floor.later(minutes=minutes)
            await post(floor, *(lead(floor.clock.moment.minute * 100 + last) for last in range(4)))
            said += len([text for text in floor.texts(await floor.deliver(), "lijing") if "满额" in text])
        assert said == 2


async def test_managers_hear_that_everybody_is_full_also_after_the_clock_was_set_back(database_url: str) -> None:
    """What was told at a moment that is still to come keeps nobody uninformed until then."""
    rules = ON_DUTY.replace("{open: 20, per_day: 50}", "{open: 1}")
    async with at_work(database_url, at=shanghai(11), rules=rules) as floor:
        floor.runner.budget = floor.messenger.budget
        for turn, (hours, told) in enumerate([(0, 1), (-2, 1), (0, 0)]):
            floor.later(hours=hours)
            await post(floor, *(lead(turn * 100 + last) for last in range(4)))
            assert len([text for text in floor.texts(await floor.deliver(), "lijing") if "满额" in text]) == told


async def test_many_waiting_leads_are_looked_at_page_by_page_and_one_timer_stands_for_the_next_opening(
    database_url: str,
) -> None:
    """A3: no busy loop: what can find nobody is not looked at again before somebody may have come free."""
    async with at_work(database_url, at=shanghai(8)) as floor:
        for start in range(0, 450, 50):
            await post(floor, *(lead(start + last) for last in range(50)))
        due = await floor.runner.look(lambda desk: desk.tx.connection.exec_driver_sql(
            "SELECT kind, count(*) FROM timer GROUP BY kind").all())  # fmt: skip
        assert [tuple(row) for row in due] == [("drain", 1)]
        assert await floor.do(drain) == 0
        assert await floor.runner.look(lambda desk: timers.next_due_at(desk.tx.connection)) == shanghai(9)
        floor.clock.moment = shanghai(9)
        await floor.ticks()
        offered = await floor.runner.look(lambda desk: desk.tx.connection.exec_driver_sql(
            "SELECT min(lead_id), max(lead_id), count(*) FROM lead WHERE state = 'offered'").one())  # fmt: skip
        assert offered[2] == 40
        assert offered[1] - offered[0] == 39


async def test_waking_twice_in_one_transaction_sets_one_timer(database_url: str) -> None:
    """A3: a batch that frees many reps asks for one drain."""
    async with at_work(database_url, at=shanghai(8)) as floor:
        await _posted(floor, 1)

        def twice(desk: Desk) -> None:
            wake(desk)
            wake(desk)

        await floor.do(twice)
        due = await floor.do(lambda desk: timers.due(desk.tx.connection, desk.now, limit=9))
        assert [timer.subject for timer in due] == ["free 1"]


async def test_a_manager_s_word_reaches_somebody_off_duty_and_comes_back_to_that_manager(database_url: str) -> None:
    """Semantics 23: 派单 is offered even off duty; what comes to nothing returns to that manager's review."""
    async with at_work(database_url, at=shanghai(10)) as floor:
        (one,) = await _posted(floor, 1)
        await floor.do(lambda desk: manage.give(desk, desk.tx.lead(one), "w1", by="chenmin"))
        await floor.do(lambda desk: presence.go_offline(desk, "w1"))
        row = await floor.row(one)
        assert (row.state, row.review_reason, row.responsible) == ("review", "manager_pick_away", "chenmin")
        shown = await floor.deliver()
        assert next(item.to for item in shown if type(item.message).__name__ == "ReviewCard") == "chenmin"
