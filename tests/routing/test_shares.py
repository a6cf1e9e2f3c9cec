from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from routing.policy import MILLION, Choose, Policy, ShareFrom
from routing.reps_table import RepsTable, reps_table
from routing.roster import Rep
from routing.shares import split, turn_weights
from routing.standing import Standing
from tests.routing.given import policy, roster

WIN_RATE = Choose(share_from=ShareFrom.WIN_RATE)


def at_work(choose: Choose, *people: Rep, low_share_times: int = MILLION) -> tuple[Policy, RepsTable, Standing]:
    """Put people to work under a policy with these shares."""
    rules = policy(choose=choose, low_share_times=low_share_times)
    table = reps_table(rules, roster(*people))
    return rules, table, Standing.empty(table)


def team(name: str, count: int) -> tuple[Rep, ...]:
    """Give the reps of a team."""
    return tuple(Rep(f"{name}{number}", f"{name}{number}", name) for number in range(count))


@pytest.mark.parametrize(
    ("weights", "shares"),
    [
        ([1, 1, 1], [333_334, 333_333, 333_333]),
        ([1, 1, 1, 1, 1, 1, 1], [142_858] + [142_857] * 6),
        ([1, 2], [333_334, 666_666]),
        ([1] * 6, [166_667] * 4 + [166_666] * 2),
        ([5], [MILLION]),
        ([0, 0, 0, 0], [250_000] * 4),
        ([0, 3], [0, MILLION]),
    ],
)
def test_shares_are_whole_millionths_with_the_remainder_to_the_lowest_id(weights: list[int], shares: list[int]) -> None:
    """Each decision's shares sum to exactly one lead."""
    assert split(np.array(weights, dtype=np.int64) * MILLION).tolist() == shares


def test_shares_sum_to_one_lead_for_any_weights() -> None:
    """Also for ten thousand reps, weights of zero and very different weights."""
    generator = np.random.default_rng(7)
    for count in (1, 2, 3, 17, 1000, 10_000):
        for most in (1, 10, 2_000_000, 10**9):
            shares = split(generator.integers(0, most, count))
            assert int(shares.sum()) == MILLION
            assert (shares >= 0).all()


def test_equal_shares_and_the_reps_own_weights() -> None:
    """`share: equal` counts nobody's weight, `share: weights` the roster's; a weight below zero counts as none."""
    people = (Rep("a", "甲", "east", weight=3), Rep("b", "乙", "east"), Rep("c", "丙", "east", weight=-2))
    assert turn_weights(*at_work(Choose(), *people)).tolist() == [MILLION] * 3
    assert turn_weights(*at_work(Choose(share_from=ShareFrom.WEIGHTS), *people)).tolist() == [3 * MILLION, MILLION, 0]


def test_b16_win_rate_shares_are_shrunk_to_the_teams_rate_and_clamped() -> None:
    """B-16: (wins + 10 r) / (closed + 10) over r, between 0.5 and 2.0; each team is measured by itself."""
    rules, table, standing = at_work(WIN_RATE, *team("east", 4), *team("north", 2))
    standing.wins[:] = [15, 10, 15, 0, 1, 1]
    standing.closed[:] = [100, 100, 200, 0, 2, 2]
    weights = turn_weights(rules, table, standing)
    rate = Fraction(40, 400)
    expected = [
        min(max((Fraction(wins) + 10 * rate) / (closed + 10) / rate, Fraction(1, 2)), Fraction(2))
        for wins, closed in ((15, 100), (10, 100), (15, 200), (0, 0))
    ]
    assert [int(value * 1000) * 1000 for value in expected] == weights[:4].tolist()
    assert weights[3:].tolist() == [MILLION] * 3


def test_b16_win_rate_shares_go_from_half_to_twice() -> None:
    """B-16: no star and no beginner's bad luck gets out of 0.5 to 2.0."""
    rules, table, standing = at_work(WIN_RATE, *team("east", 3))
    standing.wins[:] = [90, 0, 10]
    standing.closed[:] = [100, 900, 100]
    assert turn_weights(rules, table, standing).tolist()[:2] == [2 * MILLION, MILLION // 2]


def test_a_team_without_any_win_shares_alike() -> None:
    """Nothing is divided by zero, and nobody is preferred."""
    rules, table, standing = at_work(WIN_RATE, *team("east", 3))
    standing.closed[:] = [0, 5, 50]
    assert turn_weights(rules, table, standing).tolist() == [MILLION] * 3


def test_b17_whoever_answers_too_rarely_gets_a_smaller_share() -> None:
    """B-17: 20 % less while the response rate is low, after clamping, whatever the shares come from."""
    for choose in (Choose(), Choose(share_from=ShareFrom.WEIGHTS), WIN_RATE):
        rules, table, standing = at_work(choose, *team("east", 2), low_share_times=800_000)
        standing.response_low[1] = True
        assert turn_weights(rules, table, standing).tolist() == [MILLION, 800_000]
