"""The breaker for hot leads at work (B-18): what opens and closes it, who is told, and which leads go first."""

from collections.abc import AsyncIterator

import pytest

from bot.services import presence
from bot.services.audit import audit
from bot.services.publish import publish_policy
from bot.services.receive import Incoming, receive
from routing.lead import Lead
from tests.bot.services.surging_floor import POLICY, accepts, by_hand, hot, running, surging_floor, switches
from tests.support.office import Company


@pytest.fixture
async def floor(database_url: str) -> AsyncIterator[Company]:
    """Five reps, and a breaker that opens at the third hot lead."""
    async with surging_floor(database_url) as opened:
        yield opened


async def test_b18_it_calms_down_half_open_first(floor: Company) -> None:
    """B-18: capacities come back first, races go on; after thirty calm minutes it is over, by timers alone."""
    await by_hand(floor, "开")
    leads = [await floor.lead() for _ in range(25)]
    loads = sorted([(await floor.standing(rep)).open for rep in ("r1", "r2", "r3", "r4", "r5")])
    assert loads == [5, 5, 5, 5, 5]
    assert leads
    for lead_id in leads[:15]:
        await accepts(floor, (await running(floor, lead_id))[0])
    await floor.goes(minutes=15)
    assert [row.after for row in await switches(floor)] == ["open", "half_open"]
    await floor.goes(minutes=15)
    assert [(row.after, row.cause) for row in await switches(floor)] == [
        ("open", "manager"), ("half_open", "calm"), ("closed", "calm"),
    ]  # fmt: skip
    assert len([text for text in floor.texts(floor.messenger.shown, "lijing") if "熔断" in text]) >= 3


async def test_b18_never_longer_than_at_most_even_without_timers(floor: Company) -> None:
    """The auditor closes it where the timer got lost."""
    await by_hand(floor, "开")
    await floor.do(lambda desk: desk.tx.connection.exec_driver_sql("DELETE FROM timer WHERE kind = 'breaker'"))
    floor.later(hours=5)
    await floor.do(audit)
    assert [row.after for row in await switches(floor)] == ["open", "closed"]


async def test_b18_slow_answers_open_it(floor: Company) -> None:
    """B-18: nine of ten within the limit, or races: here the last three took six minutes from their first offer."""
    for _ in range(3):
        lead_id = await hot(floor)
        floor.later(minutes=6)
        (offer,) = await running(floor, lead_id)
        await accepts(floor, offer)
    (row,) = await switches(floor)
    assert (row.cause, row.numbers["p90_seconds"]) == ("slow", 360)


async def test_b18_hot_leads_go_before_cold_ones_while_open(floor: Company) -> None:
    """B-18: of a batch and of the pool the hot ones are decided first; closed, whoever came first is."""
    await by_hand(floor, "开")
    for rep in ("r1", "r2", "r3", "r4", "r5"):
        await floor.do(lambda desk, rep=rep: presence.go_offline(desk, rep))  # type: ignore[misc]
    waiting = [await floor.lead(), await floor.lead(), await hot(floor)]
    assert {(await floor.row(lead_id)).state for lead_id in waiting} == {"pooled"}
    batch = [
        Incoming(Lead(source="web", external_id=f"b{no}", phone=f"+8613900000{no:03}", company_size=size), None, b"")
        for no, size in enumerate((10, 900))
    ]
    await floor.do(lambda desk: presence.go_online(desk, "r1"))
    await floor.do(lambda desk: receive(desk, batch))
    made = []
    for lead_id in [*waiting, max(waiting) + 1, max(waiting) + 2]:
        made += [(offer.decision_id or 0, lead_id) for offer in await floor.offers(lead_id)]
    order = [waiting[2], max(waiting) + 2, waiting[0], waiting[1], max(waiting) + 1]
    assert [lead_id for _, lead_id in sorted(made)] == order


async def test_a_policy_without_a_breaker_closes_it(floor: Company) -> None:
    """Whoever takes `hot` out of the policy wants no races any more, at once."""
    await by_hand(floor, "开")
    text = POLICY[: POLICY.index("hot:")]
    await floor.do(lambda desk: publish_policy(desk, text, author="test", reason="a test"))
    assert [(row.after, row.cause) for row in await switches(floor)] == [("open", "manager"), ("closed", "policy")]
    assert len(await running(floor, await hot(floor))) == 1
    assert await floor.says("lijing", "熔断 开") == ["派单规则里没有热线索熔断（hot）。"]


async def test_b18_a_manager_switches_it_and_takes_it_back(floor: Company) -> None:
    """Semantics 54: asked first; 撤销 takes it back; a rep may not; nothing happens where it stands so already."""
    assert await floor.says("lijing", "熔断") == ["热线索熔断没有开过，现在关着。"]
    assert (await floor.says("r1", "熔断 开"))[0] != "ConfirmCard"
    assert await floor.says("lijing", "熔断 开") == ["ConfirmCard"]
    assert not await switches(floor)
    assert "热线索熔断已开启。" in await floor.says("lijing", "确认")
    assert "开着" in (await floor.says("lijing", "熔断 开"))[0]
    assert "热线索熔断已关闭。" in await floor.says("lijing", "撤销")
    assert [(row.after, row.actor) for row in await switches(floor)] == [("open", "lijing"), ("closed", "lijing")]
    assert (await floor.says("lijing", "熔断 什么"))[0].startswith("请这样写")
