"""A policy against the people and the days it meets: what is told of a file that is right in itself."""

from datetime import date
from pathlib import Path

import pytest

from bench.scenario import team_file
from bench.wide_scenario import wide_policy_file
from routing.errors import FileRefused, Problem
from routing.policy_check_history import LeadsOfLate
from routing.policy_file import (
    LoadedPolicy,
    Surroundings,
    load_policy,
)
from routing.team_file import load_team
from tests.routing.policy_texts import POLICY, TEAM

AT = date(2026, 11, 20)
ROSTER = load_team(TEAM).roster
EXAMPLES = Path(__file__).parents[2] / "examples"


def _load(text: str, at: date | None = AT) -> LoadedPolicy:
    return load_policy(text, surroundings=Surroundings(roster=ROSTER, at=at))


def _problems(text: str, at: date | None = AT) -> tuple[Problem, ...]:
    with pytest.raises(FileRefused) as refused:
        _load(text, at)
    return refused.value.problems


def test_an_expired_certificate_is_an_error_on_the_day_after_its_last() -> None:
    """A demand that nobody can meet any more sends every lead of the rule to review, so it must not be published."""
    assert _load(POLICY, date(2026, 12, 31)).warnings == ()
    problem = _problems(POLICY, date(2027, 1, 1))[0]
    assert (problem.line, problem.path) == (22, "rules[1].require.certificates[0]")
    assert "2026-12-31" in problem.message


def test_without_a_roster_one_warning_says_what_was_not_checked() -> None:
    """Teams can't be judged without a team file, and the operator must know it."""
    warnings = load_policy(POLICY.replace("[east]", "[nowhere]")).warnings
    assert len(warnings) == 1
    assert "--team" in warnings[0].mend


def test_b20_a_team_in_two_zones_without_a_fence_is_refused() -> None:
    """Leads of nine in Beijing must not wait for people who get up two hours later (B-20)."""
    team = TEAM.replace("team: east, backup: zhang", "team: east, backup: zhang, timezone: Asia/Urumqi")
    with pytest.raises(FileRefused, match=r"line 30: geofence: team «east» is in 2 time zones"):
        load_policy(POLICY, roster=load_team(team).roster)
    fenced = POLICY.replace("teams: [west]}", "teams: [west, east]}")
    assert load_policy(fenced, roster=load_team(team).roster).warnings == ()


def test_zones_of_two_names_with_one_clock_are_one() -> None:
    """Asia/Chongqing is Asia/Shanghai under another name."""
    team = TEAM.replace("team: east, backup: zhang", "team: east, backup: zhang, timezone: Asia/Chongqing")
    assert load_policy(POLICY, roster=load_team(team).roster).warnings == ()


def test_a_rule_that_a_fence_empties_is_reported_with_its_provinces() -> None:
    """Those leads go to review at once; nobody should find that out from a queue."""
    text = POLICY.replace("provinces: [新疆, 青海]", "provinces: [新疆, 青海, 甘肃]")
    warnings = _load(text).warnings
    assert [(warning.line, warning.path) for warning in warnings] == [(19, "rules[1]"), (28, "rules[3]")]
    assert all("甘肃省" in warning.message and "新疆" not in warning.message for warning in warnings)


def test_b20_a_rule_that_a_map_or_a_number_empties_is_reported() -> None:
    """B-20: whoever is inside that fence and comes to that rule could go to nobody; a rule of known provinces has no such."""
    areas = "geofence:\n  - {name: 港口, polygon: [[121, 31], [122, 31], [122, 32]], teams: [west]}\n"
    text = POLICY.replace("geofence:\n", areas + "  - {phone_prefixes: ['0991'], teams: [west]}\n")
    warnings = _load(text).warnings
    assert {(warning.line, warning.path) for warning in warnings} == {(19, "rules[1]"), (28, "rules[3]")}
    assert [warning.message for warning in warnings][:2] == [
        f"nobody may ever take leads of «医疗» inside the fence «{name}»: they go to review"
        for name in ("west", "港口")
    ]


def test_b13_a_language_that_nobody_of_a_rule_speaks_is_reported() -> None:
    """What the policy names and demands, and nobody speaks, goes to review for ever; other languages may just be rare."""
    named = POLICY.replace("when: {language: {not: zh}}", "when: {language: [en, ja]}")
    warnings = _load(named).warnings
    assert [(warning.path, warning.message) for warning in warnings] == [
        ("rules[2]", "nobody may ever take leads of «海外» in ja: they go to review")
    ]


def test_b13_a_rep_whom_no_rule_reaches_is_named() -> None:
    """A person who can never receive anything is a mistake of the policy, not fate."""
    text = POLICY.replace("    when: {language: {not: zh}}\n", "    when: {language: {not: zh}}\n    teams: [west]\n")
    text = text.replace("    teams: [west]\n  - name: 医疗", "    teams: [east]\n  - name: 医疗")
    text = text.replace("require: {language: true}", "require: {skills: {医疗器械: 1}}").replace("[west]\n", "[east]\n")
    warnings = _load(
        text.replace("  - {provinces: [新疆, 青海], teams: [west]}", "  - {provinces: [北京], teams: [east]}")
    )
    assert [warning.message for warning in warnings.warnings] == ["no rule ever gives a lead to aygul"]


def test_words_that_no_lead_of_late_had_are_doubtful_not_wrong() -> None:
    """Open vocabularies grow; a channel nobody has seen may be new or misspelt."""
    seen = {"industry": frozenset({"医疗器材"})}
    warnings = load_policy(POLICY, surroundings=Surroundings(roster=ROSTER, of_late=LeadsOfLate(seen=seen))).warnings
    assert [(warning.line, warning.path) for warning in warnings] == [(20, "rules[1].when.industry")]
    assert "医疗器材" in warnings[0].mend


@pytest.mark.parametrize(("count", "expected"), [(7, 0), (8, 1)])
def test_b13_more_than_seven_conditions_in_a_rule_are_too_many(count: int, expected: int) -> None:
    """A rule that nobody can foresee is a mistake waiting."""
    lines = ", ".join(f"attributes.a{number}: x" for number in range(count))
    text = f"version: 1\nrules:\n  - {{name: a, when: {{{lines}}}}}\n  - {{name: b}}\n"
    assert len(load_policy(text).warnings) == expected


def test_b13_more_than_fifty_rules_are_too_many() -> None:
    """People keep about that many in mind; the check of a rule set says so."""
    rules = "".join(f"  - {{name: r{number}, when: {{product: p{number}}}}}\n" for number in range(50))
    text = f"version: 1\nrules:\n{rules}  - {{name: rest}}\n"
    assert [warning.path for warning in load_policy(text).warnings] == ["rules"]


def _rules_of(text: str) -> str:
    return f"version: 1\nscoring: {{base: 50}}\nrules:\n{text}  - {{name: 其余}}\n"


def test_b13_a_rule_that_took_none_of_the_last_thousand_leads_is_doubtful() -> None:
    """B-13: with fewer leads nothing is said, nor of the rule for all the others; a lead counts for its first rule only."""
    text = _rules_of(
        "  - {name: 大单, when: {budget: {gte: 9}}}\n  - {name: 更大, when: {budget: {gte: 8}, trait.score: 50}}\n"
        "  - {name: 教育, when: {industry: 教育}}\n"
    )
    leads = [{"budget": 9 + number} for number in range(1_000)]
    told = load_policy(text, surroundings=Surroundings(of_late=LeadsOfLate(leads))).warnings
    assert [(each.line, each.path) for each in told] == [(5, "rules[1]"), (6, "rules[2]")]
    assert "none of the last 1,000 leads" in told[0].message
    with_one = [*leads[1:], {"budget": 8}]
    told = load_policy(text, surroundings=Surroundings(of_late=LeadsOfLate(with_one))).warnings
    assert [each.path for each in told] == ["rules[2]"]
    assert load_policy(text, surroundings=Surroundings(of_late=LeadsOfLate(leads[1:]))).warnings == ()


@pytest.mark.parametrize(
    ("languages", "idle"),
    [("[zh]", True), ("[zh, en]", False), ("[zh-hk]", True), ("[en-gb]", False), ("[fr]", False), ("[]", True)],
)
def test_b13_a_rep_who_speaks_no_language_of_his_rule_is_named(languages: str, idle: bool) -> None:
    """B-13: whoever is there for foreign customers and speaks only Chinese would wait for ever."""
    text = _rules_of("  - {name: 海外, when: {language: {not: zh}}, require: {language: true}, teams: [west]}\n")
    text = text.replace("{name: 其余}", "{name: 其余, teams: [east]}")
    team = TEAM.replace("name: 阿依古丽, team: west}", f"name: 阿依古丽, team: west, languages: {languages}}}")
    told = load_policy(text, roster=load_team(team).roster).warnings
    assert [each.message for each in told] == (["no rule ever gives a lead to aygul"] if idle else [])


def test_b13_a_rep_whose_rules_are_all_fenced_off_or_taken_before_is_named() -> None:
    """B-13: being named by a rule is not enough, if a fence or an earlier rule keeps its leads away."""
    fenced = _rules_of("  - {name: 西, when: {province: [新疆]}, teams: [west, east]}\n").replace(
        "{name: 其余}\n", "{name: 其余, teams: [east]}\ngeofence:\n  - {provinces: [新疆], teams: [east]}\n"
    )
    taken = _rules_of(
        "  - {name: 全国, when: {province: {exists: true}}, teams: [east]}\n"
        "  - {name: 西, when: {any: [{province: [新疆]}, {province: {exists: false}, budget: {lt: 3, gt: 3}}]}, teams: [west]}\n"
    )
    told = load_policy(fenced, roster=ROSTER).warnings
    assert [each.message for each in told] == ["no rule ever gives a lead to aygul"]
    refused = _refusals(taken)
    assert [each.path for each in refused] == ["rules[1]"]


def _refusals(text: str) -> tuple[Problem, ...]:
    with pytest.raises(FileRefused) as refused:
        load_policy(text, roster=ROSTER)
    return refused.value.problems


def test_b13_rules_that_leave_nothing_over_need_no_rule_for_the_rest() -> None:
    """Exact reasoning both ways: what covers everything is no missing catch-all, and what does not is."""
    covered = "version: 1\nrules:\n  - {name: a, when: {budget: {exists: true}}}\n  - {name: b, when: {budget: {exists: false}}}\n"
    assert load_policy(covered).warnings == ()
    assert [each.path for each in _refusals(covered.replace("exists: false", "lt: 3, gt: 1"))] == ["rules", "rules[1]"]


def test_a_rule_without_conditions_takes_the_rest_however_many_come_before() -> None:
    """Where reasoning is given up it claims nothing: a thousand rules over many fields have their catch-all all the same."""
    loaded = load_policy(wide_policy_file(1000), roster=load_team(team_file(10)).roster)

    assert len(loaded.policy.rules) == 1000
