"""The team file as CSV, one rep a row: what a spreadsheet can hold of it.

Columns (or their Chinese headings): id 账号, name 姓名, team 团队, role 角色, takes_leads 接线索, level 级别,
timezone 时区, shift 班次, skills 技能 (`工业:3;医疗器械:1`), languages 语言 (`zh;en`), certificates 证书
(`医疗器械经营备案|沪浦械备20230001号|2023-01-01..2027-12-31;…`), open_cap 在手上限, day_cap 日上限, quota_month 月目标,
weight 权重, backup 替补, locale 界面语言, joined 入职日期 (`2026-11-02`). Any other column is a table of points, `三甲:40;二级:90`.
"""

from __future__ import annotations

import csv
import io
from typing import Any

from routing.durations import format_span
from routing.errors import FileRefused, Problem
from routing.findings import Findings, Lines, Path
from routing.roster import Roster, Shift
from routing.team_file.models import RepModel

_HEADINGS = {
    "账号": "id", "姓名": "name", "团队": "team", "角色": "role", "接线索": "takes_leads",
    "级别": "level", "时区": "timezone", "班次": "shift", "技能": "skills", "语言": "languages",
    "证书": "certificates", "在手上限": "open_cap", "日上限": "day_cap",
    "月目标": "quota_month", "权重": "weight", "替补": "backup", "界面语言": "locale", "入职日期": "joined",
}  # fmt: skip
_ROLES = {"销售": "rep", "主管": "manager", "管理员": "admin", "审计": "auditor"}
_YES, _NO = frozenset({"true", "yes", "1", "是"}), frozenset({"false", "no", "0", "否"})
_NUMBERS = {"open_cap": ("capacity", "open"), "day_cap": ("capacity", "per_day"), "quota_month": ("quota", "month")}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def read_team_csv(text: str, base: Roster | None) -> tuple[dict[str, Any], Lines]:
    """Turn rows into the data of a team file, with the line of every row.

    Raises:
        FileRefused: there are no headings, or a row has more cells than headings.
    """
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), skipinitialspace=True)
    headings: list[str] | None = None
    lines: dict[Path, int] = {(): 1}
    reps: list[dict[str, Any]] = []
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            if headings is None:
                headings = _headings(cells)
                continue
            place: Path = ("reps", len(reps))
            lines[place] = reader.line_num
            reps.append(_rep(headings, cells, reader.line_num))
    except csv.Error as error:
        raise _refused(reader.line_num, f"the row can't be read ({error})", "check its quotes") from error
    if headings is None:
        raise _refused(1, "there are no headings", "begin with id,name,team")
    return _document(reps, base), Lines(lines)


def _headings(cells: list[str]) -> list[str]:
    headings = [_HEADINGS.get(cell, cell) for cell in cells]
    missing = [name for name in ("id", "name", "team") if name not in headings]
    if missing:
        raise _refused(1, f"the column «{missing[0]}» is missing", "begin with id,name,team")
    repeated = next((name for place, name in enumerate(headings) if name in headings[:place]), None)
    if repeated is not None:
        raise _refused(1, f"the column «{repeated}» is there twice", "keep one")
    return headings


def _rep(headings: list[str], cells: list[str], line: int) -> dict[str, Any]:
    if len(cells) > len(headings):
        raise _refused(line, "the row has more cells than there are headings", "put cells with commas in quotes")
    rep: dict[str, Any] = {}
    for heading, cell in zip(headings, cells, strict=False):
        if cell:
            _put(rep, heading, cell)
    return rep


def _put(rep: dict[str, Any], heading: str, cell: str) -> None:
    """Put one cell where the YAML form has it; what can't be understood stays text, which the shape refuses."""
    if heading in _NUMBERS:
        section, key = _NUMBERS[heading]
        rep.setdefault(section, {})[key] = _number(cell)
    elif heading == "takes_leads":
        folded = cell.casefold()
        rep[heading] = True if folded in _YES else False if folded in _NO else cell
    elif heading == "weight":
        rep[heading] = _number(cell)
    elif heading == "role":
        rep[heading] = _ROLES.get(cell, cell)
    elif heading == "languages":
        rep[heading] = _listed(cell)
    elif heading == "certificates":
        rep[heading] = [_certificate(each) for each in _listed(cell)]
    elif heading == "skills" or heading not in RepModel.model_fields:
        rep[heading] = {
            name.strip(): _number(value) for name, _, value in (each.partition(":") for each in _listed(cell))
        }
    else:
        rep[heading] = cell


def _listed(cell: str) -> list[str]:
    return [part.strip() for part in cell.replace("；", ";").replace("：", ":").split(";") if part.strip()]


def _number(cell: str) -> int | str:
    return int(cell) if cell.strip().isascii() and cell.strip().isdigit() and len(cell) < 16 else cell  # noqa: PLR2004


def _certificate(cell: str) -> dict[str, str]:
    parts = [part.strip() for part in cell.split("|")]
    keys = ("name", "number", "valid")
    return {key: part for key, part in zip(keys, parts, strict=False) if part}


def _document(reps: list[dict[str, Any]], base: Roster | None) -> dict[str, Any]:
    """Add what a row can't hold: teams and shifts, of the base or made for the ids that occur."""
    teams: list[dict[str, Any]] = []
    shifts: dict[str, Any] = {}
    if base is not None:
        shifts = {name: _shift(shift) for name, shift in base.shifts.items()}
        for team in base.teams.values():
            plain = {"id": team.id, "name": team.name, "managers": list(team.managers), "timezone": team.timezone}
            teams.append(plain | ({"shift": team.shift} if team.shift else {}))
    known = {team["id"] for team in teams}
    named = dict.fromkeys(rep["team"] for rep in reps if rep.get("team"))
    teams += [{"id": team, "name": team} for team in named if team not in known]
    document: dict[str, Any] = {"teams": teams, "shifts": shifts, "reps": reps}
    if base is not None:
        document |= {"admins": list(base.admins), "auditors": list(base.auditors)}
    return document


def _shift(shift: Shift) -> dict[str, Any]:
    spans = {day: [format_span(span) for span in shift.weekly[number]] for number, day in enumerate(_DAYS)}
    everyday: dict[str, Any] = {"everyday": []} if shift.works_holidays else {}
    return {**everyday, **spans, "make_up": [format_span(span) for span in shift.workday]}


def _refused(line: int, message: str, mend: str) -> FileRefused:
    findings = Findings(Lines({(): line}))
    findings.error((), message, mend)
    return FileRefused(tuple[Problem, ...](findings.errors()))
