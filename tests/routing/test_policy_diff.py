"""What changes between two policies, in words."""

import pytest

from routing.policy_diff import diff
from routing.policy_file import load_policy
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
     ('规则「西北」 条件：{"province": ["新疆", "青海"]} → {"province": ["新疆"]}',)),
    ("known_customer: {within: 90d}\n", "", ("删除老客户：时限 90 天",)),
    ("company_listed: true", "company_listed: false",
     ('人工复核「上市公司」 条件：{"company_listed": true} → {"company_listed": false}',)),
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
