"""The interval arithmetic against a model that walks through every minute and knows nothing of intervals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from routing.roster import Shift, Span
from routing.working_time import Schedule, add_work, next_change, next_on, on_duty, work_between

MINUTES = 9 * 1440

#: Zone and the moment at which the nine days of the model begin; changes of the clocks lie inside where there are any.
STAGES = [
    ("Asia/Shanghai", datetime(2026, 9, 29, tzinfo=UTC)),
    ("Asia/Urumqi", datetime(2026, 2, 12, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 3, 4, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 10, 28, tzinfo=UTC)),
    ("Europe/London", datetime(2026, 3, 25, tzinfo=UTC)),
    ("Europe/London", datetime(2026, 10, 21, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2026, 3, 31, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2011, 12, 26, tzinfo=UTC)),  # Friday the 30th never was there
    ("Asia/Kolkata", datetime(2026, 1, 1, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 1, tzinfo=UTC)),  # half an hour back, and an offset with half an hour
    ("America/Sao_Paulo", datetime(2018, 11, 1, tzinfo=UTC)),  # forward at midnight: that day has no 00:00
]


@lru_cache(maxsize=32)
def shown(zone: str, start: datetime) -> list[datetime]:
    """Give what the wall clock shows in each minute, held still while it shows an hour for the second time."""
    clock = ZoneInfo(zone)
    latest = datetime.min  # noqa: DTZ901 - the clock on the wall has no zone
    walls = []
    for minute in range(-2 * 1440, MINUTES):
        latest = max(latest, (start + timedelta(minutes=minute)).astimezone(clock).replace(tzinfo=None))
        if minute >= 0:
            walls.append(latest)
    return walls


@dataclass(frozen=True)
class Case:
    schedule: Schedule
    start: datetime

    def flags(self) -> list[bool]:
        """Say for each minute whether the person is on duty in it."""
        shift = self.schedule.shift
        assert shift is not None
        minutes_of: dict[date, set[int]] = {}
        flags = []
        for index, wall in enumerate(shown(self.schedule.timezone, self.start)):
            day = wall.date()
            if day not in minutes_of:
                kind = self.schedule.days.get(day)
                spans = shift.workday if kind is True else shift.weekly[day.weekday()]
                spans = () if kind is False and not shift.works_holidays else spans
                minutes_of[day] = {minute for span in spans for minute in range(span.start, span.end)}
            at = self.start + timedelta(minutes=index)
            away = any(first <= at < last for first, last in self.schedule.leave)
            flags.append(not away and wall.hour * 60 + wall.minute in minutes_of[day])
        return flags


QUARTERS = st.integers(0, 96).map(lambda quarter: quarter * 15)
BOUNDS = st.one_of(QUARTERS, st.integers(0, 1440), st.sampled_from([0, 60, 75, 90, 120, 135, 165, 180, 240, 1440]))
SPANS = st.lists(
    st.tuples(BOUNDS, BOUNDS).filter(lambda pair: pair[0] != pair[1]).map(lambda pair: Span(min(pair), max(pair))),
    max_size=3,
).map(tuple)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draw a shift, exceptions and leave on one of the stages."""
    zone, start = draw(st.sampled_from(STAGES))
    shift = Shift(
        "drawn", tuple(draw(SPANS) for _ in range(7)), draw(SPANS), works_holidays=draw(st.booleans())
    )  # fmt: skip
    days = draw(st.dictionaries(st.integers(-1, 9).map(lambda n: start.date() + timedelta(days=n)), st.booleans()))
    moment = st.integers(-500, MINUTES + 500).map(lambda minute: start + timedelta(minutes=minute))
    leave = draw(st.lists(st.tuples(moment, moment), max_size=3))
    return Case(Schedule(shift, zone, days, tuple(leave)), start)


def agrees(case: Case, first: int, second: int) -> None:
    """Compare every function at two seconds of the stage."""
    schedule, start = case.schedule, case.start
    flags = case.flags()
    end = start + timedelta(minutes=MINUTES)
    first, second = min(first, second), max(first, second)
    at, until = start + timedelta(seconds=first), start + timedelta(seconds=second)

    assert on_duty(schedule, at) == flags[first // 60]

    change = next((m for m in range(first // 60 + 1, MINUTES) if flags[m] != flags[m - 1]), None)
    ours = next_change(schedule, at)
    assert ours == start + timedelta(minutes=change) if change else ours is None or ours >= end

    begins = at if flags[first // 60] else None
    if begins is None and change:
        begins = start + timedelta(minutes=change)
    ours = next_on(schedule, at)
    assert ours == begins if begins else ours is None or ours >= end

    seconds = sum(
        min(second, minute * 60 + 60) - max(first, minute * 60)
        for minute in range(first // 60, min(second // 60 + 1, MINUTES))
        if flags[minute]
    )
    assert work_between(schedule, at, until) == timedelta(seconds=seconds)

    reached = add_work(schedule, at, timedelta(seconds=seconds))
    assert reached is not None
    assert work_between(schedule, at, reached) == timedelta(seconds=seconds)
    idle = (reached - start) // timedelta(seconds=1)
    assert reached <= until
    assert reached == at or flags[(idle - 1) // 60], "earlier would not have been enough"


@given(cases(), st.integers(0, MINUTES * 60 - 1), st.integers(0, MINUTES * 60 - 1))
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_b20_interval_arithmetic_equals_a_walk_through_every_minute(case: Case, first: int, second: int) -> None:
    """Shifts, leave, holidays, make-up days and changes of the clocks: each instant counts once (A9, D-15, B-20)."""
    agrees(case, first, second)


@pytest.mark.soak
@pytest.mark.timeout(1800)
@seed(20260308)
@given(cases(), st.integers(0, MINUTES * 60 - 1), st.integers(0, MINUTES * 60 - 1))
@settings(max_examples=10_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_interval_arithmetic_equals_a_walk_through_every_minute_of_10000_calendars(
    case: Case, first: int, second: int
) -> None:
    """The long run of the test above (D-15)."""
    agrees(case, first, second)
