"""B-22: a policy that asks for another segment has its rates at once, from what was closed before."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select

from bot.services import follow_up, rates
from bot.services.assign import board_of
from bot.services.desk import Desk
from bot.services.publish import publish_policy
from bot.services.rates import Recount
from routing.standing import SegmentRates
from store import versions
from store.tables import rep_rate
from tests.bot.services.given import policy
from tests.support.office import Company


def asking(*segments: str, **changes: str) -> str:
    """Give a policy whose fit asks for win rates by these segments."""
    weights = [100 - 10 * (len(segments) - 1), *[10] * (len(segments) - 1)]
    factors = [
        f"{{name: {by}, weight: {weight}, rate: win_rate, by: {by}}}"
        for by, weight in zip(segments, weights, strict=True)
    ]
    return policy(fit=f"{{factors: [{', '.join(factors)}]}}", **changes)


async def closed(floor: Company, *, won: bool, **known: object) -> str:
    """Let a lead come and be closed by whoever gets it; gives the owner."""
    lead_id = await floor.lead(**known)
    return await closes(floor, lead_id, won=won)


async def closes(floor: Company, lead_id: int, *, won: bool) -> str:
    """Let whoever is asked accept a lead and close it."""
    offer = await floor.running(lead_id)
    if offer is not None:
        await floor.says(offer.rep_id, f"接单 L{lead_id}")
    owner = (await floor.row(lead_id)).owner or ""
    if won:
        await floor.do(lambda desk: follow_up.close_won(desk, desk.tx.lead(lead_id), 100, by=owner))
    else:
        await floor.do(lambda desk: follow_up.close_lost(desk, desk.tx.lead(lead_id), "太贵", by=owner))
    return owner


async def counted(floor: Company) -> dict[tuple[str, str, str], tuple[int, int]]:
    """Give what is stored: (rep, segment, value) -> (wins, closed)."""
    rows = await floor.runner.look(lambda desk: desk.tx.connection.execute(select(rep_rate)).all())
    return {(row.rep_id, row.segment, row.value): (row.wins, row.closed) for row in rows}


async def deciding(floor: Company) -> dict[str, SegmentRates]:
    """Give the rates that decisions work with now."""
    return dict(await floor.do(lambda desk: board_of(desk).standing.segments))


async def test_b22_what_was_closed_before_counts_as_soon_as_a_policy_asks_for_it(floor: Company) -> None:
    """Counted from the closed leads in the transaction of publishing, and kept up from then on; nobody is counted twice."""
    expected: Counter[tuple[str, str]] = Counter()
    for channel, won in (("官网", True), ("官网", False), ("抖音", False), ("抖音", True)):
        expected[await closed(floor, won=won, channel=channel), channel] += 1
    await closed(floor, won=True)
    await floor.lead(channel="官网")
    assert await counted(floor) == {}

    await floor.do(lambda desk: publish_policy(desk, asking("channel"), author="t", reason="t"))
    found = await counted(floor)
    assert {(rep, value): row[1] for (rep, _, value), row in found.items()} == expected
    assert sum(wins for wins, _ in found.values()) == 2
    assert (await deciding(floor))["channel=官网"].company_closed == 2

    # Asked for again, also beside others, nothing is counted anew; what is closed now is counted in all.
    await floor.do(lambda desk: publish_policy(desk, asking("channel", "industry"), author="t", reason="t"))
    owner = await closed(floor, won=True, channel="官网", industry="教育")
    after = await counted(floor)
    assert after[owner, "industry", "教育"] == (1, 1)
    assert sum(row[1] for (_, segment, _), row in after.items() if segment == "channel") == 5


async def test_b22_a_segment_that_was_not_asked_for_meanwhile_is_counted_anew(floor: Company) -> None:
    """What was closed while another policy was in force is not forgotten; other price bands are another segment."""
    await floor.do(lambda desk: publish_policy(desk, asking("channel"), author="t", reason="t"))
    await closed(floor, won=True, channel="官网")
    bands = asking("price_band", price_bands="[1000, 10000]")
    await floor.do(lambda desk: publish_policy(desk, bands, author="t", reason="t"))
    await closed(floor, won=False, channel="官网", attributes={"unit_price": 5000})
    assert {key[1:] for key in await counted(floor) if key[1] == "price_band"} == {("price_band", "1")}

    await floor.do(lambda desk: publish_policy(desk, asking("channel"), author="t", reason="t"))
    channel = [row for key, row in (await counted(floor)).items() if key[1] == "channel"]
    assert [sum(column) for column in zip(*channel, strict=True)] == [1, 2]

    lower = asking("price_band", price_bands="[1000, 3000, 10000]")
    await floor.do(lambda desk: publish_policy(desk, lower, author="t", reason="t"))
    assert {key[1:] for key in await counted(floor) if key[1] == "price_band"} == {("price_band", "2")}


async def test_b22_a_long_history_is_counted_page_by_page_while_leads_go_on_being_closed(floor: Company) -> None:
    """Until it is through the segment decides nothing, a manager sees how far it is, and every lead is counted once."""
    for number in range(5):
        await closed(floor, won=number % 2 == 0, channel="官网")
    first = 1001
    early, late = await floor.lead(channel="官网"), await floor.lead(channel="官网")
    text = asking("channel")

    def begin(desk: Desk) -> None:
        rates.follow_policy(desk, most=6)

    # Put into force past the use case, which would count with pages of the usual size.
    await floor.do(lambda desk: versions.publish_policy(desk.tx.connection, text, author="t", reason="t", now=desk.now))
    await floor.do(begin)

    assert await floor.runner.look(lambda desk: rates.recount_of(desk.tx.connection)) == Recount(
        ("channel",), early, late
    )
    assert await deciding(floor) == {}
    assert early - first == 5
    status = (await floor.says("lijing", "状态"))[0]
    assert f"成交率正按「渠道」重新统计：已到 L{early}，共到 L{late}" in status
    await closes(floor, early, won=True)
    await closes(floor, late, won=True)
    await floor.goes(seconds=1)

    assert await floor.runner.look(lambda desk: rates.recount_of(desk.tx.connection)) is None
    assert [sum(column) for column in zip(*(await counted(floor)).values(), strict=True)] == [5, 7]
    assert (await deciding(floor))["channel=官网"].company_closed == 7
    assert "重新统计" not in (await floor.says("lijing", "状态"))[0]
