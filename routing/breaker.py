"""The breaker for surges of hot leads: a state machine over what has arrived and how fast it was answered. Pure.

Moments are whole seconds since 1970 UTC and come in as arguments; a `slot` is an hour of the week on the policy's clock.
What the breaker knows fits into a small value, so that it is stored with whatever moved it.

    closed ──surge, slow, by hand──► open ──half of `calm_for` below both limits──► half open ──the other half──► closed
                                      ▲                                                 │
                                      └──────────────────── surge, slow ────────────────┘

After `at_most`, and by hand, it closes from anywhere; then it opens by itself only after `calm_for` below both limits, or
a surge that goes on would open it again at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

from routing.policy import MILLION, Hot

HOUR = 3600
WEEK_HOURS = 7 * 24
"""The half-life of what is usual: each week counts half as much as the one after it."""
_MOST_BUCKETS = 600
_MOST_HALVINGS = 62
_SECOND = timedelta(seconds=1)


class Phase(StrEnum):
    """How far the breaker is open."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"  # capacities are as always again, races and the short limit are still on


class Cause(StrEnum):
    """Why it switched."""

    SURGE = "surge"
    SLOW = "slow"
    CALM = "calm"
    TIME_UP = "time_up"
    MANAGER = "manager"
    POLICY = "policy"  # the policy in force has no `hot` any more


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual in one hour of the week: a mean of the weeks so far, the newest counting most.

    Attributes:
        leads: weighted sum of hot leads, in millionths.
        weight: sum of the weights, in millionths; approaches a million.
        hour: number of the last hour (since 1970) that was added with leads in it.
    """

    leads: int
    weight: int
    hour: int


@dataclass(frozen=True, slots=True)
class Breaker:
    """All that the breaker knows.

    Attributes:
        phase: how far it is open.
        opened_at: since when it has been open, half open included; 0 while closed.
        calm_since: since when both limits have been kept; None while they are not, or nobody needs to know.
        spent: it was closed by hand or by time, and needs `calm_for` before it opens by itself.
        arrivals: (moment, hot leads) within the window, ascending.
        answers: seconds that the last hot leads took until somebody had them, newest last.
        since: the first hour that was watched.
        hour: the hour that is being counted, and
        hour_slot: its hour of the week, and
        in_hour: how many hot leads it has had.
        usual: hour of the week -> what is usual then.
    """

    phase: Phase = Phase.CLOSED
    opened_at: int = 0
    calm_since: int | None = None
    spent: bool = False
    arrivals: tuple[tuple[int, int], ...] = ()
    answers: tuple[int, ...] = ()
    since: int = 0
    hour: int = 0
    hour_slot: int = 0
    in_hour: int = 0
    usual: Mapping[int, Usual] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Numbers:
    """What the breaker saw: hot leads in the window, from how many on it is a surge, what is usual (in millionths), p90."""

    count: int
    surge_from: int
    usual: int
    p90_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Switch:
    """The breaker went from one phase to another, why, and by which numbers."""

    before: Phase
    after: Phase
    cause: Cause
    numbers: Numbers


@dataclass(frozen=True, slots=True)
class At:
    """A moment, and the hour of the week (0 is Monday, midnight) that it is on the policy's clock."""

    moment: int
    slot: int


Moved = tuple[Breaker, tuple[Switch, ...]]


def look(breaker: Breaker, hot: Hot, at: At) -> Moved:
    """Let time pass until `at`; asking more often changes nothing."""
    return _judge(_until(breaker, at), hot, at)


def arrive(breaker: Breaker, hot: Hot, at: At, *, count: int = 1) -> Moved:
    """Take in hot leads that have arrived at `at`."""
    known, before = look(breaker, hot, at)
    step = max(_seconds(hot.within) // _MOST_BUCKETS, 1)
    bucket = at.moment - at.moment % step
    known = replace(known, arrivals=_with(known.arrivals, bucket, count), in_hour=known.in_hour + count)
    known, then = _judge(known, hot, at)
    return known, before + then


def answer(breaker: Breaker, hot: Hot, at: At, *, seconds: int) -> Moved:
    """Take in that a hot lead has found somebody, or nobody within all its rounds, so many seconds after its first offer.

    Once the last so many have been found slow, they are counted anew from there, so that the same leads neither keep the
    breaker open nor open it twice.
    """
    known, before = look(breaker, hot, at)
    known = replace(known, answers=(*known.answers, max(seconds, 0))[-hot.slow_over :])
    p90 = p90_of(known.answers, hot)
    if hot.slow_acknowledge is None or p90 is None or p90 <= _seconds(hot.slow_acknowledge):
        return known, before
    numbers = replace(_numbers(known, hot, at), p90_seconds=p90)
    known = replace(known, answers=(), calm_since=None if _surges(numbers) else at.moment)
    if known.phase is Phase.OPEN or (known.phase is Phase.CLOSED and known.spent):
        return known, before
    return _opened(known, at), (*before, Switch(known.phase, Phase.OPEN, Cause.SLOW, numbers))


def by_hand(breaker: Breaker, hot: Hot, at: At, *, opens: bool) -> Moved:
    """Open or close by a manager's word; the limits of time hold for what was opened by hand too."""
    known, before = look(breaker, hot, at)
    to = Phase.OPEN if opens else Phase.CLOSED
    if known.phase is to:
        return known, before
    numbers = _numbers(known, hot, at)
    known = replace(known, calm_since=None if _surges(numbers) else at.moment)
    after = _opened(known, at) if opens else _closed(known, spent=True)
    return after, (*before, Switch(known.phase, to, Cause.MANAGER, numbers))


def switched_off(breaker: Breaker) -> Moved:
    """Close because the policy has no breaker any more; what is usual is kept for the day it has one again."""
    if breaker.phase is Phase.CLOSED:
        return breaker, ()
    after = replace(_closed(breaker, spent=False), arrivals=())
    return after, (Switch(breaker.phase, Phase.CLOSED, Cause.POLICY, Numbers(0, 0, 0)),)


def next_look(breaker: Breaker, hot: Hot, at: At) -> int | None:
    """Give the next moment at which time alone may switch it, None while it is closed."""
    if breaker.phase is Phase.CLOSED:
        return None
    moments = [breaker.opened_at + _seconds(hot.at_most)]
    if breaker.calm_since is None:
        moments.append(_surge_end(breaker, hot, _numbers(breaker, hot, at).surge_from) or at.moment)
    else:
        part = _half(hot) if breaker.phase is Phase.OPEN else _seconds(hot.calm_for)
        moments.append(breaker.calm_since + part)
    return max(min(moments), at.moment)


def p90_of(answers: tuple[int, ...], hot: Hot) -> int | None:
    """Give the nearest-rank 90th percentile of the last `slow_over` answers, None with fewer."""
    if len(answers) < hot.slow_over:
        return None
    return sorted(answers[-hot.slow_over :])[(9 * hot.slow_over + 9) // 10 - 1]


def usual_at(breaker: Breaker, at: At, within: timedelta) -> int:
    """Give how many hot leads are usual in such a window at this hour of the week, in millionths.

    A mean over the weeks watched so far with a half-life of seven days: m = (sum of x_i / 2^i) / (sum of 1 / 2^i), i weeks
    back. The hour that runs is not part of it.
    """
    known = breaker.usual.get(at.slot)
    if known is None:
        return 0
    leads, weight = _faded(known, _weeks_between(known.hour, at.moment // HOUR))
    return leads * _seconds(within) * MILLION // (weight * HOUR)


def _until(breaker: Breaker, at: At) -> Breaker:
    """Bring hours and moments up to `at`; what lies ahead of it is of a clock that was set back since."""
    now = at.moment
    known = _next_hour(breaker, at)
    ahead = known.opened_at > now or (known.calm_since or 0) > now or any(moment > now for moment, _ in known.arrivals)
    if not ahead:
        return known
    arrivals: tuple[tuple[int, int], ...] = ()
    for moment, count in known.arrivals:
        arrivals = _with(arrivals, min(moment, now), count)
    calm = None if known.calm_since is None else min(known.calm_since, now)
    return replace(known, opened_at=min(known.opened_at, now), calm_since=calm, arrivals=arrivals)


def _next_hour(breaker: Breaker, at: At) -> Breaker:
    hour = at.moment // HOUR
    if not breaker.since:
        return replace(breaker, since=hour, hour=hour, hour_slot=at.slot)
    if hour == breaker.hour:
        return breaker
    usual = breaker.usual
    if breaker.in_hour and hour > breaker.hour:
        usual = MappingProxyType({**usual, breaker.hour_slot: _one_more(breaker)})
    return replace(breaker, hour=hour, hour_slot=at.slot, in_hour=0, usual=usual, since=min(breaker.since, hour))


def _one_more(breaker: Breaker) -> Usual:
    """Add the hour that is over; hours without any hot lead are not added, but known from the gap that they leave."""
    before = breaker.usual.get(breaker.hour_slot)
    if before is None:
        weeks = (breaker.hour - breaker.since) // WEEK_HOURS
        leads, weight = 0, MILLION - (MILLION >> min(weeks, _MOST_HALVINGS))
    else:
        leads, weight = _faded(before, _weeks_between(before.hour, breaker.hour))
    return Usual((leads + breaker.in_hour * MILLION) // 2, (weight + MILLION) // 2, breaker.hour)


def _weeks_between(before: int, hour: int) -> int:
    """Count the weeks without a hot lead between two hours of one slot; the clocks' changes move them by one hour."""
    return max((hour - before + WEEK_HOURS // 2) // WEEK_HOURS - 1, 0)


def _faded(usual: Usual, weeks: int) -> tuple[int, int]:
    halvings = min(weeks, _MOST_HALVINGS)
    return usual.leads >> halvings, MILLION - ((MILLION - usual.weight) >> halvings)


def _judge(breaker: Breaker, hot: Hot, at: At) -> Moved:
    """Say which phase follows from the arrivals and the time."""
    now, numbers = at.moment, _numbers(breaker, hot, at)
    surges, calm = _surges(numbers), breaker.calm_since
    if surges:
        calm = None
    elif calm is None and (breaker.spent or breaker.phase is not Phase.CLOSED):
        calm = min(_surge_end(breaker, hot, numbers.surge_from) or now, now)
    kept = tuple((moment, count) for moment, count in breaker.arrivals if moment > now - _seconds(hot.within))
    known = replace(breaker, arrivals=kept, calm_since=calm)
    if known.phase is Phase.CLOSED:
        return _judge_closed(known, hot, at, numbers)
    calm_end = None if calm is None else calm + _seconds(hot.calm_for)
    last_end = known.opened_at + _seconds(hot.at_most)
    if now >= last_end and (calm_end is None or last_end <= calm_end):
        return _closed(known, spent=True), (Switch(known.phase, Phase.CLOSED, Cause.TIME_UP, numbers),)
    if calm_end is not None and now >= calm_end:
        return _closed(known, spent=False), (Switch(known.phase, Phase.CLOSED, Cause.CALM, numbers),)
    to, cause = known.phase, Cause.CALM
    if surges:
        to, cause = Phase.OPEN, Cause.SURGE
    elif calm is not None and now - calm >= _half(hot):
        to = Phase.HALF_OPEN
    if to is known.phase:
        return known, ()
    return replace(known, phase=to), (Switch(known.phase, to, cause, numbers),)


def _judge_closed(known: Breaker, hot: Hot, at: At, numbers: Numbers) -> Moved:
    calm = known.calm_since
    if known.spent and calm is not None and at.moment - calm >= _seconds(hot.calm_for):
        known = replace(known, spent=False, calm_since=None)
    if known.spent or not _surges(numbers):
        return known, ()
    return _opened(known, at), (Switch(Phase.CLOSED, Phase.OPEN, Cause.SURGE, numbers),)


def _numbers(breaker: Breaker, hot: Hot, at: At) -> Numbers:
    after = at.moment - _seconds(hot.within)
    count = sum(number for moment, number in breaker.arrivals if after < moment)
    usual = usual_at(breaker, at, hot.within)
    # «More than times_usual x usual»: the least whole number above it.
    above = hot.times_usual * usual // (MILLION * MILLION) + 1
    return Numbers(count, max(hot.count, above), usual)


def _surges(numbers: Numbers) -> bool:
    return numbers.count >= numbers.surge_from


def _surge_end(breaker: Breaker, hot: Hot, surge_from: int) -> int | None:
    """Say when the surge ends, or ended, if nothing more arrives: its oldest necessary lead leaves the window then."""
    seen = 0
    for moment, count in reversed(breaker.arrivals):
        seen += count
        if seen >= surge_from:
            return moment + _seconds(hot.within)
    return None


def _opened(breaker: Breaker, at: At) -> Breaker:
    opened_at = at.moment if breaker.phase is Phase.CLOSED else breaker.opened_at
    return replace(breaker, phase=Phase.OPEN, opened_at=opened_at, spent=False, answers=())


def _closed(breaker: Breaker, *, spent: bool) -> Breaker:
    calm = breaker.calm_since if spent else None
    return replace(breaker, phase=Phase.CLOSED, opened_at=0, calm_since=calm, spent=spent, answers=())


def _with(arrivals: tuple[tuple[int, int], ...], moment: int, count: int) -> tuple[tuple[int, int], ...]:
    if arrivals and arrivals[-1][0] >= moment:
        last, seen = arrivals[-1]
        return (*arrivals[:-1], (last, seen + count))
    return (*arrivals, (moment, count))


def _half(hot: Hot) -> int:
    return (_seconds(hot.calm_for) + 1) // 2


def _seconds(length: timedelta) -> int:
    return max(length // _SECOND, 1)
