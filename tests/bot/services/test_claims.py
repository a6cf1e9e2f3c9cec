"""公海 and 领取: exactly one wins, inside the limits; the answers are those that reps know."""

import asyncio
from collections import Counter
from time import monotonic

import pytest

from bot.services import claims, recycling
from bot.services.claims import Claimed
from routing.lead import Lead
from tests.bot.services.given import SHIFTS, accept, at_work, number, policy, post, running, shanghai
from tests.bot.services.test_after_acceptance import RULES
from tests.soak.lengths import length, say
from tests.support.office import Company, company

#: Nobody is on duty, so that every lead waits in the pool.
NIGHT = shanghai(20)


async def pooled(floor: Company, **known: object) -> int:
    """Post a lead at night: it waits in the pool."""
    lead_id = await floor.lead(**known)
    assert (await floor.row(lead_id)).state == "pooled"
    return lead_id


async def test_b07_a_claim_makes_the_owner_and_shows_the_whole_number(database_url: str) -> None:
    """领取 owns at once: load, card with the whole number, clocks and history; no fairness account moves."""
    async with at_work(database_url, at=NIGHT, rules=RULES) as floor:
        lead_id = await pooled(floor, phone="+8613912345678")
        shown = await floor.gives([floor.text("e1", f"领取 L{lead_id}")])
        row, made = await floor.row(lead_id), (await floor.offers(lead_id))[0]
        assert (row.state, row.owner, row.pool_reason) == ("owned", "e1", None)
        assert (made.rep_id, made.state, made.why, made.ended_at) == ("e1", "accepted", "claimed", None)
        assert ((await floor.standing("e1")).open, (await floor.standing("e1")).today) == (1, 0)
        card = next(item.message for item in shown if type(item.message).__name__ == "AcceptedCard")
        assert getattr(card, "phone", None) == "13912345678"
        assert row.look_at is not None
        assert [fact.event for fact in await floor.facts(lead_id)][-1] == "claimed"


async def test_b07_the_sixth_claim_of_a_day_is_refused_in_words(database_url: str) -> None:
    """B-07: «今日已领 5/5»; the next day begins on the rep's own calendar."""
    async with at_work(database_url, at=NIGHT, rules=RULES) as floor:
        leads = [await pooled(floor) for _ in range(6)]
        for lead_id in leads[:5]:
            assert "已领取" in (await floor.says("e1", f"领取 L{lead_id}"))[-1]
        assert await floor.says("e1", f"领取 L{leads[5]}") == ["今日已领 5/5"]
        assert (await floor.row(leads[5])).state == "pooled"
        floor.clock.moment = shanghai(0, day=3)
        assert "已领取" in (await floor.says("e1", f"领取 L{leads[5]}"))[-1]


async def test_b07_whoever_holds_enough_claims_no_more(database_url: str) -> None:
    """B-07: the stock cap; it is pool.claims.open and not capacity.open that holds for claims (semantics 16)."""
    rules = RULES.replace("open: 50", "open: 2").replace("{open: 20, per_day: 50}", "{open: 1, per_day: 50}")
    async with at_work(database_url, at=NIGHT, rules=rules) as floor:
        leads = [await pooled(floor) for _ in range(3)]
        for lead_id in leads[:2]:
            await floor.says("e1", f"领取 L{lead_id}")
        assert await floor.says("e1", f"领取 L{leads[2]}") == ["手上已有 2/2"]
        assert (await floor.standing("e1")).open == 2


async def test_b07_the_loser_hears_that_it_is_claimed_and_not_by_whom(database_url: str) -> None:
    """B-07: «已被领取» and no name."""
    async with at_work(database_url, at=NIGHT, rules=RULES) as floor:
        lead_id = await pooled(floor)
        await floor.says("e1", f"领取 L{lead_id}")
        assert await floor.says("e2", f"领取 L{lead_id}") == [f"L{lead_id} 已被领取"]
        assert await floor.says("e1", f"领取 L{lead_id}") == [f"L{lead_id} 已经是您的了。"]
        assert await floor.says("e2", "领取 L999999") == ["没有找到线索 L999999。"]


async def test_layer_one_decides_who_may_claim(database_url: str) -> None:
    """Semantics 16, 22: rule and fence hold for claims, duty and load do not; the list shows nothing else."""
    async with at_work(database_url, at=NIGHT, rules=RULES) as floor:
        lead_id = await pooled(floor)
        assert await floor.says("w1", f"领取 L{lead_id}") == [f"L{lead_id} 您不能领：团队不符：west。"]
        assert await floor.says("w1", "公海") == ["公海里没有您能领的线索。"]
        assert f"L{lead_id}" in (await floor.says("e1", "公海"))[0]


async def test_a_previous_owner_waits_a_week_and_everybody_else_claims_at_once(database_url: str) -> None:
    """Semantics 22: previous_owner_waits holds for the previous owner alone."""
    async with at_work(database_url, at=shanghai(9), rules=RULES) as floor:
        lead_id = await floor.lead()
        rep = (await running(floor, lead_id)).rep_id
        other = {"e1": "e2", "e2": "e1"}[rep]
        await accept(floor, rep, lead_id)
        floor.clock.moment = NIGHT
        await floor.do(lambda desk: recycling.recycle(desk, desk.tx.lead(lead_id), "cold_45d", "pool"))
        await floor.deliver()
        assert await floor.says(rep, f"领取 L{lead_id}") == [f"L{lead_id} 您跟进过，03-09 20:00 后才能再领。"]
        assert f"L{lead_id}" not in (await floor.says(rep, "公海"))[0]
        assert "已领取" in (await floor.says(other, f"领取 L{lead_id}"))[-1]
        row = await floor.row(lead_id)
        assert [(each.rep_id, each.round) for each in await floor.offers(lead_id)] == [(rep, 1), (other, 1)]
        assert row.owner == other


async def test_a_rep_who_gives_a_lead_back_says_why_and_waits_like_any_previous_owner(database_url: str) -> None:
    """Issue: return with reason to the right pool, the previous owner excluded."""
    async with at_work(database_url, at=shanghai(9), rules=RULES) as floor:
        lead_id = await floor.lead()
        rep = (await running(floor, lead_id)).rep_id
        await accept(floor, rep, lead_id)
        assert await floor.says(rep, f"转出 L{lead_id} 客户在外地") == [f"L{lead_id} 已退回公海。", "ClosedCard"]
        row = await floor.row(lead_id)
        assert (row.state, row.pool_reason, row.owner) == ("pooled", "recycled", None)
        returned = next(fact for fact in await floor.facts(lead_id) if fact.event == "returned")
        assert returned.private == {"reason": "客户在外地"}
        assert "您跟进过" in (await floor.says(rep, f"领取 L{lead_id}"))[0]


async def test_views_of_the_pool_are_counted_against_hoarding(database_url: str) -> None:
    """C-14: at most views_per_day entries are shown to a rep in a day; each entry shown counts."""
    async with at_work(database_url, at=NIGHT, rules=RULES.replace("views_per_day: 100", "views_per_day: 13")) as floor:
        for _ in range(12):
            await pooled(floor)
        assert (await floor.says("e1", "公海"))[0].count("\nL") == 10
        second = (await floor.says("e1", "公海"))[0]
        assert (second.count("\nL"), "今日已看 13/13" in second) == (3, True)
        assert await floor.says("e1", "公海") == ["今日已看 13/13"]
        assert (await floor.says("e2", "公海"))[0].count("\nL") == 10


async def test_a_card_of_a_recycled_lead_is_rewritten_where_a_code_allows(database_url: str) -> None:
    """Semantics 36: the whole number goes off the previous owner's card; who has seen it stays recorded."""
    async with at_work(database_url, at=NIGHT, rules=RULES) as floor:
        lead_id = await pooled(floor)
        await floor.says("e1", f"领取 L{lead_id}")
        assert (await floor.offers(lead_id))[0].send_code is not None
        floor.later(hours=1)
        await floor.do(lambda desk: recycling.recycle(desk, desk.tx.lead(lead_id), "cold_45d", "pool"))
        shown = await floor.deliver()
        assert [type(item.message).__name__ for item in shown if item.to == "e1"] == ["ClosedCard"]


async def one_race(floor: Company, lead_id: int) -> Counter[Claimed]:
    """Let two reps claim one lead at the same moment; gives what came of it."""
    both = [floor.do(lambda desk, rep=rep: claims.claim(desk, rep, lead_id)) for rep in ("e1", "e2")]  # type: ignore[misc]
    return Counter(outcome.claimed for outcome in await asyncio.gather(*both))


#: Nobody is ever on duty, and nobody is limited.
FREE = policy(rules="[{name: 其余, teams: [east]}]")


async def _races(database_url: str, trials: int) -> Counter[Claimed]:
    team = SHIFTS.replace('["09:00-12:00", "13:00-18:00"]', '["03:00-03:01"]')
    found: Counter[Claimed] = Counter()
    async with company(database_url, team=team, policy=FREE) as floor:
        for start in range(0, trials, 50):
            batch = [Lead(source="web", phone=f"+86138{start + last:08d}") for last in range(min(50, trials - start))]
            for answer in await post(floor, *batch):
                found += await one_race(floor, number(answer))
        await floor.sound()
    return found


async def test_b07_of_two_claims_at_once_exactly_one_wins(database_url: str) -> None:
    """B-07 in short; the soak has the thousand."""
    assert await _races(database_url, 20) == {Claimed.CLAIMED: 20, Claimed.TAKEN: 20}


@pytest.mark.soak
@pytest.mark.timeout(1800)
async def test_b07_of_a_thousand_pairs_of_claims_exactly_one_wins_each(database_url: str) -> None:
    """B-07: 1,000 trials on each engine."""
    trials = length(1_000)
    began = monotonic()
    found = await _races(database_url, trials)
    say(f"{trials} pairs of claims on {database_url.partition(':')[0]}: {dict(found)}, {monotonic() - began:.0f} s")
    assert found == {Claimed.CLAIMED: trials, Claimed.TAKEN: trials}
