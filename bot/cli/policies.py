"""`paidan policy …`: check, preview, publish, show, schema, diff, rollback."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Literal

import orjson
import typer

from bot.cli.console import as_data, counted, fail, say, tell_problems
from bot.cli.document_files import contents_beside
from bot.cli.moments import written
from bot.cli.operating import look, write
from bot.cli.policy_files import (
    by_line,
    doubts_about,
    load_or_fail,
    notes_on_leads,
    policy_text_of,
    stored_roster,
    team_roster,
    text_of,
)
from bot.cli.previewing import preview
from bot.clock import SystemClock
from bot.operator import operator_name
from bot.services.desk import Desk
from bot.wording import FIRST
from routing.policy_diff import diff
from routing.policy_file import Surroundings, policy_schema
from routing.policy_notes import notes_on
from store import scheduled_policies, versions
from store.errors import NotFound
from store.scheduled_policies import ScheduledPolicy

_VERSION = re.compile(r"[vV]?([1-9][0-9]{0,8})", re.ASCII)
_SCHEDULED = re.compile(r"[sS]([1-9][0-9]{0,8})", re.ASCII)
_NEEDS_REASON = "not published: with warnings a reason is needed, --reason TEXT"

app = typer.Typer(help="派单规则：检查、预览、发布、定时发布、查看、比较、回滚。", no_args_is_help=True)
app.command("preview")(preview)


Locale = Annotated[
    Literal["zh", "en"] | None, typer.Option(help="language of problems and differences; that of the shell if left out")
]


@app.command()
def check(
    file: Path,
    team: Annotated[Path | None, typer.Option(help="team file to check teams, skills and certificates against")] = None,
    at: Annotated[
        str | None,
        typer.Option(help="day on which certificates and documents must be valid, as 2026-11-23; today if left out"),
    ] = None,
    locale: Locale = None,
) -> None:
    """Check a policy file: every problem with its line and its mend, and which keys are not yet in force."""
    text = policy_text_of(file, locale)
    try:
        day = date.fromisoformat(at) if at else SystemClock().now()
    except ValueError:
        fail(f"--at {at}: write a day as 2026-11-23", status=2)
    surroundings = Surroundings(team_roster(team, locale) if team is not None else stored_roster(), at=day)
    loaded = load_or_fail(str(file), text, surroundings, locale)
    doubts = doubts_about(file, text)
    warnings = by_line(loaded.warnings, doubts)
    tell_problems(str(file), as_data(warnings), error=False, locale=locale)
    for key in loaded.policy.not_yet_in_force:
        say(f"not yet in force: {key}")
    for note in notes_on(loaded.policy):
        say(f"note: {note}")
    for note in notes_on_leads(text):
        say(f"note: {note}")
    say(f"ok: {counted(len(loaded.policy.rules), 'rule')}, {counted(len(warnings), 'warning')}")


@app.command()
def publish(
    file: Path,
    reason: Annotated[str | None, typer.Option(help="why; needed where there are warnings")] = None,
    at: Annotated[
        str | None,
        typer.Option(help="when it is to come into force, as '2026-12-01 09:00' in the policy's zone; now if left out"),
    ] = None,
    locale: Locale = None,
) -> None:
    """Put a policy into force, now or later. Refused whole where it has errors; what was in force stays."""
    text = policy_text_of(file, locale)
    # Asked here and not by the writer, who has leads to take meanwhile.
    doubts = as_data(doubts_about(file, text))
    if doubts and not reason:
        tell_problems(str(file), doubts, error=True, locale=locale)
        fail(_NEEDS_REASON)
    arguments: dict[str, object] = {"text": text, "author": operator_name(), "reason": reason}
    arguments["documents"] = contents_beside(file, text)
    if at is None:
        result = write("policy.publish", arguments)
    else:
        result = write("policy.schedule", {**arguments, "at": at})
    if "refused" in result:
        tell_problems(str(file), result["refused"], error=True, locale=locale)
        fail(f"refused: {counted(len(result['refused']), 'error')}; what was in force stays")
    if "not_a_moment" in result:
        fail(f"--at: {result['not_a_moment']}", status=2)
    if "needs_reason" in result:
        tell_problems(str(file), result["needs_reason"], error=True, locale=locale)
        fail(_NEEDS_REASON)
    tell_problems(str(file), [*result["warnings"], *doubts], error=False, locale=locale)
    if at is not None:
        say(f"scheduled as s{result['number']}: comes into force at {result['at']}")
    elif result["changed"]:
        say(f"published as version {result['version']}, in force now")
    else:
        say(f"nothing changed: this is the text of version {result['version']}, which is in force")


@app.command()
def cancel(number: Annotated[str, typer.Argument(help="which scheduled policy, as s3")]) -> None:
    """Call a scheduled policy off; what is in force stays."""
    wanted = _scheduled_number(number)
    if wanted is None:
        fail(f"{number} is no scheduled policy: write s3", status=2)
    result = write("policy.cancel", {"number": wanted, "author": operator_name()})
    if "not_found" in result:
        fail(f"there is no scheduled policy s{wanted}")
    if "no_longer_waiting" in result:
        fail(f"too late: s{wanted} is {result['no_longer_waiting']} already")
    say(f"s{wanted} is cancelled; what is in force stays")


@app.command()
def show(
    version: Annotated[
        str | None,
        typer.Argument(help="which version, as 3 or v3, or s3 of a scheduled one; the one in force if left out"),
    ] = None,
) -> None:
    """Print a policy as it was published, and what is to come into force later."""
    scheduled = _scheduled_number(version)
    if scheduled is not None:
        found = _scheduled(scheduled)
        say(_scheduled_line(found))
        for problem in found.problems:
            say(f"#   {problem}")
        say(found.source_text)
        return
    stored = _stored(_number(version) if version is not None else None)
    published = _written(stored.published_at)
    say(f"# version {stored.version}, {published}, by {stored.author}: {stored.reason}")
    for waiting in look(lambda desk: scheduled_policies.waiting(desk.tx.connection)) if version is None else ():
        say(_scheduled_line(waiting))
    say(stored.source_text)


def _scheduled_line(found: ScheduledPolicy) -> str:
    """Say in one line, as a comment of YAML, when a scheduled policy comes into force, or what has become of it."""
    become = f"became version {found.version}" if found.version is not None else found.state
    fate = "waits" if found.state == scheduled_policies.WAITING else become
    by = f"by {found.author}: {found.reason}"
    return f"# s{found.number} comes into force at {_written(found.due_at)}, {fate}, {by}"


def _written(moment: datetime) -> str:
    return look(lambda desk: written(moment, desk))


def _scheduled_number(text: str | None) -> int | None:
    """Read a scheduled policy as people write it, s3; None for anything else, such as a version or a file."""
    found = _SCHEDULED.fullmatch(text) if text is not None else None
    return int(found[1]) if found is not None else None


def _scheduled(number: int) -> ScheduledPolicy:
    def question(desk: Desk) -> ScheduledPolicy | None:
        try:
            return scheduled_policies.get(desk.tx.connection, number)
        except NotFound:
            return None

    found = look(question)
    if found is None:
        fail(f"there is no scheduled policy s{number}")
    return found


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
def compare(old: str, new: str, locale: Locale = None) -> None:
    """Say in words what differs between two policies: files, versions as 3 or v3, scheduled ones as s3."""
    for line in diff(_document(old, locale), _document(new, locale), locale or FIRST):
        say(line)


def _document(name: str, locale: str | None) -> dict[str, object]:
    return dict(load_or_fail(name, _text_named(name), Surroundings(), locale).document)


def _text_named(name: str) -> str:
    """Give the text of a file, of a version or of a scheduled policy; a file goes before the others."""
    path, scheduled = Path(name), _scheduled_number(name)
    if path.exists():
        return text_of(path)
    if scheduled is not None:
        return _scheduled(scheduled).source_text
    return _stored(_number(name)).source_text if _VERSION.fullmatch(name) else text_of(path)


@app.command()
def rollback(
    to_version: Annotated[
        str | None, typer.Argument(help="version to go back to, as 3 or v3; the one before if left out")
    ] = None,
    locale: Locale = None,
) -> None:
    """Put an earlier version into force again, as a new version."""
    wanted = _number(to_version) if to_version is not None else _version_before()
    result = write("policy.rollback", {"to_version": wanted, "author": operator_name()})
    if "not_found" in result:
        fail(f"there is no version {wanted}")
    if "refused" in result:
        tell_problems(f"version {wanted}", result["refused"], error=True, locale=locale)
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
