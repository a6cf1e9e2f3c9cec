"""为什么不是我: what a rep reads on the phone, and what managers read about a rep."""

from collections.abc import AsyncIterator

import pytest

from bot.chat import texts
from bot.chat import texts_why_not as words
from bot.chat.command_words import Verb
from tests.support import office
from tests.support.office import Company

TEAM = """
teams:
  - {id: east, name: 华东, managers: [lijing], timezone: Asia/Shanghai}
  - {id: north, name: 华北, managers: [chenmin], timezone: Asia/Shanghai}
admins: [root.admin]
reps:
  - {id: a, name: 安一, team: east, tiers: {三甲: 75}, skills: {医疗: 2}, capacity: {open: 1}}
  - {id: b, name: 白二, team: east, tiers: {三甲: 68}, skills: {医疗: 1}}
  - {id: c, name: Carl, team: east, tiers: {三甲: 10}, locale: en}
  - {id: d, name: 丁四, team: north}
  - {id: lijing, name: 李静, team: east, role: manager}
  - {id: chenmin, name: 陈敏, team: north, role: manager}
"""
POLICY = """
version: 1
timezone: Asia/Shanghai
scoring: {base: 50, grades: {A: 80, B: 60, C: 40, D: 0}}
rules:
  - {name: 医疗, when: {industry: 医疗}, teams: [east], require: {skills: {医疗: 2}}}
  - {name: 华北, when: {province: [北京]}, teams: [north]}
  - {name: 其余, teams: [east]}
fit: {factors: [{name: 等级, weight: 100, match: attributes.hospital_level, with: tiers}]}
choose: {by: fair_fit, fairness_slack: 1, explore: 0%, share: equal}
capacity: {open: 2, resume_at: 1, per_day: 50}
acknowledge: {within: 10m, rounds: 3, clock: always}
"""
TOP = {"attributes": {"hospital_level": "三甲"}}


@pytest.fixture
async def clinic(sqlite_url: str) -> AsyncIterator[Company]:
    """Give a company in which fits and demands decide."""
    async with office.company(sqlite_url, team=TEAM, policy=POLICY) as opened:
        yield opened
        await opened.sound()


@pytest.fixture
async def either(database_url: str) -> AsyncIterator[Company]:
    """Give the same on each engine in turn."""
    async with office.company(database_url, team=TEAM, policy=POLICY) as opened:
        yield opened
        await opened.sound()


async def _asked(company: Company, who: str, text: str) -> list[str]:
    answer = await company.says(who, text)
    assert len(answer) == 1
    assert len(answer[0].encode()) <= 600, "more than a phone shows at once"
    return answer[0].splitlines()


async def test_a_rep_with_less_fit_reads_how_much_was_missing(either: Company) -> None:
    """Both numbers, the smallest change, and that it was tried; the other's name is not told."""
    clinic = either
    lead = await clinic.lead(**TOP)
    assert (await clinic.running(lead)).rep_id == "a"  # type: ignore[union-attr]
    assert await _asked(clinic, "b", f"为什么不是我 L{lead}") == [
        f"L{lead} 为什么不是您",
        "按规则「其余」派给了别人。",
        "您：适配 68.0 分，欠派 0 条",
        "派到的人：适配 75.0 分，欠派 0 条",
        "→ 如果适配高 7.2 分（68.0 → 75.2），就会派给您。",
        "或者：欠派多 1.01 条（0 → +1.01）。",
        "（已按当时的记录重新派一遍核对）",
    ]


async def test_a_manager_asks_about_a_rep_by_name(clinic: Company) -> None:
    """In either order, and is told who got it; another team's manager and a rep who names somebody are refused."""
    lead = await clinic.lead(**TOP)
    for text in (f"为什么不是 白二 L{lead}", f"为什么不是 L{lead} baier", f"why not b L{lead}"):
        lines = await _asked(clinic, "lijing", text)
        assert lines[:2] == [f"L{lead} 为什么不是白二", "按规则「其余」派给了安一。"]
        assert lines[4] == "→ 如果适配高 7.2 分（68.0 → 75.2），就会派给白二。"
    assert "L" in (await _asked(clinic, "chenmin", f"为什么不是 丁四 L{lead}"))[0]
    assert (await _asked(clinic, "b", f"为什么不是 安一 L{lead}"))[0].startswith("「为什么不是」只有主管能用")


async def test_who_was_full_reads_how_many_less(clinic: Company) -> None:
    """1 of 1 in hand, none would have done; the numbers are those of that moment, whatever happened since."""
    first = await clinic.lead(**TOP)
    await clinic.says("a", f"接单 L{first}")
    lead = await clinic.lead(**TOP)
    lines = await _asked(clinic, "a", f"为什么不是我 L{lead}")
    assert lines[2:4] == ["原因：在手线索已满（1/1）", "→ 如果在手少 1 条（1 → 0），就会派给您。"]
    await clinic.says("a", f"无效 L{first} 空号")
    assert await _asked(clinic, "a", f"为什么不是我 L{lead}") == lines


async def test_a_demand_and_an_absence_are_named(clinic: Company) -> None:
    """The skill that was missing, and where the rep was away besides, both."""
    await clinic.says("b", "下线")
    lead = await clinic.lead(industry="医疗", **TOP)
    lines = await _asked(clinic, "b", f"为什么不是我 L{lead}")
    assert lines[2] == "原因：技能不足：医疗 1 < 2"
    assert lines[3] == "→ " + words.NONE.zh.format(who="您").removeprefix("→ ")
    await clinic.says("a", "下线")
    await clinic.says("c", "下线")
    lead = await clinic.lead(industry="医疗", **TOP)
    lines = await _asked(clinic, "b", f"为什么不是我 L{lead}")
    assert lines[1] == "规则「医疗」当时没有人可接：没有人在岗。"
    assert lines[3] == "→ 只改一项都不够；如果技能「医疗」到 2 级（当时 1 级），而且当时已上线，就会派给您。"


async def test_who_had_it_before_is_reminded_of_it(clinic: Company) -> None:
    """A time-out is named with its round; whoever has it now is told so."""
    lead = await clinic.lead(**TOP)
    await clinic.goes(minutes=11)
    assert (await clinic.running(lead)).rep_id == "b"  # type: ignore[union-attr]
    lines = await _asked(clinic, "a", f"为什么不是我 L{lead}")
    assert lines[2] == "原因：第 1 轮派过您，超时未接"
    assert lines[3] == "→ 如果这条之前没有派过，就会派给您。"
    assert await _asked(clinic, "b", f"为什么不是我 L{lead}") == [f"L{lead} 就是派给您的。"]


async def test_a_rep_of_another_team_is_told_the_rule_and_no_more(clinic: Company) -> None:
    """No numbers and no names; its manager's manager of leads gets the whole answer."""
    lead = await clinic.lead(**TOP)
    assert await _asked(clinic, "d", f"为什么不是我 L{lead}") == [
        f"L{lead} 按规则「其余」只派给华东，您在华北，不在候选之内。"
    ]
    lines = await _asked(clinic, "root.admin", f"为什么不是 丁四 L{lead}")
    assert "属于华东团队" in "".join(lines)


async def test_what_a_manager_picked_has_no_smallest_change(clinic: Company) -> None:
    """The truth is one line: somebody decided."""
    lead = await clinic.lead(**TOP)
    await clinic.says("lijing", f"派单 L{lead} 白二")
    assert await _asked(clinic, "c", f"why not me L{lead}") == [
        f"L{lead}: why not you",
        "A manager picked somebody, by no rule.",
    ]


async def test_who_is_level_reads_that_hardly_anything_was_missing(clinic: Company) -> None:
    """Both numbers read the same: a draw or a millionth decided, and the smallest step would have."""
    lead = await clinic.lead()
    offer = await clinic.running(lead)
    assert offer is not None
    loser = next(rep for rep in ("a", "b") if rep != offer.rep_id)
    lines = await _asked(clinic, loser, f"为什么不是我 L{lead}")
    assert lines[2:5] == [
        "您：适配 50.0 分，欠派 0 条",
        "派到的人：适配 50.0 分，欠派 0 条",
        words.LEVEL.zh,
    ]
    assert "欠派多 0.01 条（0 → +0.01）" in lines[5]


async def test_in_english_it_reads_as_well(clinic: Company) -> None:
    """Whoever reads English gets the same."""
    lead = await clinic.lead(**TOP)
    lines = await _asked(clinic, "c", f"why not me L{lead}")
    assert lines[4] == "→ If the fit had been 65.2 higher (10.0 → 75.2), it would have gone to you."


@pytest.mark.parametrize("text", ["为什么不是我", "为什么不是我 L", "why not me"])
async def test_without_a_lead_it_is_asked_back(clinic: Company, text: str) -> None:
    """The answer says how the command is written, in the language of whoever asks."""
    for person, locale in (("b", "zh"), ("c", "en"), ("root.admin", "zh")):
        usage = texts.USAGE.say(locale, usage=texts.HOW[Verb.WHY_NOT].say(locale))
        assert await _asked(clinic, person, text) == [usage]


async def test_of_a_lead_that_is_not_there_it_is_said(clinic: Company) -> None:
    """A rep asks about himself, a manager has to name somebody."""
    assert await _asked(clinic, "b", "为什么不是 L999999") == [texts.NO_SUCH_LEAD.zh.format(lead="L999999")]
    usage = texts.USAGE.zh.format(usage=texts.HOW[Verb.WHY_NOT].zh)
    assert await _asked(clinic, "root.admin", "为什么不是 L999999") == [usage]


async def test_who_takes_no_leads_is_told_how_to_ask(clinic: Company) -> None:
    """A manager's 为什么不是我 is about nobody."""
    lead = await clinic.lead(**TOP)
    usage = texts.USAGE.zh.format(usage=texts.HOW[next(verb for verb in texts.HOW if verb == "why_not")].zh)
    assert await _asked(clinic, "lijing", f"为什么不是我 L{lead}") == [usage]
