"""Two small books of the other world: everybody's local day, and turns that wait to be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from routing.decision import Ints
from routing.fairness import Reversal, may_settle
from routing.policy import Policy
from routing.ramp import ramp_on
from routing.reps_table import RepsTable
from routing.shift_pattern import to_micros, to_moment
from routing.standing import Standing
from routing.working_time import DayKinds

_NEVER = 1 << 62


@dataclass(slots=True, eq=False)
class _Zone:
    """The reps of one time zone, and their local day."""

    zone: ZoneInfo
    members: npt.NDArray[np.intp]
    today: date = date.min
    until: int = -1


class LocalDays:
    """The local day of everybody. Moments are microseconds since 1970 UTC."""

    def __init__(self, timezones: Sequence[str]) -> None:
        """Group the reps by zone; `timezones` are theirs, in their order."""
        names = sorted(set(timezones))
        number = {name: at for at, name in enumerate(names)}
        self._zone_of = [number[name] for name in timezones]
        places = np.array(self._zone_of, dtype=np.intp)
        self._zones = [_Zone(ZoneInfo(name), np.flatnonzero(places == at)) for at, name in enumerate(names)]
        #: When the next day begins for anybody.
        self.until = -1

    def advance(self, now: int) -> list[npt.NDArray[np.intp]]:
        """Let days begin; gives the positions of those for whom one has. The first call only says which day it is."""
        if now < self.until:
            return []
        begun = []
        for zone in self._zones:
            if now < zone.until:
                continue
            if zone.until >= 0:
                begun.append(zone.members)
            zone.today = to_moment(now).astimezone(zone.zone).date()
            zone.until = to_micros(datetime.combine(zone.today + timedelta(days=1), time(), tzinfo=zone.zone))
        self.until = min((zone.until for zone in self._zones), default=_NEVER)
        return begun

    def of(self, at: int) -> date:
        """Give the local day of the rep at a position."""
        return self._zones[self._zone_of[at]].today


def joiners_on(policy: Policy, table: RepsTable, days: DayKinds, now: int) -> tuple[Ints | None, int]:
    """Give by what joiners' shares are multiplied at a moment, and until when; moments are microseconds since 1970 UTC."""
    ramp = policy.choose.ramp
    if ramp is None:
        return None, _NEVER
    zone = ZoneInfo(policy.timezone)
    today = to_moment(now).astimezone(zone).date()
    until = to_micros(datetime.combine(today + timedelta(days=1), time(), tzinfo=zone))
    return ramp_on(ramp, [rep.joined_on for rep in table.reps], today, days), until


@dataclass(slots=True, eq=False)
class Reversals:
    """Turns that are taken back as soon as that pushes nobody too far, oldest first."""

    _waiting: list[Reversal] = field(default_factory=list)

    def add(self, reversal: Reversal) -> None:
        """Let one wait; a decision outside the accounts has none."""
        if reversal.deltas:
            self._waiting.append(reversal)

    def settle(self, standing: Standing, table: RepsTable) -> None:
        """Take those that may be taken."""
        still = []
        for reversal in self._waiting:
            of_class = standing.class_deficit[reversal.grade_class]
            places = {rep: table.index[rep] for rep in reversal.deltas if rep in table.index}
            deficits = {rep: int(standing.deficit[at]) for rep, at in places.items()}
            if not may_settle(reversal, deficits, {rep: int(of_class[at]) for rep, at in places.items()}):
                still.append(reversal)
                continue
            for rep, at in places.items():
                standing.deficit[at] += reversal.deltas[rep]
                of_class[at] += reversal.deltas[rep]
            if standing.value_deficit is not None:
                for rep, delta in reversal.value.items():
                    if rep in places:
                        standing.value_deficit[places[rep]] += delta
        self._waiting = still
