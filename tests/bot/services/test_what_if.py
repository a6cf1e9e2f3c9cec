"""B-24: a policy tried on the past; the one that decided gives no difference, and nothing is written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import yaml
from sqlalchemy import select

from bot.services import claims, follow_up
from bot.services.desk import Desk
from bot.services.publish import import_team
from bot.services.what_if import PastReader, Trial, begin
from routing.what_if.effects import Effects, RepEffect, percentile
from store.tables import metadata
from store.version_tables import policy_version
from tests.support.busy_floor import BusyFloor
from tests.support.floor_company import TEAM
from tests.support.lived_quarter import ENDS, Quarter, policy_text, team_file, write
from tests.support.office import KEYS, POLICY, Company, company
from tests.support.office import TEAM as OFFICE_TEAM
from tests.support.tried import gone_through, in_pieces, read_past, tried

TIGHT = POLICY.replace("capacity: {open: 20, per_day: 50}", "capacity: {open: 1, per_day: 50}")
THREE = ("lisi", "lisiguang", "smith", "zhangsan")


class OnePolicy(BusyFloor):
    """A bad day under one policy: whatever else can happen does, people who leave the team and come back included."""

    async def step(self) -> None:
        """Do one thing; that everything holds after each is tested elsewhere."""
        thing = self.random.choices(
            [self.post, self.answers, self.closes, self.manager_moves, self.comes_or_goes, self.time_passes, self.tick,
             self.send, self.credit, self.team_changes],
            [30, 30, 10, 6, 6, 20, 25, 20, 2, 1],
        )[0]  # fmt: skip
        await thing()

    async def team_changes(self) -> str:
        """Lose a rep, or get one back; the policy stays."""
        draw = self.random.random
        self.random.random = lambda: 0.9  # type: ignore[method-assign]
        try:
            return await self.new_version()
        finally:
            self.random.random = draw  # type: ignore[method-assign]


async def policy_of(opened: Company) -> str:
    """Give the text of the first policy."""
    statement = select(policy_version.c.source_text).order_by(policy_version.c.version)
    return str(await opened.runner.look(lambda desk: desk.tx.connection.execute(statement).scalar()))


@pytest.fixture
async def tight(database_url: str) -> AsyncIterator[Company]:
    """Give a company in which everybody may hold one lead."""
    async with company(database_url, policy=TIGHT) as opened:
        yield opened


async def accepted(opened: Company, *, after: float = 60, **known: object) -> int:
    """Post a lead, and let whoever it is offered to accept it."""
    lead_id = await opened.lead(**known)
    offer = await opened.running(lead_id)
    assert offer is not None
    await opened.goes(seconds=after)
    await opened.says(offer.rep_id, f"接单 L{lead_id}")
    return lead_id


def counts(found: Effects) -> dict[str, tuple[int, int]]:
    """Give how many leads everybody accepts, before and after."""
    return {rep.rep: (rep.before, rep.after) for rep in found.reps}


async def test_the_unchanged_policy_gives_no_difference(database_url: str) -> None:
    """B-24: same rep, same reasons, same draws for every decision, whatever happened on the floor."""
    async with company(database_url, team=TEAM, policy=None) as opened:
        floor = OnePolicy(opened, seed=3)
        await floor.opens()
        for _ in range(200):
            await floor.step()
        # Whoever left comes back, or the policy would be refused for the skill that nobody has.
        await opened.do(lambda desk: import_team(desk, TEAM, author="test"))
        beginning, past = await read_past(opened, Trial(await policy_of(opened)))
    assert beginning.exact
    found = gone_through(beginning, past)
    # Begun in the middle, accounts and loads are those of the records; and a figure that is not the recorded one is seen.
    later = gone_through(beginning, past[len(past) // 2 :])
    altered = gone_through(beginning, [past[0]._replace(digest=bytes(8)), *past[1:]])
    assert (later.differences, later.changed, altered.differences > 0) == (0, 0, True)
    assert found.decisions > 30
    assert found.differences == found.changed == found.longer == found.shorter == 0
    assert found.outcomes_before == found.outcomes_after
    assert all(rep.before == rep.after and rep.open_before == rep.open_after for rep in found.reps)


async def test_a_higher_cap_places_the_lead_that_waited(tight: Company) -> None:
    """B-24: cap 1 to 2: the fifth lead for four reps waits in the record, and is accepted under the new policy."""
    for _ in THREE:
        await accepted(tight)
    waits = await tight.lead()
    await tight.goes(minutes=30)

    found = await tried(tight, TIGHT.replace("open: 1", "open: 2"))

    assert (found.leads, found.changed) == (5, 1)
    assert (found.outcomes_before["pool"], found.outcomes_after["pool"]) == (1, 0)
    assert found.first_difference is not None
    assert found.first_difference[0] == waits
    assert sum(after - before for before, after in counts(found).values()) == 1
    # Everybody took a minute, so whoever is asked in the other world takes a minute too.
    assert percentile(found.waits_after, 90) == pytest.approx(60, abs=2)


async def test_b14_the_chat_tries_a_change_on_the_newest_decisions_only(tight: Company) -> None:
    """B-14, semantics 56: however much was decided, a command is answered in time."""
    for _ in THREE:
        await accepted(tight)

    def decisions(desk: Desk) -> list[int]:
        found = [begin(desk, PastReader(Trial(TIGHT)), 90, most=most) for most in (1, 3, 4, 99)]
        return [each.behind - each.first for each in found if each is not None]

    assert await tight.runner.look(decisions) == [1, 3, 4, 4]


async def test_a_lower_cap_keeps_a_lead_waiting_until_somebody_closes_one(database_url: str) -> None:
    """Queues are simulated: under cap 1 the fifth lead waits until the first is closed, and is counted as waiting longer."""
    async with company(database_url) as opened:
        first = await accepted(opened)
        for _ in range(4):
            await accepted(opened)
        await opened.goes(minutes=20)
        owner = (await opened.row(first)).owner or ""
        await opened.do(lambda desk: follow_up.close_lost(desk, desk.tx.lead(first), "太贵", by=owner))
        await opened.goes(minutes=20)

        found = await tried(opened, TIGHT)

    assert (found.changed, found.longer, found.shorter) == (found.changed, 1, 0)
    assert found.outcomes_after == {"owned": 5, "offered": 0, "pool": 0, "review": 0}
    assert percentile(found.waits_after, 100) > 20 * 60  # type: ignore[operator]


async def test_an_answer_after_the_new_deadline_does_not_come(database_url: str) -> None:
    """Ack delays: who took eight minutes loses the lead under a limit of five, and somebody else gets it."""
    async with company(database_url) as opened:
        await accepted(opened, after=480)
        await opened.goes(hours=1)

        shorter = await tried(opened, POLICY.replace("within: 10m", "within: 5m"))
        longer = await tried(opened, POLICY.replace("within: 10m", "within: 20m"))

    assert (longer.differences, longer.changed) == (0, 0)
    assert shorter.differences == 1
    assert shorter.outcomes_after["owned"] == 0


async def test_a_rep_who_stayed_silent_stays_so_until_the_new_deadline(database_url: str) -> None:
    """A longer limit: the lead moves on ten minutes later, and waits longer; loads are as if the offer had run on."""
    async with company(database_url) as opened:
        lead_id = await opened.lead()
        await opened.goes(minutes=10)
        second = await opened.running(lead_id)
        assert second is not None
        await opened.goes(minutes=1)
        await opened.says(second.rep_id, f"接单 L{lead_id}")
        await opened.goes(hours=2)

        found = await tried(opened, POLICY.replace("within: 10m", "within: 20m"))

    assert found.differences == 1
    assert sum(rep.open_before for rep in found.reps) == 1
    assert all(rep.open_after >= 0 for rep in found.reps)
    assert found.outcomes_before["owned"] == 1


async def test_another_rule_sends_the_lead_to_another_team(database_url: str) -> None:
    """Per rep: what 上海 would bring to 华北 is accepted there, and the counts move."""
    async with company(database_url) as opened:
        for _ in range(6):
            await accepted(opened, province="上海市")
        await opened.goes(hours=1)

        found = await tried(opened, POLICY.replace("province: [北京]", "province: [北京, 上海]"))

    assert found.changed == 6
    assert RepEffect("zhaoliu", 0, 6, 0, 6) in found.reps
    assert {rep for rep, (before, _) in counts(found).items() if before} <= set(THREE)


async def test_new_scoring_is_worked_out_from_the_leads_themselves(database_url: str) -> None:
    """What the old policy did not read is not in the records: it comes from the stored leads."""
    async with company(database_url) as opened:
        await accepted(opened, company_size=2000)
        await accepted(opened, company_size=10)
        await opened.goes(hours=1)
        text = POLICY.replace(
            "scoring: {base: 50,",
            "scoring: {base: 50, add: [{name: 大, when: {company_size: {gte: 500}}, points: 40}],",
        )
        text = text.replace("rules:\n", "rules:\n  - {name: 大客户, when: {trait.score: {gte: 80}}, teams: [north]}\n")

        found = await tried(opened, text)

    assert counts(found)["zhaoliu"] == (0, 1)


async def test_other_people_can_be_tried(database_url: str) -> None:
    """`--team FILE`: a rep who is not there gets nothing, and what he had goes to the others."""
    async with company(database_url) as opened:
        for _ in range(8):
            await accepted(opened)
        await opened.goes(hours=1)
        document = yaml.safe_load(OFFICE_TEAM)
        document["reps"] = [rep for rep in document["reps"] if rep["id"] != "lisi"]

        found = await tried(opened, POLICY, team_text=yaml.safe_dump(document, allow_unicode=True))

    assert counts(found)["lisi"] == (2, 0)
    assert found.outcomes_after["owned"] == 8


async def test_a_lead_that_was_claimed_waits_no_longer_in_the_other_world(tight: Company) -> None:
    """领取: room that comes later goes to nobody, since the lead has left the pool of both worlds."""
    mine = [await accepted(tight) for _ in THREE]
    waits = await tight.lead()
    await tight.goes(minutes=5)
    claimed = await tight.do(lambda desk: claims.claim(desk, "lisi", waits))
    await tight.goes(minutes=5)
    owner = (await tight.row(mine[-1])).owner or ""
    await tight.do(lambda desk: follow_up.close_lost(desk, desk.tx.lead(mine[-1]), "太贵", by=owner))
    await tight.goes(minutes=30)

    found = gone_through(*await read_past(tight, Trial(TIGHT)), exact=False, alone_from=1)

    assert claimed.claimed is claims.Claimed.CLAIMED
    assert (found.differences, found.outcomes_before["pool"], found.outcomes_after["pool"]) == (0, 1, 1)


async def test_nothing_is_written_and_nothing_sent(tight: Company) -> None:
    """B-24: every row of every table is what it was, the outbox and the timers too."""
    for _ in range(5):
        await tight.lead()
    before, shown = await contents(tight), len(tight.messenger.shown)

    found = await tried(tight, TIGHT.replace("open: 1", "open: 3"))

    assert found.decisions > 0
    assert await contents(tight) == before
    await tight.deliver()
    assert len(tight.messenger.shown) == shown


async def contents(opened: Company) -> dict[str, list[tuple[object, ...]]]:
    """Give every row of every table."""
    return await opened.runner.look(
        lambda desk: {
            table.name: sorted((tuple(row) for row in desk.tx.connection.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
        }
    )


async def test_left_to_its_own_books_the_other_world_stays_the_same(sqlite_url: str) -> None:
    """Under the policy that decided, no difference either when nothing of loads and accounts is taken from the records."""
    text = policy_text(10)
    async with company(sqlite_url, team=team_file(24), policy=text) as opened:
        opened.clock.moment = ENDS

        office = await opened.do(lambda desk: desk.open_office)
        quarter = Quarter(office, 500, days=20, in_hand=2, rules=10)
        decisions = await asyncio.to_thread(write, sqlite_url, quarter, KEYS)
        beginning, past = await read_past(opened, Trial(text))
        assert len(past) == decisions > 600
        followed = gone_through(beginning, past)
        from_the_middle = gone_through(beginning, past[len(past) // 2 :])
        alone = gone_through(beginning, past, exact=False, alone_from=1)
        changed = await tried(opened, policy_text(10, cap=3))

    assert followed.differences == from_the_middle.differences == 0
    assert (alone.differences, alone.changed) == (0, 0)
    assert changed.differences > 0


@pytest.mark.parametrize(("reps", "rules", "cap"), [(24, 10, 4), (80, 9, 6)])
async def test_pieces_that_bring_only_news_give_what_whole_ones_give(
    sqlite_url: str, reps: int, rules: int, cap: int
) -> None:
    """After the worlds have parted a piece says of duty, shares and rates only what has changed: no figure is another."""
    async with company(sqlite_url, team=team_file(reps), policy=policy_text(10, cap=6)) as opened:
        opened.clock.moment = ENDS
        office = await opened.do(lambda desk: desk.open_office)
        quarter = Quarter(office, 250, days=6, in_hand=3, rules=10)
        await asyncio.to_thread(write, sqlite_url, quarter, KEYS)
        trial = Trial(policy_text(rules, cap=cap))
        whole = await tried(opened, trial.policy_text)

        found, light = await in_pieces(opened, trial, 40)

    assert light > 3
    assert whole.changed > 10
    assert (found.reps, found.flows, found.first_difference) == (whole.reps, whole.flows, whole.first_difference)
    assert (found.differences, found.changed, found.longer) == (whole.differences, whole.changed, whole.longer)
    assert found.waits_after.tolist() == whole.waits_after.tolist()
