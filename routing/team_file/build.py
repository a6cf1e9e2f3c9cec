"""From the checked shape of a team file to the roster."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from routing import vocabulary
from routing.roster import Certificate, Rep, Role, Roster, Shift, Span, Team
from routing.team_file.models import RepModel, ShiftModel, TeamFileModel, TeamModel

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WORKDAYS = 5


def build_roster(model: TeamFileModel, tables: Mapping[int, Mapping[str, Mapping[str, int]]], version: int) -> Roster:
    """Put the roster together.

    Args:
        model: the file's shape.
        tables: tables of points by the rep's position in the file.
        version: number of this import.
    """
    teams = {team.id: _team(team) for team in model.teams}
    reps = [_rep(rep, teams.get(rep.team), tables.get(place, {})) for place, rep in enumerate(model.reps)]
    return Roster(
        version=version,
        teams=MappingProxyType(teams),
        shifts=MappingProxyType({name: build_shift(name, shift) for name, shift in model.shifts.items()}),
        reps=tuple(sorted(reps, key=lambda rep: rep.id)),
        admins=_with_role(model.admins, reps, Role.ADMIN),
        auditors=_with_role(model.auditors, reps, Role.AUDITOR),
    )


def build_shift(name: str, model: ShiftModel) -> Shift:
    """Lay a shift out over the week.

    `everyday` fills all days, holidays too; `workdays` Monday to Friday and make-up workdays; a day's own key its day;
    `make_up` the make-up workdays. An empty list is a day off.
    """
    weekly: list[tuple[Span, ...]] = []
    for number, day in enumerate(_DAYS):
        general = model.workdays if number < _WORKDAYS and model.workdays is not None else model.everyday
        own: list[Span] | None = getattr(model, day)
        weekly.append(_ordered(own if own is not None else general or []))
    usual = next((spans for spans in (model.make_up, model.workdays, model.everyday) if spans is not None), None)
    workday = _ordered(usual) if usual is not None else next((spans for spans in weekly if spans), ())
    return Shift(name, tuple(weekly), workday, works_holidays=model.everyday is not None)


def normal_table(table: Mapping[str, int]) -> dict[str, int]:
    """Write the values of a table as leads have them: a table of provinces or of cities by official names."""
    for normal in (vocabulary.province, vocabulary.city):
        names = {value: normal(value) for value in table}
        if table and all(names.values()):
            return {str(names[value]): points for value, points in table.items()}
    return dict(table)


def _ordered(spans: list[Span]) -> tuple[Span, ...]:
    return tuple(sorted(spans, key=lambda span: span.start))


def _team(model: TeamModel) -> Team:
    return Team(model.id, model.name or model.id, tuple(model.managers), model.timezone, model.shift)


def _rep(model: RepModel, team: Team | None, tables: Mapping[str, Mapping[str, int]]) -> Rep:
    role = Role(model.role)
    certificates = tuple(
        Certificate(held.name, held.number, *(held.valid or (date.min, date.max))) for held in model.certificates
    )
    return Rep(
        id=model.id,
        name=model.name,
        team=model.team,
        role=role,
        takes_leads=model.takes_leads if model.takes_leads is not None else role is Role.REP,
        level=model.level,
        timezone=model.timezone or (team.timezone if team else "Asia/Shanghai"),
        shift=model.shift or (team.shift if team else None),
        skills=MappingProxyType(dict(model.skills)),
        languages=tuple(dict.fromkeys(model.languages)),
        certificates=certificates,
        tables=MappingProxyType({name: MappingProxyType(normal_table(table)) for name, table in tables.items()}),
        open_cap=model.capacity.open,
        day_cap=model.capacity.per_day,
        quota_month=model.quota.month,
        weight=model.weight,
        backup=model.backup,
        locale=model.locale,
        joined_on=model.joined,
    )


def _with_role(named: list[str], reps: list[Rep], role: Role) -> tuple[str, ...]:
    """Give those named in the list and those whose own entry has the role, once each."""
    return tuple(dict.fromkeys([*named, *(rep.id for rep in reps if rep.role is role)]))
