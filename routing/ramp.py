"""Joiners' ramp: the share of a turn that a newcomer has while it grows to a whole one. Whole millionths only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from routing.decision import Ints
from routing.fair_options import Ramp
from routing.policy import MILLION
from routing.shares import STEP
from routing.working_time import DayKinds

_DAY = timedelta(days=1)
_WEEKEND = 5


def ramp_on(ramp: Ramp, joined: Sequence[date | None], today: date, days: DayKinds) -> Ints | None:
    """Give by what everybody's share is multiplied on a day, (n,) millionths; None where nobody's is still growing.

    It begins at `start` and grows by the same amount with every work day of the calendar that is over, whatever shift
    the rep has, until it is whole after `work_days` of them.

    Args:
        ramp: of the policy.
        joined: first days, None for whoever was there from the beginning.
        today: the day in the policy's zone.
        days: exceptions to ordinary weeks.
    """
    recent = {day for day in joined if day is not None}
    behind = _work_days_since(min(recent, default=today), today, ramp.work_days, days)
    # Whoever joins on a later day, by the clock of another zone, is at the beginning.
    parts = {day: _part(ramp, 0 if day >= today else behind.get(day, ramp.work_days)) for day in recent}
    factors = [MILLION if day is None else parts[day] for day in joined]
    return np.array(factors, dtype=np.int64) if any(factor < MILLION for factor in factors) else None


def _part(ramp: Ramp, work_days: int) -> int:
    grown = (MILLION - ramp.start) * work_days // ramp.work_days
    return MILLION if work_days >= ramp.work_days else (ramp.start + grown) // STEP * STEP


def _work_days_since(first: date, today: date, most: int, days: DayKinds) -> dict[date, int]:
    """Count, for each day before today on which fewer than `most` work days were ahead, the work days from it until today."""
    found: dict[date, int] = {}
    count, day = 0, today
    while day > first:
        day -= _DAY
        count += days.get(day, day.weekday() < _WEEKEND)
        if count >= most:
            break
        found[day] = count
    return found
