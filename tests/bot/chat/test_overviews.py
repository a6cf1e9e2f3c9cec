"""状态, 负荷, 超时, 为什么: what managers and owners ask."""

import pytest

from bot.chat import texts_managers as words
from bot.chat.overviews import in_leads
from bot.services.deadlines import run_due
from tests.support.office import Company


async def test_status_counts_what_waits_and_who_is_there(company: Company) -> None:
    """The whole in a few lines."""
    await company.lead()
    await company.says("lisi", "下线")
    text = (await company.says("lijing", "状态"))[0]
    assert words.STATUS_HEAD.zh.format(policy=1, roster=1) in text
    assert words.STATUS_WAITING.zh.format(offered=1, pooled=0, review=0) in text
    assert words.STATUS_PEOPLE.zh.format(on=3, all=4, full=0) in text
    assert words.STATUS_TODAY.zh.format(today=1) in text


async def test_load_lists_the_reps_of_the_managers_teams(small: Company) -> None:
    """The fullest first, each with duty and deficit; nobody of other teams."""
    await small.owned("zhangsan")
    await small.says("lisi", "下线")
    lines = (await small.says("lijing", "负荷"))[0].split("\n")
    assert len(lines) == 5
    assert lines[1].startswith("张三：1/20")
    assert any(line.startswith("李四") and line.endswith("已下线") for line in lines)
    assert "赵六" in (await small.says("root.admin", "负荷"))[0]
    assert "张三" not in (await small.says("chenmin", "load"))[0]


@pytest.mark.parametrize(
    ("millionths", "shown"),
    [
        (0, "0.0"), (-1, "0.0"), (1, "0.0"), (-49_999, "0.0"), (49_999, "0.0"), (-60_000, "-0.1"), (60_000, "+0.1"),
        (1_500_000, "+1.5"), (-2_040_000, "-2.0"),
    ],
)  # fmt: skip
def test_a_deficit_that_rounds_to_nothing_has_no_sign(millionths: int, shown: str) -> None:
    """Nobody owes or is owed -0.0 leads."""
    assert in_leads(millionths) == shown


async def test_load_shows_no_sign_where_nothing_is_owed(small: Company) -> None:
    """Before the first lead everybody stands at 0.0."""
    assert "，0.0，" in (await small.says("lijing", "负荷"))[0]


async def test_overdue_lists_what_is_past_its_time(company: Company) -> None:
    """Offers that had to be reminded, leads that wait for a manager, owners who have not called."""
    assert await company.says("lijing", "超时") == [words.OVERDUE_NONE.zh]
    late = await company.owned("zhangsan")
    company.later(hours=25)
    reminded = await company.offered("lisi")
    waits = await company.owned("zhangsan")
    await company.says("lijing", f"撤回 L{waits}")
    await company.says("lijing", "确认")
    company.later(minutes=6)
    await company.do(lambda desk: run_due(desk, limit=100))
    text = (await company.says("lijing", "超时"))[0]
    for lead_id in (late, reminded, waits):
        assert f"L{lead_id}" in text
    other = (await company.says("chenmin", "overdue"))[0]
    assert other == words.OVERDUE_NONE.en


async def test_why_names_rule_candidates_and_reasons(company: Company) -> None:
    """From the stored decision, to the owner, whoever is asked, and managers."""
    await company.says("lisi", "下线")
    lead_id = await company.lead()
    offer = await company.running(lead_id)
    assert offer is not None
    asked = (await company.says(offer.rep_id, f"为什么 L{lead_id}" if offer.rep_id != "smith" else f"why L{lead_id}"))[
        0
    ]
    told = (await company.says("lijing", f"为什么 L{lead_id}"))[0]
    for text in (asked, told):
        assert "其余" in text
        assert "赵六" in text
        assert len(text.encode()) <= 2048
    assert words.WHY_NOT.zh.format(name="李四", reason="已下线") in told
    assert await company.says("zhaoliu", f"为什么 L{lead_id}") == [words.WHY_PRIVATE.say("zh", lead=f"L{lead_id}")]


async def test_why_says_who_picked_by_hand_and_when_nobody_could(small: Company) -> None:
    """A manager's word is named; so is the reason why a lead waits."""
    lead_id = await small.offered("zhangsan")
    await small.says("lijing", f"派单 L{lead_id} 李四")
    assert words.WHY_NO_RULE.zh.format(why="李静指定") in (await small.says("lisi", f"为什么 L{lead_id}"))[0]
    await small.says("zhaoliu", "下线")
    pooled = await small.lead(province="北京市")
    text = (await small.says("chenmin", f"why L{pooled}"))[0]
    assert words.WHY_NOBODY.en.format(why="nobody is on duty") in text


async def test_why_of_an_owned_lead_is_the_decision_that_made_the_owner(small: Company) -> None:
    """Not one that came to nothing afterwards."""
    lead_id = await small.lead()
    offer = await small.running(lead_id)
    assert offer is not None
    await small.says(offer.rep_id, f"接单 L{lead_id}" if offer.rep_id != "smith" else f"accept L{lead_id}")
    other = "zhangsan" if offer.rep_id != "zhangsan" else "lisi"
    await small.says("lijing", f"改派 L{lead_id} {other}")
    await small.says("lijing", "确认")
    await small.says("lijing", "撤销")
    assert "其余" in (await small.says("lijing", f"为什么 L{lead_id}"))[0]


@pytest.mark.parametrize("text", ["为什么", "为什么 L", "为什么 L5"])
async def test_why_without_a_lead_is_asked_back(small: Company, text: str) -> None:
    """In one sentence."""
    assert len(await small.says("zhangsan", text)) == 1
