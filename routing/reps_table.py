"""Reps as columns: everything about them that stays the same between two policy or roster versions."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import TypeVar, cast

import numpy as np
import numpy.typing as npt

from routing.areas import Area, area_of
from routing.decision import Codes, Flags, Ints, Positions, Reason
from routing.lead import PERSONAL_FIELDS, Facts
from routing.policy import MILLION, Factor, FactorKind, Policy, Require
from routing.roster import Rep, Roster

FINE = 255
"""A code without objection; codes are ordered, so the smallest of several is the first objection."""
NO_LIMIT = 1_000_000
"""Stands for a cap that is not there; higher caps are cut to it, which keeps load comparisons exact in 64 bits."""
NEUTRAL = 50 * MILLION
"""Points of a rep of whom a factor knows nothing."""

UNRECORDED_FIELDS = PERSONAL_FIELDS | {"demand"}
"""Facts that are never stored with a decision: they name a person, or are free text in which somebody may be named."""
_SCORE_FIELDS = frozenset({"trait.score", "trait.grade"})

_MEMO_BYTES = 32 << 20
_V = TypeVar("_V")
_S = TypeVar("_S", bound=np.generic)


@dataclass(frozen=True, slots=True, eq=False)
class StaticLayer:
    """Who may take a lead, leaving aside time, load and status.

    Attributes:
        codes: (n,) a `Reason`, or `FINE`.
        may: positions of those without objection, ascending.
    """

    codes: Codes
    may: Positions


@dataclass(frozen=True, slots=True, eq=False)
class RepsTable:
    """Columns over the reps who take leads, ordered by id; n = len(ids). Immutable but for a memo of pure results.

    Attributes:
        policy_version: that limits, masks and factors come from.
        roster_version: that the reps come from.
        ids: rep ids, ascending.
        reps: the same reps.
        index: rep id -> position.
        timezones: the rep's zone, by position.
        quotas: (position, monthly quota) of those who have one.
        team_ids: ids of the teams that occur.
        team_index: team id -> number in `team_ids`.
        team: (n,) number of the rep's team.
        weight: (n,) the rep's `weight`, in millionths.
        open_cap: (n,) leads that the rep may hold.
        resume_at: (n,) load at which a resting rep is back.
        day_cap: (n,) offers in the rep's local day.
        day_full: (n,) the reason to give when that is used up: the team's limit or the rep's.
        rule_codes: (rules, n) objections of team, level and skills.
        requires: the demands of each rule.
        fences: province, or `#3` for the third area -> (n,) who may take leads of it.
        areas: fences of other kinds than provinces.
        factors: of the policy's fit.
        recorded_fields: the facts that a decision's record keeps, in order; never personal ones, never free text.
        unrecorded_fields: the facts that the policy reads and no record keeps.
    """

    policy_version: int
    roster_version: int
    ids: tuple[str, ...]
    reps: tuple[Rep, ...]
    index: Mapping[str, int]
    timezones: tuple[str, ...]
    quotas: tuple[tuple[int, int], ...]
    team_ids: tuple[str, ...]
    team_index: Mapping[str, int]
    team: Positions
    weight: Ints
    open_cap: Ints
    resume_at: Ints
    day_cap: Ints
    day_full: Codes
    rule_codes: Codes
    requires: tuple[Require, ...]
    fences: Mapping[str, Flags]
    areas: tuple[Area, ...]
    factors: tuple[Factor, ...]
    recorded_fields: tuple[str, ...]
    unrecorded_fields: tuple[str, ...]
    _memo: dict[Hashable, object] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return len(self.ids)

    def static_layer(self, rule_no: int, place: str, language: str, on: date) -> StaticLayer:
        """Check rule, fence and demands for every rep.

        Args:
            rule_no: number of the rule that matched.
            place: the lead's province, empty if unknown (no fence then), or `#3` where it is inside the third area.
            language: the lead's, empty if unknown; asked only where the rule demands it.
            on: day on which certificates must be valid, in the policy's zone.
        """
        require = self.requires[rule_no]
        fenced = place if place in self.fences else ""
        spoken = language if require.language else ""
        day = on.toordinal() if require.certificates else 0
        check = partial(self._check, rule_no, fenced, spoken, on)
        return self._kept(("layer", rule_no, fenced, spoken, day), check)

    def layer_for(self, rule_no: int, facts: Facts, on: date) -> StaticLayer:
        """Check rule, fence and demands for a lead with these facts; see `static_layer`."""
        area = area_of(self.areas, facts) if self.areas else 0
        place = f"#{area}" if area else str(facts.get("province", ""))
        return self.static_layer(rule_no, place, str(facts.get("language", "")), on)

    def points(self, factor_no: int, value: object) -> Ints:
        """Give every rep's points (n,), in millionths, for a lead's value under a factor that matches."""

        def look_up() -> Ints:
            factor = self.factors[factor_no]
            return _sealed(np.array([match_points(rep, factor, value) for rep in self.reps], dtype=np.int64))

        # `True == 1 == 1.0` would share an entry, but not its text.
        return self._kept(("points", factor_no, str(value)), look_up)

    def _check(self, rule_no: int, fenced: str, language: str, on: date) -> StaticLayer:
        require = self.requires[rule_no]
        codes = self.rule_codes[rule_no]
        if fenced:
            codes = np.minimum(codes, _objection(self.fences[fenced], Reason.FENCE))
        for name in require.certificates:
            codes = np.minimum(codes, self._kept(("certificate", name, on), partial(_certified, self.reps, name, on)))
        if require.language:
            codes = np.minimum(codes, self._kept(("language", language), partial(_speaking, self.reps, language)))
        return StaticLayer(_sealed(codes), np.flatnonzero(codes == FINE))

    def _kept(self, key: Hashable, make: Callable[[], _V]) -> _V:
        if key not in self._memo:
            # A full memo is dropped whole: its entries are cheap to make again, and this keeps no order of use.
            if len(self._memo) * (9 * len(self.ids) + 500) > _MEMO_BYTES:
                self._memo.clear()
            self._memo[key] = make()
        return cast("_V", self._memo[key])


def reps_table(policy: Policy, roster: Roster) -> RepsTable:
    """Lay out the reps of a roster as columns under a policy. Reps who take no leads are left out."""
    reps = tuple(sorted((rep for rep in roster.reps if rep.takes_leads), key=lambda rep: rep.id))
    team_ids = tuple(sorted({rep.team for rep in reps}))
    team_index = {team: number for number, team in enumerate(team_ids)}
    team = np.array([team_index[rep.team] for rep in reps], dtype=np.intp)
    open_cap, resume_at = _open_limits(policy, reps)
    day_cap, day_full = _day_limits(policy, reps)
    columns = _Columns(reps, team, team_index)
    read = policy.lead_fields
    rule_codes = np.full((len(policy.rules), len(reps)), FINE, dtype=np.uint8)
    for number, rule in enumerate(policy.rules):
        rule_codes[number] = columns.check(rule.teams, rule.require)
    return RepsTable(
        policy_version=policy.version,
        roster_version=roster.version,
        ids=tuple(rep.id for rep in reps),
        reps=reps,
        index={rep.id: position for position, rep in enumerate(reps)},
        timezones=tuple(rep.timezone for rep in reps),
        quotas=tuple((position, rep.quota_month) for position, rep in enumerate(reps) if rep.quota_month),
        team_ids=team_ids,
        team_index=team_index,
        team=team,
        weight=np.array([max(rep.weight, 0) * MILLION for rep in reps], dtype=np.int64),
        open_cap=open_cap,
        resume_at=resume_at,
        day_cap=day_cap,
        day_full=day_full,
        rule_codes=rule_codes,
        requires=tuple(rule.require for rule in policy.rules),
        fences=_fences(policy, columns),
        areas=policy.areas,
        factors=policy.factors,
        recorded_fields=tuple(sorted((read | _SCORE_FIELDS) - UNRECORDED_FIELDS)),
        unrecorded_fields=tuple(sorted(read & UNRECORDED_FIELDS)),
    )


def match_points(rep: Rep, factor: Factor, value: object) -> int:
    """Give a rep's points in millionths for a lead's value: the figure of a table, or all or nothing for a list."""
    name = factor.rep_field or ""
    if factor.kind is FactorKind.MATCH_TABLE:
        figure = rep.tables.get(name, {}).get(str(value))
        return NEUTRAL if figure is None else min(max(figure, 0), 100) * MILLION
    members = _members(rep, name)
    if not members:
        return NEUTRAL
    if name == "languages":
        return 100 * MILLION if any(same_language(member, str(value)) for member in members) else 0
    return 100 * MILLION if str(value) in members else 0


def same_language(one: str, other: str) -> bool:
    """Say whether two language tags mean the same: `zh` goes with `zh-CN`, but `zh-TW` does not go with `zh-CN`."""
    one, other = one.casefold(), other.casefold()
    return one == other or one.startswith(f"{other}-") or other.startswith(f"{one}-")


def _members(rep: Rep, name: str) -> tuple[str, ...]:
    if name == "languages":
        return rep.languages
    if name == "skills":
        return tuple(rep.skills)
    if name == "certificates":
        return tuple(certificate.name for certificate in rep.certificates)
    return tuple(rep.tables.get(name, {}))


class _Columns:
    """What the rules' demands are checked against, column by column."""

    def __init__(self, reps: tuple[Rep, ...], team: Positions, team_index: Mapping[str, int]) -> None:
        self._team = team
        self._team_index = team_index
        self._level = np.array([rep.level or "" for rep in reps], dtype=object)
        names = {name for rep in reps for name in rep.skills}
        self._skills = {name: np.array([rep.skills.get(name, 0) for rep in reps], dtype=np.int64) for name in names}
        self._none = np.zeros(len(reps), dtype=np.int64)

    def of_teams(self, teams: tuple[str, ...]) -> Flags:
        """Say who belongs to one of these teams (n,)."""
        among = np.zeros(len(self._team_index), dtype=np.bool_)
        among[[self._team_index[team] for team in teams if team in self._team_index]] = True
        return among[self._team]

    def check(self, teams: tuple[str, ...] | None, require: Require) -> Codes:
        """Give the first objection of team, level and skills (n,)."""
        codes = np.full(len(self._team), FINE, dtype=np.uint8)
        for name, least in require.skills.items():
            codes = np.minimum(codes, _objection(self._skills.get(name, self._none) >= least, Reason.SKILL))
        if require.level:
            codes = np.minimum(codes, _objection(np.isin(self._level, require.level), Reason.LEVEL))
        if teams is not None:
            codes = np.minimum(codes, _objection(self.of_teams(teams), Reason.TEAM))
        return codes


def _objection(may: Flags, reason: Reason) -> Codes:
    return np.where(may, FINE, int(reason)).astype(np.uint8)


def _certified(reps: tuple[Rep, ...], name: str, on: date) -> Codes:
    codes = np.full(len(reps), Reason.CERT_MISSING, dtype=np.uint8)
    for position, rep in enumerate(reps):
        held = [certificate for certificate in rep.certificates if certificate.name == name]
        if any(certificate.first_on <= on <= certificate.last_on for certificate in held):
            codes[position] = FINE
        elif held:
            codes[position] = Reason.CERT_EXPIRED
    return codes


def _speaking(reps: tuple[Rep, ...], language: str) -> Codes:
    if not language:
        # Nobody can be shown to speak a language that is not known: the demand falls away, the unknown is counted.
        return np.full(len(reps), FINE, dtype=np.uint8)
    speaks = np.array([any(same_language(own, language) for own in rep.languages) for rep in reps], dtype=np.bool_)
    return _objection(speaks, Reason.LANGUAGE)


def _fences(policy: Policy, columns: _Columns) -> dict[str, Flags]:
    inside = {f"#{number}": columns.of_teams(area.teams) for number, area in enumerate(policy.areas, start=1)}
    for fence in policy.fences:
        may = columns.of_teams(fence.teams)
        for province in fence.provinces:
            inside[province] = inside[province] & may if province in inside else may
    return inside


def _open_limits(policy: Policy, reps: tuple[Rep, ...]) -> tuple[Ints, Ints]:
    """Give caps and resume marks; a cap of the rep's own or the team's moves the mark in proportion."""
    capacity = policy.capacity
    caps, marks = [], []
    for rep in reps:
        team = capacity.teams.get(rep.team)
        cap = _first(rep.open_cap, team.open if team else None, capacity.open)
        mark = cap
        if capacity.resume_at is not None and capacity.open:
            mark = cap * capacity.resume_at // capacity.open if cap < NO_LIMIT else NO_LIMIT
        caps.append(cap)
        marks.append(mark)
    return np.array(caps, dtype=np.int64), np.array(marks, dtype=np.int64)


def _day_limits(policy: Policy, reps: tuple[Rep, ...]) -> tuple[Ints, Codes]:
    capacity = policy.capacity
    caps, reasons = [], []
    for rep in reps:
        team = capacity.teams.get(rep.team)
        of_team = team.per_day if team else None
        caps.append(_first(rep.day_cap, of_team, capacity.per_day))
        reasons.append(Reason.TEAM_DAY_FULL if rep.day_cap is None and of_team is not None else Reason.DAY_FULL)
    return np.array(caps, dtype=np.int64), np.array(reasons, dtype=np.uint8)


def _first(*limits: int | None) -> int:
    return min(next((limit for limit in limits if limit is not None), NO_LIMIT), NO_LIMIT)


def _sealed(column: npt.NDArray[_S]) -> npt.NDArray[_S]:
    column = np.ascontiguousarray(column)
    column.flags.writeable = False
    return column
