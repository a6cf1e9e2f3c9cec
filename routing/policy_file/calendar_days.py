"""Days that differ from the built-in calendar: holidays and make-up workdays (调休)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from routing.durations import parse_day, parse_day_range
from routing.findings import Findings, Path, mend_with
from routing.yaml_change import with_value
from routing.yaml_lines import read_yaml

_WORDS = {
    "holiday": False, "off": False, "rest": False, "休": False, "假": False, "放假": False,
    "workday": True, "work": True, "班": True, "上班": True, "调休": True,
}  # fmt: skip
_LONGEST_RANGE = 366


def days_of(data: Mapping[str, Any], findings: Findings, path: Path) -> dict[date, bool]:
    """Read `2026-10-01: holiday`, `2026-10-10: workday`, `2026-10-01..2026-10-08: holiday`; True is a workday.

    Where two entries name the same day, the later one counts.
    """
    days: dict[date, bool] = {}
    for written, word in data.items():
        here = (*path, written)
        kind = _WORDS.get(word) if isinstance(word, str) else None
        if kind is None:
            findings.error(here, f"«{word}» is no kind of day", mend_with(str(word), ("holiday", "workday")))
            continue
        try:
            first_on, last_on = parse_day_range(written) if ".." in written else (parse_day(written),) * 2
        except ValueError as error:
            message, _, mend = str(error).partition("; ")
            findings.error(here, message, mend)
            continue
        length = (last_on - first_on).days + 1
        if length > _LONGEST_RANGE:
            findings.error(here, "the range is longer than a year", "give its first and its last day, within one year")
            continue
        days.update((first_on + timedelta(days=offset), kind) for offset in range(length))
    return days


def load_calendar_days(text: str) -> dict[date, bool]:
    """Read a calendar file: a mapping of days, by itself or under `days`.

    Raises:
        FileRefused: it isn't one; every problem has its line in that file.
    """
    document = read_yaml(text)
    findings = Findings(document.lines)
    data, path = document.data, ()
    if isinstance(data, Mapping) and isinstance(data.get("days"), Mapping):
        return _checked(data["days"], findings, ("days",))
    if not isinstance(data, Mapping):
        findings.error(path, "a calendar file is a mapping of days", "write 2026-10-01: holiday")
        findings.refuse_on_error()
    return _checked(data, findings, path)


def with_calendar_days(text: str, calendar_text: str) -> str:
    """Give the text of a policy with the days of its calendar file in it, so that it needs no file; lines stay.

    Raises:
        FileRefused: the calendar file, or the policy, is none.
        CannotChange: the calendar of the policy is written through an alias.
    """
    load_calendar_days(calendar_text)
    calendar = read_yaml(text).data["calendar"]
    of_file = read_yaml(calendar_text).data
    of_file = of_file["days"] if isinstance(of_file.get("days"), Mapping) else of_file
    # Of two entries the later one counts: the policy's own stand behind the file's.
    own = calendar.get("days") or {}
    days = {key: word for key, word in of_file.items() if key not in own} | own
    rest = {key: value for key, value in calendar.items() if key not in ("file", "days")}
    return with_value(text, ("calendar",), {**rest, "days": days})


def _checked(data: Mapping[str, Any], findings: Findings, path: Path) -> dict[date, bool]:
    days = days_of(data, findings, path)
    findings.refuse_on_error()
    return days
