from __future__ import annotations

import random
from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest

from routing.decide import decide
from routing.decision import Outcome, Reason, Why
from routing.eligibility import REST, resting_after
from routing.policy import Capacity, Choose, Chooser, Policy, TeamCapacity
from routing.reps_table import RepsTable, reps_table
from routing.roster import Rep
from routing.standing import Standing
from tests.routing.given import policy, question, reps, roster

ELASTIC = Capacity(open=20, resume_at=16)
LONG = np.array([True])


def one_rep(capacity: Capacity = ELASTIC) -> tuple[Policy, RepsTable, Standing]:
    """Put one rep to work."""
    rules = policy(capacity=capacity)
    table = reps_table(rules, roster(*reps(1)))
    return rules, table, Standing.empty(table)


def test_b15_paused_at_twenty_still_at_nineteen_back_at_sixteen() -> None:
    """B-15: the pause begins at the cap and ends at the resume mark, not before."""
    rules, table, standing = one_rep()
    seen = {}
    for load in (19, 20, 19, 18, 17, 16):
        standing.open[0] = load
        standing.resting[:] = resting_after(table, standing, LONG)
        decision = decide(rules, table, standing, question())
        seen[load] = Reason(int(decision.reasons[0]))
    assert seen == {20: Reason.FULL, 19: Reason.RESTING, 18: Reason.RESTING, 17: Reason.RESTING, 16: Reason.ELIGIBLE}


def test_b15_nobody_is_back_within_ten_minutes() -> None:
    """B-15: at the mark too early the rep still rests, so that nobody flaps."""
    _, table, standing = one_rep()
    standing.open[0], standing.resting[0] = 10, True
    assert resting_after(table, standing, ~LONG).tolist() == [True]
    assert resting_after(table, standing, LONG).tolist() == [False]


def test_b15_at_most_one_pause_in_ten_minutes_on_a_random_walk() -> None:
    """B-15: over 5,000 minutes of loads going up and down, no two switches to rest lie closer than ten minutes."""
    rng = random.Random(15)
    _, table, standing = one_rep()
    pauses: list[int] = []
    since = 0
    for minute in range(5_000):
        standing.open[0] = min(max(int(standing.open[0]) + rng.choice([-3, -1, 1, 3]), 0), 20)
        rested = np.array([timedelta(minutes=minute - since) >= REST])
        now = resting_after(table, standing, rested)
        if now[0] and not standing.resting[0]:
            pauses.append(minute)
            since = minute
        standing.resting[:] = now
    assert len(pauses) > 20
    assert min(later - earlier for earlier, later in pairwise(pauses)) >= 10


@pytest.mark.parametrize(
    ("own", "team", "cap", "mark"),
    [(None, None, 20, 16), (10, None, 10, 8), (30, None, 30, 24), (None, 5, 5, 4), (10, 5, 10, 8), (1, None, 1, 0)],
)
def test_a_cap_of_ones_own_moves_the_resume_mark_in_proportion(
    own: int | None, team: int | None, cap: int, mark: int
) -> None:
    """The rep's own figure goes before the team's, the team's before the policy's; the mark scales along."""
    capacity = Capacity(open=20, resume_at=16, teams={"east": TeamCapacity(open=team)})
    table = reps_table(policy(capacity=capacity), roster(Rep("a", "甲", "east", open_cap=own)))
    assert (table.open_cap.tolist(), table.resume_at.tolist()) == ([cap], [mark])


def test_without_a_resume_mark_nobody_rests() -> None:
    """The elastic threshold is optional; the cap alone holds."""
    rules, table, standing = one_rep(Capacity(open=20))
    standing.open[0] = 20
    assert resting_after(table, standing, LONG).tolist() == [False]
    assert decide(rules, table, standing, question()).why is Why.ALL_FULL


def test_without_any_cap_nobody_is_ever_full() -> None:
    """No limit is no limit."""
    rules, table, standing = one_rep(Capacity())
    standing.open[0], standing.today[0] = 50_000, 50_000
    assert decide(rules, table, standing, question()).outcome is Outcome.OFFER


def test_b15_others_receive_in_the_order_of_their_load() -> None:
    """B-15: under `least_loaded` the next lead goes to the smallest open / cap, exactly."""
    rules = policy(choose=Choose(by=Chooser.LEAST_LOADED), capacity=ELASTIC)
    people = (Rep("a", "甲", "east"), Rep("b", "乙", "east", open_cap=7), Rep("c", "丙", "east", open_cap=3))
    table = reps_table(rules, roster(*people))
    standing = Standing.empty(table)
    standing.open[:] = [6, 2, 1]
    order = []
    for no in range(1, 6):
        decision = decide(rules, table, standing, question(no))
        order.append(table.ids[decision.chosen])
        standing.apply(decision)
    # 6/20 .300, 2/7 .286, 1/3 .333 | b 3/7 .429 | a 7/20 .350 | c 2/3 | a 8/20 .400 | a 9/20
    assert order == ["b", "a", "c", "a", "a"]


def test_b15_all_at_the_cap_goes_to_the_pool() -> None:
    """B-15: nobody is pushed over the cap."""
    rules = policy(capacity=ELASTIC)
    table = reps_table(rules, roster(*reps(3)))
    standing = Standing.empty(table)
    standing.open[:] = 20
    decision = decide(rules, table, standing, question())
    assert (decision.outcome, decision.why) == (Outcome.POOL, Why.ALL_FULL)
