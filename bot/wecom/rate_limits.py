"""Our own budget of messages per member, since WeCom drops what is over its limits without a word.

WeCom: 30 a minute and 1,000 an hour to one member (developer.work.weixin.qq.com/document/path/90312). We stay inside:
30 a minute and 900 an hour in all, of which what we push unasked may take 20 and 600. The rest is kept for answers that
somebody waits for; whatever is not pushed is theirs as well. Pure arithmetic: the state is a small JSON value that the
database keeps, one row per member.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.messaging import BudgetState, Lane

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_BUCKET: Final = 60_000
#: A message that left late and one that left early can meet at WeCom: windows are longer by the longest time on the
#: way.
_ON_THE_WAY: Final = 5_000
_MINUTE: Final = 60_000 + _ON_THE_WAY
_HOUR: Final = 3_600_000 + _ON_THE_WAY


@dataclass(frozen=True, slots=True)
class MemberBudget:
    """A sliding window of a minute, exact, and one of an hour, in buckets of a minute that count until their end.

    State of a lane, for instance `push`: `push` holds the send times of the last minute in milliseconds since 1970,
    oldest first; `push_hour` holds minute and count in turns.
    """

    pushes_a_minute: int = 20
    pushes_an_hour: int = 600
    all_a_minute: int = 30
    all_an_hour: int = 900

    def next_slot(self, state: BudgetState, lane: Lane, now: datetime) -> datetime:
        """Say when the next message of this lane may go: `now`, or the later instant at which a slot is free."""
        here = _milliseconds(now)
        slot = here
        for window in self._windows(state, lane, here):
            slot = max(slot, _minute_slot(window, here), _hour_slot(window, here))
        return now if slot == here else _EPOCH + slot * _MILLISECOND

    def free_until(self, state: BudgetState, lane: Lane, now: datetime, until: datetime) -> int:
        """Say how many messages of this lane may go from `now` on until `until`, all told; at most a minute ahead."""
        here, end = _milliseconds(now), _milliseconds(until)
        pushed, answered = _counted(state, "push", here, end), _counted(state, "answer", here, end)
        free = min(self.all_a_minute - pushed[0] - answered[0], self.all_an_hour - pushed[1] - answered[1])
        if lane == "push":
            free = min(free, self.pushes_a_minute - pushed[0], self.pushes_an_hour - pushed[1])
        return max(free, 0)

    def spend(self, state: BudgetState, lane: Lane, now: datetime) -> BudgetState:
        """Give the state after one more message of this lane at `now`; entries of the past are dropped."""
        here = _milliseconds(now)
        recent = [sent for sent in _times(state, lane, here) if sent > here - _MINUTE]
        buckets = {minute: count for minute, count in _buckets(state, lane, here) if _bucket_end(minute) > here}
        buckets[here // _BUCKET] = buckets.get(here // _BUCKET, 0) + 1
        return {
            **state,
            lane: [*recent, here],
            f"{lane}_hour": [number for minute in sorted(buckets) for number in (minute, buckets[minute])],
        }

    def _windows(self, state: BudgetState, lane: Lane, here: int) -> list[_Window]:
        """Give what a message of this lane has to fit into: everything together, and for pushes their own share."""
        pushed = _times(state, "push", here), _buckets(state, "push", here)
        answered = _times(state, "answer", here), _buckets(state, "answer", here)
        together = sorted([*pushed[0], *answered[0]]), sorted([*pushed[1], *answered[1]])
        windows = [_Window(*together, self.all_a_minute, self.all_an_hour)]
        if lane == "push":
            windows.append(_Window(*pushed, self.pushes_a_minute, self.pushes_an_hour))
        return windows


@dataclass(frozen=True, slots=True)
class _Window:
    """Messages that share a limit: when they went, ascending, and how many in each minute, ascending."""

    times: list[int]
    buckets: list[tuple[int, int]]
    a_minute: int
    an_hour: int


def _milliseconds(now: datetime) -> int:
    return (now - _EPOCH) // _MILLISECOND


def _times(state: BudgetState, lane: Lane, here: int) -> list[int]:
    # Times of a clock that ran ahead count as now, else they would shut the lane for as long as it was wrong.
    return sorted(min(sent, here) for sent in state.get(lane, ()))


def _buckets(state: BudgetState, lane: Lane, here: int) -> list[tuple[int, int]]:
    numbers = state.get(f"{lane}_hour", [])
    merged: dict[int, int] = {}
    for minute, count in zip(numbers[::2], numbers[1::2], strict=False):
        merged[min(minute, here // _BUCKET)] = merged.get(min(minute, here // _BUCKET), 0) + count
    return sorted(merged.items())


def _bucket_end(minute: int) -> int:
    """Give the instant from which no message of this minute is younger than an hour."""
    return (minute + 1) * _BUCKET + _HOUR


def _counted(state: BudgetState, lane: Lane, here: int, end: int) -> tuple[int, int]:
    """Give how many messages of a lane count at `end` for the minute and for the hour; a clock that ran ahead is `here`."""
    recent = sum(min(sent, here) > end - _MINUTE for sent in state.get(lane, ()))
    numbers, this = state.get(f"{lane}_hour", []), here // _BUCKET
    hour = zip(numbers[::2], numbers[1::2], strict=False)
    return recent, sum(count for minute, count in hour if _bucket_end(min(minute, this)) > end)


def _minute_slot(window: _Window, here: int) -> int:
    recent = [sent for sent in window.times if sent > here - _MINUTE]
    return here if len(recent) < window.a_minute else recent[len(recent) - window.a_minute] + _MINUTE


def _hour_slot(window: _Window, here: int) -> int:
    buckets = [(minute, count) for minute, count in window.buckets if _bucket_end(minute) > here]
    total = sum(count for _, count in buckets)
    slot = here
    for minute, count in buckets:
        if total < window.an_hour:
            break
        total -= count
        slot = _bucket_end(minute)
    return slot
