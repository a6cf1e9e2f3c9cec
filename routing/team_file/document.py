"""A roster as plain data and back, for the store: exact, and independent of the file that it came from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from routing.roster import Certificate, Rep, Role, Roster, Shift, Span, Team

_PLAIN_REP_FIELDS = (
    "id", "name", "team", "takes_leads", "level", "timezone", "shift", "open_cap", "day_cap", "quota_month", "weight",
    "backup", "locale",
)  # fmt: skip


def roster_to_document(roster: Roster) -> dict[str, Any]:
    """Give the roster as data that JSON can hold; `roster_from_document` gives an equal roster back."""
    return {
        "version": roster.version,
        "teams": [
            {
                "id": team.id,
                "name": team.name,
                "managers": list(team.managers),
                "timezone": team.timezone,
                "shift": team.shift,
            }
            for team in roster.teams.values()
        ],
        "shifts": [
            {
                "name": shift.name,
                "weekly": [_spans(day) for day in shift.weekly],
                "workday": _spans(shift.workday),
                "works_holidays": shift.works_holidays,
            }
            for shift in roster.shifts.values()
        ],
        "reps": [_rep_to_document(rep) for rep in roster.reps],
        "admins": list(roster.admins),
        "auditors": list(roster.auditors),
    }


def roster_from_document(document: Mapping[str, Any]) -> Roster:
    """Give the roster that `roster_to_document` wrote down.

    Raises:
        KeyError: it is another kind of document.
    """
    teams = [
        Team(team["id"], team["name"], tuple(team["managers"]), team["timezone"], team["shift"])
        for team in document["teams"]
    ]
    shifts = [
        Shift(shift["name"], tuple(_from_spans(day) for day in shift["weekly"]), _from_spans(shift["workday"]),
              works_holidays=shift["works_holidays"])
        for shift in document["shifts"]
    ]  # fmt: skip
    return Roster(
        version=document["version"],
        teams=MappingProxyType({team.id: team for team in teams}),
        shifts=MappingProxyType({shift.name: shift for shift in shifts}),
        reps=tuple(_rep_from_document(rep) for rep in document["reps"]),
        admins=tuple(document["admins"]),
        auditors=tuple(document["auditors"]),
    )


def _rep_to_document(rep: Rep) -> dict[str, Any]:
    plain = {name: getattr(rep, name) for name in _PLAIN_REP_FIELDS}
    certificates = [
        {
            "name": held.name,
            "number": held.number,
            "first_on": held.first_on.isoformat(),
            "last_on": held.last_on.isoformat(),
        }
        for held in rep.certificates
    ]
    tables = {name: dict(table) for name, table in rep.tables.items()}
    return plain | {
        "joined_on": rep.joined_on.isoformat() if rep.joined_on is not None else None,
        "role": rep.role.value, "skills": dict(rep.skills), "languages": list(rep.languages),
        "certificates": certificates, "tables": tables,
    }  # fmt: skip


def _rep_from_document(document: Mapping[str, Any]) -> Rep:
    certificates = tuple(
        Certificate(
            held["name"], held["number"], date.fromisoformat(held["first_on"]), date.fromisoformat(held["last_on"])
        )
        for held in document["certificates"]
    )
    tables = {name: MappingProxyType(dict(table)) for name, table in document["tables"].items()}
    # Rosters that were stored before first days were kept know of none.
    joined_on = document.get("joined_on")
    return Rep(
        **{name: document[name] for name in _PLAIN_REP_FIELDS},
        role=Role(document["role"]),
        skills=MappingProxyType(dict(document["skills"])),
        languages=tuple(document["languages"]),
        certificates=certificates,
        tables=MappingProxyType(tables),
        joined_on=date.fromisoformat(joined_on) if joined_on is not None else None,
    )


def _spans(spans: tuple[Span, ...]) -> list[list[int]]:
    return [[span.start, span.end] for span in spans]


def _from_spans(spans: list[list[int]]) -> tuple[Span, ...]:
    return tuple(Span(start, end) for start, end in spans)
