"""Checks of a team file as a whole: everybody once, and everybody and everything named is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from routing.findings import Findings, Path, mend_with, nearest
from routing.roster import Span
from routing.team_file.models import RepModel, TeamFileModel, table_keys

_LIKELY = 0.8
_MOST_POINTS = 100


def read_tables(data: Mapping[str, Any], findings: Findings) -> dict[int, dict[str, dict[str, int]]]:
    """Read the tables of points of every rep; what is neither a known key nor a table is a mistake."""
    tables: dict[int, dict[str, dict[str, int]]] = {}
    reps = data.get("reps")
    for place, rep in enumerate(reps if isinstance(reps, list) else []):
        for key in table_keys(rep):
            path: Path = ("reps", place, key)
            meant = nearest(key, RepModel.model_fields, _LIKELY)
            if meant is not None:
                findings.error(path, f"there is no key «{key}» here", f"did you mean «{meant}»?")
            elif not isinstance(rep[key], Mapping):
                findings.error(path, f"there is no key «{key}» here", mend_with(key, RepModel.model_fields))
            elif _is_table(rep[key], path, findings):
                tables.setdefault(place, {})[key] = dict(rep[key])
    return tables


def _is_table(table: Mapping[str, Any], path: Path, findings: Findings) -> bool:
    sound = True
    for value, points in table.items():
        if not isinstance(points, int) or isinstance(points, bool) or not 0 <= points <= _MOST_POINTS:
            findings.error((*path, value), f"«{points}» is no number of points", "write a whole number of 0 to 100")
            sound = False
    return sound


def check_team(model: TeamFileModel, elsewhere: Iterable[str], findings: Findings) -> None:
    """Add what is wrong or doubtful in a file whose parts are sound; `elsewhere` are people known from before."""
    teams = [team.id for team in model.teams]
    people = [rep.id for rep in model.reps]
    _once(teams, "teams", findings)
    _once(people, "reps", findings)
    if not model.teams and "teams" not in findings.broken():
        findings.error(("teams",), "there is no team", "add - {id: east, name: 华东}")
    _check_teams(model, [*people, *model.admins, *elsewhere], findings)
    _check_reps(model, teams, [*people, *elsewhere], findings)
    _check_spans(model, findings)


def _once(ids: list[str], key: str, findings: Findings) -> None:
    """WeCom compares userids without case, so two that differ only in case are the same person."""
    first: dict[str, str] = {}
    for place, name in enumerate(ids):
        earlier = first.setdefault(name.casefold(), name)
        if earlier is not name or ids.index(name) != place:
            findings.error((key, place, "id"), f"«{name}» is there already, as «{earlier}»", "give each its own id")


def _known(name: str | None, known: Iterable[str], what: str, path: Path, findings: Findings) -> None:
    choices = list(known)
    if name is not None and name not in choices:
        findings.error(path, f"there is no {what} «{name}»", mend_with(name, choices))


def _check_teams(model: TeamFileModel, people: list[str], findings: Findings) -> None:
    broken = findings.broken()
    for place, team in enumerate(model.teams):
        path: Path = ("teams", place)
        if "shifts" not in broken:
            _known(team.shift, model.shifts, "shift", (*path, "shift"), findings)
        if "reps" not in broken:
            for number, manager in enumerate(team.managers):
                _known(manager, people, "person", (*path, "managers", number), findings)
        if not team.managers:
            findings.warning(
                path, f"nobody manages «{team.id}»: what a manager must decide goes to the admins", "add managers: [id]"
            )


def _check_reps(model: TeamFileModel, teams: list[str], people: list[str], findings: Findings) -> None:
    broken = findings.broken()
    own = {rep.id for rep in model.reps}
    shift_of = {team.id: team.shift for team in model.teams}
    takers = {rep.id for rep in model.reps if (rep.takes_leads if rep.takes_leads is not None else rep.role == "rep")}
    for place, rep in enumerate(model.reps):
        path: Path = ("reps", place)
        if "teams" not in broken:
            _known(rep.team, teams, "team", (*path, "team"), findings)
        if "shifts" not in broken:
            _known(rep.shift, model.shifts, "shift", (*path, "shift"), findings)
        _known(rep.backup, people, "person", (*path, "backup"), findings)
        if rep.backup == rep.id:
            findings.error((*path, "backup"), f"«{rep.id}» can't stand in for themselves", "name somebody else")
        elif rep.backup in own and rep.backup not in takers:
            findings.error((*path, "backup"), f"«{rep.backup}» takes no leads", "name somebody who does")
        if rep.id in takers and rep.shift is None and shift_of.get(rep.team) is None and not broken:
            findings.warning(path, f"«{rep.id}» has no shift, so is on duty around the clock", "add shift: …")


def _check_spans(model: TeamFileModel, findings: Findings) -> None:
    for name, shift in model.shifts.items():
        path: Path = ("shifts", name)
        given = {key: spans for key in type(shift).model_fields if (spans := getattr(shift, key)) is not None}
        if not given:
            findings.error(path, f"the shift «{name}» has no hours", 'add workdays: ["09:00-12:00", "13:00-18:00"]')
        for key, spans in given.items():
            _check_overlap(spans, (*path, key), findings)


def _check_overlap(spans: list[Span], path: Path, findings: Findings) -> None:
    ordered = sorted(spans, key=lambda span: span.start)
    if any(later.start < earlier.end for earlier, later in pairwise(ordered)):
        findings.error(path, "two of the spans overlap", "write them one after the other")
