"""The spans of one shift in one zone, laid out in real time, half a year at a time, with running sums.

A span begins and ends at the **first** moment when the clock on the wall shows its bound or a later time.

- Clocks go forward over 02:00-03:00: a bound inside the missing hour falls on the moment of the change. 01:00-04:00
  lasts two hours; 02:15-02:45 has no time that day, because nobody's clock showed it.
- Clocks go back from 02:00 to 01:00: a bound inside the repeated hour means its first time. 01:00-04:00 lasts four
  hours; 01:15-01:45 lasts half an hour and is not worked twice; 01:00-02:00 goes on until the clock really shows 02:00.
- Spans that meet on the clock (`22:00-24:00` and `00:00-06:00` of the next day) meet in real time too, without gap or
  overlap, whatever the clocks do.

Moments are whole microseconds since 1970 here: integers compare and add exactly, and cost little.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from routing.roster import Shift

MICROSECOND = timedelta(microseconds=1)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = 60_000_000
_DAY = 1440 * _MINUTE
_BLOCK_DAYS = 182


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """A shift in a zone with its exceptions; leave is a person's own and stays out, so that a team shares one."""

    shift: Shift
    zone: ZoneInfo
    days: Mapping[date, bool]

    def spans(self, day: date) -> list[tuple[int, int]]:
        """Give the local spans of `day` in minutes, ascending."""
        kind = self.days.get(day)
        if kind is True:
            spans = self.shift.workday
        elif kind is False and not self.shift.works_holidays:
            spans = ()
        else:
            spans = self.shift.weekly[day.weekday()]
        return sorted((span.start, span.end) for span in spans)


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Half a year of stretches in microseconds since 1970, ascending, apart from each other.

    `sums[i]` is the duty time of the block before `starts[i]`; one more entry, the last, is the block's total.
    """

    first: int
    last: int
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    sums: tuple[int, ...]

    def covers(self, moment: int) -> bool:
        """Say whether the moment lies in a stretch."""
        index = bisect_right(self.starts, moment) - 1
        return index >= 0 and moment < self.ends[index]

    def work_until(self, moment: int) -> int:
        """Give the duty time of this block that lies before the moment."""
        index = bisect_right(self.starts, moment) - 1
        if index < 0:
            return 0
        return self.sums[index] + min(moment, self.ends[index]) - self.starts[index]

    def moment_of(self, work: int) -> int:
        """Give the first moment by which `work` (above 0, at most the total) of this block's duty has passed."""
        index = bisect_left(self.sums, work) - 1
        return self.starts[index] + work - self.sums[index]


@lru_cache(maxsize=256)
def pattern_of(shift: Shift, timezone: str, days: frozenset[tuple[date, bool]]) -> Pattern:
    """Give the pattern of these values, always the same object while it is in use, so that its blocks are found again.

    Raises:
        zoneinfo.ZoneInfoNotFoundError: no such zone.
    """
    return Pattern(shift, ZoneInfo(timezone), dict(days))


@lru_cache(maxsize=2048)
def _block(pattern: Pattern, number: int) -> Block:
    """Lay out the local days [number * 182, number * 182 + 182), counted as `date.toordinal` does."""
    starts: list[int] = []
    ends: list[int] = []
    begin = opens = _reached(pattern.zone, number * _BLOCK_DAYS, 0)
    for ordinal in range(number * _BLOCK_DAYS, (number + 1) * _BLOCK_DAYS):
        closes = _reached(pattern.zone, ordinal + 1, 0)
        for start, end in pattern.spans(date.fromordinal(ordinal)):
            if closes - opens == _DAY:
                first, last = opens + start * _MINUTE, opens + end * _MINUTE
            else:
                first, last = _reached(pattern.zone, ordinal, start), _reached(pattern.zone, ordinal, end)
            if ends and first <= ends[-1]:
                ends[-1] = max(ends[-1], last)
            elif first < last:
                starts.append(first)
                ends.append(last)
        opens = closes
    sums = [0]
    for first, last in zip(starts, ends, strict=True):
        sums.append(sums[-1] + last - first)
    return Block(begin, opens, tuple(starts), tuple(ends), tuple(sums))


def blocks_from(pattern: Pattern, moment: int) -> Iterator[Block]:
    """Give the block that holds the moment, then those after it, without end."""
    number = to_moment(moment).toordinal() // _BLOCK_DAYS
    # The date in UTC may be the neighbour of the local one; the block's own bounds decide.
    if moment < _block(pattern, number).first:
        number -= 1
    elif moment >= _block(pattern, number).last:
        number += 1
    while True:
        yield _block(pattern, number)
        number += 1


def _reached(zone: ZoneInfo, ordinal: int, minute: int) -> int:
    """Give the first moment when the wall clock of `zone` shows this minute of this day, or a later time."""
    wall = datetime.fromordinal(ordinal) + timedelta(minutes=minute)
    moment = to_micros(wall.replace(tzinfo=zone))
    if _wall(zone, moment) == wall:
        return moment
    # No clock ever showed it. PEP 495: fold=1 reads it with the offset after the jump, which gives a moment before it.
    early, late = to_micros(wall.replace(tzinfo=zone, fold=1)) // 1_000_000, moment // 1_000_000
    while late - early > 1:
        middle = (early + late) // 2
        if _wall(zone, middle * 1_000_000) >= wall:
            late = middle
        else:
            early = middle
    return late * 1_000_000


def _wall(zone: ZoneInfo, moment: int) -> datetime:
    return to_moment(moment).astimezone(zone).replace(tzinfo=None)


def to_micros(at: datetime) -> int:
    """Give an aware moment in microseconds since 1970; a naive one raises TypeError."""
    return (at - _EPOCH) // MICROSECOND


def to_moment(micros: int) -> datetime:
    """Give the moment in UTC."""
    return _EPOCH + micros * MICROSECOND
