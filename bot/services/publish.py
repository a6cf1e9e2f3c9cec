"""New versions come into force: a policy is published or rolled back, a team file is imported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from bot.services import document_store, drain_passes, follow_up_clocks, hot_leads, rates, texts_roster
from bot.services.desk import Desk
from bot.services.document_store import DocumentFile
from bot.services.receive import decide_waiting
from bot.services.runner import write_down
from bot.wording import FIRST
from routing.errors import FileRefused, Problem
from routing.policy_file import Surroundings, load_policy
from routing.roster import Roster
from routing.team_file import load_team, load_team_csv, roster_to_document
from store import standings, versions

#: Leads that came in before anything was in force are decided in batches of this size.
BATCH = 200


class NeedsReason(Exception):
    """The policy has warnings; publishing it needs a reason."""

    def __init__(self, warnings: tuple[Problem, ...]) -> None:
        """Keep the warnings."""
        super().__init__("publishing with warnings needs a reason")
        self.warnings = warnings


@dataclass(frozen=True, slots=True)
class Published:
    """A version that is now in force; `changed` is False where the very same text was before."""

    version: int
    warnings: tuple[Problem, ...]
    changed: bool = True


@dataclass(frozen=True, slots=True)
class Imported:
    """A roster version that is now in force; `changes` says in words what differs from the one before."""

    version: int
    changes: tuple[str, ...]
    warnings: tuple[Problem, ...]


def roster_in_force(desk: Desk) -> Roster | None:
    """Give the roster in force, also while no policy is."""
    return desk.offices.roster_in_force(desk.tx.connection)


def publish_policy(
    desk: Desk, text: str, *, author: str, reason: str | None, documents: Sequence[DocumentFile] = ()
) -> Published:
    """Check a policy against the roster in force and put it into force; running offers keep theirs.

    The files of its documents, which come along, are kept with the database.

    The text that is in force already makes no new version: it would only draw lots anew.

    Raises:
        FileRefused: it has errors; what was in force stays.
        NeedsReason: it has warnings and no reason was given.
    """
    loaded = load_policy(text, surroundings=Surroundings(roster_in_force(desk), at=desk.now))
    in_force = versions.state(desk.tx.connection, versions.POLICY_IN_FORCE)
    if in_force is not None and versions.policy(desk.tx.connection, in_force).source_text == text:
        document_store.keep(desk, documents)
        return Published(in_force, loaded.warnings, changed=False)
    if loaded.warnings and not reason:
        raise NeedsReason(loaded.warnings)
    document_store.keep(desk, documents)
    version = versions.publish_policy(desk.tx.connection, text, author=author, reason=reason or "", now=desk.now)
    _in_force_anew(desk)
    return Published(version, loaded.warnings)


def roll_back_policy(desk: Desk, to_version: int, *, author: str) -> Published:
    """Put an earlier version into force again, as a new version with the same text."""
    text = versions.policy(desk.tx.connection, to_version).source_text
    return publish_policy(desk, text, author=author, reason=f"rollback to {to_version}")


def import_team(desk: Desk, text: str, *, author: str, csv: bool = False, retire_missing: bool = False) -> Imported:
    """Check a team file and put it into force; everybody new starts at zero, nobody's standing changes.

    Whoever is missing from the file is reported and stays, unless `retire_missing`: a list of newcomers, or a file cut short,
    must not take a whole team off duty.

    Raises:
        FileRefused: it has errors, or lacks a team that the policy in force names; what was in force stays.
    """
    before = roster_in_force(desk)
    loaded = load_team_csv(text, base=before) if csv else load_team(text)
    after = loaded.roster if before is None or retire_missing else _keeping_missing(before, loaded.roster)
    after = _with_first_days(desk, before, after)
    _refuse_missing_teams(desk, after)
    changes = roster_changes(before, after)
    told = (*_missing(before, loaded.roster, retire=retire_missing), *changes)
    if before is not None and not changes and len(after.reps) == len(before.reps):
        return Imported(before.version, told, loaded.warnings)
    document = roster_to_document(after)
    standings.ensure(desk.tx.connection, [rep.id for rep in after.reps])
    version = versions.import_roster(desk.tx.connection, document, author=author, changes=list(told), now=desk.now)
    _in_force_anew(desk)
    return Imported(version, told, loaded.warnings)


def _missing(before: Roster | None, after: Roster, *, retire: bool) -> tuple[str, ...]:
    """Name whom the file does not, in words."""
    words = texts_roster.MISSING_RETIRED if retire else texts_roster.MISSING_STAYS
    named = {rep.id for rep in after.reps}
    people = before.reps if before is not None else ()
    return tuple(words.say(FIRST, name=rep.name, id=rep.id) for rep in people if rep.id not in named)


def _keeping_missing(before: Roster, after: Roster) -> Roster:
    """Give the new roster with everybody whom the file does not name, and with the teams and shifts that these need."""
    named = {rep.id for rep in after.reps}
    kept = [rep for rep in before.reps if rep.id not in named]
    teams = dict(after.teams)
    shifts = dict(after.shifts)
    for rep in kept:
        team = teams.setdefault(rep.team, before.teams[rep.team])
        for shift in (rep.shift, team.shift):
            if shift is not None and shift in before.shifts:
                shifts.setdefault(shift, before.shifts[shift])
    reps = tuple(sorted((*after.reps, *kept), key=lambda rep: rep.id))
    return replace(after, teams=teams, shifts=shifts, reps=reps)


def _with_first_days(desk: Desk, before: Roster | None, after: Roster) -> Roster:
    """Give everybody new today as the first day, unless the file says another; whoever was there keeps theirs.

    The people of the first import are no joiners.
    """
    if before is None:
        return after
    days = {rep.id: rep.joined_on for rep in before.reps}
    today = {zone: desk.now.astimezone(ZoneInfo(zone)).date() for zone in {rep.timezone for rep in after.reps}}
    reps = [replace(rep, joined_on=rep.joined_on or days.get(rep.id, today[rep.timezone])) for rep in after.reps]
    return replace(after, reps=tuple(reps))


def _refuse_missing_teams(desk: Desk, roster: Roster) -> None:
    """Refuse a roster without a team that the policy in force names: its leads would have nobody."""
    if desk.office is None:
        return
    policy = desk.office.policy
    named = {team for rule in policy.rules for team in rule.teams or ()}
    named |= {team for fence in policy.fences for team in fence.teams} | set(policy.capacity.teams)
    named |= {team for area in policy.areas for team in area.teams}
    problems = tuple(
        Problem(
            0, "teams", f"the policy in force names the team «{team}»", "keep the team, or publish a policy without it"
        )
        for team in sorted(named - set(roster.teams))
    )
    if problems:
        raise FileRefused(problems)


def _in_force_anew(desk: Desk) -> None:
    """Work with what is in force now: leads that waited for it are decided, and the pool is looked at again."""
    write_down(desk)
    before = desk.office
    desk.notes.pop("board", None)
    # What follows from versions that are not committed yet must be known to nobody else.
    desk.offices = desk.offices.apart()
    desk.office = desk.offices.in_force(desk.tx.connection, desk.now)
    desk.__dict__.pop("duty", None)
    if desk.office is None:
        return
    rates.follow_policy(desk)
    hot_leads.look(desk)
    if decide_waiting(desk, limit=BATCH) == BATCH:
        desk.tx.timer("decide_waiting", desk.now)
    drain_passes.wake(desk, everything=True)
    follow_up_clocks.in_force_anew(desk, before)


def roster_changes(before: Roster | None, after: Roster) -> tuple[str, ...]:
    """Say in words what a team file changes, but for who is missing from it; empty where nothing differs."""
    if before is None:
        return (texts_roster.FIRST_IMPORT.say(FIRST, teams=len(after.teams), people=len(after.reps)),)
    old = {rep.id: rep for rep in before.reps}
    new = {rep.id: rep for rep in after.reps}
    lines = [texts_roster.ADDED.say(FIRST, name=new[key].name, id=key) for key in sorted(new.keys() - old.keys())]
    for key in sorted(new.keys() & old.keys()):
        for name in new[key].__slots__:
            was, now = getattr(old[key], name), getattr(new[key], name)
            if was != now:
                lines.append(texts_roster.CHANGED.say(FIRST, name=new[key].name, id=key, field=name, was=was, now=now))
    if (before.teams, before.shifts, before.admins, before.auditors) != (
        after.teams, after.shifts, after.admins, after.auditors,
    ):  # fmt: skip
        lines.append(texts_roster.SURROUNDINGS.say(FIRST))
    return tuple(lines)
