"""Checks of a policy as a whole: what each line says is possible, together they may still not be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from routing.checked import Checked
from routing.condition_tree import leaves_of
from routing.durations import parse_day_range, parse_duration
from routing.fact_fields import FIELDS, FieldKind, field_named, mend_of_field
from routing.findings import Findings, Path, mend_with
from routing.policy import FactorKind
from routing.policy_check_roster import check_against_roster
from routing.policy_check_rules import Reaches, check_reach, never_holds, reaches_of
from routing.policy_check_shares import check_balance

#: Weights are kept in hundredths of a percent.
_WHOLE_WEIGHT = 10_000
_MOST_CONDITIONS = 7
_MOST_RULES = 50


def check_policy(checked: Checked, findings: Findings) -> None:
    """Add everything that is wrong or doubtful to the findings; sections with mistakes of their own are left alone."""
    spoken = {language for rep in checked.roster.reps for language in rep.languages} if checked.roster else ()
    reaches = None if "rules" in checked.broken else reaches_of(checked.policy, sorted(spoken))
    _check_names(checked, findings)
    _check_scoring(checked, findings)
    _check_points(checked, findings)
    _check_rules(checked, reaches, findings)
    _check_fences(checked, findings)
    _check_fit(checked, findings)
    _check_choose(checked, findings)
    _check_capacity(checked, findings)
    _check_later_sections(checked, findings)
    if reaches is not None:
        check_reach(reaches, findings)
    check_against_roster(checked, reaches, findings)


def _check_names(checked: Checked, findings: Findings) -> None:
    """Decisions, cards and questions name rules and lines, so a name may stand only once in its list."""
    document = checked.document
    scoring, fit, review = document.get("scoring") or {}, document.get("fit") or {}, document.get("review") or {}
    lists: tuple[tuple[Path, Any], ...] = (
        (("rules",), document.get("rules")),
        (("scoring", "add"), scoring.get("add")),
        (("fit", "factors"), fit.get("factors")),
        (("review", "always"), review.get("always")),
        (("geofence",), document.get("geofence")),
        (("recycle",), document.get("recycle")),
        (("pool", "first"), (document.get("pool") or {}).get("first")),
    )
    for path, entries in lists:
        first: dict[str, int] = {}
        for place, entry in enumerate(entries or []):
            name = entry.get("name")
            if name in first:
                line = findings.lines.of((*path, first[name], "name"))
                findings.error(
                    (*path, place, "name"), f"«{name}» is the name of line {line} too", "give each its own name"
                )
            elif name is not None:
                first[name] = place


def _check_scoring(checked: Checked, findings: Findings) -> None:
    if "scoring" in checked.broken:
        return
    path: Path = ("scoring", "grades")
    grades = checked.policy.scoring.grades
    for (better, more), (worse, less) in pairwise(grades):
        if less >= more:
            findings.error(
                (*path, worse),
                f"grade {worse} begins at {less}, not under {better} at {more}",
                "write grades from the best to the last, each with a lower score",
            )
    if not grades:
        findings.error(path, "there are no grades", "write {A: 80, B: 60, C: 40, D: 0}")
    elif grades[-1][1] != 0:
        letter, least = grades[-1]
        findings.error((*path, letter), f"leads under {least} would have no grade", f"let {letter} begin at 0")


def _check_points(checked: Checked, findings: Findings) -> None:
    """Points that no lead can ever get look like points that some do."""
    if "scoring" in checked.broken:
        return
    for place, item in enumerate(checked.policy.scoring.items):
        if item.when.tree is not None and never_holds(item.when.tree):
            message = f"«{item.name}» can never hold: its conditions exclude each other"
            findings.error(("scoring", "add", place, "when"), message, "take one of them out")


def _check_rules(checked: Checked, reaches: Reaches | None, findings: Findings) -> None:
    if reaches is None:
        return
    rules = checked.policy.rules
    path: Path = ("rules",)
    if not rules:
        findings.error(path, "there are no rules", "add at least - {name: 其余, teams: [...]}")
        return
    if not reaches.nothing_left:
        findings.error(path, "no rule takes what all others leave over", "add at the end - {name: 其余, teams: [...]}")
    if len(rules) > _MOST_RULES:
        findings.warning(
            path, f"{len(rules)} rules are more than people keep in mind", f"merge some, to {_MOST_RULES} or less"
        )
    for place, rule in enumerate(rules):
        count = len(leaves_of(rule.when.tree)) if rule.when is not None and rule.when.tree is not None else 0
        if count > _MOST_CONDITIONS:
            findings.warning(
                (*path, place, "when"),
                f"{count} conditions in one rule are hard to foresee",
                f"split the rule, to {_MOST_CONDITIONS} or less in each",
            )


def _check_fences(checked: Checked, findings: Findings) -> None:
    if "geofence" in checked.broken:
        return
    first: dict[str, int] = {}
    forms = ("provinces", "polygon", "phone_prefixes")
    entries = checked.document.get("geofence") or []
    with_provinces = [place for place, entry in enumerate(entries) if entry.get("provinces")]
    for place, entry in enumerate(entries):
        given = [form for form in forms if entry.get(form)]
        if len(given) != 1:
            findings.error(
                ("geofence", place), "a fence is one of provinces, polygon, phone_prefixes", "write exactly one"
            )
    for place, fence in zip(with_provinces, checked.policy.fences, strict=True):
        for number, province in enumerate(fence.provinces):
            if first.setdefault(province, place) != place:
                line = findings.lines.of(("geofence", first[province]))
                findings.error(
                    ("geofence", place, "provinces", number),
                    f"«{province}» is fenced already, in line {line}",
                    "put the teams of both into one fence",
                )


def _check_fit(checked: Checked, findings: Findings) -> None:
    if "fit" in checked.broken:
        return
    factors = checked.policy.factors
    total = sum(factor.weight for factor in factors)
    if factors and total != _WHOLE_WEIGHT:
        findings.error(
            ("fit", "factors"),
            f"the weights sum to {total / 100:g}, not to 100",
            f"{'add' if total < _WHOLE_WEIGHT else 'take away'} {abs(_WHOLE_WEIGHT - total) / 100:g}",
        )
    texts = [name for name, known in FIELDS.items() if known.kind is FieldKind.TEXT]
    for place, factor in enumerate(factors):
        path: Path = ("fit", "factors", place)
        if factor.kind is FactorKind.RATE:
            known = field_named(factor.segment or "")
            if factor.segment != "price_band" and (known is None or known.kind not in (FieldKind.TEXT, FieldKind.OPEN)):
                findings.error(
                    (*path, "by"),
                    f"leads can't be grouped by «{factor.segment}»",
                    mend_with(factor.segment or "", ["price_band", *texts]),
                )
            elif (
                factor.segment == "price_band"
                and not checked.policy.price_bands
                and "price_bands" not in checked.broken
            ):
                findings.error((*path, "by"), "there are no price bands", "add price_bands: [1000, 10000, 100000]")
        elif factor.lead_field is not None:
            known = field_named(factor.lead_field)
            if known is None:
                message, mend = f"there is no field «{factor.lead_field}»", mend_of_field(factor.lead_field)
                findings.error((*path, "match"), message, mend)
            elif known.kind is FieldKind.NUMBER:
                message = f"«{factor.lead_field}» is a number, which is not looked up in a table"
                findings.error((*path, "match"), message, "match a field of text")


def _check_choose(checked: Checked, findings: Findings) -> None:
    choose = checked.policy.choose
    if "choose" not in checked.broken and not 0 < choose.share_least <= choose.share_most:
        findings.error(
            ("choose", "share"), "`least` must be above 0 and not above `most`", "write {least: 0.5, most: 2.0}"
        )
    if "choose" not in checked.broken:
        check_balance(checked.policy, findings)
    if "price_bands" not in checked.broken:
        for place, (lower, upper) in enumerate(pairwise(checked.policy.price_bands)):
            if upper <= lower:
                findings.error(
                    ("price_bands", place + 1), f"{upper} does not follow {lower}", "write the bounds upwards"
                )


def _check_capacity(checked: Checked, findings: Findings) -> None:
    if "capacity" in checked.broken:
        return
    capacity = checked.policy.capacity
    path: Path = ("capacity", "resume_at")
    if capacity.resume_at is None:
        return
    if capacity.open is None:
        findings.error(path, "there is no `open` to come back from", "add open: 20, or take resume_at out")
    elif capacity.resume_at >= capacity.open:
        findings.error(
            path,
            f"resume_at {capacity.resume_at} is not under open {capacity.open}",
            f"write {max(capacity.open - 1, 0)} or less",
        )


def _check_later_sections(checked: Checked, findings: Findings) -> None:
    document = checked.document
    _check_recycle(document.get("recycle") or [], findings)
    follow_up = document.get("follow_up") or {}
    _ascending([step["after"] for step in follow_up.get("overdue") or []], ("follow_up", "overdue"), findings)
    _ascending(follow_up.get("remind") or [], ("follow_up", "remind"), findings)
    fit_model = (document.get("fit") or {}).get("model") or {}
    if fit_model.get("weight") == _WHOLE_WEIGHT:
        findings.warning(
            ("fit", "model", "weight"), "the learned part would leave nothing of the factors", "write 30 or so"
        )
    _check_documents(checked, findings)


def _check_recycle(entries: list[Mapping[str, Any]], findings: Findings) -> None:
    kinds = ("without_follow_up", "without_close")
    for place, entry in enumerate(entries):
        given = [kind for kind in kinds if entry.get(kind)]
        if len(given) != 1:
            findings.error(("recycle", place), "needs one of without_follow_up, without_close", "write exactly one")
            continue
        whole = parse_duration(entry[given[0]])
        for number, warning in enumerate(entry.get("warn") or []):
            if parse_duration(warning).length >= whole.length:
                findings.error(
                    ("recycle", place, "warn", number),
                    f"the warning at {warning} comes too late",
                    f"warn before {entry[given[0]]}",
                )


def _ascending(durations: Iterable[str], path: Path, findings: Findings) -> None:
    for place, (sooner, later) in enumerate(pairwise(durations)):
        one, other = parse_duration(sooner), parse_duration(later)
        if one.at_work == other.at_work and other.length <= one.length:
            findings.error(
                (*path, place + 1), f"{later} does not come after {sooner}", "write them from the soonest on"
            )


def _check_documents(checked: Checked, findings: Findings) -> None:
    if "documents" in checked.broken:
        return
    documents = checked.document.get("documents") or []
    names = {entry["name"] for entry in documents}
    versions: set[tuple[str, str]] = set()
    for place, entry in enumerate(documents):
        if (entry["name"], entry["version"]) in versions:
            message = f"version {entry['version']} of «{entry['name']}» is there already"
            findings.error(("documents", place, "version"), message, "give each version its own number")
        versions.add((entry["name"], entry["version"]))
    for place, rule in enumerate(checked.policy.rules):
        for number, name in enumerate(rule.documents):
            path: Path = ("rules", place, "documents", number)
            if name not in names:
                findings.error(path, f"there is no document «{name}»", mend_with(name, names))
            elif checked.at is not None and not _in_force(documents, name, checked.at):
                findings.warning(
                    path, f"no version of «{name}» is in force on {checked.at}", "add one that is, to documents"
                )


def _in_force(documents: list[Mapping[str, Any]], name: str, on: date) -> bool:
    ranges = (parse_day_range(entry["in_force"]) for entry in documents if entry["name"] == name)
    return any(first <= on <= last for first, last in ranges)
