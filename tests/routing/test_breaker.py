"""The breaker for surges of hot leads (B-18): when it opens, how it closes, and that it never flaps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.breaker import At, Breaker, Cause, Moved, Phase, Switch, answer, arrive, by_hand, look, next_look, usual_at
from routing.breaker_state import as_json, from_json
from routing.policy import MILLION, Hot

MINUTE, HOUR, WEEK = 60, 3600, 7 * 24 * 3600
#: A Monday, midnight, UTC.
MONDAY = 1_774_828_800
HOT = Hot(
    score=80, count=10, within=timedelta(minutes=10), times_usual=3 * MILLION, slow_acknowledge=timedelta(minutes=5),
    slow_over=10, calm_for=timedelta(minutes=30), at_most=timedelta(hours=4),
)  # fmt: skip


def at(seconds: int) -> At:
    """Give a moment so long after that Monday."""
    moment = MONDAY + seconds
    return At(moment, (seconds // HOUR) % 168)


class Floor:
    """A breaker, and what it has said."""

    def __init__(self, hot: Hot = HOT) -> None:
        self.hot = hot
        self.breaker = Breaker()
        self.now = 0
        self.switches: list[tuple[int, Switch]] = []

    def phase(self) -> Phase:
        return self.breaker.phase

    def leads(self, *moments: int) -> None:
        for moment in moments:
            self._take(moment, arrive(self.breaker, self.hot, at(moment)))

    def answered(self, moment: int, *, seconds: int) -> None:
        self._take(moment, answer(self.breaker, self.hot, at(moment), seconds=seconds))

    def hand(self, moment: int, *, opens: bool) -> None:
        self._take(moment, by_hand(self.breaker, self.hot, at(moment), opens=opens))

    def looks(self, moment: int) -> Phase:
        self._take(moment, look(self.breaker, self.hot, at(moment)))
        return self.phase()

    def waits(self, until: int) -> None:
        """Look whenever the breaker wants to be looked at, as the timers do."""
        while (moment := next_look(self.breaker, self.hot, at(self.now))) is not None and moment <= MONDAY + until:
            self.looks(moment - MONDAY)
        self.looks(until)

    def _take(self, moment: int, moved: Moved) -> None:
        self.now = moment
        self.breaker, switches = moved
        self.switches += [(moment, switch) for switch in switches]


def test_b18_the_tenth_hot_lead_within_ten_minutes_opens_it() -> None:
    """B-18: ten, and not nine; within ten minutes, and not in eleven."""
    floor = Floor()
    floor.leads(*range(0, 9 * 65, 65))
    assert floor.phase() is Phase.CLOSED
    floor.leads(599)
    assert floor.phase() is Phase.OPEN
    slower = Floor()
    slower.leads(*range(0, 60 * 67, 67))
    assert slower.phase() is Phase.CLOSED


def test_b18_ten_are_no_surge_where_so_many_are_usual() -> None:
    """B-18: more than three times the usual of that hour of the week; elsewhere in the week ten will do."""
    floor = Floor(replace(HOT, at_most=timedelta(hours=1)))
    for week in range(4):
        # 24 in this hour, evenly: 4 in ten minutes are usual.
        floor.leads(*(week * WEEK + n * 150 for n in range(24)))
    assert not floor.switches
    floor.leads(*(4 * WEEK + n * 30 for n in range(12)))
    assert floor.phase() is Phase.CLOSED, "12 are three times 4, and not more"
    floor.leads(4 * WEEK + 361)
    assert floor.phase() is Phase.OPEN
    opened = floor.switches[-1][1]
    assert (opened.numbers.count, opened.numbers.surge_from, opened.numbers.usual) == (13, 13, 4 * MILLION)
    other = 4 * WEEK + 30 * HOUR
    floor.leads(*(other + n for n in range(10)))
    assert floor.phase() is Phase.OPEN


@given(st.lists(st.integers(min_value=0, max_value=60), min_size=1, max_size=12))
def test_b18_what_is_usual_halves_with_every_week(weeks: list[int]) -> None:
    """A mean of the weeks watched, each counting half as much as the one after it; weeks without any count as zero."""
    floor = Floor(replace(HOT, count=10_000))
    for week, count in enumerate([1, *weeks]):
        floor.leads(*(week * WEEK + n for n in range(count)))
    now = at((len(weeks) + 1) * WEEK)
    usual = usual_at(look(floor.breaker, floor.hot, now)[0], now, timedelta(hours=1))
    newest = list(reversed([1, *weeks]))
    exact = sum(Fraction(count, 2**back) for back, count in enumerate(newest)) / sum(
        Fraction(1, 2**back) for back in range(len(newest))
    )
    assert abs(usual - exact * MILLION) < 64, (usual, exact)


def test_b18_slow_answers_open_it() -> None:
    """B-18: the ninth of ten sorted times to 接单 lies above five minutes; nine answers say nothing yet."""
    floor = Floor()
    for number in range(9):
        floor.answered(number, seconds=301 if number >= 7 else 10)
    assert floor.phase() is Phase.CLOSED
    floor.answered(9, seconds=10)
    assert floor.phase() is Phase.OPEN
    assert floor.switches[0][1].cause is Cause.SLOW
    assert floor.switches[0][1].numbers.p90_seconds == 301
    quick = Floor()
    for number in range(100):
        quick.answered(number, seconds=900 if number % 10 == 0 else 300)
    assert quick.phase() is Phase.CLOSED


def test_b18_capacities_come_back_first_and_it_closes_after_thirty_calm_minutes() -> None:
    """B-18: half open after fifteen calm minutes, closed after thirty; calm begins when the tenth lead leaves the window."""
    floor = Floor()
    floor.leads(*range(10))
    calm = 600
    assert floor.looks(calm + 15 * MINUTE - 1) is Phase.OPEN
    assert floor.looks(calm + 15 * MINUTE) is Phase.HALF_OPEN
    assert floor.looks(calm + 30 * MINUTE - 1) is Phase.HALF_OPEN
    assert floor.looks(calm + 30 * MINUTE) is Phase.CLOSED
    assert [switch.cause for _, switch in floor.switches] == [Cause.SURGE, Cause.CALM, Cause.CALM]


def test_b18_another_surge_while_half_open_opens_it_again() -> None:
    """Half open is no way round: a surge opens it in full, and the calm is counted anew."""
    floor = Floor()
    floor.leads(*range(10))
    floor.looks(600 + 20 * MINUTE)
    assert floor.phase() is Phase.HALF_OPEN
    floor.leads(*(600 + 20 * MINUTE + n for n in range(10)))
    assert floor.phase() is Phase.OPEN
    assert floor.looks(1200 + 20 * MINUTE + 30 * MINUTE - 1) is Phase.HALF_OPEN


def test_b18_never_longer_than_four_hours_and_not_again_at_once() -> None:
    """B-18: a surge that goes on for ten hours has it open for four, and then not before it has been calm."""
    floor = Floor()
    for second in range(0, 10 * HOUR, 30):
        floor.leads(second)
    assert [(switch.after, switch.cause) for _, switch in floor.switches] == [
        (Phase.OPEN, Cause.SURGE), (Phase.CLOSED, Cause.TIME_UP),
    ]  # fmt: skip
    assert floor.switches[1][0] == floor.switches[0][0] + 4 * HOUR
    calm = 10 * HOUR - 30 + 600
    again = calm + 30 * MINUTE
    floor.leads(*(again + n for n in range(10)))
    assert floor.phase() is Phase.OPEN


def test_b18_a_manager_opens_and_closes_it() -> None:
    """Opened by hand it closes like any other; closed by hand it stays so until it has been calm for long enough."""
    floor = Floor()
    floor.hand(0, opens=True)
    assert floor.phase() is Phase.OPEN
    assert floor.looks(30 * MINUTE) is Phase.CLOSED
    floor.leads(*range(2000, 2010))
    floor.hand(2015, opens=False)
    floor.leads(*range(2020, 2040))
    assert floor.phase() is Phase.CLOSED
    floor.hand(2050, opens=False)
    assert [switch.cause for _, switch in floor.switches][-1] is Cause.MANAGER
    floor.leads(*(2040 + 600 + 1800 + n for n in range(10)))
    assert floor.phase() is Phase.OPEN


def test_the_same_slow_answers_do_not_keep_it_open_nor_open_it_twice() -> None:
    """Ten slow answers and then silence: it closes after the calm, and opens again only after ten more."""
    floor = Floor()
    for number in range(10):
        floor.answered(number, seconds=900)
    floor.waits(9 + 30 * MINUTE)
    assert floor.phase() is Phase.CLOSED
    for number in range(9):
        floor.answered(2000 + number, seconds=900)
    assert floor.phase() is Phase.CLOSED
    floor.answered(2010, seconds=900)
    assert floor.phase() is Phase.OPEN


def _day() -> st.SearchStrategy[list[tuple[str, int, int]]]:
    """Give a day: what happens, seconds after what came before, and how many or how slow."""
    thing = st.one_of(
        st.tuples(st.just("lead"), st.integers(0, 400), st.integers(1, 3)),
        st.tuples(st.just("burst"), st.integers(0, 4000), st.integers(8, 25)),
        st.tuples(st.just("answer"), st.integers(0, 300), st.integers(0, 900)),
        st.tuples(st.just("look"), st.integers(0, 9000), st.just(0)),
        st.tuples(st.just("open"), st.integers(0, 4000), st.just(0)),
        st.tuples(st.just("close"), st.integers(0, 4000), st.just(0)),
    )
    return st.lists(thing, max_size=60)


def _play(floor: Floor, day: list[tuple[str, int, int]], *, ticks: bool) -> Iterator[int]:
    """Let a day happen, with timers or only with what happens; gives the moments."""
    now = 0
    for kind, after, number in day:
        if ticks:
            floor.waits(now + after)
        now += after
        if kind in {"lead", "burst"}:
            floor.leads(*[now] * number)
        elif kind == "answer":
            floor.answered(now, seconds=number)
        elif kind in {"open", "close"}:
            floor.hand(now, opens=kind == "open")
        else:
            floor.looks(now)
        yield now


@settings(max_examples=60, deadline=None)
@given(_day())
def test_b18_whatever_happens_it_neither_flaps_nor_stays(day: list[tuple[str, int, int]]) -> None:
    """Never open for longer than `at_most`; by itself never closed before `calm_for`, nor open again right after its time."""
    floor = Floor()
    for now in _play(floor, day, ticks=True):
        if floor.phase() is not Phase.CLOSED:
            assert MONDAY + now - floor.breaker.opened_at < 4 * HOUR
        assert json.loads(json.dumps(as_json(floor.breaker))) == as_json(floor.breaker)
        assert from_json(json.loads(json.dumps(as_json(floor.breaker)))) == floor.breaker
    for (first, before), (second, after) in pairwise(floor.switches):
        assert before.after is after.before, "no switch is left out"
        assert before.after is not after.after
        if after.cause is Cause.CALM:
            assert second - first >= 15 * MINUTE
        opens_by_itself = after.after is Phase.OPEN and after.cause is not Cause.MANAGER
        if before.cause in {Cause.TIME_UP, Cause.MANAGER} and before.after is Phase.CLOSED and opens_by_itself:
            assert second - first >= 30 * MINUTE


@settings(max_examples=60, deadline=None)
@given(_day())
def test_how_often_it_is_looked_at_changes_nothing(day: list[tuple[str, int, int]]) -> None:
    """A tick that comes late, or not at all, leaves no trace: the state after each event is the same."""
    day = [thing for thing in day if thing[0] != "look"]
    watched, alone = Floor(replace(HOT, times_usual=MILLION)), Floor(replace(HOT, times_usual=MILLION))
    for _ in zip(_play(watched, day, ticks=True), _play(alone, day, ticks=False), strict=True):
        assert watched.breaker == alone.breaker


def test_a_clock_that_is_set_back_keeps_it_open_no_longer() -> None:
    """What lies ahead counts as now, so that the limit of four hours holds on the new clock too."""
    floor = Floor()
    floor.leads(*range(5 * HOUR, 5 * HOUR + 10))
    assert floor.phase() is Phase.OPEN
    floor.looks(0)
    assert floor.breaker.opened_at == MONDAY
    assert floor.looks(4 * HOUR) is Phase.CLOSED


@pytest.mark.parametrize("count", [1, 50_000])
def test_a_batch_counts_like_its_leads(count: int) -> None:
    """However many come at once, the state stays small: a bucket a second at most."""
    breaker = Breaker()
    for second in range(1200):
        breaker, _ = arrive(breaker, replace(HOT, count=10**9), at(second), count=count)
    assert sum(number for _, number in breaker.arrivals) == 600 * count
    assert len(json.dumps(as_json(breaker))) < 20_000
