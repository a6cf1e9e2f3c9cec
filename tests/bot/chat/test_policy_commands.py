"""B-14: a manager changes a limit in the chat: checked, tried, confirmed, in force at once, and taken back exactly."""

from datetime import timedelta

import pytest

from bot.chat import texts_policy as words
from bot.chat.policy_words import Wanted, read_change
from bot.messaging import ConfirmCard
from bot.services.publish import publish_policy
from routing.policy_change import Figure
from store import versions
from store.versions import StoredPolicy
from tests.support import office
from tests.support.office import POLICY, Company

LIMITED = POLICY.replace(
    "capacity: {open: 20, per_day: 50}", "# 每天\ncapacity: {open: 20, per_day: 50, teams: {east: {per_day: 1}}}"
)
ONE_REP = """
teams:
  - {id: east, name: 华东, managers: [lijing], timezone: Asia/Shanghai}
  - {id: north, name: 华北, managers: [chenmin], timezone: Asia/Shanghai}
admins: [root.admin]
reps:
  - {id: zhangsan, name: 张三, team: east}
  - {id: zhaoliu, name: 赵六, team: north}
  - {id: lijing, name: 李静, team: east, role: manager}
  - {id: chenmin, name: 陈敏, team: north, role: manager, locale: en}
"""


async def _policy(company: Company) -> StoredPolicy:
    def newest(connection: object) -> StoredPolicy:
        return versions.policies(connection, limit=1)[0]  # type: ignore[arg-type]

    return await company.runner.look(lambda desk: newest(desk.tx.connection))


async def test_b14_a_limit_is_changed_in_the_chat_and_the_next_lead_goes_by_it(database_url: str) -> None:
    """B-14: 华东 日上限 1→2 is validated, previewed, versioned, live within one tick; 回滚 restores the very text."""
    async with office.company(database_url, team=ONE_REP, policy=LIMITED) as company:
        first = await company.owned("zhangsan")
        waits = await company.lead()
        assert [(await company.row(lead)).state for lead in (first, waits)] == ["owned", "pooled"]
        company.later(minutes=30)
        (preview,) = await company.says("lijing", "预览 华东 日上限 1→2")
        assert "日上限：1 → 2" in preview
        assert "按最近 2 次派单试算：1 条线索会由别人接" in preview, preview
        assert (await _policy(company)).version == 1
        assert (await company.row(waits)).state == "pooled"
        assert await company.says("lijing", "发布 旺季到了") == ["ConfirmCard"]
        asked = company.messenger.shown[-1].message
        assert isinstance(asked, ConfirmCard)
        assert any("1 → 2" in line for line in asked.lines)
        assert (await _policy(company)).version == 1
        shown = await company.taps("lijing", f"1:confirm:{asked.confirm_id}:0")
        assert words.PUBLISHED.zh.format(version=2) in company.texts(shown, "lijing")
        stored = await _policy(company)
        assert (stored.version, stored.author, stored.reason) == (2, "lijing", "旺季到了")
        assert stored.source_text == LIMITED.replace("{east: {per_day: 1}}", "{east: {per_day: 2}}")
        await company.ticks()
        assert (await company.row(waits)).state == "offered"
        await company.says("lijing", "回滚 上一版")
        assert await company.says("lijing", "确认") == [words.ROLLED_BACK.zh.format(back=1, version=3)]
        assert (await _policy(company)).source_text == LIMITED
        await company.sound()


async def test_b14_what_can_not_be_is_said_and_changes_nothing(small: Company) -> None:
    """B-14: validated before it is published; a manager changes the own teams only, admins all."""
    for user, text, answer in (
        ("lijing", "预览 华东 日上限 0", "这样改不行"),
        ("lijing", "预览 西部 日上限 5", "没有叫「西部」的团队"),
        ("lijing", "预览 华北 日上限 5", words.NOT_YOURS.zh),
        ("lijing", "预览 日上限 5", words.NOT_YOURS.zh),
        ("root.admin", "预览 日上限 50", words.SAME.zh),
        ("root.admin", "预览 日上限 40→60", words.WAS_OTHER.zh.format(now="50", was="40")),
        ("root.admin", "预览 华东 恢复线 5", "只能全公司一起设"),
        ("root.admin", "预览 来源渠道 权重 20", "适配里没有「来源渠道」"),
        ("lijing", "预览 华东", "请这样写"),
        ("lijing", "预览", "请这样写"),
        ("lijing", "发布", words.NO_DRAFT.zh),
        ("lijing", "回滚", words.NOT_YOUR_VERSION.zh),
        ("root.admin", "回滚", words.NO_EARLIER.zh),
        ("root.admin", "回滚 9", words.NO_VERSION.zh.format(version=9)),
        ("root.admin", "回滚 v1", words.SAME.zh),
        ("zhangsan", "预览 华东 日上限 5", "只有主管能用"),
    ):
        (said,) = await small.says(user, text)
        assert answer in said, text
    assert (await _policy(small)).version == 1


async def test_b14_a_change_for_another_version_is_previewed_again(company: Company) -> None:
    """What was previewed on one policy is not published over another; the question lapses like any."""
    await company.says("lijing", "预览 华东日上限10")
    await company.says("lijing", "发布")
    await company.do(lambda desk: publish_policy(desk, LIMITED, author="root.admin", reason="t"))
    assert await company.says("lijing", "确认") == [words.MOVED.zh.format(version=2)]
    assert await company.says("lijing", "发布") == [words.MOVED.zh.format(version=2)]
    await company.says("lijing", "预览 华东日上限10")
    await company.says("lijing", "发布")
    company.later(minutes=5, seconds=1)
    assert "已超过 5 分钟" in (await company.says("lijing", "确认"))[0]
    assert (await _policy(company)).version == 2


async def test_b14_a_published_change_is_undone_while_nobody_has_changed_more(company: Company) -> None:
    """撤销 takes the last command back: the very text of before is in force, once."""
    await company.says("lijing", "预览 华东 在手上限 5")
    await company.says("lijing", "发布 试试")
    await company.says("lijing", "确认")
    assert "open: 5" in (await _policy(company)).source_text
    assert await company.says("lijing", "撤销") == [words.ROLLED_BACK.zh.format(back=1, version=3)]
    assert (await _policy(company)).source_text == POLICY
    assert await company.says("lijing", "撤销") == ["没有可以撤销的命令。"]
    (rules,) = await company.says("lijing", "规则")
    assert rules.splitlines()[0].startswith("规则第 3 版，李静于") or "李静" in rules.splitlines()[0]
    assert "1. 华北：华北" in rules


async def test_b14_warnings_want_a_reason(small: Company) -> None:
    """A change that makes something doubtful is published with a reason only."""
    doubtful = (
        POLICY.replace("reasons: [空号]", "reasons: [空号]")
        + "documents: [{name: 旧, file: a.pdf, version: '1', in_force: 2020-01-01..2020-12-31}]\n"
    )
    doubtful = doubtful.replace("{name: 其余, teams: [east]}", "{name: 其余, teams: [east], documents: [旧]}")
    await small.do(lambda desk: publish_policy(desk, doubtful, author="root.admin", reason="t"))
    (preview,) = await small.says("lijing", "预览 华东 日上限 9")
    assert "⚠️" in preview
    (said,) = await small.says("lijing", "发布")
    assert said.endswith(words.REASON_WANTED.zh)
    assert await small.says("lijing", "发布 知道了") == ["ConfirmCard"]


async def test_b04_a_channel_weighs_thirty_per_cent_more_in_a_new_version(small: Company) -> None:
    """B-04: 来源渠道权重提高30%: 15 to 19.5, the others scaled to keep 100, a version with author and reason."""
    factors = """fit:
  factors:
    - {name: 医院等级, weight: 30, match: attributes.hospital_level, with: tiers}
    - {name: 产品单价, weight: 25, rate: win_rate, by: channel}
    - {name: 完成度, weight: 20, rep: attainment}
    - {name: 来源渠道, weight: 15, rate: win_rate, by: channel}
    - {name: 语言, weight: 10, match: language, with: languages}
"""
    await small.do(lambda desk: publish_policy(desk, POLICY + factors, author="root.admin", reason="t"))
    assert await small.says("lijing", "预览 来源渠道权重提高30%") == [words.NOT_YOURS.zh]
    (preview,) = await small.says("root.admin", "预览 来源渠道权重提高30%")
    assert "15 → 19.5" in preview
    await small.says("root.admin", "发布 官网带来的成交多")
    await small.says("root.admin", "确认")
    stored = await _policy(small)
    assert (stored.version, stored.author, stored.reason) == (3, "root.admin", "官网带来的成交多")
    written = [
        line.partition("weight: ")[2].partition(",")[0] for line in stored.source_text.splitlines() if "weight" in line
    ]
    assert written == ["28.42", "23.67", "18.94", "19.5", "9.47"]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("华东 日上限 10", Wanted(Figure.PER_DAY, "华东", 1_000)),
        ("华东日上限8→10", Wanted(Figure.PER_DAY, "华东", 1_000, 800)),
        ("华东 日上限 从 8 改为 10", Wanted(Figure.PER_DAY, "华东", 1_000, 800)),
        ("east daily cap 8 -> 10", Wanted(Figure.PER_DAY, "east", 1_000, 800)),
        ("全部 在手上限 ２０", Wanted(Figure.OPEN, None, 2_000)),
        ("恢复线 16", Wanted(Figure.RESUME_AT, None, 1_600)),
        ("来源渠道的权重 19.5", Wanted(Figure.WEIGHT, "来源渠道", 1_950)),
        ("来源渠道权重降低 12.5%", Wanted(Figure.WEIGHT, "来源渠道", -1_250, relative=True)),
        ("来源渠道 权重 +30%", Wanted(Figure.WEIGHT, "来源渠道", 3_000, relative=True)),
        ("华东 日上限 2.5", None),
        ("华东 日上限 +2", None),
        ("华东 日上限 很多", None),
        ("华东 10", None),
        ("", None),
    ],
)  # fmt: skip
def test_b14_a_change_is_read_however_it_is_written(typed: str, read: Wanted | None) -> None:
    """With or without blanks and the old value, in both languages; what says no number is asked back."""
    assert read_change(typed) == read


async def test_b14_a_preview_is_answered_in_time_and_says_what_it_looked_at(small: Company) -> None:
    """Semantics 56: commands are answered within 2 s, so the chat looks at the newest decisions only."""
    for _ in range(6):
        await small.lead()
        small.clock.moment += timedelta(minutes=1)
    (preview,) = await small.says("root.admin", "preview 华东 daily cap 49")
    assert words.EFFECT_NONE.zh.format(decisions=6) in preview
