"""Policy and team files of the command line: read, checked against what is at hand, refused with a sentence."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bot.cli.console import as_data, counted, fail, read_settings, tell_problems
from bot.cli.operating import look
from bot.services.leads_of_late import doubts_of_history
from bot.services.publish import roster_in_force
from bot.services.unknown_fields import notes_on_leads_of_late
from routing.errors import FileRefused, Problem
from routing.findings import Findings
from routing.policy_file import LoadedPolicy, Surroundings, load_policy, with_calendar_days
from routing.roster import Roster
from routing.team_file import load_team
from routing.yaml_change import CannotChange
from routing.yaml_lines import read_yaml
from store.sqlite_database import sqlite_path


def text_of(path: Path) -> str:
    """Read a file; ends the program with a sentence where that can't be done."""
    try:
        return path.read_text("utf-8-sig")
    except OSError as error:
        fail(f"{path}: {error.strerror}")
    except UnicodeDecodeError:
        fail(f"{path}: not UTF-8; save it as UTF-8")


def policy_text_of(path: Path, locale: str | None) -> str:
    """Read a policy file with the days of its calendar file in it; ends the program where that file is missing or wrong.

    Lines stay where they are, so that problems name those of the file.
    """
    text = text_of(path)
    try:
        calendar = read_yaml(text).data["calendar"]
        name = calendar["file"]
    except (FileRefused, LookupError, TypeError):
        return text
    if not isinstance(name, str):
        return text
    beside = path.parent / name
    if not beside.is_file():
        line = read_yaml(text).lines.of(("calendar", "file"))
        fail(
            f"{path}, line {line}: calendar.file: there is no file «{beside}»; the path is relative to the policy file"
        )
    try:
        return with_calendar_days(text, text_of(beside))
    except FileRefused as refused:
        tell_problems(str(beside), as_data(refused.problems), error=True, locale=locale)
        fail(f"the calendar file was refused: {counted(len(refused.problems), 'error')}; the policy was not checked")
    except CannotChange:
        fail(f"{path}: write `calendar:` without an alias, so that the days of {beside} can be kept with it")


def load_or_fail(name: str, text: str, surroundings: Surroundings, locale: str | None) -> LoadedPolicy:
    """Check a policy; ends the program with every problem where it is refused."""
    try:
        return load_policy(text, surroundings=surroundings)
    except FileRefused as refused:
        tell_problems(name, as_data(refused.problems), error=True, locale=locale)
        fail(f"refused: {counted(len(refused.problems), 'error')}")


def team_roster(team: Path, locale: str | None) -> Roster:
    """Read a team file; ends the program with every problem where it is refused."""
    try:
        return load_team(text_of(team)).roster
    except FileRefused as refused:
        tell_problems(str(team), as_data(refused.problems), error=True, locale=locale)
        fail(f"the team file was refused: {counted(len(refused.problems), 'error')}; the policy was not checked")


def stored_roster() -> Roster | None:
    """Give the roster of the database, if there is a database with one."""
    return look(roster_in_force) if _has_database() else None


def doubts_about(file: Path, text: str) -> tuple[Problem, ...]:
    """Give what is doubtful beside the text itself: the leads of late, documents that are not there."""
    doubts = look(lambda desk: doubts_of_history(desk, text)) if _has_database() else ()
    return by_line(doubts, _missing_documents(file, text))


def notes_on_leads(text: str) -> tuple[str, ...]:
    """Give what is to be known of the leads of late under a policy, though nothing is wrong."""
    return look(lambda desk: notes_on_leads_of_late(desk, text)) if _has_database() else ()


def by_line(*problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Put problems in the order of the file."""
    return tuple(sorted((each for some in problems for each in some), key=lambda each: (each.line, each.path)))


def _has_database() -> bool:
    url = read_settings().database_url
    return not url.startswith("sqlite") or sqlite_path(url).exists()


def _missing_documents(file: Path, text: str) -> tuple[Problem, ...]:
    """Report documents whose file is not there; a path is relative to the policy file."""
    try:
        loaded, lines = load_policy(text), read_yaml(text).lines
    except FileRefused:
        return ()
    findings = Findings(lines)
    for place, entry in enumerate(loaded.document.get("documents") or []):
        if not (file.parent / entry["file"]).is_file():
            findings.warning(
                ("documents", place, "file"),
                f"there is no file «{entry['file']}»",
                "put it there, or mend the path; it is relative to this file",
            )
    return findings.warnings()
