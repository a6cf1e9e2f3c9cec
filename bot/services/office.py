"""What is in force: the policy, the roster, and what follows from both. Compiled once per version, kept for a few."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import TypeVar
from zoneinfo import ZoneInfo

import structlog

from bot.public_holidays import day_kinds
from bot.wording import FIRST
from routing.decision import Ints
from routing.duty import DutyBoard
from routing.policy import Policy
from routing.policy_file import load_stored
from routing.ramp import ramp_on
from routing.reps_table import RepsTable, reps_table
from routing.roster import Role, Roster
from routing.team_file import roster_from_document
from routing.unknown_fields import fields_asked
from routing.working_time import DayKinds, Schedule
from store import Connection, versions

log = structlog.get_logger()

#: Leave as a key: (rep id, from, until).
Leave = tuple[tuple[str, datetime, datetime], ...]
K = TypeVar("K")
V = TypeVar("V")
_KEPT = 32
#: Years around the present for which holidays are looked up.
_YEARS_BACK, _YEARS_AHEAD = 1, 2


@dataclass(frozen=True)
class Office:
    """One policy version with one roster version, ready to decide with."""

    policy: Policy
    roster: Roster
    table: RepsTable
    days: DayKinds

    @cached_property
    def zone(self) -> ZoneInfo:
        """Give the policy's zone."""
        return ZoneInfo(self.policy.timezone)

    @cached_property
    def facts_wanted(self) -> frozenset[str]:
        """Name what is read of a lead until it is decided."""
        return self.policy.facts_wanted

    @cached_property
    def schedules(self) -> Mapping[str, Schedule]:
        """Give everybody's duty by rep id, leave not included."""
        return {
            rep.id: Schedule(
                self.roster.shifts.get(rep.shift) if rep.shift else None,
                rep.timezone,
                self.days,
            )
            for rep in self.roster.reps
        }

    @cached_property
    def managed_teams(self) -> Mapping[str, frozenset[str]]:
        """Give the teams that each manager manages; admins are not listed, they manage all."""
        found: dict[str, set[str]] = {}
        for team in self.roster.teams.values():
            for manager in team.managers:
                found.setdefault(manager, set()).add(team.id)
        return {manager: frozenset(teams) for manager, teams in found.items()}

    def ramp_on(self, at: datetime) -> Ints | None:
        """Give by what joiners' shares are multiplied, None where nobody's is growing; worked out once a day."""
        ramp = self.policy.choose.ramp
        if ramp is None:
            return None
        today = self.local_day(at)
        if today not in self._ramps:
            self._ramps[today] = ramp_on(ramp, [rep.joined_on for rep in self.table.reps], today, self.days)
        return self._ramps[today]

    @cached_property
    def fields_asked(self) -> tuple[str, ...]:
        """Name the fields that rules and fences compare."""
        return fields_asked(self.policy)

    @cached_property
    def _ramps(self) -> dict[date, Ints | None]:
        return {}

    def name_of(self, person: str) -> str:
        """Give the name of a rep, or the id where nobody of that id is on the roster."""
        rep = self.roster.rep(person)
        return rep.name if rep is not None else person

    def locale_of(self, person: str) -> str:
        """Give the language in which this person reads: `zh` or `en`."""
        return locale_in(self.roster, person)

    def is_admin(self, person: str) -> bool:
        """Say whether this person administers the installation."""
        rep = self.roster.rep(person)
        return person in self.roster.admins or (rep is not None and rep.role is Role.ADMIN)

    def manages(self, person: str, team: str | None) -> bool:
        """Say whether this person may act on leads and reps of a team; admins may act on all."""
        return self.is_admin(person) or (team is not None and team in self.managed_teams.get(person, frozenset()))

    def is_manager(self, person: str) -> bool:
        """Say whether this person manages any team."""
        return self.is_admin(person) or bool(self.managed_teams.get(person))

    def local_day(self, at: datetime) -> date:
        """Give the day in the policy's zone."""
        return at.astimezone(self.zone).date()


def locale_in(roster: Roster | None, person: str) -> str:
    """Give the language in which a person of a roster reads: `zh` or `en`."""
    rep = roster.rep(person) if roster is not None else None
    return rep.locale if rep is not None else FIRST


class Offices:
    """Gives the office in force, compiled once per pair of versions. The writer and the readers share it."""

    def __init__(self) -> None:
        """Start with nothing compiled."""
        self._lock = threading.RLock()
        self._policies: dict[int, Policy] = {}
        self._rosters: dict[int, Roster] = {}
        self._offices: dict[tuple[int, int, int], Office] = {}
        self._duty: dict[tuple[int, int, Leave], DutyBoard] = {}

    def apart(self) -> Offices:
        """Give a copy for a transaction that makes a new version: should it fail, nobody may work with what it made."""
        with self._lock:
            copy = Offices()
            copy._policies, copy._rosters = dict(self._policies), dict(self._rosters)
            copy._offices, copy._duty = dict(self._offices), dict(self._duty)
            return copy

    def forget(self) -> None:
        """Forget everything: a commit failed, and with it perhaps a version that was read before the commit."""
        with self._lock:
            for kept in (self._policies, self._rosters, self._offices, self._duty):
                kept.clear()

    def in_force(self, connection: Connection, now: datetime) -> Office | None:
        """Give what is in force, or None before the first policy or the first roster."""
        found = versions.states(connection, versions.POLICY_IN_FORCE, versions.ROSTER_IN_FORCE)
        if len(found) < 2:  # noqa: PLR2004  both are needed
            return None
        policy_version, roster_version = found[versions.POLICY_IN_FORCE], found[versions.ROSTER_IN_FORCE]
        return self.of(connection, policy_version, roster_version, now.year)

    def of(self, connection: Connection, policy_version: int, roster_version: int, year: int) -> Office:
        """Give the office of two versions; the year decides which holidays are known."""
        key = (policy_version, roster_version, year)
        return self._kept(self._offices, key, lambda: self._open(connection, policy_version, roster_version, year))

    def _open(self, connection: Connection, policy_version: int, roster_version: int, year: int) -> Office:
        policy = self.policy(connection, policy_version)
        roster = self.roster(connection, roster_version)
        years = range(year - _YEARS_BACK, year + _YEARS_AHEAD + 1)
        days, unknown = day_kinds(policy.calendar.base, policy.calendar.days, years=years)
        if year in unknown:
            # Once for each office that is opened, which is once a start and once a version.
            log.warning("holidays_unknown", year=year, calendar=policy.calendar.base)
        return Office(policy, roster, reps_table(policy, roster), days)

    def policy(self, connection: Connection, version: int) -> Policy:
        """Give a policy version, compiled."""

        def compile_() -> Policy:
            stored = versions.policy(connection, version)
            loaded = load_stored(stored.source_text, version=version, secret=stored.secret)
            if loaded.problems:
                log.error("stored_policy_not_understood", version=version, problems=len(loaded.problems))
            return loaded.policy

        return self._kept(self._policies, version, compile_)

    def roster_in_force(self, connection: Connection) -> Roster | None:
        """Give the roster in force, also while no policy is."""
        version = versions.state(connection, versions.ROSTER_IN_FORCE)
        return None if version is None else self.roster(connection, version)

    def roster(self, connection: Connection, version: int) -> Roster:
        """Give a roster version."""

        def read() -> Roster:
            return replace(roster_from_document(versions.roster(connection, version).document), version=version)

        return self._kept(self._rosters, version, read)

    def duty(self, office: Office, leave: Leave, schedule_of: Callable[[str], Schedule]) -> DutyBoard:
        """Give the duty of everybody who takes leads; made anew when roster, calendar or leave have changed."""
        # An office brings its calendar; the board keeps both alive, so that no id is given away twice.
        key = (office.roster.version, id(office.days), leave)
        return self._kept(self._duty, key, lambda: DutyBoard([schedule_of(rep_id) for rep_id in office.table.ids]))

    def _kept(self, cache: dict[K, V], key: K, make: Callable[[], V]) -> V:
        """Give what is kept, or make it, forgetting what has been kept longest."""
        with self._lock:
            if key not in cache:
                value = make()
                if len(cache) >= _KEPT:
                    del cache[next(iter(cache))]
                cache[key] = value
            return cache[key]
