"""B-13: the example policy and team, broken in one thing each: one message, on its line, with what to write instead.

A row names what is written and what stands there instead; the line is that of the text behind `at`, in the broken file.
"""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from routing.errors import FileRefused, Problem
from routing.policy_file import Surroundings, load_policy
from routing.team_file import load_team

EXAMPLES = Path(__file__).parents[2] / "examples"
POLICY = (EXAMPLES / "policy.yaml").read_text(encoding="utf-8")
TEAM = (EXAMPLES / "team.yaml").read_text(encoding="utf-8")
ON = date(2026, 11, 22)


@dataclass(frozen=True)
class Variant:
    """One mistake.

    Attributes:
        written: what is replaced in the policy; empty where the policy stays.
        instead: what stands there.
        at: text on the line that is to blame, in the broken policy.
        path: where the problem is said to be.
        mend: what the mend says.
        severity: `error` or `warning`.
        team: what is replaced in the team file, and what stands there instead.
    """

    written: str
    instead: str
    at: str
    path: str
    mend: str
    severity: str = "error"
    team: tuple[str, str] | None = None


E, W = "error", "warning"
_EAST = "when: {province: [上海, 江苏, 浙江, 安徽]}"
_NINE = "上海, 江苏, 浙江, 安徽, 山东, 福建, 江西, 广东, 广西"
VARIANTS = [
    # Shape: unknown keys, wrong types, impossible values.
    Variant("version: 1\n", "version: 2\n", "version: 2", "version", "write 1"),
    Variant("timezone: Asia/Shanghai", "timezone: Asia/Beijing", "Asia/Beijing", "timezone", "«"),
    Variant("{base: CN}", "{base: US}", "base: US", "calendar.base", "use one of CN, none"),
    Variant("  base: 20", "  base: 很高", "base: 很高", "scoring.base", "write 3"),
    Variant("scoring:", "scorings:", "scorings:", "scorings", "«scoring»"),
    Variant("points: 25", "points: 250", "points: 250", "scoring.add[0].points", "100 or less"),
    Variant("{A: 80, B: 60", "{A: 60, B: 80", "{A: 60", "scoring.grades.B", "lower score"),
    Variant("best_share: 5%", "best_share: 5", "best_share: 5", "review.best_share", "write 5%"),
    Variant("falls_back_after: work 15m", "falls_back_after: 15 minutes", "15 minutes", "review.falls_back_after", "10m"),
    Variant("explore: 10%", "explore: 110%", "explore: 110%", "choose.explore", "100%"),
    Variant("explore: 10%", "balance: {value: industry, usual: 50}", "{value: industry", "choose.balance.value", "use one of"),
    Variant("explore: 10%", "balance: {usual: 100}", "usual: 100", "choose.balance.usual", "an ordinary lead"),
    Variant("by: fair_fit", "by: best_fit\n  balance: {usual: 50}", "balance:", "choose.balance", "by: fair_fit", W),
    Variant("explore: 10%", "ramp: {from: 10%}", "ramp:", "choose.ramp", "add work_days"),
    Variant("by: fair_fit", "by: fair", "by: fair\n", "choose.by", "fair_fit"),
    Variant("  rounds: 3", "  rounds: 0", "rounds: 0", "acknowledge.rounds", "1 or more"),
    Variant("  within: 10m\n", "  within: soon\n", "within: soon", "acknowledge.within", "10m"),
    Variant("share_times: 0.8", "share_times: 8", "share_times: 8", "acknowledge.response_rate.share_times", "0 to 1"),
    Variant("tell: manager", "tell: boss", "tell: boss", "follow_up.overdue[1].tell", "rep"),
    Variant("to: review}", "to: bin}", "to: bin}", "recycle[1].to", "review"),
    Variant("2026-01-01..2026-12-31", "2026-12-31..2026-01-01", "2026-12-31..", "documents[0].in_force", "swap"),
    # Conditions: unknown fields, operators, words; wrong kinds.
    Variant("trait.submit_period: 凌晨", "trait.submit_perod: 凌晨", "submit_perod", "scoring.add[5].when.trait.submit_perod", "trait.submit_period"),
    Variant("trait.submit_period: 凌晨", "trait.submit_period: 半夜", "半夜", "scoring.add[5].when.trait.submit_period", "use one of"),
    Variant("{budget: {gte: 100000}}", "{budget: {min: 100000}}", "{min: 100000}", "scoring.add[3].when.budget.min", "in"),
    Variant("{budget: {gte: 100000}}", "{budget: 十万}", "budget: 十万", "scoring.add[3].when.budget", "write 3 or 2.5"),
    Variant("company_listed: true", "company_listed: 是", "company_listed: 是", "review.always[0].when.company_listed", "true or false"),
    Variant("[上海, 江苏, 浙江, 安徽]", "[上海, 江苏, 浙江, 安微]", "安微", "rules[3].when.province[3]", "安徽省"),
    Variant("language: {not: zh}", "language: {not: 火星文}", "火星文", "rules[2].when.language.not", "spelling"),
    Variant("when: {industry: 医疗器械, any", "when: {name: 王芳, any", "name: 王芳", "rules[1].when.name", "name: {exists: true}"),
    Variant(_EAST, "when: {}", "when: {}", "rules[3].when", "no `when` at all"),
    # Rules together.
    Variant("when: {company_size: {gte: 200, lt: 1000}}", "when: {company_size: {gte: 1000, lt: 200}}",
            "{company_size: {gte: 1000, lt", "scoring.add[1].when", "take one of them out"),
    Variant(_EAST, "when: {province: [新疆, 甘肃]}", "- name: 华东", "rules[3]", "put it before"),
    Variant(_EAST, "when: {language: en, budget: {gt: 5}}", "- name: 华东", "rules[3]", "put it before"),
    Variant(
        "- name: 海外\n    when: {language: {not: zh}}\n    require: {language: true}",
        "- {name: 小单, when: {budget: {lt: 9}}, teams: [east]}\n  - {name: 大单, when: {budget: {gte: 9}}, teams: [east]}\n"
        "  - name: 海外\n    when: {language: {not: zh}, budget: {exists: true}}",
        "- name: 海外", "rules[4]", "put it before",
    ),
    Variant(_EAST, "when: {budget: {gte: 9, lt: 5}}", "{budget: {gte: 9", "rules[3].when", "take one of them out"),
    Variant(_EAST, "when: {trait.score: {gt: 100}}", "trait.score: {gt: 100}", "rules[3].when", "take one of them out"),
    Variant("  - name: 其余  ", "  - name: 其余\n    when: {trait.score: {gte: 10}}", "rules:\n", "rules", "name: 其余"),
    Variant("- name: 华东\n", "- name: 西北\n", "- name: 西北\n    when: {province: [上海", "rules[3].name", "its own name"),
    Variant("- name: 华东\n    when: {province: [上海, 江苏, 浙江, 安徽]}", "- name: 华东", "- name: 其余", "rules[4]", "put it before"),
    Variant(
        _EAST,
        "when: {province: [新疆, 甘肃, 青海, 西藏], industry: [a, b, c]}\n    teams: [east]\n"
        "  - name: 更西\n    when: {province: [新疆, 青海, 甘肃, 西藏], industry: [a, b, c]}",
        "- name: 更西", "rules[4]", "put it before",
    ),
    Variant(
        _EAST,
        f"when: {{province: [{_NINE}]}}\n    teams: [east]\n  - name: 东南\n    when: {{province: [{_NINE}, 海南]}}",
        "- name: 东南", "rules[4]", "narrow the earlier one", W,
    ),
    Variant(
        _EAST, "when: {" + ", ".join(f"attributes.a{number}: x" for number in range(8)) + "}",
        "attributes.a7", "rules[3].when", "7 or less", W,
    ),
    Variant(
        "  - name: 华东\n", "".join(f"  - {{name: r{n}, when: {{product: p{n}}}, teams: [east]}}\n" for n in range(46)) + "  - name: 华东\n",
        "rules:\n", "rules", "to 50 or less", W,
    ),
    # Against the people.
    Variant("teams: [east, north]", "teams: [esat, north]", "[esat, north]", "rules[4].teams[0]", "«east»"),
    Variant("teams: [east, north]", "teams: []", "teams: []", "rules[4].teams", "leave the key out"),
    Variant("teams: [northwest]}", "teams: [nortwest]}", "[nortwest]}", "geofence[0].teams[0]", "«northwest»"),
    Variant("{medical: {per_day", "{medicine: {per_day", "{medicine:", "capacity.teams.medicine", "«medical»"),
    Variant("[医疗器械经营备案]", "[医疗器械经营许可]", "经营许可]", "rules[1].require.certificates[0]", "«医疗器械经营备案»"),
    Variant("[医疗器械合规]", "[医疗合规]", "[医疗合规]", "rules[1].documents[0]", "«医疗器械合规»"),
    Variant("skills: {医疗器械: 2}", "skills: {医疗器械: 4}", "{医疗器械: 4}", "rules[1].require.skills.医疗器械", "ask for 3 or less"),
    Variant("skills: {医疗器械: 2}", "skills: {器械医疗: 2}", "{器械医疗: 2}", "rules[1].require.skills.器械医疗", "医疗器械"),
    Variant("      skills:", "      level: [master]\n      skills:", "[master]", "rules[1].require.level[0]", "junior, senior"),
    Variant("", "", "[医疗器械经营备案]", "rules[1].require.certificates[0]", "renew it", E,
            (r"valid: [0-9.-]*", "valid: 2023-01-01..2026-11-21")),
    Variant("", "", "[医疗器械经营备案]", "rules[1].require.certificates[0]", "did you mean", E,
            ("name: 医疗器械经营备案", "name: 医疗器械备案")),
    Variant("", "", "geofence:\n", "geofence", "teams: [east]}", E, ("backup: zhangsan", "timezone: Asia/Urumqi")),
    Variant("", "", "teams: [northwest]\n", "rules[0].teams", "name a team that has reps", E,
            ("takes_leads: true", "takes_leads: false")),
    Variant("teams: [medical]", "teams: [east]", "[医疗器械经营备案]", "rules[1].require.certificates[0]",
            "name the team of those who have it", E, ("医疗器械: 1", "医疗器械: 2")),
    Variant("teams: [east, north]", "teams: [east]", "rules:\n", "rules", "name their team in a rule", W),
    Variant("", "", "rules:\n", "rules", "name their team in a rule", W, (r"languages: \[en, zh\], locale", "languages: [zh], locale")),
    Variant("{provinces: [新疆, 青海, 甘肃], teams: [northwest]}", "{provinces: [新疆, 青海, 甘肃, 四川], teams: [northwest, medical, global]}",
            "- name: 其余", "rules[4]", "add a team of the fence to the rule", W),
    Variant("with: tiers}", "with: ranks}", "with: ranks}", "fit.factors[0].with", "languages, skills, tiers", W),
    Variant("2026-01-01..2026-12-31", "2026-01-01..2026-06-30", "documents: [医疗器械合规]", "rules[1].documents[0]", "add one that is", W),
    # Sums, orders and deadlines.
    Variant("weight: 30, match", "weight: 29, match", "factors:\n", "fit.factors", "add 1"),
    Variant("weight: 30, match", "weight: 130, match", "weight: 130", "fit.factors[0].weight", "100 or less"),
    Variant("weight: 30, match", "weight: 35, match", "factors:\n", "fit.factors", "take away 5"),
    Variant("by: channel}", "by: chanel}", "by: chanel}", "fit.factors[3].by", "«channel»"),
    Variant("match: attributes.hospital_level", "match: hospital_level", "match: hospital_level",
            "fit.factors[0].match", "attributes.hospital_level"),
    Variant("[1000, 10000, 100000]", "[1000, 100000, 10000]", "100000, 10000]", "price_bands[2]", "upwards"),
    Variant("resume_at: 16", "resume_at: 20", "resume_at: 20", "capacity.resume_at", "19 or less"),
    Variant("least: 0.5, most: 2.0", "least: 2.5, most: 2.0", "least: 2.5", "choose.share", "least: 0.5"),
    Variant("[5m, 8m]", "[5m, 10m]", "[5m, 10m]", "acknowledge.remind", "earlier", W),
    Variant("remind: [2m, 4m]", "remind: [2m, 6m]", "[2m, 6m]", "rules[1].acknowledge.remind", "earlier", W),
    Variant("warn: [38d, 44d]", "warn: [38d, 45d]", "[38d, 45d]", "recycle[0].warn[1]", "before 45d"),
    Variant("{after: 5d, tell: manager}", "{after: 2d, tell: manager}", "after: 2d", "follow_up.overdue[1]", "from the soonest"),
]  # fmt: skip


def found_in(variant: Variant) -> tuple[Problem, ...]:
    """Give what is told of the broken example."""
    team = TEAM if variant.team is None else re.sub(variant.team[0], variant.team[1], TEAM)
    assert variant.team is None or team != TEAM
    surroundings = Surroundings(load_team(team).roster, at=ON)
    try:
        return load_policy(_broken(variant), surroundings=surroundings).warnings
    except FileRefused as refused:
        return refused.problems


def _broken(variant: Variant) -> str:
    assert not variant.written or POLICY.count(variant.written) == 1, f"«{variant.written}» is not there once"
    return POLICY.replace(variant.written, variant.instead) if variant.written else POLICY


@pytest.mark.parametrize("variant", VARIANTS, ids=[f"{number}-{row.path}" for number, row in enumerate(VARIANTS, 1)])
def test_b13_one_mistake_in_the_example_gives_one_message_with_its_line_and_mend(variant: Variant) -> None:
    """B-13: whoever breaks the example is told the one thing that is wrong, on its line, and what to write instead."""
    text = _broken(variant)
    assert text.count(variant.at) == 1, f"«{variant.at}» is not there once"
    line = text.count("\n", 0, text.index(variant.at)) + 1

    found = found_in(variant)

    assert [(each.severity, each.line, each.path) for each in found] == [(variant.severity, line, variant.path)]
    assert variant.mend in found[0].mend
    assert "\n" not in f"{found[0].message}{found[0].mend}"


def test_the_examples_themselves_have_no_problem() -> None:
    """The variants differ from them in one thing each, so they must be right."""
    assert load_policy(POLICY, surroundings=Surroundings(load_team(TEAM).roster, at=ON)).warnings == ()
    assert len(VARIANTS) >= 60
