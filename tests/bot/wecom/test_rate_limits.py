"""The budget that keeps us under what WeCom drops silently."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.messaging import BudgetState, Lane
from bot.wecom.rate_limits import MemberBudget

START = datetime(2026, 11, 20, 2, 14, tzinfo=UTC)
BUDGET = MemberBudget()
LANES: list[Lane] = ["push", "answer"]


def send_at_once(lane: Lane, count: int) -> tuple[BudgetState, list[datetime]]:
    """Send as early as the budget lets us; give the state and the times."""
    state: BudgetState = {}
    times: list[datetime] = []
    now = START
    for _ in range(count):
        now = BUDGET.next_slot(state, lane, now)
        state = BUDGET.spend(state, lane, now)
        times.append(now)
    return state, times


def most_within(times: list[datetime], window: timedelta) -> int:
    """Count the fullest window that begins with a message."""
    return max(sum(first <= other < first + window for other in times) for first in times)


@pytest.mark.parametrize(("lane", "a_minute", "an_hour"), [("push", 20, 600), ("answer", 30, 900)])
def test_a_burst_goes_out_at_the_limit_and_never_over_it(lane: Lane, a_minute: int, an_hour: int) -> None:
    """Twenty at once, the next after a minute; the hour holds as well."""
    _, times = send_at_once(lane, 2 * an_hour)
    assert times[a_minute - 1] == START
    assert times[a_minute] > START + timedelta(seconds=60)
    assert times[a_minute] <= START + timedelta(seconds=66)
    assert most_within(times, timedelta(seconds=60)) <= a_minute
    assert most_within(times, timedelta(hours=1)) <= an_hour


@pytest.mark.parametrize("second", [0, 30, 59])
def test_an_hour_is_an_hour_wherever_in_its_minute_a_message_left(second: int) -> None:
    """Counts are kept by the minute: the last second of one must count as long as its first."""
    state: BudgetState = {}
    begin = START + timedelta(seconds=second)
    for number in range(600):
        state = BUDGET.spend(state, "push", begin + timedelta(milliseconds=number))
    slot = BUDGET.next_slot(state, "push", begin + timedelta(minutes=5))
    assert timedelta(hours=1) < slot - begin <= timedelta(hours=1, seconds=66)


def test_a_full_push_lane_leaves_room_for_an_answer() -> None:
    """Who taps gets an answer, however many cards have just come: ten are kept."""
    state, _ = send_at_once("push", 20)
    assert BUDGET.next_slot(state, "push", START) > START
    for _ in range(10):
        assert BUDGET.next_slot(state, "answer", START) == START
        state = BUDGET.spend(state, "answer", START)
    assert BUDGET.next_slot(state, "answer", START) > START


@pytest.mark.parametrize(("answers", "pushes"), [(0, 20), (10, 20), (11, 19), (29, 1), (30, 0)])
def test_answers_take_what_is_not_pushed(answers: int, pushes: int) -> None:
    """Somebody who taps and types a lot is answered at once while little is pushed; pushes wait for what answers took."""
    state, times = send_at_once("answer", answers)
    assert times == [START] * answers
    assert BUDGET.free_until(state, "push", START, START) == pushes
    for _ in range(pushes):
        state = BUDGET.spend(state, "push", START)
    assert BUDGET.next_slot(state, "push", START) > START


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(LANES), st.integers(0, 90_000)), max_size=120))
def test_in_no_minute_does_a_member_get_more_than_thirty(steps: list[tuple[Lane, int]]) -> None:
    """Any mixture of pushes and answers at any moments, each sent when the budget says so."""
    state: BudgetState = {}
    now = START
    sent: dict[Lane, list[datetime]] = {"push": [], "answer": []}
    for lane, pause in steps:
        now += timedelta(milliseconds=pause if pause > 60_000 else pause % 50)
        slot = BUDGET.next_slot(state, lane, now)
        assert slot >= now
        if slot == now:
            state = json.loads(json.dumps(BUDGET.spend(state, lane, now)))
            sent[lane].append(now)
    minute = timedelta(seconds=60)
    assert most_within(sent["push"] or [START], minute) <= 20
    assert most_within(sent["push"] + sent["answer"] or [START], minute) <= 30


@given(st.lists(st.integers(0, 7_200_000), max_size=60), st.sampled_from(LANES))
def test_a_promised_slot_is_kept(pauses: list[int], lane: Lane) -> None:
    """What `next_slot` names is free when that moment comes, or a card would wait for ever."""
    state: BudgetState = {}
    now = START
    for pause in pauses:
        state = BUDGET.spend(state, lane, now)
        now += timedelta(milliseconds=pause % 5000)
        slot = BUDGET.next_slot(state, lane, now)
        assert BUDGET.next_slot(state, lane, slot) == slot


def test_the_state_stays_small_however_long_a_member_is_written_to() -> None:
    """It is a column of a row that is rewritten with each message."""
    state, _ = send_at_once("push", 3000)
    assert len(json.dumps(state)) < 2500


def test_a_clock_that_ran_ahead_does_not_shut_the_lane_for_longer_than_a_window() -> None:
    """Times written while a clock was an hour ahead count as now once it is right again."""
    state: BudgetState = {}
    for _ in range(20):
        state = BUDGET.spend(state, "push", START + timedelta(hours=1))
    assert BUDGET.next_slot(state, "push", START) <= START + timedelta(seconds=66)
