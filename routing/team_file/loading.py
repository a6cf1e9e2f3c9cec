"""Loading a team file, from YAML or CSV."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from routing.errors import Problem
from routing.findings import Findings, Lines
from routing.policy_file.messages import note_all
from routing.roster import Roster
from routing.team_file.build import build_roster
from routing.team_file.check import check_team, read_tables
from routing.team_file.csv_form import read_team_csv
from routing.team_file.models import TeamFileModel
from routing.yaml_lines import read_yaml


@dataclass(frozen=True, slots=True)
class LoadedTeam:
    """A team file that can be used.

    Attributes:
        roster: what it means.
        warnings: what is doubtful in it, by line.
        document: the file as plain data that JSON can hold.
    """

    roster: Roster
    warnings: tuple[Problem, ...]
    document: Mapping[str, Any]


def load_team(text: str, *, version: int = 0) -> LoadedTeam:
    """Read and check a team file in YAML.

    Raises:
        FileRefused: it can't be used; with every problem, by line.
    """
    document = read_yaml(text)
    return _load(document.data, document.lines, version)


def load_team_csv(text: str, *, base: Roster | None = None, version: int = 0) -> LoadedTeam:
    """Read and check reps in CSV, one a row; see `routing.team_file.csv_form` for the columns.

    Args:
        text: with a row of headings.
        base: where teams and shifts come from. Teams that it does not have are made, with their id as name.
        version: number of this import.

    Raises:
        FileRefused: it can't be used; with every problem, by row.
    """
    data, lines = read_team_csv(text, base)
    return _load(data, lines, version, tuple(rep.id for rep in base.reps) if base is not None else ())


def _load(data: Any, lines: Lines, version: int, elsewhere: tuple[str, ...] = ()) -> LoadedTeam:
    findings = Findings(lines)
    if not isinstance(data, dict):
        findings.error((), "the file is not a mapping", "begin with teams:, then shifts:, then reps:")
        findings.refuse_on_error()
    # pydantic sees no tables: those of one rep are nobody else's keys.
    tables = read_tables(data, findings)
    try:
        model = TeamFileModel.model_validate(data)
    except ValidationError as error:
        note_all(error, TeamFileModel, data, findings)
        broken = findings.broken()
        model = TeamFileModel.model_validate({key: data[key] for key in data if key not in broken})
    check_team(model, elsewhere, findings)
    findings.refuse_on_error()
    return LoadedTeam(build_roster(model, tables, version), findings.warnings(), data)
