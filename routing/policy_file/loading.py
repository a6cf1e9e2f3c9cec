"""Loading a policy: text to data, data to shape, shape to policy, with every problem found on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from routing.checked import Checked
from routing.condition_reading import ConditionReader
from routing.durations import format_duration
from routing.errors import Problem
from routing.findings import Findings, Lines, Path
from routing.policy import Condition, Policy
from routing.policy_check import check_policy
from routing.policy_check_history import LeadsOfLate, check_history
from routing.policy_check_shares import check_balance_history
from routing.policy_file.build import Built, build_policy, keys_not_yet_in_force
from routing.policy_file.calendar_days import days_of
from routing.policy_file.messages import note_all
from routing.policy_file.models import PolicyModel
from routing.roster import Roster
from routing.yaml_lines import read_yaml

_NOT_SCORED_YET = {
    "trait.score": "scoring makes it",
    "trait.grade": "scoring makes it",
}


@dataclass(frozen=True, slots=True)
class LoadedPolicy:
    """A policy file that can be used.

    Attributes:
        policy: what it means.
        warnings: what is doubtful in it, by line.
        document: the file as plain data that JSON can hold, the days of its calendar file included; the same policy
            comes back from it by `load_document`.
    """

    policy: Policy
    warnings: tuple[Problem, ...]
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StoredPolicy:
    """A policy that was published once.

    Attributes:
        policy: what it means now.
        problems: what this release no longer takes; the sections named have their defaults.
    """

    policy: Policy
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a policy is checked against, as far as it is known.

    Attributes:
        roster: teams and reps; without it one warning says that they were not checked.
        at: day on which certificates and documents must be valid; of an aware moment, the day in the policy's own
            zone; not checked if None.
        of_late: what leads were like lately.
        calendar_days: what the calendar file says (`load_calendar_days`); True is a workday.
    """

    roster: Roster | None = None
    at: date | datetime | None = None
    of_late: LeadsOfLate = field(default_factory=LeadsOfLate)
    calendar_days: Mapping[date, bool] | None = None


def load_policy(
    text: str, *, roster: Roster | None = None, version: int = 0, secret: bytes = b"",
    surroundings: Surroundings | None = None,
) -> LoadedPolicy:  # fmt: skip
    """Read, check and compile a policy file.

    Args:
        text: YAML.
        roster: shorthand for `Surroundings(roster=…)`.
        version: number of the published version; 0 is none.
        secret: keys every draw of this version.
        surroundings: what else to check it against.

    Raises:
        FileRefused: it can't be used; with every problem, by line.
    """
    document = read_yaml(text)
    return _load(document.data, document.lines, version, secret, surroundings or Surroundings(roster))


def load_document(
    document: Mapping[str, Any], *, version: int = 0, secret: bytes = b"", surroundings: Surroundings | None = None
) -> LoadedPolicy:
    """Compile a policy from its stored document, as `load_policy` does from text; problems have no lines.

    Raises:
        FileRefused: it can't be used.
    """
    return _load(dict(document), Lines(), version, secret, surroundings or Surroundings())


def load_stored(text: str, *, version: int, secret: bytes) -> StoredPolicy:
    """Compile a policy that was published before, by this release or an older one. It was checked then.

    A newer release may check more, and must not stop a service that runs well: what it refuses is told, not raised. A
    section that can't be read at all has its default; without rules every lead goes to a manager.

    Raises:
        FileRefused: the text is no YAML mapping.
    """
    document = read_yaml(text)
    findings = Findings(document.lines)
    data = document.data
    if not isinstance(data, dict):
        findings.error((), "the file is not a mapping", "begin with version: 1, then rules:")
        findings.refuse_on_error()
    model, conditions, days = _read(data, findings, Surroundings())
    built = build_policy(
        model, conditions, days, version=version, secret=secret, not_yet_in_force=keys_not_yet_in_force(data)
    )
    return StoredPolicy(built.policy, findings.errors())


def _load(data: Any, lines: Lines, version: int, secret: bytes, surroundings: Surroundings) -> LoadedPolicy:
    findings = Findings(lines)
    if not isinstance(data, dict):
        findings.error((), "the file is not a mapping", "begin with version: 1, then rules:")
        findings.refuse_on_error()
    model, conditions, days = _read(data, findings, surroundings)
    built = build_policy(
        model, conditions, days, version=version, secret=secret, not_yet_in_force=keys_not_yet_in_force(data)
    )
    _tell_moved(built, findings)
    broken = findings.broken()
    sound = {key: value for key, value in data.items() if key not in broken}
    on = _day(surroundings.at, built.policy.timezone)
    check_policy(Checked(built.policy, sound, broken, surroundings.roster, on), findings)
    if not broken & {"rules", "scoring"}:
        check_history(built.policy, surroundings.of_late.facts, findings)
        check_balance_history(built.policy, surroundings.of_late.facts, findings)
    findings.refuse_on_error()
    return LoadedPolicy(built.policy, findings.warnings(), _self_contained(data, days))


def _day(at: date | datetime | None, zone: str) -> date | None:
    return at.astimezone(ZoneInfo(zone)).date() if isinstance(at, datetime) else at


def _read(
    data: dict[str, Any], findings: Findings, surroundings: Surroundings
) -> tuple[PolicyModel, dict[Path, Condition], dict[date, bool]]:
    """Check shape, conditions and calendar; sections with a mistake are left out of the model, the rest is checked."""
    try:
        model = PolicyModel.model_validate(data)
    except ValidationError as error:
        model = None
        note_all(error, PolicyModel, data, findings)
    conditions = _conditions(data, findings, surroundings)
    days = dict(surroundings.calendar_days or {})
    calendar = data.get("calendar")
    if isinstance(calendar, dict):
        if calendar.get("file") and surroundings.calendar_days is None:
            findings.warning(
                ("calendar", "file"), "the calendar file was not read", "check it together with the policy"
            )
        if isinstance(calendar.get("days"), dict):
            days.update(days_of(calendar["days"], findings, ("calendar", "days")))
    broken = findings.broken()
    if model is None or broken:
        model = PolicyModel.model_validate({**{key: data[key] for key in data if key not in broken}, "version": 1})
    return model, conditions, days


def _conditions(data: dict[str, Any], findings: Findings, surroundings: Surroundings) -> dict[Path, Condition]:
    """Read every `when`, also in sections whose shape is wrong elsewhere: one pass shows all mistakes."""
    scoring, review = data.get("scoring"), data.get("review")
    grades = scoring.get("grades") if isinstance(scoring, dict) else None
    letters = tuple(grades) if isinstance(grades, dict) and grades else ("A", "B", "C", "D")
    later = ConditionReader(findings, letters, surroundings.of_late.seen)
    first = ConditionReader(findings, letters, surroundings.of_late.seen, _NOT_SCORED_YET)
    places: list[tuple[ConditionReader, Path, Any]] = []
    if isinstance(scoring, dict):
        places += [(first, ("scoring", "add", *where), when) for where, when in _whens(scoring.get("add"))]
    if isinstance(review, dict):
        places += [(later, ("review", "always", *where), when) for where, when in _whens(review.get("always"))]
    pool = data.get("pool")
    if isinstance(pool, dict):
        places += [(later, ("pool", "first", *where), when) for where, when in _whens(pool.get("first"))]
    for section in ("rules", "recycle"):
        places += [(later, (section, *where), when) for where, when in _whens(data.get(section))]
    read = ((path, reader.read(when, path)) for reader, path, when in places)
    return {path: condition for path, condition in read if condition is not None}


def _whens(entries: Any) -> list[tuple[tuple[int, str], Any]]:
    if not isinstance(entries, list):
        return []
    return [
        ((place, "when"), entry["when"])
        for place, entry in enumerate(entries)
        if isinstance(entry, dict) and "when" in entry
    ]


def _tell_moved(built: Built, findings: Findings) -> None:
    for path, remind in built.moved_reminders.items():
        times = ", ".join(format_duration(each) for each in remind)
        findings.warning(
            path,
            f"a reminder would come at or after the deadline; they are moved to {times}",
            "write earlier reminders",
        )


def _self_contained(data: dict[str, Any], days: Mapping[date, bool]) -> dict[str, Any]:
    """Give the data with the days of the calendar file in it, so that the stored document needs no file."""
    calendar = data.get("calendar")
    if not isinstance(calendar, dict) or not days:
        return data
    written = {day.isoformat(): "workday" if workday else "holiday" for day, workday in sorted(days.items())}
    rest = {key: value for key, value in calendar.items() if key not in ("file", "days")}
    return {**data, "calendar": {**rest, "days": written}}
