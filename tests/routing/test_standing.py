from __future__ import annotations

import copy
import random

import numpy as np

from routing.decide import decide
from routing.policy import Choose, Chooser, ShareFrom
from routing.reps_table import reps_table
from routing.standing import Standing
from tests.routing.given import policy, question, reps, roster


def same(one: Standing, other: Standing) -> bool:
    """Compare every column that decisions move."""
    names = ("open", "today", "deficit", "class_deficit", "credits", "credit_order", "last_turn")
    equal = all(np.array_equal(getattr(one, name), getattr(other, name)) for name in names)
    return equal and one.later_credits == other.later_credits


def test_taking_back_a_batch_leaves_no_trace() -> None:
    """Decisions taken back in reverse order give exactly the columns before: accounts, loads, turns and credits."""
    rng = random.Random(3)
    for chooser in Chooser:
        rules = policy(choose=Choose(by=chooser, share_from=ShareFrom.WEIGHTS))
        table = reps_table(rules, roster(*reps(6, weight=3)))
        standing = Standing.empty(table)
        standing.credits[:] = [0, 3, 1, 0, 0, 1]
        standing.credit_order[:] = [0, 5, 9, 0, 0, 7]
        standing.later_credits[1] = (6, 11)
        before = copy.deepcopy(standing)
        taken = []
        for no in range(1, 40):
            grade = rng.choice(["A", "B"])
            only = rng.choice([None, None, "r0002"])
            decision = decide(rules, table, standing, question(no, {"trait.grade": grade}, only=only))
            standing.apply(decision)
            taken.append(decision)
        assert not same(standing, before)
        for decision in reversed(taken):
            standing.revert(decision)
        assert same(standing, before)


def test_a_pick_from_outside_moves_the_load_and_no_account() -> None:
    """派单 and known customers do not count; the lead is held all the same."""
    rules = policy()
    table = reps_table(rules, roster(*reps(2)))
    standing = Standing.empty(table)
    standing.apply(decide(rules, table, standing, question(only="r0001")))
    assert (standing.open.tolist(), standing.today.tolist()) == ([0, 1], [0, 1])
    assert not standing.deficit.any()
    assert not standing.class_deficit.any()
    assert not standing.last_turn.any()


def test_nobody_chosen_moves_nothing() -> None:
    """A decision for the pool can be applied and taken back without harm."""
    rules = policy()
    table = reps_table(rules, roster(*reps(2)))
    standing = Standing.empty(table)
    standing.away[:] = 1
    before = copy.deepcopy(standing)
    decision = decide(rules, table, standing, question())
    standing.apply(decision)
    standing.revert(decision)
    assert same(standing, before)


def test_accounts_run_under_every_chooser() -> None:
    """So that switching to fair_fit later never jumps."""
    for chooser in Chooser:
        rules = policy(choose=Choose(by=chooser))
        table = reps_table(rules, roster(*reps(3)))
        standing = Standing.empty(table)
        decision = decide(rules, table, standing, question(1, {"trait.grade": "A"}))
        standing.apply(decision)
        assert int(standing.deficit.sum()) == 0
        assert standing.deficit[decision.chosen] < 0
        assert np.array_equal(standing.class_deficit[0], standing.deficit)
        assert not standing.class_deficit[1].any()
