"""Joiners: a deficit of zero, and a share that grows with every work day."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from routing.decide import decide
from routing.decision_record import pack, unpack
from routing.fair_options import Ramp
from routing.policy import MILLION, Choose, ShareFrom
from routing.policy_file import load_policy
from routing.ramp import ramp_on
from routing.replay import replay, same
from routing.reps_table import reps_table
from routing.shares import turn_weights
from routing.standing import Standing
from tests.routing.given import policy, question, reps, roster
from tests.routing.histories import History

MONDAY = date(2026, 3, 2)
TEN_DAYS = Ramp(work_days=10, start=MILLION // 4)
#: The Tuesday is a holiday, the Saturday a make-up workday.
DAYS = {date(2026, 3, 3): False, date(2026, 3, 7): True}


def part(after: int, ramp: Ramp = TEN_DAYS) -> int:
    """Give the part of a share, in percent, that somebody who joined on the Monday has so many days later."""
    found = ramp_on(ramp, [MONDAY, None], MONDAY + timedelta(days=after), DAYS)
    if found is None:
        return 100
    assert found[1] == MILLION
    return int(found[0]) // 10_000


@pytest.mark.parametrize(
    ("after", "percent"),
    [(-1, 25), (0, 25), (1, 32), (2, 32), (3, 40), (5, 55), (6, 62), (7, 62), (11, 92), (12, 100), (400, 100)],
)
def test_a_share_grows_with_every_work_day_until_it_is_whole(after: int, percent: int) -> None:
    """A quarter at first, whole after ten work days; holidays and weekends count for nothing, make-up workdays count."""
    assert part(after) == percent


def test_a_ramp_of_one_day_begins_where_the_policy_says() -> None:
    """`from: 0%` gives nothing on the first day; a work day later the share is whole."""
    one_day = Ramp(work_days=1, start=0)
    assert [part(after, one_day) for after in (0, 1)] == [0, 100]


def test_nobody_grows_where_nobody_has_joined() -> None:
    """The usual case costs nothing: no column at all."""
    assert ramp_on(TEN_DAYS, [None, None], MONDAY, {}) is None


def test_the_ramp_stands_beside_weights_and_answers() -> None:
    """A weight of 3, four fifths for slow answers, a quarter for the first day: 0.6 of a usual share."""
    rules = policy(choose=Choose(share_from=ShareFrom.WEIGHTS, ramp=TEN_DAYS), low_share_times=800_000)
    table = reps_table(rules, roster(*reps(2, weight=3)))
    standing = Standing.empty(table)
    standing.response_low[0] = True
    standing.ramp = np.array([MILLION // 4, MILLION])
    assert turn_weights(rules, table, standing).tolist() == [600_000, 3 * MILLION]


def test_a_joiner_gets_that_part_of_the_leads_and_owes_nothing_later() -> None:
    """At a quarter among four, 1 / 13 of the leads; the accounts sum to zero and nobody is made up for anything."""
    rules = policy(choose=Choose(explore=0, ramp=TEN_DAYS))
    table = reps_table(rules, roster(*reps(4)))
    standing = Standing.empty(table)
    standing.ramp = np.array([MILLION, MILLION, MILLION, MILLION // 4])
    got = np.zeros(4, dtype=int)
    for no in range(1, 261):
        decision = decide(rules, table, standing, question(no))
        standing.apply(decision)
        got[decision.chosen] += 1
        assert int(standing.deficit.sum()) == 0
    assert abs(int(got[3]) - 20) <= 2
    standing.ramp = standing.turn_weight = None
    for no in range(261, 461):
        decision = decide(rules, table, standing, question(no))
        standing.apply(decision)
        got[decision.chosen] += 1
    assert abs(int(got[3]) - 70) <= 3


def test_a_replay_takes_the_share_from_the_record() -> None:
    """On whatever day somebody asks, a decision of the first day comes out as it was."""
    rules = policy(choose=Choose(ramp=TEN_DAYS))
    table = reps_table(rules, roster(*reps(5)))
    standing = Standing.empty(table)
    standing.ramp = np.array([MILLION // 4, *[MILLION] * 4])
    asked = question(7)
    decision = decide(rules, table, standing, asked)
    recorded = unpack(pack(decision, asked, standing, rules, table))
    again = replay(recorded, rules, table)
    assert same(recorded, again)
    assert again.shares.tolist() == decision.shares.tolist()
    assert int(again.shares[0]) * 4 == pytest.approx(int(again.shares[1]), abs=4)


@pytest.mark.parametrize("slack", [0, MILLION])
def test_the_bound_holds_while_shares_grow(slack: int) -> None:
    """Half the floor joins, at other times: |d| < 3, and every decision sums to zero."""
    for seed in range(5):
        history = History(seed, slack, joiners=True).run(300)
        assert history.most < 3 * MILLION, f"seed {seed}"


def test_the_policy_file_says_how_long() -> None:
    """`choose.ramp` in the file; a quarter unless it says otherwise."""

    def read(text: str) -> Ramp | None:
        return load_policy(f"version: 1\nrules: [{{name: 其余}}]\nchoose: {{{text}}}\n").policy.choose.ramp

    assert read("ramp: {work_days: 20}") == Ramp(20, MILLION // 4)
    assert read("ramp: {work_days: 5, from: 50%}") == Ramp(5, MILLION // 2)
    assert read("explore: 0%") is None
