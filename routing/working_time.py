"""Working-time arithmetic: when somebody is on duty, and when so much duty time will have passed.

Duty is a set of half-open stretches of real time. It comes from the spans of a shift, read on the clock on that
person's wall (routing.shift_pattern says what a change of the clocks does to them), less that person's leave. All sums
are over elapsed time, so no instant counts twice and none is missed.

A shift in a zone is laid out once for half a year, with running sums. A question costs a binary search in it, one step
for each further half-year of distance, and one for each stretch of leave.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from routing.policy import Duration
from routing.roster import Shift
from routing.shift_pattern import MICROSECOND, Pattern, blocks_from, pattern_of, to_micros, to_moment

#: Exceptions to the ordinary week only: True is a make-up workday (调休), False a public holiday.
DayKinds = Mapping[date, bool]

CHANGE_HORIZON = timedelta(days=400)
"""How far ahead `next_change` and `next_on` look: past a year of leave."""

WORK_HORIZON = timedelta(days=4000)
"""How far ahead `add_work` looks before it says that the time is never reached."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """One person's duty.

    Attributes:
        shift: the weekly spans, or None for somebody who is always on duty (leave still counts).
        timezone: IANA name of the zone whose wall clock the spans are read on.
        days: public holidays and make-up workdays, by local date.
        leave: (from, until) pairs, aware, half-open, in any order, overlapping or not; empty ones are ignored.
    """

    shift: Shift | None
    timezone: str
    days: DayKinds = field(default_factory=lambda: MappingProxyType({}))
    leave: tuple[tuple[datetime, datetime], ...] = ()


def on_duty(schedule: Schedule, at: datetime) -> bool:
    """Say whether this person is on duty at `at` (aware). The first moment of a span is on duty, its last is not.

    Raises:
        TypeError: `at` is naive.
        zoneinfo.ZoneInfoNotFoundError: no such zone.
    """
    moment = to_micros(at)
    if any(first <= moment < last for first, last in _leave_of(schedule)):
        return False
    pattern = _pattern_of(schedule)
    return pattern is None or next(blocks_from(pattern, moment)).covers(moment)


def next_change(schedule: Schedule, at: datetime) -> datetime | None:
    """Give the first moment after `at` when this person goes on or off duty (UTC); None: not within 400 days."""
    moment = to_micros(at)
    limit = moment + CHANGE_HORIZON // MICROSECOND
    for first, last in _duty(schedule, moment, limit):
        change = first if first > moment else last
        return to_moment(change) if change <= limit else None
    return None


def next_on(schedule: Schedule, at: datetime) -> datetime | None:
    """Give `at` itself if on duty, else the next moment when duty begins (UTC); None: not within 400 days."""
    moment = to_micros(at)
    limit = moment + CHANGE_HORIZON // MICROSECOND
    for first, _ in _duty(schedule, moment, limit):
        return to_moment(max(first, moment)) if first <= limit else None
    return None


def add_work(schedule: Schedule, start: datetime, length: timedelta) -> datetime | None:
    """Give the first moment by which `length` of duty time has passed since `start` (UTC).

    Time used up exactly at the end of a shift is up then, not at the beginning of the next one. A `length` of zero is
    up at `start`, on duty or not.

    Returns:
        None when that much duty does not come within 4,000 days.

    Raises:
        ValueError: `length` is negative.
    """
    remaining = length // MICROSECOND
    if remaining < 0:
        raise ValueError("working time can't be counted backwards")
    begin = to_micros(start)
    if remaining == 0:
        return to_moment(begin)
    pattern = _pattern_of(schedule)
    limit = begin + WORK_HORIZON // MICROSECOND
    for first, last in _leave_of(schedule):
        if last <= begin:
            continue
        before = _work(pattern, begin, min(first, limit))
        if before >= remaining:
            break
        remaining -= before
        begin = last
        if begin > limit:
            return None
    reached = _add(pattern, begin, remaining, limit)
    return None if reached is None or reached > limit else to_moment(reached)


def work_between(schedule: Schedule, start: datetime, end: datetime) -> timedelta:
    """Give how much duty time lies in [start, end); none when `end` is not after `start`."""
    begin, stop = to_micros(start), to_micros(end)
    pattern = _pattern_of(schedule)
    total = _work(pattern, begin, stop)
    for first, last in _leave_of(schedule):
        total -= _work(pattern, max(first, begin), min(last, stop))
    return total * MICROSECOND


def local_day(timezone: str, at: datetime) -> date:
    """Give the date on the calendar on the wall in that zone at `at` (aware)."""
    return at.astimezone(ZoneInfo(timezone)).date()


def after(schedule: Schedule, start: datetime, duration: Duration) -> datetime | None:
    """Give the moment when `duration` is over: in duty time for `work 24h`, by the clock otherwise."""
    if duration.at_work:
        return add_work(schedule, start, duration.length)
    return (start + duration.length).astimezone(UTC)


def _pattern_of(schedule: Schedule) -> Pattern | None:
    if schedule.shift is None:
        return None
    return pattern_of(schedule.shift, schedule.timezone, frozenset(schedule.days.items()))


def _leave_of(schedule: Schedule) -> list[tuple[int, int]]:
    """Give the leave as ascending stretches that neither meet nor overlap."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted((to_micros(first), to_micros(last)) for first, last in schedule.leave):
        if first >= last:
            continue
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged


def _work(pattern: Pattern | None, begin: int, stop: int) -> int:
    """Give the pattern's duty time in [begin, stop)."""
    if stop <= begin:
        return 0
    if pattern is None:
        return stop - begin
    total = 0
    for block in blocks_from(pattern, begin):
        total += block.work_until(stop) - block.work_until(begin)
        if block.last >= stop:
            break
    return total


def _add(pattern: Pattern | None, begin: int, work: int, limit: int) -> int | None:
    """Give the first moment by which `work` (above 0) of the pattern's duty has passed since `begin`."""
    if pattern is None:
        return begin + work
    for block in blocks_from(pattern, begin):
        done = block.work_until(begin)
        if block.sums[-1] - done >= work:
            return block.moment_of(done + work)
        work -= block.sums[-1] - done
        if block.last > limit:
            break
    return None


def _stretches(pattern: Pattern | None, moment: int, limit: int) -> Iterator[tuple[int, int]]:
    """Give the pattern's stretches that end after the moment and begin by the limit, joined where they meet."""
    if pattern is None:
        yield moment, limit + 1
        return
    open_from: int | None = None
    open_until = 0
    for block in blocks_from(pattern, moment):
        for index in range(bisect_right(block.ends, moment), len(block.ends)):
            if open_from is not None and block.starts[index] > open_until:
                yield open_from, open_until
                open_from = None
            open_from = block.starts[index] if open_from is None else open_from
            open_until = block.ends[index]
        if block.last > limit:
            break
    if open_from is not None:
        yield open_from, open_until


def _duty(schedule: Schedule, moment: int, limit: int) -> Iterator[tuple[int, int]]:
    """Give the stretches on duty, less leave, that end after the moment; the last one may run past the limit."""
    leave = _leave_of(schedule)
    for first, last in _stretches(_pattern_of(schedule), moment, limit):
        begin = first
        for away, back in leave:
            if back <= begin or away >= last:
                continue
            if away > max(begin, moment):
                yield begin, away
            begin = back
        if last > max(begin, moment):
            yield begin, last
