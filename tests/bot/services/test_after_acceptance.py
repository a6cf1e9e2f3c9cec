"""After 接单: reminders, the ladder, recycling to the second, parking, and everything told in one go."""

from datetime import datetime, timedelta

import pytest

from bot.services import follow_up, manage, recycling
from bot.services.looks import PAGE, look
from bot.services.publish import publish_policy
from store.rows import LeadRow
from tests.bot.services.given import ON_DUTY, SHIFTS, accept, at_work, decline, running, shanghai, states
from tests.support.office import Company

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
#: The plan of B-30 and B-06; the pool as in the example.
RULES = (
    ON_DUTY
    + """
follow_up: {first_contact: work 24h, remind: [2h, work 8h], overdue: [{after: 3d, tell: rep}, {after: 5d, tell: manager}, {after: 7d, recycle: pool}]}
recycle:
  - {name: 冷线索, without_follow_up: 45d, warn: [38d, 44d], to: pool}
  - {name: 久未成交, without_close: 180d, to: review}
pool: {claims: {per_day: 5, open: 50, views_per_day: 100}, previous_owner_waits: 7d, claim_window: work 2h}
"""
)
#: The first rep is the only one of the team.
ALONE = SHIFTS.replace(", backup: e2", "").replace("  - {id: e2, name: 东二, team: east}\n", "")


async def owned(floor: Company, **known: object) -> tuple[int, str]:
    """Post a lead, let whoever is offered it accept; gives the lead and the owner."""
    lead_id = await floor.lead(**known)
    rep = (await running(floor, lead_id)).rep_id
    await accept(floor, rep, lead_id)
    await floor.deliver()
    return lead_id, rep


async def noted(floor: Company, lead_id: int, rep: str) -> None:
    """Let the owner note a follow-up."""
    await floor.do(lambda desk: follow_up.note(desk, desk.tx.lead(lead_id), "已联系", by=rep))


async def at(floor: Company, moment: datetime) -> dict[str, list[str]]:
    """Let time pass until a moment and everything happen then; gives what each person was shown, cards by their kind."""
    floor.clock.moment = moment
    shown = await floor.ticks()
    return {person: floor.texts(shown, person) for person in {item.to for item in shown}}


async def events(floor: Company, lead_id: int) -> list[str]:
    """Give the history of a lead by its events."""
    return [fact.event for fact in await floor.facts(lead_id)]


async def test_b30_reminders_come_while_nothing_is_noted_and_only_in_working_time(database_url: str) -> None:
    """B-30: 2 h and 8 working hours after 接单; what is due at night waits for nine o'clock; a note ends them."""
    async with at_work(database_url, at=shanghai(16, 30), rules=RULES) as floor:
        lead_id, rep = await owned(floor)
        assert await at(floor, shanghai(18, 30)) == {}
        assert await at(floor, shanghai(9, day=3) - SECOND) == {}
        assert await at(floor, shanghai(9, day=3)) == {rep: ["FollowUpCard"]}
        assert await at(floor, shanghai(9, 1, day=3)) == {}
        # Half past four to six, nine to twelve, one to half past four: the eighth hour.
        assert await at(floor, shanghai(16, 30, day=3)) == {rep: ["FollowUpCard"]}
        await noted(floor, lead_id, rep)
        assert await at(floor, shanghai(12, day=11)) == {}


async def test_b30_nobody_is_reminded_after_closing_or_of_what_another_owns(database_url: str) -> None:
    """B-30: none after closure; one that waits for the morning is dropped when the lead has moved meanwhile."""
    async with at_work(database_url, at=shanghai(16, 30), rules=RULES) as floor:
        closed, rep = await owned(floor)
        moved, other = await owned(floor)
        floor.clock.moment = shanghai(18, 30)
        assert await floor.do(look) == 2
        await floor.do(lambda desk: follow_up.close_lost(desk, desk.tx.lead(closed), "贵", by=rep))
        await floor.do(lambda desk: manage.recall(desk, desk.tx.lead(moved), by="lijing"))
        shown = await at(floor, shanghai(9, day=3))
        assert all("FollowUpCard" not in texts for texts in shown.values())
        assert other != rep


async def test_b30_more_than_three_reminders_at_once_are_one_message(database_url: str) -> None:
    """B-30: three are a card each, four are one message that says how to answer."""
    async with at_work(database_url, at=shanghai(9), rules=RULES, team=ALONE) as floor:
        for _ in range(3):
            await owned(floor)
        assert await at(floor, shanghai(11)) == {"e1": ["FollowUpCard"] * 3}
        floor.clock.moment = shanghai(13)
        for _ in range(4):
            await owned(floor)
        shown = await at(floor, shanghai(15))
        assert len(shown["e1"]) == 1
        assert shown["e1"][0].startswith("⏰ 4 条线索该跟进了：")
        assert all(word in shown["e1"][0] for word in ("跟进 L", "稍后 L", "转出 L"))


async def test_b05_the_ladder_tells_the_rep_then_the_manager_then_recycles(database_url: str) -> None:
    """B-05, 3/5/7 days: with a reason code; the previous owner is told once and asked no more; the lead is offered again."""
    async with at_work(database_url, at=shanghai(10), rules=RULES) as floor:
        lead_id, rep = await owned(floor)
        other = {"e1": "e2", "e2": "e1"}[rep]
        await at(floor, shanghai(9, day=4))
        assert await at(floor, shanghai(10, day=5)) == {rep: ["FollowUpCard"]}
        # The seventh is a Saturday: the manager hears of it on Monday.
        assert await at(floor, shanghai(10, day=7)) == {}
        shown = await at(floor, shanghai(9, day=9))
        assert list(shown) == ["lijing"]
        assert "接单后没有跟进" in shown["lijing"][0]
        row = await floor.row(lead_id)
        assert (row.state, row.owner) == ("owned", rep)

        floor.clock.moment = shanghai(10, day=9) - SECOND
        await floor.ticks()
        assert (await floor.row(lead_id)).state == "owned"
        shown = await at(floor, shanghai(10, day=9))
        row = await floor.row(lead_id)
        assert (row.state, row.owner, row.pool_reason, row.round, row.recycles) == ("pooled", None, "recycled", 0, 1)
        assert len(shown[rep]) == 1
        assert "已收回" in shown[rep][0]
        recycled = next(fact for fact in await floor.facts(lead_id) if fact.event == "recycled")
        assert recycled.detail == {"owner": rep, "reason": "overdue_7d", "to": "pool", "times": 1}
        made = (await floor.offers(lead_id))[0]
        assert (made.state, made.end_reason, made.ended_at) == ("accepted", "overdue_7d", floor.clock.moment)

        # Nobody claims it within two working hours.
        await at(floor, shanghai(12, day=9) - SECOND)
        assert (await floor.row(lead_id)).pool_reason == "recycled"
        await at(floor, shanghai(13, day=9))
        assert await states(floor, lead_id) == [(rep, "accepted", 1), (other, "open", 1)]


async def test_b06_a_cold_lead_is_owned_until_its_second(database_url: str) -> None:
    """B-06: last follow-up on 10 January 10:00:00; 24 February 09:59:59 owned, one tick after 10:00:00 in the pool."""
    heard = datetime.fromisoformat("2026-01-10T10:00:00+08:00")
    async with at_work(database_url, at=heard - timedelta(hours=18), rules=RULES) as floor:
        lead_id, rep = await owned(floor)
        floor.clock.moment = heard
        await noted(floor, lead_id, rep)
        shown = await at(floor, heard + 38 * DAY)
        shown |= await at(floor, datetime.fromisoformat("2026-02-24T09:00:00+08:00"))
        await at(floor, datetime.fromisoformat("2026-02-24T09:59:59+08:00"))
        assert (await floor.row(lead_id)).state == "owned"
        before = (await floor.standing(rep)).open
        await at(floor, datetime.fromisoformat("2026-02-24T10:00:00+08:00") + SECOND)
        row = await floor.row(lead_id)
        assert (row.state, row.pool_reason, (await floor.standing(rep)).open) == ("pooled", "recycled", before - 1)
        recycled = next(fact for fact in await floor.facts(lead_id) if fact.event == "recycled")
        assert recycled.detail["reason"] == "cold_45d"


async def test_b06_the_owner_is_warned_at_38_and_44_days_and_any_follow_up_begins_anew(database_url: str) -> None:
    """B-06: warnings are told once each, in working time; a note sets the clock back."""
    async with at_work(database_url, at=shanghai(10), rules=RULES) as floor:
        lead_id, rep = await owned(floor)
        await noted(floor, lead_id, rep)
        base = shanghai(10)
        assert await at(floor, base + 38 * DAY - SECOND) == {}
        assert await at(floor, base + 38 * DAY) == {rep: ["FollowUpCard"]}
        assert await at(floor, base + 38 * DAY + SECOND) == {}
        # The 44th day is 15 April, a Wednesday.
        assert await at(floor, base + 44 * DAY) == {rep: ["FollowUpCard"]}
        await noted(floor, lead_id, rep)
        assert await at(floor, base + 45 * DAY) == {}
        assert (await floor.row(lead_id)).state == "owned"
        await at(floor, base + 89 * DAY)
        assert (await floor.row(lead_id)).state == "pooled"


async def test_b05_a_lead_that_is_long_without_a_close_goes_to_review(database_url: str) -> None:
    """C-14: several clocks; the follow-ups do not move this one, and managers are asked in one go."""
    rules = RULES.replace("180d", "20d")
    async with at_work(database_url, at=shanghai(10), rules=rules) as floor:
        leads = [await owned(floor) for _ in range(4)]
        for lead_id, rep in leads:
            await noted(floor, lead_id, rep)
        floor.clock.moment = shanghai(10, day=19)
        for lead_id, rep in leads:
            await noted(floor, lead_id, rep)
        floor.clock.moment = shanghai(10) + 20 * DAY
        shown = await at(floor, shanghai(9, day=23))
        assert {(await floor.row(lead_id)).review_reason for lead_id, _ in leads} == {"not_closed"}
        assert [text[:7] for text in shown["lijing"]] == ["4 条线索被收"]


async def test_b05_the_third_recycle_goes_to_a_manager(database_url: str) -> None:
    """Semantics 22, B-05: rounds restart after a recycle, and after the third the manager has it, never nobody."""
    async with at_work(database_url, at=shanghai(9), rules=RULES) as floor:
        lead_id, rep = await owned(floor)
        for times in (1, 2, 3):
            await floor.do(lambda desk: recycling.recycle(desk, desk.tx.lead(lead_id), "cold_45d", "pool"))
            row = await floor.row(lead_id)
            assert (row.recycles, row.round) == (times, 0)
            if times < 3:
                assert row.state == "pooled"
                await floor.do(lambda desk: manage.give(desk, desk.tx.lead(lead_id), rep, by="root.admin"))
                await accept(floor, rep, lead_id)
        assert ((await floor.row(lead_id)).state, (await floor.row(lead_id)).review_reason) == (
            "review",
            "recycled_often",
        )


async def test_b05_rounds_restart_and_who_declined_before_is_asked_again_but_never_an_owner(database_url: str) -> None:
    """Semantics 22: the go-round begins anew; when only previous owners are left a manager has it."""
    async with at_work(database_url, at=shanghai(9), rules=RULES) as floor:
        lead_id = await floor.lead()
        first = (await running(floor, lead_id)).rep_id
        await decline(floor, first, lead_id)
        second = (await running(floor, lead_id)).rep_id
        await accept(floor, second, lead_id)
        await floor.do(lambda desk: recycling.recycle(desk, desk.tx.lead(lead_id), "cold_45d", "pool"))
        await at(floor, shanghai(11))
        assert await states(floor, lead_id) == [(first, "declined", 1), (second, "accepted", 2), (first, "open", 1)]
        await accept(floor, first, lead_id)
        await floor.do(lambda desk: recycling.recycle(desk, desk.tx.lead(lead_id), "cold_45d", "pool"))
        await at(floor, shanghai(14))
        assert (await floor.row(lead_id)).state == "review"


async def test_many_recycled_at_once_are_one_message_a_person(database_url: str) -> None:
    """Semantics 26: never a message each, also where the pass takes several transactions; a second pass changes nothing."""
    async with at_work(database_url, at=shanghai(10), rules=RULES) as floor:
        leads = [await owned(floor) for _ in range(30)]
        for lead_id, rep in leads:
            await noted(floor, lead_id, rep)
        floor.clock.moment = shanghai(10) + 45 * DAY
        assert [await floor.do(look) for _ in range(4)] == [PAGE, PAGE, PAGE, 2]
        shown = await floor.ticks()
        told = {rep: floor.texts(shown, rep) for rep in ("e1", "e2")}
        assert [len(texts) for texts in told.values()] == [1, 1]
        assert all(texts[0].startswith("以下 15 条线索已收回") for texts in told.values())
        before = await floor.runner.look(lambda desk: desk.tx.connection.exec_driver_sql("SELECT * FROM lead").all())
        assert await floor.do(look) == 0
        assert before == await floor.runner.look(
            lambda desk: desk.tx.connection.exec_driver_sql("SELECT * FROM lead").all()
        )


async def test_b06_a_parked_lead_is_no_load_is_not_recycled_and_comes_back_on_its_day(database_url: str) -> None:
    """Semantics 16, B-06: «客户约 3 月再谈»; while parked it counts nowhere, and its clock starts on that day."""
    async with at_work(database_url, at=shanghai(10), rules=RULES) as floor:
        lead_id, rep = await owned(floor)
        assert (await floor.standing(rep)).open == 1
        said = await floor.says(rep, f"跟进 L{lead_id} 客户约 8 月再谈")
        assert "2026-08-01" in said[0]
        row = await floor.row(lead_id)
        assert (row.parked_until, (await floor.standing(rep)).open) == (shanghai(0, day=1).replace(month=7, day=31), 0)
        assert await at(floor, shanghai(10) + 100 * DAY) == {}
        back = datetime.fromisoformat("2026-08-03T09:00:00+08:00")
        # 1 August is a Saturday.
        assert await at(floor, back - SECOND) == {}
        assert await at(floor, back) == {rep: ["FollowUpCard"]}
        row = await floor.row(lead_id)
        assert (row.state, row.parked_until, (await floor.standing(rep)).open) == ("owned", None, 1)
        first_of_august = datetime.fromisoformat("2026-08-01T00:00:00+08:00")
        assert (await plan_end(floor, lead_id)) >= first_of_august + 38 * DAY


async def plan_end(floor: Company, lead_id: int) -> datetime:
    """Give when the lead is looked at next."""
    row: LeadRow = await floor.row(lead_id)
    assert row.look_at is not None
    return row.look_at


@pytest.mark.parametrize("ends", ["won", "recall", "cancel"])
async def test_a_parked_lead_that_goes_another_way_is_counted_once(database_url: str, ends: str) -> None:
    """The load is exact whatever comes after parking: a close, a manager, the owner's own word."""
    async with at_work(database_url, at=shanghai(10), rules=RULES) as floor:
        lead_id, rep = await owned(floor)
        await floor.says(rep, f"稍后 L{lead_id} 8月1日")
        assert (await floor.row(lead_id)).parked_until is not None
        if ends == "won":
            await floor.says(rep, f"成交 L{lead_id} 5万")
        elif ends == "recall":
            await floor.do(lambda desk: manage.recall(desk, desk.tx.lead(lead_id), by="lijing"))
        else:
            await floor.says(rep, f"稍后 L{lead_id} 取消")
        assert (await floor.standing(rep)).open == int(ends == "cancel")
        assert (await floor.row(lead_id)).parked_until is None
        await floor.sound()


async def test_new_rules_hold_for_leads_that_are_owned_already(database_url: str) -> None:
    """A policy with shorter times is in force one tick after it was published, for every owned lead."""
    async with at_work(database_url, at=shanghai(10), rules=ON_DUTY) as floor:
        lead_id, rep = await owned(floor)
        await noted(floor, lead_id, rep)
        assert (await floor.row(lead_id)).look_at is None
        floor.clock.moment = shanghai(10) + 50 * DAY
        await publish(floor, RULES)
        await floor.ticks()
        assert (await floor.row(lead_id)).state == "pooled"


async def publish(floor: Company, text: str) -> None:
    """Put a policy into force."""
    await floor.do(lambda desk: publish_policy(desk, text, author="test", reason="a test"))


async def test_a_lead_taken_back_by_undo_goes_on_with_its_clocks(database_url: str) -> None:
    """撤销 of 撤回: the owner owns it as before, and nothing of the ownership has ended."""
    async with at_work(database_url, at=shanghai(10), rules=RULES) as floor:
        lead_id, rep = await owned(floor)
        due = (await floor.row(lead_id)).look_at
        floor.later(minutes=5)
        await floor.says("lijing", f"撤回 L{lead_id}")
        await floor.says("lijing", "确认")
        assert (await floor.offers(lead_id))[0].end_reason == "recalled"
        await floor.says("lijing", "撤销")
        row, made = await floor.row(lead_id), (await floor.offers(lead_id))[0]
        assert (row.owner, row.look_at, made.ended_at, made.end_reason) == (rep, due, None, None)
