"""A lead that was none gives its turn back by itself: in time, for a reason of the policy, so many in a month."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.chat import texts_leads
from bot.services import follow_up, make_up, manage
from bot.services.make_up import MadeUp
from store import accounts, people
from tests.bot.services.given import at_work, policy, running, shanghai
from tests.support.office import TEAM, Company, company

MINUTE = timedelta(minutes=1)
RULES = policy(make_up="{reasons: [空号, 重复线索], within: 30m, per_month: 2}")


async def _owned(floor: Company) -> tuple[int, str]:
    """Post a lead and let whoever is chosen accept it."""
    lead_id = await floor.lead()
    rep = (await running(floor, lead_id)).rep_id
    await floor.says(rep, f"接单 L{lead_id}")
    return lead_id, rep


async def _closed(floor: Company, lead_id: int, reason: str, by: str) -> MadeUp:
    return await floor.do(lambda desk: follow_up.close_invalid(desk, desk.tx.lead(lead_id), reason, by=by))


async def _credits(floor: Company) -> list[str]:
    return [rep for rep, _ in await floor.runner.look(lambda desk: people.unused_credits(desk.tx.connection))]


@pytest.mark.parametrize(
    ("reason", "after", "made_up"),
    [
        ("空号", timedelta(0), MadeUp.GIVEN),
        ("空號，打不通", 30 * MINUTE, MadeUp.GIVEN),
        ("重复线索", 30 * MINUTE + timedelta(microseconds=1), MadeUp.TOO_LATE),
        ("不是空号，是骗子", timedelta(0), MadeUp.NOTHING),
    ],
)
async def test_a_reason_of_the_policy_in_time_gives_the_turn_back(
    database_url: str, reason: str, after: timedelta, made_up: MadeUp
) -> None:
    """Semantics 4: accepted make-up reasons give a credit; beyond the time it takes a manager's 补单."""
    async with company(database_url, policy=RULES) as floor:
        lead_id, rep = await _owned(floor)
        floor.clock.forward(after)
        assert await floor.says(rep, f"无效 L{lead_id} {reason}") == [
            texts_leads.INVALIDATED[made_up].zh.format(lead=f"L{lead_id}", within=" 30 分钟", most=2)
        ]
        assert await _credits(floor) == ([rep] if made_up is MadeUp.GIVEN else [])
        events = [fact.event for fact in await floor.facts(lead_id)]
        assert events.count("turn_given_back") == int(made_up is MadeUp.GIVEN)
        await floor.sound()


async def test_the_credit_takes_the_next_lead_outside_the_accounts(database_url: str) -> None:
    """Semantics 3, 4: the oldest credit takes the lead, and nobody's deficit moves by it, so that the bound stays."""
    async with company(database_url, policy=RULES) as floor:
        lead_id, rep = await _owned(floor)
        await _closed(floor, lead_id, "空号", rep)
        before = await floor.runner.look(
            lambda desk: accounts.load(desk.tx.connection, lock=False).columns[:3].tolist()
        )
        offer = await running(floor, await floor.lead())
        assert (offer.rep_id, offer.why) == (rep, "credit")
        after = await floor.runner.look(lambda desk: accounts.load(desk.tx.connection, lock=False).columns[:3].tolist())
        assert after == before
        assert await _credits(floor) == []


async def test_a_lead_that_cost_nobody_a_turn_gives_none_back(database_url: str) -> None:
    """Semantics 4: 派单 does not count, so that closing such a lead is no way to more leads than a fair share."""
    async with company(database_url, policy=RULES) as floor:
        lead_id = await floor.lead()
        rep = (await running(floor, lead_id)).rep_id
        other = "lisi" if rep != "lisi" else "zhangsan"
        await floor.do(lambda desk: manage.give(desk, desk.tx.lead(lead_id), other, by="lijing"))
        await floor.deliver()
        await floor.says(other, f"接单 L{lead_id}")
        assert await _closed(floor, lead_id, "空号", other) is MadeUp.NOTHING
        assert await _credits(floor) == []


async def test_a_manager_closes_in_the_owner_s_place_and_the_owner_hears_of_the_turn(database_url: str) -> None:
    """The reason counts, not who types it; the owner is told."""
    async with company(database_url, policy=RULES) as floor:
        lead_id, rep = await _owned(floor)
        await _closed(floor, lead_id, "空号", "lijing")
        assert await _credits(floor) == [rep]
        assert any("空号" in text for text in floor.texts(await floor.deliver(), rep))


async def test_the_month_is_the_rep_s_own_and_managers_turns_count_too(database_url: str) -> None:
    """D-13, semantics 4: so many a month by the rep's calendar, whoever gave them; a new month begins at midnight there."""
    team = TEAM.replace("managers: [chenmin], timezone: Asia/Shanghai", "managers: [chenmin], timezone: Asia/Tokyo")
    async with at_work(database_url, at=shanghai(22, 30, day=31), team=team, rules=RULES) as floor:
        given = await floor.do(lambda desk: manage.give_turns(desk, "zhaoliu", 2, reason="空号", by="lijing"))
        assert len(given) == 2
        left = await floor.runner.look(lambda desk: make_up.turns_left(desk, "zhaoliu"))
        assert left == 0
        with pytest.raises(manage.MonthUsedUp):
            await floor.do(lambda desk: manage.give_turns(desk, "zhaoliu", 1, reason="空号", by="chenmin"))
        # Midnight in Tokyo, an hour before Shanghai's.
        floor.clock.moment = datetime(2026, 3, 31, 15, tzinfo=UTC)
        assert await floor.runner.look(lambda desk: make_up.turns_left(desk, "zhaoliu")) == 2


async def test_beyond_the_month_s_turns_nothing_comes_back_by_itself(database_url: str) -> None:
    """D-13: a monthly cap, so that invalid leads are no way round the fair share."""
    async with company(database_url, policy=RULES) as floor:
        lead_id, rep = await _owned(floor)
        await floor.do(lambda desk: manage.give_turns(desk, rep, 2, reason="空号", by="lijing"))
        assert await _closed(floor, lead_id, "空号", rep) is MadeUp.MONTH_USED_UP
        assert await _credits(floor) == [rep, rep]
