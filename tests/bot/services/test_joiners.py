"""Joiners: who is one, the share of the day in the decision, and the same in a trial of another policy."""

from __future__ import annotations

from datetime import date, timedelta

from bot.services.assign import board_of
from bot.services.desk import Desk
from bot.services.publish import import_team, publish_policy
from routing.decision_record import unpack
from tests.bot.services.given import policy
from tests.support.office import TEAM, Company
from tests.support.tried import tried

RAMP = policy(choose="{by: fair_fit, explore: 0%, ramp: {work_days: 5, from: 20%}}")
PLAIN = policy(choose="{by: fair_fit, explore: 0%}")
WITH_MA = TEAM.replace("  - {id: lisi,", "  - {id: mali, name: 马力, team: east}\n  - {id: lisi,")


async def first_days(floor: Company) -> dict[str, date | None]:
    """Give everybody's first day by the roster in force."""
    return await floor.runner.look(lambda desk: {rep.id: rep.joined_on for rep in desk.open_office.roster.reps})


async def shares(floor: Company) -> list[int]:
    """Post a lead and give the shares of its decision, in thousandths, in the order of ids; 马力 is the third."""
    lead_id = await floor.lead()

    def look(desk: Desk) -> list[int]:
        stored = desk.tx.decision(desk.tx.lead(lead_id).decision_id or 0)
        assert stored is not None
        weights = unpack(stored.record).columns["weight"]
        east = [at for at, rep in enumerate(board_of(desk).table.reps) if rep.team == "east"]
        return [int(weights[at]) // 1000 for at in east]

    return await floor.runner.look(look)


async def test_whoever_a_later_import_names_first_is_a_joiner(floor: Company) -> None:
    """The people of the first import are none; a day that the file says goes before that of the import."""
    today = floor.clock.moment.date()
    assert set((await first_days(floor)).values()) == {None}

    await floor.do(lambda desk: import_team(desk, WITH_MA, author="t"))
    await floor.goes(hours=80)
    again = WITH_MA.replace("name: 赵六", "joined: 2026-02-02, name: 赵六")
    await floor.do(lambda desk: import_team(desk, again, author="t"))

    found = await first_days(floor)
    assert {rep: day for rep, day in found.items() if day is not None} == {"mali": today, "zhaoliu": date(2026, 2, 2)}


async def test_a_joiners_share_grows_from_day_to_day(floor: Company) -> None:
    """A fifth on the first day, a work day later 36 %, whole after five; the others' stays what it is."""
    await floor.do(lambda desk: publish_policy(desk, RAMP, author="t", reason="t"))
    await floor.do(lambda desk: import_team(desk, WITH_MA, author="t"))
    assert await shares(floor) == [1000, 1000, 200, 1000, 1000]
    first = floor.clock.moment.date()
    grown = []
    for _ in range(7):
        await floor.goes(hours=24)
        grown.append((await shares(floor))[2])
    work_days = [sum((first + timedelta(days=at)).weekday() < 5 for at in range(after)) for after in range(1, 8)]
    assert grown == [200 + 160 * min(days, 5) for days in work_days]


async def test_a_trial_knows_how_shares_grew(floor: Company) -> None:
    """B-24: the unchanged policy gives no difference over a joiner's first week; without the ramp the joiner has more."""
    await floor.do(lambda desk: publish_policy(desk, RAMP, author="t", reason="t"))
    await floor.do(lambda desk: import_team(desk, WITH_MA, author="t"))
    for _ in range(18):
        lead_id = await floor.lead()
        offer = await floor.running(lead_id)
        assert offer is not None
        await floor.says(offer.rep_id, f"接单 L{lead_id}")
        await floor.goes(hours=7)

    same, plain, longer = [
        await tried(floor, text)
        for text in (RAMP, PLAIN, RAMP.replace("work_days: 5, from: 20%", "work_days: 50, from: 1%"))
    ]

    counts = [next(rep for rep in found.reps if rep.rep == "mali") for found in (same, plain, longer)]
    assert (same.differences, counts[0].before) == (0, counts[0].after)
    # Between a whole share and next to none lie four leads; what lies between these two may come out as either by a draw.
    assert counts[1].after > counts[2].after
