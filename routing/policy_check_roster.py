"""A policy against the people: is everybody named there, and can somebody take what each rule lets through?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from routing.checked import Checked
from routing.condition_boxes import Box, World
from routing.condition_logic import Atom, Formula, formula_of
from routing.condition_tree import Operator
from routing.findings import Findings, Path, listed, mend_with
from routing.policy import FactorKind, Rule
from routing.policy_check_rules import Reach, Reaches, can_come_from
from routing.reps_table import same_language
from routing.roster import Rep, Roster

#: A winter and a summer day: zones that agree on both keep the same time all year.
_SAMPLE_MOMENTS = (datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC))


def check_against_roster(checked: Checked, reaches: Reaches | None, findings: Findings) -> None:
    """Note teams, skills, certificates and tables that nobody has, leads nobody may take, reps who get nothing."""
    roster = checked.roster
    if roster is None:
        demands = any(rule.require.certificates or rule.require.skills for rule in checked.policy.rules)
        if demands or next(_named_teams(checked), None) is not None:
            findings.warning(
                (), "teams, skills and certificates were not checked against a team file", "add --team FILE"
            )
        return
    unknown = _check_teams(checked, roster, findings)
    _check_tables(checked, roster, findings)
    if not unknown:
        _check_zones(checked, roster, findings)
    if unknown or reaches is None:
        return
    takers = [rep for rep in roster.reps if rep.takes_leads]
    for place, rule in enumerate(checked.policy.rules):
        _check_require(checked, place, rule, takers, findings)
    for place, reach in enumerate(reaches.rules):
        able = [rep for rep in takers if _passes(checked, reach.rule, rep)]
        if able:
            _check_fenced_off(checked, reaches.world, (place, reach), able, findings)
            _check_unspoken(reaches.world, (place, reach), able, findings)
    _check_idle(checked, reaches, takers, findings)


def _named_teams(checked: Checked) -> Iterator[tuple[Path, str]]:
    for key in ("rules", "geofence"):
        for place, entry in enumerate(checked.document.get(key) or []):
            for number, team in enumerate(entry.get("teams") or []):
                yield (key, place, "teams", number), team
    for team in (checked.document.get("capacity") or {}).get("teams") or {}:
        yield ("capacity", "teams", team), team


def _check_teams(checked: Checked, roster: Roster, findings: Findings) -> bool:
    unknown = False
    for path, team in _named_teams(checked):
        if team not in roster.teams:
            findings.error(path, f"there is no team «{team}»", mend_with(team, roster.teams))
            unknown = True
    return unknown


def _check_tables(checked: Checked, roster: Roster, findings: Findings) -> None:
    if "fit" in checked.broken:
        return
    tables = {name for rep in roster.reps for name in rep.tables}
    for place, factor in enumerate(checked.policy.factors):
        if factor.kind is FactorKind.MATCH_TABLE and factor.rep_field not in tables:
            findings.warning(
                ("fit", "factors", place, "with"),
                f"no rep has a table «{factor.rep_field}»",
                mend_with(factor.rep_field or "", [*tables, "languages", "skills"]),
            )


def _check_zones(checked: Checked, roster: Roster, findings: Findings) -> None:
    """A team in two zones answers early leads late for half of its reps, unless a fence says whose they are."""
    if "geofence" in checked.broken:
        return
    fences = checked.document.get("geofence") or []
    fenced = {team for fence in fences for team in fence["teams"]}
    for team in roster.teams:
        zones = {rep.timezone for rep in roster.reps if rep.team == team and rep.takes_leads}
        if team not in fenced and len({_offsets(zone) for zone in zones}) > 1:
            named = ", ".join(sorted(zones))
            message = f"team «{team}» is in {len(zones)} time zones ({named}) without a fence"
            findings.error(("geofence",), message, f"add to geofence - {{provinces: [...], teams: [{team}]}}")


def _offsets(zone: str) -> tuple[object, ...]:
    return tuple(moment.astimezone(ZoneInfo(zone)).utcoffset() for moment in _SAMPLE_MOMENTS)


def _check_require(checked: Checked, place: int, rule: Rule, takers: list[Rep], findings: Findings) -> None:
    path: Path = ("rules", place, "require")
    in_teams = [rep for rep in takers if rule.teams is None or rep.team in rule.teams]
    if not in_teams:
        findings.error(("rules", place, "teams"), "nobody in these teams takes leads", "name a team that has reps")
        return
    everybodys = {held.name for rep in takers for held in rep.certificates}
    said = False
    for number, name in enumerate(rule.require.certificates):
        here = (*path, "certificates", number)
        holders = [rep for rep in in_teams if any(held.name == name for held in rep.certificates)]
        if name not in everybodys:
            findings.error(here, f"nobody has the certificate «{name}»", mend_with(name, everybodys))
        elif not holders:
            findings.error(here, f"nobody in the rule's teams has «{name}»", "name the team of those who have it")
        elif not any(_has_certificate(checked, rep, name) for rep in holders):
            last_on = max(held.last_on for rep in holders for held in rep.certificates if held.name == name)
            message = f"nobody's «{name}» is valid on {checked.at}, the last is until {last_on}"
            findings.error(here, message, "renew it in the team file, or take the demand out")
        else:
            continue
        said = True
    said = _check_skills(rule, path, in_teams, takers, findings) or said
    known_levels = {rep.level for rep in takers if rep.level}
    for number, level in enumerate(rule.require.level):
        if level not in known_levels:
            findings.error((*path, "level", number), f"nobody has the level «{level}»", mend_with(level, known_levels))
            said = True
    if not said and not any(_passes(checked, rule, rep) for rep in in_teams):
        findings.warning(path, f"nobody meets all demands of «{rule.name}»: its leads go to review", "ask for less")


def _check_skills(rule: Rule, path: Path, in_teams: list[Rep], takers: list[Rep], findings: Findings) -> bool:
    said = False
    everybodys = {name for rep in takers for name in rep.skills}
    for name, least in rule.require.skills.items():
        best = max((rep.skills.get(name, 0) for rep in in_teams), default=0)
        if name not in everybodys:
            findings.error((*path, "skills", name), f"nobody has the skill «{name}»", mend_with(name, everybodys))
        elif best < least:
            findings.error(
                (*path, "skills", name),
                f"nobody in the rule's teams has «{name}» at level {least}",
                f"ask for {best} or less" if best else "name the team of those who have it",
            )
        else:
            continue
        said = True
    return said


def _passes(checked: Checked, rule: Rule, rep: Rep) -> bool:
    """Say whether a rep meets the rule, leaving aside time, load, status and the lead's language."""
    if rule.teams is not None and rep.team not in rule.teams:
        return False
    if rule.require.level and rep.level not in rule.require.level:
        return False
    if any(rep.skills.get(name, 0) < least for name, least in rule.require.skills.items()):
        return False
    return all(_has_certificate(checked, rep, name) for name in rule.require.certificates)


def _has_certificate(checked: Checked, rep: Rep, name: str) -> bool:
    held = (certificate for certificate in rep.certificates if certificate.name == name)
    return any(checked.at is None or each.first_on <= checked.at <= each.last_on for each in held)


def _check_fenced_off(
    checked: Checked, world: World, at: tuple[int, Reach], able: list[Rep], findings: Findings
) -> None:
    """Report places from where nobody on the roster could ever take a rule's leads: provinces, map areas, numbers."""
    place, reach = at
    if "geofence" in checked.broken:
        return
    for fence in checked.policy.fences:
        if any(rep.team in fence.teams for rep in able):
            continue
        affected = [province for province in fence.provinces if can_come_from(reach, world, province)]
        if affected:
            where = listed(affected)
            message = f"nobody may ever take leads of «{reach.rule.name}» from {where}, fenced off: they go to review"
            mend = "add a team of the fence to the rule, or a rule for these provinces before it"
            findings.warning(("rules", place), message, mend)
    if not _can_come_without(reach, world, "province"):
        return
    entries = [entry for entry in checked.document.get("geofence") or [] if "provinces" not in entry]
    for entry in entries:
        if not any(rep.team in entry["teams"] for rep in able):
            where = entry.get("name") or entry["teams"][0]
            message = f"nobody may ever take leads of «{reach.rule.name}» inside the fence «{where}»: they go to review"
            findings.warning(("rules", place), message, "add a team of the fence to the rule")


def _check_unspoken(world: World, at: tuple[int, Reach], able: list[Rep], findings: Findings) -> None:
    """Report languages that a rule asks for by name and demands, and that nobody who may take its leads speaks."""
    place, reach = at
    cells = world.cells_of("language")
    if not reach.rule.require.language or cells is None:
        return
    tree = reach.rule.when.tree if reach.rule.when is not None else None
    unspoken = [
        word
        for word in (_asked_for(formula_of(tree)) if tree is not None else ())
        if not any(same_language(own, word) for rep in able for own in rep.languages)
        and any(world.narrowed(box, "language", cells.word(word)) is not None for box in reach.left or ())
    ]
    if unspoken:
        message = f"nobody may ever take leads of «{reach.rule.name}» in {listed(unspoken)}: they go to review"
        mend = "add the language to whoever speaks it, or a rule for it before this one"
        findings.warning(("rules", place), message, mend)


def _asked_for(formula: Formula) -> tuple[str, ...]:
    """Give the languages that a condition lists as those it holds for."""
    if isinstance(formula, Atom):
        listed_here = formula.field == "language" and formula.operator is Operator.IN
        return tuple(str(value) for value in formula.values) if listed_here else ()
    return tuple(dict.fromkeys(word for part in formula[1] for word in _asked_for(part)))


def _can_come_without(reach: Reach, world: World, field: str) -> bool:
    """Say whether a lead that lacks a field can come to a rule, as far as reasoning tells."""
    cells = world.cells_of(field)
    if reach.left is None or cells is None:
        return True
    return any(world.narrowed(box, field, cells.absent) is not None for box in reach.left)


def _check_idle(checked: Checked, reaches: Reaches, takers: list[Rep], findings: Findings) -> None:
    """Report reps whom no lead can come to: by team, demands, fences and languages, of what is left for each rule."""
    idle = [rep.id for rep in takers if not any(_may_get(checked, reaches, reach, rep) for reach in reaches.rules)]
    if idle:
        findings.warning(("rules",), f"no rule ever gives a lead to {listed(idle)}", "name their team in a rule")


def _may_get(checked: Checked, reaches: Reaches, reach: Reach, rep: Rep) -> bool:
    if not _passes(checked, reach.rule, rep):
        return False
    if reach.left is None:
        return True
    return any(_may_get_of(checked, reaches.world, reach.rule, box, rep) for box in reach.left)


def _may_get_of(checked: Checked, world: World, rule: Rule, box: Box, rep: Rep) -> bool:
    """Say whether some lead of a box is for this rep: fenced off from nobody or for him, in a language he speaks."""
    left: Box | None = box
    provinces = world.cells_of("province")
    if provinces is not None and "geofence" not in checked.broken:
        fences = [fence for fence in checked.policy.fences if rep.team not in fence.teams]
        closed = sum({provinces.word(province) for fence in fences for province in fence.provinces})
        left = world.narrowed(box, "province", ~closed)
    languages = world.cells_of("language")
    if left is not None and rule.require.language and languages is not None:
        speaks = languages.absent_or(lambda tag: any(same_language(own, tag) for own in rep.languages))
        left = world.narrowed(left, "language", speaks)
    return left is not None
