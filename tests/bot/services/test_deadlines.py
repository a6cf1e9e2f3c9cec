"""Deadlines, to the microsecond: reminders, time-outs, shifts that end, leave that begins, clocks that jump."""

from datetime import timedelta

import pytest

from bot.messaging import TryLater
from bot.services import follow_up, manage, presence
from bot.services.audit import audit
from bot.services.deadlines import handle
from store import timers
from store.rows import TimerRow
from tests.bot.services.given import (
    MICROSECOND,
    accept,
    at_work,
    policy,
    running,
    shanghai,
    states,
    tick,
)  # fmt: skip
from tests.support.office import TEAM, Company, company


@pytest.mark.parametrize(("early", "state"), [(MICROSECOND, "open"), (timedelta(0), "expired")])
async def test_b17_an_offer_runs_out_at_its_deadline_and_not_a_microsecond_before(
    floor: Company, early: timedelta, state: str
) -> None:
    """B-17: at 10:00 the offer is withdrawn and the next rep has it."""
    lead_id = await floor.lead()
    first = await running(floor, lead_id)
    assert first.deadline_at is not None
    floor.clock.moment = first.deadline_at - early
    await floor.ticks()
    assert (await floor.offers(lead_id))[0].state == state
    assert len(await floor.offers(lead_id)) == (1 if state == "open" else 2)


async def test_b17_reminders_come_at_five_and_eight_minutes_once_each(floor: Company) -> None:
    """B-17, B-30: exactly those messages, none before its time."""
    lead_id = await floor.lead()
    rep = (await running(floor, lead_id)).rep_id
    said = []
    for minutes in (4, 1, 1, 2, 1):
        shown = await floor.goes(minutes=minutes)
        said.append(len([text for text in floor.texts(shown, rep) if text.startswith("⏰")]))
        assert await tick(floor) == 0
    assert said == [0, 1, 0, 1, 0]


async def test_b17_after_three_rounds_the_manager_has_the_lead_and_the_silent_are_asked_no_more(floor: Company) -> None:
    """B-17: rounds used up go to a manager with the trail; each time-out is a fact."""
    lead_id = await floor.lead()
    for _ in range(3):
        await floor.goes(minutes=10)
    row = await floor.row(lead_id)
    assert (row.state, row.review_reason) == ("review", "rounds_used_up")
    trail = await states(floor, lead_id)
    assert [(state, round_) for _, state, round_ in trail] == [("expired", 1), ("expired", 2), ("expired", 3)]
    assert len({rep for rep, _, _ in trail}) == 3
    assert [fact.event for fact in await floor.facts(lead_id)].count("ack_timeout") == 3


async def test_b17_two_silences_in_a_row_pause_a_rep_and_an_answer_begins_anew(database_url: str) -> None:
    """B-17, semantics 20: in a row; any answer resets; 上线 lifts the pause and the count."""
    team = TEAM.replace("  - {id: lisi, name: 李四, team: east}\n", "").replace(
        "  - {id: lisiguang, name: 李思广, team: east}\n", "").replace(
        "  - {id: smith, name: Anna Smith, team: east, locale: en}\n", "")  # fmt: skip
    async with company(database_url, team=team) as floor:
        await floor.lead()
        await floor.goes(minutes=10)
        assert (await floor.standing("zhangsan")).timeouts_in_row == 1
        answered = await floor.lead()
        assert await accept(floor, "zhangsan", answered) == "accepted"
        assert (await floor.standing("zhangsan")).timeouts_in_row == 0
        for _ in range(2):
            await floor.lead()
            await floor.goes(minutes=10)
        paused = await floor.standing("zhangsan")
        assert (paused.pause_reason, paused.timeouts_in_row) == ("silent", 2)
        waits = await floor.lead()
        assert (await floor.row(waits)).state == "pooled"
        assert await floor.do(lambda desk: presence.go_online(desk, "zhangsan")) == "silent"
        await floor.ticks()
        assert (await floor.row(waits)).state == "offered"
        assert (await floor.standing("zhangsan")).timeouts_in_row == 0


async def test_a_pause_by_a_manager_outlasts_being_online(floor: Company) -> None:
    """Semantics 20: 上线 lifts 下线 and silence, never what a manager said."""
    until = floor.clock.now() + timedelta(hours=1)
    await floor.do(lambda desk: presence.pause(desk, "lisi", until, by="lijing"))
    assert await floor.do(lambda desk: presence.go_online(desk, "lisi")) is None
    assert (await floor.standing("lisi")).paused_until == until


async def test_the_clock_stands_still_over_lunch(database_url: str) -> None:
    """Semantics 17: `on_duty` counts scheduled shift time; nobody else is there over lunch, so the offer stays."""
    async with at_work(database_url, at=shanghai(11, 54)) as floor:
        lead_id = await floor.lead()
        offer = await running(floor, lead_id)
        assert offer.deadline_at == shanghai(13, 4)
        await floor.goes(minutes=6)
        floor.clock.moment = shanghai(12, 30)
        await floor.ticks()
        assert (await running(floor, lead_id)).offer_no == offer.offer_no
        floor.clock.moment = shanghai(13, 4) - MICROSECOND
        await floor.ticks()
        assert await floor.running(lead_id) is not None
        floor.clock.moment = shanghai(13, 4)
        await floor.ticks()
        assert (await floor.offers(lead_id))[0].state == "expired"


WEST_TOO = """
version: 1
timezone: Asia/Shanghai
rules: [{name: 其余, teams: [east, west]}]
choose: {by: round_robin}
acknowledge: {within: 10m, remind: [5m, 8m], rounds: 3, clock: on_duty}
"""


@pytest.mark.parametrize("delivered", [True, False])
async def test_at_shift_end_an_offer_moves_to_whoever_is_still_there(database_url: str, delivered: bool) -> None:
    """Semantics 17: withdrawn at shift end if another eligible rep is on duty, in the same round, at that very moment."""
    async with at_work(database_url, at=shanghai(17, 57), rules=WEST_TOO) as floor:
        await floor.do(lambda desk: presence.pause(desk, "w1", None, by="chenmin"))
        if not delivered:
            floor.messenger.failures[:] = [TryLater("slow", retry_after=600)]
        lead_id = await floor.lead()
        first = await running(floor, lead_id)
        assert first.rep_id in {"e1", "e2"}
        await floor.do(lambda desk: presence.resume(desk, "w1"))
        floor.clock.moment = shanghai(18) - MICROSECOND
        await floor.ticks()
        assert await floor.running(lead_id) == first
        floor.clock.moment = shanghai(18) if delivered else shanghai(18, 0, second=30)
        await floor.ticks()
        assert await states(floor, lead_id) == [(first.rep_id, "withdrawn", 1), ("w1", "open", 1)]


async def test_at_shift_end_an_offer_stays_where_nobody_else_may_have_it(database_url: str) -> None:
    """Semantics 17: else it stays with its clock stopped, and goes on in the morning."""
    async with at_work(database_url, at=shanghai(17, 57)) as floor:
        lead_id = await floor.lead()
        await floor.goes(minutes=3)
        await floor.goes(hours=5)
        offer = await running(floor, lead_id)
        assert offer.deadline_at == shanghai(9, 7, day=3)
        assert offer.reminders_sent == 0


async def test_leave_that_begins_takes_running_offers_away_at_that_moment(database_url: str) -> None:
    """Semantics 17: 请假 withdraws at once; the round is not used up and the account is as before."""
    async with at_work(database_url, at=shanghai(10)) as floor:
        lead_id = await floor.lead()
        first = await running(floor, lead_id)
        starts, ends = shanghai(10, 4), shanghai(11)
        await floor.do(lambda desk: presence.take_leave(desk, first.rep_id, starts, ends, entered_by=first.rep_id))
        floor.clock.moment = starts - MICROSECOND
        await floor.ticks()
        assert await floor.running(lead_id) == first
        floor.clock.moment = starts
        await floor.ticks()
        other = "e2" if first.rep_id == "e1" else "e1"
        assert await states(floor, lead_id) == [(first.rep_id, "withdrawn", 1), (other, "open", 1)]
        standing = await floor.standing(first.rep_id)
        assert (standing.open, standing.today, standing.answered_count) == (0, 0, 0)


async def test_a_cancelled_leave_takes_nothing_away(database_url: str) -> None:
    """Semantics 17: the timer of a leave that is not there any more does nothing."""
    async with at_work(database_url, at=shanghai(10)) as floor:
        lead_id = await floor.lead()
        rep = (await running(floor, lead_id)).rep_id
        leave, _ = await floor.do(
            lambda desk: presence.take_leave(desk, rep, shanghai(10, 4), shanghai(11), entered_by=rep)
        )
        assert await floor.do(lambda desk: presence.cancel_leave(desk, leave))
        await floor.goes(minutes=4)
        assert (await running(floor, lead_id)).rep_id == rep


async def test_a_rep_going_off_duty_alone_leaves_the_lead_to_the_pool_and_has_it_again(database_url: str) -> None:
    """Semantics 17: withdrawn leads wait where nobody else is there; no manager is called, no round is used up."""
    async with at_work(database_url, at=shanghai(10)) as floor:
        await floor.do(lambda desk: presence.go_offline(desk, "e2"))
        lead_id = await floor.lead()
        assert await floor.do(lambda desk: presence.go_offline(desk, "e1")) == 1
        assert (await floor.row(lead_id)).state == "pooled"
        await floor.do(lambda desk: presence.go_online(desk, "e1"))
        await floor.ticks()
        assert await states(floor, lead_id) == [("e1", "withdrawn", 1), ("e1", "open", 1)]


async def test_a_clock_that_jumps_ahead_moves_on_one_round_and_one_that_jumps_back_none(floor: Company) -> None:
    """A3: late is fine, early never happens: what is done depends on rows, not on how often anybody looked."""
    lead_id = await floor.lead()
    await floor.goes(hours=9)
    assert [state for _, state, _ in await states(floor, lead_id)] == ["expired", "open"]
    await floor.goes(hours=-9)
    await floor.goes(minutes=5)
    assert [state for _, state, _ in await states(floor, lead_id)] == ["expired", "open"]
    await floor.goes(hours=9, minutes=5)
    assert [state for _, state, _ in await states(floor, lead_id)] == ["expired", "expired", "open"]


async def test_a_timer_that_comes_twice_or_of_a_lead_nobody_knows_does_nothing(floor: Company) -> None:
    """Invariant 4, A3: timers are fenced by the offer's number."""
    lead_id = await floor.lead()
    await floor.goes(minutes=10)
    before = await states(floor, lead_id)
    for about, number in ((lead_id, 1), (lead_id, 1), (lead_id, 9), (99_999, 1)):
        for kind in ("deadline", "remind", "undelivered", "review", "look"):
            timer = TimerRow(0, kind, floor.clock.now(), about, number, None, 0)
            await floor.do(lambda desk, timer=timer: handle(desk, timer))  # type: ignore[misc]
    assert await states(floor, lead_id) == before


async def test_an_unknown_timer_is_dropped_and_told_once(floor: Company) -> None:
    """A version that does not know a timer says so, and does not say it at every tick."""
    for _ in range(3):
        await floor.do(lambda desk: desk.tx.timer("of the future", desk.now))
    shown = await floor.ticks()
    assert len([text for text in floor.texts(shown, "root.admin") if "of the future" in text]) == 1


async def test_later_drops_the_next_reminder_only_and_moves_no_deadline(floor: Company) -> None:
    """Semantics 19: 稍后 never moves the deadline; the reminder after the dropped one comes."""
    lead_id = await floor.lead()
    offer = await running(floor, lead_id)
    await floor.says(offer.rep_id, f"稍后 L{lead_id}")
    assert not floor.texts(await floor.goes(minutes=5), offer.rep_id)
    assert not (await running(floor, lead_id)).snoozed
    assert len(floor.texts(await floor.goes(minutes=3), offer.rep_id)) == 1
    assert (await running(floor, lead_id)).deadline_at == offer.deadline_at


async def test_a_reminder_that_one_owner_asked_for_never_reaches_the_next(floor: Company) -> None:
    """Semantics 19: 稍后 on an owned lead is the owner's own; after 改派 it is nothing to anybody."""
    lead_id = await floor.lead()
    rep = (await running(floor, lead_id)).rep_id
    await accept(floor, rep, lead_id)
    at = floor.clock.now() + timedelta(hours=2)
    await floor.do(lambda desk: follow_up.remind_later(desk, desk.tx.lead(lead_id), at, by=rep))
    await floor.do(lambda desk: manage.give(desk, desk.tx.lead(lead_id), "zhaoliu", by="root.admin"))
    await accept(floor, "zhaoliu", lead_id)
    later = at + timedelta(minutes=1)
    await floor.do(
        lambda desk: follow_up.remind_later(desk, desk.tx.lead(lead_id), at - timedelta(minutes=1), by="zhaoliu")
    )
    await floor.deliver()
    floor.clock.moment = at - timedelta(minutes=1)
    assert len([text for text in floor.texts(await floor.ticks(), "zhaoliu") if "FollowUpCard" in text]) == 1
    floor.clock.moment = later
    assert not [text for text in floor.texts(await floor.ticks(), "zhaoliu") if "FollowUpCard" in text]


async def test_a_pause_for_silence_is_told_again_when_the_next_shift_begins(database_url: str) -> None:
    """Semantics 20: repeated to rep and manager at the rep's next shift start, not at some hour in between."""
    rules = policy(acknowledge="{within: 10m, rounds: 3, silent: {times: 1, then: pause}, clock: on_duty}",
                   rules="[{name: 其余, teams: [east]}]")  # fmt: skip
    async with at_work(database_url, at=shanghai(14), rules=rules) as floor:
        lead_id = await floor.lead()
        rep = (await running(floor, lead_id)).rep_id
        await floor.goes(minutes=10)
        floor.clock.moment = shanghai(17)
        assert "仍在暂停" not in "".join(floor.texts(await floor.ticks(), rep))
        floor.clock.moment = shanghai(9, day=3) - MICROSECOND
        assert "仍在暂停" not in "".join(floor.texts(await floor.ticks(), rep))
        floor.clock.moment = shanghai(9, day=3)
        shown = await floor.ticks()
        assert "仍在暂停" in "".join(floor.texts(shown, rep))
        assert "仍在暂停" in "".join(floor.texts(shown, "lijing"))


async def test_the_auditor_ends_what_lost_its_timers_and_asks_for_reviews_that_lost_theirs(floor: Company) -> None:
    """A3: apart from the timers, somebody looks; nothing is ever lost."""
    overdue = await floor.lead()
    late = await floor.lead()
    for _ in range(3):
        await floor.goes(minutes=10)
    await floor.do(lambda desk: desk.tx.connection.exec_driver_sql("DELETE FROM timer"))
    floor.later(minutes=30)
    counts = await floor.do(audit)
    assert counts["stranded"] >= 1
    await floor.ticks()
    assert (await floor.row(overdue)).state == "review"
    assert (await floor.row(late)).state == "review"
    assert await floor.do(lambda desk: timers.next_due_at(desk.tx.connection)) is not None
