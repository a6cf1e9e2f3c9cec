"""`paidan policy …`: check, publish, show, schema, diff, rollback."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Annotated

import orjson
import typer

from bot.cli.console import counted, fail, read_settings, say, tell_problems
from bot.cli.operating import look, write
from bot.operator import operator_name
from bot.services.desk import Desk
from bot.services.publish import roster_in_force
from routing.errors import FileRefused, Problem
from routing.policy_diff import diff
from routing.policy_file import LoadedPolicy, Surroundings, load_policy, policy_schema
from routing.policy_notes import notes_on
from routing.roster import Roster
from routing.team_file import load_team
from store import versions
from store.errors import NotFound
from store.sqlite_database import sqlite_path

_VERSION = re.compile(r"[vV]?([1-9][0-9]{0,8})", re.ASCII)

app = typer.Typer(help="派单规则：检查、发布、查看、比较、回滚。", no_args_is_help=True)


@app.command()
def check(
    file: Path,
    team: Annotated[Path | None, typer.Option(help="team file to check teams, skills and certificates against")] = None,
    at: Annotated[str | None, typer.Option(help="day on which certificates must be valid, as 2026-11-23")] = None,
) -> None:
    """Check a policy file: every problem with its line and its mend, and which keys are not yet in force."""
    loaded = _load(file, team, at)
    tell_problems(str(file), _as_data(loaded.warnings), error=False)
    for key in loaded.policy.not_yet_in_force:
        say(f"not yet in force: {key}")
    for note in notes_on(loaded.policy):
        say(f"note: {note}")
    say(f"ok: {counted(len(loaded.policy.rules), 'rule')}, {counted(len(loaded.warnings), 'warning')}")


def _load(file: Path, team: Path | None, at: str | None) -> LoadedPolicy:
    try:
        day = date.fromisoformat(at) if at else None
    except ValueError:
        fail(f"--at {at}: write a day as 2026-11-23", status=2)
    roster = _team_roster(team) if team is not None else _stored_roster()
    try:
        return load_policy(_text(file), surroundings=Surroundings(roster, at=day))
    except FileRefused as refused:
        tell_problems(str(file), _as_data(refused.problems), error=True)
        fail(f"refused: {counted(len(refused.problems), 'error')}")


def _team_roster(team: Path) -> Roster:
    try:
        return load_team(_text(team)).roster
    except FileRefused as refused:
        tell_problems(str(team), _as_data(refused.problems), error=True)
        fail(f"the team file was refused: {counted(len(refused.problems), 'error')}; the policy was not checked")


def _stored_roster() -> Roster | None:
    """Give the roster of the database, if there is a database with one."""
    url = read_settings().database_url
    if url.startswith("sqlite") and not sqlite_path(url).exists():
        return None
    return look(roster_in_force)


@app.command()
def publish(
    file: Path, reason: Annotated[str | None, typer.Option(help="why; needed where there are warnings")] = None
) -> None:
    """Put a policy into force. Refused whole where it has errors; what was in force stays."""
    result = write("policy.publish", {"text": _text(file), "author": operator_name(), "reason": reason})
    if "refused" in result:
        tell_problems(str(file), result["refused"], error=True)
        fail(f"refused: {counted(len(result['refused']), 'error')}; what was in force stays")
    if "needs_reason" in result:
        tell_problems(str(file), result["needs_reason"], error=True)
        fail("not published: with warnings a reason is needed, --reason TEXT")
    tell_problems(str(file), result["warnings"], error=False)
    if result["changed"]:
        say(f"published as version {result['version']}, in force now")
    else:
        say(f"nothing changed: this is the text of version {result['version']}, which is in force")


@app.command()
def show(
    version: Annotated[
        str | None, typer.Argument(help="which version, as 3 or v3; the one in force if left out")
    ] = None,
) -> None:
    """Print a policy as it was published."""
    stored = _stored(_number(version) if version is not None else None)
    say(f"# version {stored.version}, {stored.published_at:%Y-%m-%d %H:%M} UTC, by {stored.author}: {stored.reason}")
    say(stored.source_text)


def _number(text: str) -> int:
    """Read a version as people write it, 3 or v3."""
    found = _VERSION.fullmatch(text)
    if found is None:
        fail(f"{text} is no version: write 3 or v3", status=2)
    return int(found[1])


def _stored(version: int | None) -> versions.StoredPolicy:
    """Give a version, or the one in force; ends the program with a sentence where there is none."""

    def question(desk: Desk) -> versions.StoredPolicy | None:
        wanted = version or versions.state(desk.tx.connection, versions.POLICY_IN_FORCE)
        try:
            return versions.policy(desk.tx.connection, wanted) if wanted is not None else None
        except NotFound:
            return None

    stored = look(question)
    if stored is None:
        none = "no policy is in force: paidan policy publish policy.yaml"
        fail(none if version is None else f"there is no version {version}")
    return stored


@app.command()
def schema() -> None:
    """Print the JSON Schema of a policy file, for editors."""
    say(orjson.dumps(policy_schema(), option=orjson.OPT_INDENT_2).decode())


@app.command("diff")
def compare(old: str, new: str) -> None:
    """Say in words what differs between two policies: files, or versions as 3 or v3."""
    for line in diff(_document(old), _document(new)):
        say(line)


def _document(name: str) -> dict[str, object]:
    is_version = _VERSION.fullmatch(name) is not None and not Path(name).exists()
    text = _stored(_number(name)).source_text if is_version else _text(Path(name))
    try:
        return dict(load_policy(text).document)
    except FileRefused as refused:
        tell_problems(name, _as_data(refused.problems), error=True)
        fail("refused")


@app.command()
def rollback(
    to_version: Annotated[
        str | None, typer.Argument(help="version to go back to, as 3 or v3; the one before if left out")
    ] = None,
) -> None:
    """Put an earlier version into force again, as a new version."""
    wanted = _number(to_version) if to_version is not None else _version_before()
    result = write("policy.rollback", {"to_version": wanted, "author": operator_name()})
    if "not_found" in result:
        fail(f"there is no version {wanted}")
    if "refused" in result:
        tell_problems(f"version {wanted}", result["refused"], error=True)
        fail("refused: that version does not fit the team of today; what was in force stays")
    if result["changed"]:
        say(f"version {wanted} is in force again, as version {result['version']}")
    else:
        say(f"nothing changed: the text of version {wanted} is in force, as version {result['version']}")


def _version_before() -> int:
    in_force: int | None = look(lambda desk: versions.state(desk.tx.connection, versions.POLICY_IN_FORCE))
    if in_force is None or in_force < 2:  # noqa: PLR2004  the first version has none before it
        fail("there is no earlier version")
    return in_force - 1


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except OSError as error:
        fail(f"{path}: {error.strerror}")
    except UnicodeDecodeError:
        fail(f"{path}: not UTF-8; save it as UTF-8")


def _as_data(problems: tuple[Problem, ...]) -> list[dict[str, object]]:
    return [
        {"line": item.line, "path": item.path, "message": item.message, "mend": item.mend, "severity": item.severity}
        for item in problems
    ]
