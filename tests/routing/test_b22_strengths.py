"""B-22: a rep who does better on Thursday afternoons gets more of the leads that come then, by a shrunk amount."""

from __future__ import annotations

import numpy as np
import pytest

from routing.decide import decide
from routing.fit import fit, total
from routing.policy import MILLION, Choose, Policy
from routing.policy_file import load_policy
from routing.reps_table import RepsTable, reps_table
from routing.standing import SegmentRates, Standing
from tests.routing.given import question, reps, roster

POLICY = """\
version: 1
rules: [{name: 其余}]
fit:
  factors:
    - {name: 时段, weight: 5, rate: win_rate, by: trait.week_slot}
    - {name: 当月完成度, weight: 95, rep: attainment}
choose: {by: fair_fit, explore: 0%}
"""
THURSDAY, MONDAY = "周四下午", "周一上午"
OTHERS = 11


def floor_of(closed: int) -> tuple[Policy, RepsTable, Standing]:
    """Give twelve reps; the first closed so many on Thursday afternoons, winning 30 %, everybody else's and his rest 12 %."""
    policy = load_policy(POLICY, version=1, secret=b"secret of the strengths").policy
    table = reps_table(policy, roster(*reps(OTHERS + 1)))
    standing = Standing.empty(table)
    standing.attainment[:] = MILLION // 2
    standing.segments = {
        f"trait.week_slot={slot}": _rates(wins, of) for slot, wins, of in (
            (THURSDAY, round(closed * 0.3), closed), (MONDAY, round((400 - closed) * 0.12), 400 - closed),
        )
    }  # fmt: skip
    return policy, table, standing


def _rates(wins: int, closed: int) -> SegmentRates:
    """The company without this rep won 1,200 of 10,000."""
    everybody = np.full(OTHERS + 1, 100), np.full(OTHERS + 1, 833)
    everybody[0][0], everybody[1][0] = wins, closed
    return SegmentRates(*everybody, 1_200, 10_000)


def tilt(closed: int) -> float:
    """Give by how many points the first rep's fit is above the others' on a Thursday afternoon."""
    policy, table, standing = floor_of(closed)
    fits = total(fit(policy, table, standing, {"trait.week_slot": THURSDAY}, np.arange(len(table))))
    return int(fits[0] - fits[1]) / MILLION


def test_b22_the_fit_rises_on_the_days_of_strength_and_not_on_others() -> None:
    """With 80 of 400 the rate is (24 + 1.2) / 90 = 28 %, over twice the company's 12 %: the factor's full hundred points."""
    policy, table, standing = floor_of(80)
    everybody = np.arange(len(table))
    thursday, monday = (
        total(fit(policy, table, standing, {"trait.week_slot": slot}, everybody)) for slot in (THURSDAY, MONDAY)
    )
    assert thursday[0] > thursday[1:].max() + 2 * MILLION
    assert abs(int(monday[0] - monday[1])) < MILLION // 10


@pytest.mark.parametrize(("closed", "least", "most"), [(0, -0.01, 0.01), (5, 0.5, 2.0), (20, 1.5, 2.5), (80, 2.4, 2.6)])
def test_b22_few_leads_tilt_little(closed: int, least: float, most: float) -> None:
    """Ten leads at the company's rate stand before the rep's own: two wins of five are worth less than two points."""
    assert least <= tilt(closed) <= most


def test_b22_the_tilt_stays_inside_the_fairness_bound() -> None:
    """More of those leads, and no more leads in all: what the rep gains on Thursdays the others gain on other days."""
    policy, table, standing = floor_of(80)
    got = {THURSDAY: np.zeros(len(table)), MONDAY: np.zeros(len(table))}
    for no in range(1, 1_201):
        slot = THURSDAY if no % 4 == 0 else MONDAY
        decision = decide(policy, table, standing, question(no, {"trait.week_slot": slot}))
        standing.apply(decision)
        got[slot][decision.chosen] += 1
        assert int(np.abs(standing.deficit).max()) < 3 * MILLION
    assert got[THURSDAY][0] > 1.5 * got[THURSDAY][1:].mean()
    assert abs(got[THURSDAY][0] + got[MONDAY][0] - 100) < 3
    assert policy.choose == Choose(explore=0)
