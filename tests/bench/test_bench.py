"""The benchmark measures what it says it measures, and says which of its targets applied."""

from pathlib import Path
from typing import Any

import pytest

from bench.__main__ import one_run
from bench.cost import REPS, RULES, draw, sizes
from bench.deciding import questions
from bench.verdicts import refuse_other_work, verdicts
from bench.wide_scenario import DIMENSIONS, wide_policy_file
from routing.eligibility import matching_rule
from routing.policy_file import load_policy

_SEEN = {"statuses": {"202": 10}}


@pytest.mark.parametrize("kind", ["service", "floor"])
def test_a_long_run_goes_on_offering(kind: str) -> None:
    """Thirty cards for each rep, and still every lead is offered, none pooled; and cards do not pile up meanwhile."""
    seen = one_run(kind, 16, 1_200, reps=50, rules=10)

    assert seen["statuses"] == {"202": 1_200}
    assert seen["states"] == {"offered": 1_500}
    assert 0 < seen["most_cards_waiting"] < 1_000


@pytest.mark.parametrize(
    ("seen", "stored", "named"),
    [
        (_SEEN, {"offered": 9, "pooled": 1}, "'pooled': 1"),
        (_SEEN, {"offered": 9}, "'offered': 9"),
        (_SEEN, {}, "{}"),
        ({"statuses": {"202": 9, "503": 1}}, {"offered": 10}, "503"),
    ],
)
def test_a_run_that_did_other_work_gives_no_figure(seen: dict[str, Any], stored: dict[str, int], named: str) -> None:
    """Pooling, refusing and losing are all quicker than deciding."""
    with pytest.raises(RuntimeError, match=r"^service: ") as raised:
        refuse_other_work("service", seen, stored, 10)
    assert named in str(raised.value)

    refuse_other_work("service", _SEEN, {"offered": 10}, 10)


def figures(
    floor: int, service: int, p50_us: float = 290.0, p99_us: float = 900.0, batch: float = 0.9
) -> list[dict[str, Any]]:
    """Give the verdicts on figures."""
    intake = [
        {"clients": 1, "floor_per_second": 1, "leads_per_second": 1, "ratio": 1.0},
        {"clients": 64, "floor_per_second": floor, "leads_per_second": service, "ratio": service / floor},
    ]
    sizes = ((10, 200, 1), (1000, 200, 1), (10_000, 200, 5), (1000, 1, 1))
    decided = [{"reps": reps, "rules": rules, "decide_p50_us": p50_us, "decide_p99_us": p99_us * times}
               for reps, rules, times in sizes]  # fmt: skip
    return verdicts(intake, decided, [{"leads": 1000, "reps": 200, "cap": 5, "seconds": batch}])


@pytest.mark.parametrize(
    ("floor", "service", "applied", "met"),
    [
        (2999, 1499, False, None),
        (2999, 2999, False, None),
        (3000, 1499, True, False),
        (3000, 1500, True, True),
        (9000, 1500, True, True),
    ],
)
def test_the_absolute_target_holds_only_where_the_floor_is_fast(
    floor: int, service: int, applied: bool, met: bool | None
) -> None:
    """On a slow machine 1,500 leads a second are out of reach for the floor itself; the table says so."""
    verdict = figures(floor, service)[1]

    assert (verdict["applied"], verdict["met"]) == (applied, met)
    assert f"{floor}/s" in verdict["why"]


def test_the_other_targets_always_hold() -> None:
    """Half of the floor; 0.3 and 1 ms for a decision among a thousand reps, 5 ms among ten thousand; a second for a batch."""
    assert [one["met"] for one in figures(1000, 500, 299.0, 999.0, 0.999)] == [True, None, *[True] * 4]
    assert [one["met"] for one in figures(1000, 499, 300.0, 1000.0, 1.0)] == [False, None, *[False] * 4]


def test_b10_the_wide_policy_looks_at_24_dimensions_and_every_rule_is_met() -> None:
    """A bench whose rules nobody reaches would measure nothing; B-10 wants 24 dimensions in 200 rules."""
    policy = load_policy(wide_policy_file(200)).policy
    read = frozenset().union(*(rule.when.fields for rule in policy.rules if rule.when is not None))
    assert read == frozenset(DIMENSIONS)
    assert len(DIMENSIONS) == 24
    met = {matching_rule(policy, facts) for facts in questions(300, 200)}
    assert len(met) > 20


def test_the_cost_of_deciding_is_drawn_over_reps_and_over_rules(tmp_path: Path) -> None:
    """Each drawing takes the sizes in which the other number stays as usual."""
    found = [
        {"reps": reps, "rules": rules, "decide_p50_us": 100.0, "decide_p99_us": 1_000.0} for reps, rules in sizes()
    ]
    for path, points in zip(draw(found, tmp_path, "run"), (len(REPS), len(RULES) + 1), strict=True):
        drawn = path.read_text(encoding="utf-8")
        assert drawn.count("<polyline") == 2
        assert drawn.split('points="')[1].split('"')[0].count(",") == points
