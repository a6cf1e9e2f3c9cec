"""The roster: who is there, in which team, on which shift, with which skills. One immutable version per import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What a person may do."""

    REP = "rep"
    MANAGER = "manager"
    ADMIN = "admin"
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one local day, in minutes since local midnight: `09:00-12:00` is (540, 720); 1440 is 24:00."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Shift:
    """When somebody with this shift is on duty, in that person's own time zone.

    Attributes:
        name: as in the team file.
        weekly: seven tuples of spans, Monday first, for ordinary weeks; `everyday` fills all seven.
        workday: spans of a make-up workday (调休), whatever weekday it falls on.
        works_holidays: `everyday` shifts go on through public holidays; others rest.
    """

    name: str
    weekly: tuple[tuple[Span, ...], ...]
    workday: tuple[Span, ...]
    works_holidays: bool = False


@dataclass(frozen=True, slots=True)
class Team:
    """A group of reps with its managers."""

    id: str
    name: str
    managers: tuple[str, ...] = ()
    timezone: str = "Asia/Shanghai"
    shift: str | None = None


@dataclass(frozen=True, slots=True)
class Certificate:
    """A licence to sell, valid on the days `first_on` to `last_on`, both included."""

    name: str
    number: str = ""
    first_on: date = date.min
    last_on: date = date.max


@dataclass(frozen=True, slots=True)
class Rep:
    """One person of the team file; `takes_leads` is true for reps, and for managers only where the file says so.

    `joined_on` is None for whoever was there from the first import on.
    `open_cap` and `day_cap` are the rep's own figures (`capacity:` in the file), None where the team's or the policy's hold.
    `tables` holds what fit factors look up: `tiers` -> {三甲: 40, 二级: 90}, points 0-100.
    """

    id: str
    name: str
    team: str
    role: Role = Role.REP
    takes_leads: bool = True
    level: str | None = None
    timezone: str = "Asia/Shanghai"
    shift: str | None = None
    skills: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    languages: tuple[str, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    tables: Mapping[str, Mapping[str, int]] = field(default_factory=lambda: MappingProxyType({}))
    open_cap: int | None = None
    day_cap: int | None = None
    quota_month: int | None = None
    weight: int = 1
    backup: str | None = None
    locale: str = "zh"
    joined_on: date | None = None


@dataclass(frozen=True, slots=True)
class Roster:
    """One version of who is there. `reps` are ordered by id, which is the order of every per-rep array."""

    version: int
    teams: Mapping[str, Team]
    shifts: Mapping[str, Shift]
    reps: tuple[Rep, ...]
    admins: tuple[str, ...] = ()
    auditors: tuple[str, ...] = ()
    _by_id: Mapping[str, Rep] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Lay everybody out by id."""
        object.__setattr__(self, "_by_id", {rep.id.casefold(): rep for rep in reversed(self.reps)})

    def rep(self, rep_id: str) -> Rep | None:
        """Give the person with this id, or None. WeCom compares userids without case, so do we."""
        return self._by_id.get(rep_id.casefold())
