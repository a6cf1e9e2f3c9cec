"""Who of many is on duty, for batches: reps are many, their (shift, zone) pairs few, and changes rare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from routing.working_time import CHANGE_HORIZON, Schedule, next_change, on_duty

_Key = tuple[int, str, int, tuple[tuple[datetime, datetime], ...]]


@dataclass(frozen=True, slots=True)
class _Stretch:
    """One group's duty from `since` until just before `until`; not `flips` where only our look ahead ends there."""

    since: datetime
    until: datetime
    flag: bool
    flips: bool

    @classmethod
    def of(cls, schedule: Schedule, at: datetime) -> _Stretch:
        """Look at one schedule."""
        change = next_change(schedule, at)
        return cls(at, change or at + CHANGE_HORIZON, on_duty(schedule, at), change is not None)

    def holds(self, at: datetime) -> bool:
        """Say whether this is known for `at`, which may be before `since` where a clock was set back."""
        return self.since <= at < self.until


@dataclass(frozen=True, slots=True, eq=False)
class _Glance:
    """All groups in [since, until), in which nobody's duty changes; `flags` (n,) is per schedule and read-only."""

    since: datetime
    until: datetime
    change: datetime | None
    groups: tuple[_Stretch, ...]
    flags: npt.NDArray[np.bool_]


class DutyBoard:
    """Answers for n schedules at once, in their order.

    Schedules that share the same shift object, zone, exceptions object and leave are worked out once. An answer is kept
    until somebody's duty changes, so that asking again for the next lead of a batch costs a comparison. The board
    belongs to one version of roster, calendar and leave: build a new one when they change. Any thread may ask, since
    the kept answer is replaced whole, and a clock may be set back.
    """

    def __init__(self, schedules: Sequence[Schedule]) -> None:
        """Group the schedules; nothing is worked out yet."""
        groups: dict[_Key, int] = {}
        self._distinct: list[Schedule] = []
        members = []
        for schedule in schedules:
            # Identity is enough and cheap: the board keeps shift and days alive, so that no id is given away twice.
            key = (id(schedule.shift), schedule.timezone, id(schedule.days), schedule.leave)
            if key not in groups:
                groups[key] = len(self._distinct)
                self._distinct.append(schedule)
            members.append(groups[key])
        self._members = np.array(members, dtype=np.intp)
        self._kept: _Glance | None = None

    def on_duty(self, at: datetime) -> npt.NDArray[np.bool_]:
        """Give (n,) flags, read-only: who is on duty at `at` (aware)."""
        return self._glance(at).flags

    def next_change(self, at: datetime) -> datetime | None:
        """Give the first moment after `at` when anybody goes on or off duty (UTC).

        None: not within 400 days of when the board last had to look; it looks again before that time is over.
        """
        return self._glance(at).change

    def _glance(self, at: datetime) -> _Glance:
        kept = self._kept
        if kept is None or not kept.since <= at < kept.until:
            kept = self._look(at, kept)
            self._kept = kept
        return kept

    def _look(self, at: datetime, kept: _Glance | None) -> _Glance:
        """Look again at the groups whose stretch is over."""
        groups = tuple(
            old if old is not None and old.holds(at) else _Stretch.of(schedule, at)
            for old, schedule in zip(
                kept.groups if kept else (None,) * len(self._distinct), self._distinct, strict=True
            )
        )
        flags = np.array([group.flag for group in groups], dtype=np.bool_)[self._members]
        flags.flags.writeable = False
        return _Glance(
            since=at,
            until=min((group.until for group in groups), default=at + CHANGE_HORIZON),
            change=min((group.until for group in groups if group.flips), default=None),
            groups=groups,
            flags=flags,
        )
