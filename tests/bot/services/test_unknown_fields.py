"""B-08, B-09, B-20: leads that lack what a rule asks for go to a named fallback and are counted."""

from __future__ import annotations

from bot.services.unknown_fields import notes_on_leads_of_late
from tests.bot.services.given import policy
from tests.support.office import POLICY, company

RULES = """[{name: 地区不明, when: {province: {exists: false}}, teams: [north]}, \
{name: 北京, when: {province: [北京]}, teams: [north]}, \
{name: 大单, when: {budget: {gte: 10000}}, teams: [east]}, {name: 其余, teams: [east]}]"""
FALLBACK = policy(rules=RULES)


async def test_b09_a_manager_sees_what_leads_lack_and_which_rule_took_them(database_url: str) -> None:
    """状态 tells it of the day's leads, `policy check` of the newest ones under the policy that is checked."""
    async with company(database_url, policy=FALLBACK) as floor:
        for _ in range(3):
            assert (await floor.row(await floor.lead())).rule == "地区不明"
        assert (await floor.row(await floor.lead(province="上海市", budget=20_000))).rule == "大单"
        assert (await floor.row(await floor.lead(province="上海市"))).rule == "其余"
        await floor.lead(is_test=True)

        told = (await floor.says("lijing", "状态"))[0]
        english = (await floor.says("chenmin", "状态"))[0]
        notes = await floor.runner.look(lambda desk: notes_on_leads_of_late(desk, FALLBACK))
        without = await floor.runner.look(lambda desk: notes_on_leads_of_late(desk, POLICY))

        await floor.goes(hours=24)
        next_day = (await floor.says("lijing", "状态"))[0]

    assert "今日线索缺「预算」4 条，按规则：地区不明 3，其余 1" in told
    assert "今日线索缺「省份」3 条，按规则：地区不明 3" in told
    assert "Leads of today without province: 3, by rule: 地区不明 3" in english
    assert notes == (
        "of the last 5 leads 4 had no budget: 3 to «地区不明», 1 to «其余»",
        "of the last 5 leads 3 had no province: 3 to «地区不明»",
    )
    assert without == ("of the last 5 leads 3 had no province: 3 to «其余»",)
    assert "今日线索缺" not in next_day
