"""Which of the waiting leads goes first when somebody comes free."""

import pytest

from bot.services import follow_up
from bot.services.publish import publish_policy
from routing.lead import Lead
from tests.bot.services.given import at_work, number, policy, post, running, shanghai
from tests.support.office import Company

ONE = """
teams: [{id: east, name: 华东, managers: [lijing], timezone: Asia/Shanghai}]
reps:
  - {id: e1, name: 东一, team: east}
  - {id: lijing, name: 李静, team: east, role: manager}
"""
RULES = policy(
    rules="[{name: 其余, teams: [east]}]",
    capacity="{open: 1}",
    scoring="{base: 40, add: [{name: 大, when: {budget: {gte: 100000}}, points: 45}]}",
)
VIP = "\npool: {first: [{name: VIP, when: {attributes.vip: true}}, {name: 急, when: {attributes.urgent: true}}]}\n"


async def _posted(floor: Company, last: int, **known: object) -> int:
    lead = Lead(source="web", phone=f"+86138000{last:05d}", **known)  # type: ignore[arg-type]
    return number((await post(floor, lead))[0])


async def _next(floor: Company, closed: int) -> int:
    """Close the lead in hand, and give the one that is offered then."""
    await floor.deliver()
    offer = await running(floor, closed)
    await floor.says(offer.rep_id, f"接单 L{closed}")
    await floor.do(lambda desk: follow_up.close_lost(desk, desk.tx.lead(closed), "贵", by="e1"))
    await floor.ticks()
    ids = await _offered(floor)
    if not ids:
        # After a look in vain the next one rests a little.
        await floor.goes(seconds=1)
        ids = await _offered(floor)
    assert len(ids) == 1
    return ids[0]


async def _offered(floor: Company) -> list[int]:
    offered = "SELECT lead_id FROM offer WHERE state = 'open'"
    return await floor.runner.look(lambda desk: list(desk.tx.connection.exec_driver_sql(offered).scalars()))


async def test_b09_vip_and_urgent_leads_leave_the_queue_first_and_the_oldest_among_equals(database_url: str) -> None:
    """B-09: classes in the order of the policy, first in first out within each."""
    async with at_work(database_url, at=shanghai(10), team=ONE, rules=RULES + VIP) as floor:
        one = await _posted(floor, 1)
        plain, later = await _posted(floor, 2), await _posted(floor, 3)
        urgent = await _posted(floor, 4, attributes={"urgent": True})
        vip = await _posted(floor, 5, attributes={"vip": True})
        order = [one]
        for _ in range(4):
            order.append(await _next(floor, order[-1]))
        assert order == [one, vip, urgent, plain, later]


@pytest.mark.parametrize(("minutes", "first"), [(30, "young"), (31, "old")])
async def test_b09_after_half_an_hour_a_lead_counts_one_class_higher(
    database_url: str, minutes: int, first: str
) -> None:
    """B-09: a guard against starving: it goes before younger ones of the class above, and not a minute sooner."""
    async with at_work(database_url, at=shanghai(10), team=ONE, rules=RULES) as floor:
        held, old = await _posted(floor, 1), await _posted(floor, 2)
        floor.later(minutes=minutes - 1)
        young = await _posted(floor, 3, budget=200_000)
        floor.later(minutes=1)
        assert await _next(floor, held) == {"young": young, "old": old}[first]


async def test_b09_news_of_a_waiting_lead_may_put_it_first(database_url: str) -> None:
    """B-09: the class is that of what is known now, not of what was known when it came in."""
    async with at_work(database_url, at=shanghai(10), team=ONE, rules=RULES + VIP) as floor:
        held, _ = await _posted(floor, 1), await _posted(floor, 2)
        third = await _posted(floor, 3, external_id="x")
        await _posted(floor, 3, external_id="x", attributes={"vip": True})
        assert await _next(floor, held) == third


async def test_b09_a_new_policy_puts_the_waiting_leads_into_its_own_order(database_url: str) -> None:
    """B-09: who goes first is what the policy in force says, also of leads that wait since before it."""
    async with at_work(database_url, at=shanghai(10), team=ONE, rules=RULES) as floor:
        held, _ = await _posted(floor, 1), await _posted(floor, 2)
        vip = await _posted(floor, 3, attributes={"vip": True})
        await floor.do(lambda desk: publish_policy(desk, RULES + VIP, author="test", reason="a test"))
        await floor.ticks()
        assert await _next(floor, held) == vip


async def test_b09_another_visit_may_put_a_waiting_lead_first(database_url: str) -> None:
    """Semantics 28, B-09: a visit that is attached to a waiting lead scores it again, and with the score goes its class."""
    visits = "{base: 40, add: [{name: 看价, when: {behaviour.pricing_page_visits_7d: {gte: 3}}, points: 45}]}"
    rules = RULES.replace(RULES[RULES.index("scoring: ") :].splitlines()[0], f"scoring: {visits}")
    async with at_work(database_url, at=shanghai(10), team=ONE, rules=rules) as floor:
        held, _ = await _posted(floor, 1), await _posted(floor, 2)
        third = await _posted(floor, 3)
        await _posted(floor, 3, behaviour={"pricing_page_visits_7d": 3})
        assert await _next(floor, held) == third
