"""What changes between two policies, in words."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from routing.policy_diff import diff
from routing.policy_diff_texts import KEYS, SECTIONS
from routing.policy_file import load_policy, policy_schema
from tests.routing.policy_texts import POLICY


def _document(text: str) -> dict[str, object]:
    return dict(load_policy(text).document)


CHANGES = [
    ("teams: {east: {per_day: 15}}", "teams: {east: {per_day: 12}}", ("容量 团队 east 日上限：15 → 12",)),
    ("open: 20", "open: 2500", ("容量 在手上限：20 → 2,500",)),
    ("{within: 10m, remind: [5m, 8m]", "{within: 15m, remind: [5m]",
     ("接单时限 时限：10 分钟 → 15 分钟", "接单时限 提醒：5 分钟、8 分钟 → 5 分钟")),
    ("    acknowledge: {within: 5m, remind: [2m, 4m]}\n", "",
     ("规则「医疗」 接单时限：时限 5 分钟，提醒 2 分钟、4 分钟 → （无）",)),
    ("weight: 60, match: attributes.hospital_level, with: tiers}\n    - {name: 单价, weight: 40",
     "weight: 50, match: attributes.hospital_level, with: tiers}\n    - {name: 单价, weight: 50",
     ("适配指数「医院」 权重：60 → 50", "适配指数「单价」 权重：40 → 50")),
    ("points: 25", "points: 30", ("线索评分「大客户」 分数：25 → 30",)),
    ("{province: [新疆, 青海]}", "{province: [新疆]}",
     ("规则「西北」 条件：省份 属于 新疆、青海 → 省份 属于 新疆",)),
    ("known_customer: {within: 90d}\n", "", ("删除老客户：时限 90 天",)),
    ("any: [{budget: {gte: 50000}}, {trait.score: {gte: 80}}]", "not: {budget: {exists: false}}",
     ("规则「医疗」 条件：行业 是 医疗器械，（预算 ≥ 50,000 或 评分 ≥ 80） → 行业 是 医疗器械，并非（没有预算）",)),
    ("by: fair_fit", "by: round_robin", ("选人方式 方式：公平适配 → 轮流",)),
    ("remind: [2h, 4h]", "remind: [work 2h]", ("跟进 提醒：2 小时、4 小时 → 2 小时（只计上班时间）",)),
    ("{provinces: [新疆, 青海], teams: [west]}", "{provinces: [新疆], teams: [west]}",
     ("地理围栏：省份 新疆、青海，团队 west → 省份 新疆，团队 west",)),
    ("company_listed: true", "company_listed: false",
     ("人工复核「上市公司」 条件：上市公司 是 是 → 上市公司 是 否",)),
]  # fmt: skip


@pytest.mark.parametrize(("written", "instead", "told"), CHANGES)
def test_a_change_is_told_in_words(written: str, instead: str, told: tuple[str, ...]) -> None:
    """A manager confirms what will be different, not a pair of files."""
    assert POLICY.count(written) == 1
    assert diff(_document(POLICY), _document(POLICY.replace(written, instead))) == told


def test_the_same_policy_differs_in_nothing() -> None:
    """Comments, order of keys and white space are no change."""
    assert diff(_document(POLICY), _document("# again\n" + POLICY)) == ()


def test_rules_that_come_go_and_move_are_told() -> None:
    """The first match counts, so the place of a rule is part of what it means."""
    old = "version: 1\nrules:\n  - {name: a, when: {product: x}}\n  - {name: b, when: {product: y}}\n  - {name: rest}\n"
    new = "version: 1\nrules:\n  - {name: b, when: {product: y}}\n  - {name: a, when: {product: x}}\n  - {name: all}\n"
    assert diff(_document(old), _document(new)) == (
        "删除规则「rest」",
        "规则「b」由第 2 条移到第 1 条",
        "新增规则「all」（第 3 条）",
    )


_MEDICAL = "industry is 医疗器械"
ENGLISH = [
    ("teams: {east: {per_day: 15}}", "teams: {east: {per_day: 12}}", ("capacity teams east per_day: 15 → 12",)),
    ("{province: [新疆, 青海]}", "{province: {not: 新疆}}",
     ("rules “西北” when: province is one of 新疆, 青海 → province is not 新疆",)),
    ("any: [{budget: {gte: 50000}}, {trait.score: {gte: 80}}]", "not: {budget: {exists: false}}",
     (f"rules “医疗” when: {_MEDICAL}, (budget ≥ 50,000 or trait.score ≥ 80) → {_MEDICAL}, not (without budget)",)),
    ("known_customer: {within: 90d}\n", "", ("removed known_customer: within 90d",)),
    ("company_listed: true", "company_listed: false",
     ("review “上市公司” when: company_listed is yes → company_listed is no",)),
]  # fmt: skip


@pytest.mark.parametrize(("written", "instead", "told"), ENGLISH)
def test_a_change_is_told_in_english_too(written: str, instead: str, told: tuple[str, ...]) -> None:
    """Whoever reads English is told the same."""
    assert POLICY.count(written) == 1
    assert diff(_document(POLICY), _document(POLICY.replace(written, instead)), "en") == told


def test_rules_that_come_go_and_move_are_told_in_english_too() -> None:
    """The same three lines."""
    old = {"rules": [{"name": "a"}, {"name": "b"}, {"name": "rest"}]}
    new = {"rules": [{"name": "b"}, {"name": "a"}, {"name": "all", "teams": ["east"]}]}
    assert diff(old, new, "en") == (
        "removed rule “rest”", "rule “b” moved from no. 2 to no. 1", "new rule “all” (no. 3): teams east",
    )  # fmt: skip


def test_every_key_of_the_file_has_a_chinese_word() -> None:
    """A manager is told of 领取窗口, not of claim_window; a key that is new to the file needs its word."""
    schema = policy_schema()
    keys = {key for model in schema["$defs"].values() for key in model.get("properties", {})} - schema["$defs"][
        "Condition"
    ]["properties"].keys()
    assert schema["properties"].keys() <= SECTIONS.keys()
    assert keys - KEYS.keys() == set()


def test_every_change_of_the_example_is_told() -> None:
    """Whatever value changes, however deep, something is said; nothing changes in silence."""
    document = _document(POLICY)
    for path in _paths(document):
        changed = copy.deepcopy(document)
        inner: Any = changed
        for step in path[:-1]:
            inner = inner[step]
        del inner[path[-1]]
        for locale in ("zh", "en"):
            assert diff(document, changed, locale), path
            assert diff(changed, document, locale), path


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, below in inner:
        if not (
            step == "name"
            and path[:1] in (("rules",), ("scoring",), ("fit",), ("review",), ("recycle",), ("documents",))
        ):
            yield (*path, step)
        yield from _paths(below, (*path, step))
