"""Claim races while the breaker is open (B-18): who is in them, what they count, and that they replay."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest

from routing.breaker import Phase
from routing.decide import Question, decide
from routing.decision import Decision, Reason
from routing.decision_record import MOST_BYTES, Detail, pack, unpack
from routing.fairness import evenly
from routing.policy import MILLION, Acknowledge, Capacity, Choose, Chooser, Factor, FactorKind, Hot, ShareFrom
from routing.race import part_of_shares, settlement
from routing.replay import replay, same
from routing.reps_table import reps_table
from routing.roster import Rep
from routing.standing import Standing
from routing.surge import acknowledge_in_surge, table_in_surge
from tests.routing.given import TODAY, policy, reps, roster

HOT = Hot(score=80, race=3, capacity_times=1_500_000, response_from=800_000, acknowledge=timedelta(minutes=3))
FIT = (Factor("擅长", 100, FactorKind.MATCH_TABLE, "product", "good_at"),)


def people(count: int) -> tuple[Rep, ...]:
    """Give reps of whom the last fits best."""
    return tuple(
        Rep(f"r{number:04}", "销售", "east", tables={"good_at": {"CT": number % 100}}) for number in range(count)
    )


def ask(no: int = 1, score: int = 90, phase: Phase = Phase.OPEN, **more: object) -> Question:
    """Ask about a lead of this score."""
    facts = {"trait.score": score, "trait.grade": "A", "product": "CT"}
    return Question(facts, no, 1, TODAY, breaker=phase, **more)  # type: ignore[arg-type]


def test_b18_a_hot_lead_goes_to_the_best_three() -> None:
    """B-18: the best fits of those whose turn it may be; one alone where the lead is cold or the breaker closed."""
    rules = policy(choose=Choose(explore=0), factors=FIT, hot=HOT)
    table = reps_table(rules, roster(*people(6)))
    standing = Standing.empty(table)
    assert decide(rules, table, standing, ask()).race.tolist() == [5, 4, 3]
    assert decide(rules, table, standing, ask(phase=Phase.HALF_OPEN)).race.tolist() == [5, 4, 3]
    assert not len(decide(rules, table, standing, ask(score=79)).race)
    assert not len(decide(rules, table, standing, ask(phase=Phase.CLOSED)).race)
    assert not len(decide(replace(rules, hot=None), table, standing, ask()).race)


def test_b18_only_quick_reps_race() -> None:
    """Semantics 21: who answers too seldom gets hot leads only where no two of the quick could race for one."""
    rules = policy(choose=Choose(explore=0), factors=FIT, hot=HOT)
    table = reps_table(rules, roster(*people(6)))
    standing = Standing.empty(table)
    standing.quick[:] = [True, False, True, False, False, False]
    assert decide(rules, table, standing, ask()).race.tolist() == [2, 0]
    standing.quick[:] = [True, False, False, False, False, False]
    alone = decide(rules, table, standing, ask())
    assert not len(alone.race)
    assert alone.chosen == 5


def test_whoever_is_owed_two_leads_has_no_race_to_lose() -> None:
    """docs/fairness.md: from two leads on the one to whom most is owed comes first, alone."""
    rules = policy(choose=Choose(explore=0), factors=FIT, hot=HOT)
    table = reps_table(rules, roster(*people(4)))
    standing = Standing.empty(table)
    standing.deficit[:] = [2 * MILLION, -MILLION, -MILLION, 0]
    decision = decide(rules, table, standing, ask())
    assert not len(decision.race)
    assert decision.chosen == 0


def test_a_credit_or_a_managers_pick_is_no_race() -> None:
    """A turn given back is worth a lead and not a third of one; 派单 means one person."""
    rules = policy(factors=FIT, hot=HOT)
    table = reps_table(rules, roster(*people(4)))
    standing = Standing.empty(table)
    assert not len(decide(rules, table, standing, ask(only="r0001")).race)
    standing.credits[2] = standing.credit_order[2] = 1
    decision = decide(rules, table, standing, ask())
    assert (decision.chosen, len(decision.race)) == (2, 0)


def test_a_race_counts_a_third_each_and_a_turn_of_the_day_each() -> None:
    """Semantics 4 and 16: the accounts sum to zero, each of them has one more open lead, and it can be taken back."""
    rules = policy(factors=FIT, hot=HOT)
    table = reps_table(rules, roster(*people(5)))
    standing = Standing.empty(table)
    decision = decide(rules, table, standing, ask())
    standing.apply(decision)
    assert standing.open.tolist().count(1) == 3
    assert standing.today.tolist().count(1) == 3
    assert int(standing.deficit.sum()) == 0
    racing = decision.race.tolist()
    assert [int(standing.deficit[at]) for at in racing] == [200_000 - part for part in (333_334, 333_333, 333_333)]
    standing.revert(decision)
    assert not standing.open.any()
    assert not standing.deficit.any()


def _settled(decision: Decision, standing: Standing, table: object, **ended: object) -> list[int]:
    reversal = settlement(decision, table, **ended)  # type: ignore[arg-type]
    assert sum(reversal.deltas.values()) == 0
    after = standing.deficit.copy()
    for rep, delta in reversal.deltas.items():
        after[table.index[rep]] += delta  # type: ignore[attr-defined]
    return [int(value) for value in after]


def test_the_win_settles_a_race_as_if_there_had_been_none() -> None:
    """Semantics 4: the winner has had one lead, the losers none; who passed it on keeps his part."""
    rules = policy(choose=Choose(explore=0, share_from=ShareFrom.EQUAL), factors=FIT, hot=HOT)
    table = reps_table(rules, roster(*people(4)))
    standing = Standing.empty(table)
    decision = decide(rules, table, standing, ask())
    standing.apply(decision)
    quarter = MILLION // 4
    won = _settled(decision, standing, table, winner="r0002")
    assert won == [quarter, quarter, quarter - MILLION, quarter]
    with_decline = _settled(decision, standing, table, winner="r0002", counted={"r0003"})
    assert with_decline == [quarter, quarter, quarter - 666_666, quarter - 333_334]
    nobody = _settled(decision, standing, table, winner=None, counted={"r0001", "r0002", "r0003"})
    assert nobody == standing.deficit.tolist()
    never_arrived = _settled(decision, standing, table, winner=None)
    assert never_arrived == [0, 0, 0, 0]


def test_parts_of_a_race_add_up_to_the_whole() -> None:
    """However the shares are cut, each part sums to what it stands for, and all of them to the shares: no unit is lost."""
    draw = random.Random(7)
    for _ in range(300):
        cut = sorted(draw.randint(0, MILLION) for _ in range(draw.randint(0, 9)))
        edges = [0, *cut, MILLION]
        shares = np.array([after - before for before, after in pairwise(edges)], dtype=np.int64)
        parts = evenly(MILLION, draw.randint(2, 10))
        found = [part_of_shares(shares, parts, number) for number in range(len(parts))]
        assert [int(part.sum()) for part in found] == parts.tolist()
        assert np.array_equal(np.sum(found, axis=0), shares)


def test_b18_capacities_are_raised_for_the_quick_while_fully_open() -> None:
    """B-18: caps x 1.5 with their resume marks, for reps with the response rate; half open takes them back first."""
    rules = policy(capacity=Capacity(open=20, resume_at=16, per_day=30), hot=HOT)
    table = reps_table(rules, roster(*reps(2), Rep("r0002", "销售", "east")))
    standing = Standing.empty(table)
    standing.quick[0] = False
    raised = table_in_surge(rules, table, standing.quick, Phase.OPEN)
    assert raised.open_cap.tolist() == [20, 30, 30]
    assert raised.resume_at.tolist() == [16, 24, 24]
    assert raised.day_cap.tolist() == [30, 45, 45]
    assert table_in_surge(rules, table, standing.quick, Phase.HALF_OPEN) is table
    assert table_in_surge(rules, table, standing.quick, Phase.CLOSED) is table
    unlimited = policy(hot=HOT)
    assert table_in_surge(unlimited, reps_table(unlimited, roster(*reps(1))), np.ones(1, np.bool_), Phase.OPEN).open_cap[
        0
    ] == 1_000_000  # fmt: skip


def test_b18_the_limit_of_a_hot_lead_is_the_shortest_and_takes_its_reminders_along() -> None:
    """Semantics 14: breaker over rule over global, the smallest `within`; reminders in proportion."""
    usual = Acknowledge(within=timedelta(minutes=10), remind=(timedelta(minutes=5), timedelta(minutes=8)))
    short = acknowledge_in_surge(usual, HOT)
    assert (short.within, short.remind) == (timedelta(minutes=3), (timedelta(seconds=90), timedelta(seconds=144)))
    strict = replace(usual, within=timedelta(minutes=2), remind=(timedelta(minutes=1),))
    assert acknowledge_in_surge(strict, HOT) == strict
    assert acknowledge_in_surge(usual, replace(HOT, acknowledge=None)) == usual


@pytest.mark.parametrize("chooser", list(Chooser))
@pytest.mark.parametrize("count", [5, 60, 400, 2500, 40_000])
def test_races_replay_bit_for_bit_from_four_kilobytes(chooser: Chooser, count: int) -> None:
    """Invariant 5: who raced, with the raised capacities of the moment, comes out of the record at every size of roster."""
    rules = policy(
        choose=Choose(by=chooser, share_from=ShareFrom.WEIGHTS, explore=MILLION // 2), factors=FIT,
        capacity=Capacity(open=6, resume_at=4, per_day=9), hot=HOT,
    )  # fmt: skip
    table = reps_table(rules, roster(*(replace(rep, weight=no % 9 + 1) for no, rep in enumerate(people(count)))))
    draw = np.random.default_rng(count)
    for number in range(4 if count > 100 else 12):
        standing = Standing.empty(table)
        standing.quick[:] = draw.random(count) < 0.7
        standing.open[:] = draw.integers(0, 11, count)
        standing.today[:] = draw.integers(0, 16, count)
        standing.away[:] = draw.random(count) < 0.2
        standing.deficit[:] = draw.integers(-MILLION, MILLION, count)
        standing.last_turn[:] = draw.permutation(count)
        phase = (Phase.OPEN, Phase.HALF_OPEN)[number % 2]
        now = table_in_surge(rules, table, standing.quick, phase)
        question = ask(number + 1, phase=phase)
        decision = decide(rules, now, standing, question)
        record = pack(decision, question, standing, rules, now)
        assert len(record) <= MOST_BYTES
        recorded = unpack(record)
        again = replay(recorded, rules, table)
        assert same(recorded, again)
        assert again.race.tolist() == decision.race.tolist()
        assert again.chosen == decision.chosen
        if recorded.detail < Detail.CHOSEN:
            assert (again.reasons == decision.reasons).all()


def test_a_closed_breaker_leaves_no_trace_in_a_record() -> None:
    """Records of quiet days stay as small as they were."""
    rules = policy(factors=FIT, hot=HOT)
    table = reps_table(rules, roster(*people(5)))
    standing = Standing.empty(table)
    question = ask(phase=Phase.CLOSED)
    record = pack(decide(rules, table, standing, question), question, standing, rules, table)
    assert b'"s":' not in record
    assert b"quick" not in record
    assert unpack(record).question.breaker is Phase.CLOSED


def test_b18_who_is_full_at_the_usual_cap_has_room_while_the_breaker_is_open() -> None:
    """B-18: what a full rep is told changes with the state that was recorded, and with nothing else."""
    rules = policy(capacity=Capacity(open=4), hot=HOT)
    table = reps_table(rules, roster(*reps(1)))
    standing = Standing.empty(table)
    standing.open[0] = 5
    question = ask()
    now = table_in_surge(rules, table, standing.quick, Phase.OPEN)
    decision = decide(rules, now, standing, question)
    assert decision.chosen == 0
    assert same(unpack(pack(decision, question, standing, rules, now)), decision)
    assert decide(rules, table, standing, question).reasons[0] == Reason.FULL
