"""Reminders under a deadline that is shorter than the one they were written for."""

from __future__ import annotations

from datetime import timedelta

_LATEST_PART = (4, 5)


def reminders_within(written: tuple[timedelta, ...], under: timedelta, within: timedelta) -> tuple[timedelta, ...]:
    """Fit reminders under a deadline.

    Reminders that all lie before it stay as they are. Else all keep their part of the deadline that they were written
    under; if even that one is not later than the last of them, the last moves to four fifths.
    Whole seconds, at least one.
    """
    ordered = tuple(sorted(set(written)))
    if not ordered or ordered[-1] < within:
        return ordered
    over, part_of = (
        (within, under) if ordered[-1] < under else (within * _LATEST_PART[0], ordered[-1] * _LATEST_PART[1])
    )
    seconds = {max(int(each.total_seconds() * over.total_seconds() / part_of.total_seconds()), 1) for each in ordered}
    return tuple(timedelta(seconds=second) for second in sorted(seconds) if timedelta(seconds=second) < within)
