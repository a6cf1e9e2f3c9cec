"""B-04, B-14: a limit or a weight is changed by a word; weights go on summing to 100."""

import random

import pytest

from routing.policy import Factor, FactorKind
from routing.policy_change import Figure, PolicyChange, changed_policy, weights_after
from routing.policy_file import load_policy

FACTORS = """version: 1
rules: [{name: 其余}]
fit:
  factors:  # 适配
    - {name: 医院等级, weight: 30, match: attributes.hospital_level, with: tiers}
    - {name: 产品单价, weight: 25, rate: win_rate, by: channel}
    - {name: 完成度, weight: 20, rep: attainment}
    - {name: 来源渠道, weight: 15, rate: win_rate, by: channel}
    - {name: 语言, weight: 10, match: language, with: languages}
"""


def test_b04_the_channel_weighs_thirty_per_cent_more_and_the_others_make_room() -> None:
    """B-04: 15 x 1.3 = 19.5; the others keep their proportions in what is left, 80.5, and all sum to 100."""
    after = changed_policy(FACTORS, PolicyChange(Figure.WEIGHT, "来源渠道", 1_950))
    assert [factor.weight for factor in load_policy(after).policy.factors] == [2842, 2367, 1894, 1950, 947]
    assert after.replace("28.42", "30").replace("23.67", "25").replace("18.94", "20").replace("19.5", "15").replace(
        "9.47", "10"
    ) == FACTORS  # fmt: skip


def test_b04_weights_sum_to_a_hundred_whatever_is_changed() -> None:
    """B-04: any weights, any change; the one that was asked for is met to the hundredth."""
    draw = random.Random(4)
    for _ in range(300):
        cuts = sorted(draw.sample(range(10_001), draw.randint(0, 6)))
        weights = [high - low for low, high in zip([0, *cuts], [*cuts, 10_000], strict=True)]
        factors = tuple(Factor(str(place), weight, FactorKind.REP) for place, weight in enumerate(weights))
        at, wanted = draw.randrange(len(weights)), draw.randrange(10_001)
        after = weights_after(factors, str(at), wanted)
        assert sum(after) == 10_000
        assert min(after) >= 0
        if any(weight for place, weight in enumerate(weights) if place != at):
            assert after[at] == wanted
    with pytest.raises(KeyError):
        weights_after((), "x", 1)


def test_b14_a_limit_is_changed_for_a_team_or_for_all() -> None:
    """B-14: 华东 日上限 8→10; what was not limited is limited from then on."""
    text = "version: 1\nrules: [{name: 其余}]\ncapacity: {open: 20, teams: {east: {per_day: 8}}}\n"
    raised = changed_policy(text, PolicyChange(Figure.PER_DAY, "east", 10))
    assert raised == text.replace("8}", "10}")
    assert changed_policy(raised, PolicyChange(Figure.PER_DAY, "east", 8)) == text
    assert load_policy(changed_policy(text, PolicyChange(Figure.PER_DAY, None, 40))).policy.capacity.per_day == 40
    assert (
        load_policy(changed_policy(text, PolicyChange(Figure.OPEN, "west", 5))).policy.capacity.teams["west"].open == 5
    )
