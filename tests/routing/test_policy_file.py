"""A policy file: what it means when it is right, and what it says when it is not."""

import json
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

import pytest

from routing.errors import FileRefused, Problem
from routing.policy import MILLION, Chooser, Duration, FactorKind, ShareFrom, TeamCapacity
from routing.policy_file import (
    LoadedPolicy,
    Surroundings,
    load_calendar_days,
    load_document,
    load_policy,
    policy_schema,
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


def test_the_policy_of_these_tests_is_right() -> None:
    """The variants below differ from it in one thing each, so it must have no problem of its own."""
    assert _load(POLICY).warnings == ()


def test_the_example_files_load_without_a_doubt() -> None:
    """What we hand to operators to start from loads as it is, against its own team, with nothing to remark."""
    team = load_team((EXAMPLES / "team.yaml").read_text(encoding="utf-8"))
    loaded = load_policy(
        (EXAMPLES / "policy.yaml").read_text(encoding="utf-8"), surroundings=Surroundings(roster=team.roster, at=AT)
    )
    assert team.warnings == ()
    assert loaded.warnings == ()


BROKEN = [
    # what is written, what instead, line, path, what the mend says
    ("version: 1", "version: 2", 1, "version", "write 1"),
    ("timezone: Asia/Shanghai", "timezone: Asia/Shanghia", 2, "timezone", "Asia/Shanghai"),
    ("timezone:", "timezon:", 2, "timezon", "timezone"),
    ("2026-10-10: workday", "2026-10-10: workdays", 3, "calendar.days.2026-10-10", "workday"),
    ("2026-10-10: workday", "2026-13-10: workday", 3, "calendar.days.2026-13-10", "2026-10-01"),
    ("company_size: {gte: 1000}", "compny_size: {gte: 1000}", 7, "scoring.add[0].when.compny_size", "company_size"),
    ("company_size: {gte: 1000}", "company_size: {gte: 大}", 7, "scoring.add[0].when.company_size.gte", "write 3"),
    ("company_size: {gte: 1000}", "company_size: {get: 1000}", 7, "scoring.add[0].when.company_size.get", "gt"),
    ("company_size: {gte: 1000}", "trait.score: {gte: 10}", 7, "scoring.add[0].when.trait.score", "another field"),
    ("company_size: {gte: 1000}", "phone: '138'", 7, "scoring.add[0].when.phone", "phone: {exists: true}"),
    ("points: 25", "points: 2.5", 7, "scoring.add[0].points", "write 3"),
    ("points: 25", "point: 25", 7, "scoring.add[0].point", "points"),
    ("submit_period: 凌晨", "submit_period: 清早", 8, "scoring.add[1].when.trait.submit_period", "凌晨"),
    ("trait.submit_period: 凌晨", "submit_period: 凌晨", 8, "scoring.add[1].when.submit_period", "trait.submit_period"),
    ("C: 40", "C: 70", 9, "scoring.grades.C", "lower score"),
    ("C: 40", "C: 60", 9, "scoring.grades.C", "lower score"),
    ("D: 0", "D: 10", 9, "scoring.grades.D", "let D begin at 0"),
    ("best_share: 5%", "best_share: 5", 11, "review.best_share", "5%"),
    ("company_listed: true", "company_listed: 是", 13, "review.always[0].when.company_listed", "true or false"),
    ("province: [新疆, 青海]", "province: [新疆, 青孩]", 17, "rules[0].when.province[1]", "青海省"),
    ("province: [新疆, 青海]}", "province: []}", 17, "rules[0].when.province", "[one, another]"),
    ("teams: [west]\n  - name", "teams: [wset]\n  - name", 18, "rules[0].teams[0]", "west"),
    ("teams: [west]\n  - name", "teams: []\n  - name", 18, "rules[0].teams", "leave the key out"),
    ("industry: 医疗器械", "industry: 3", 20, "rules[1].when.industry", '"3"'),
    ("any: [{budget", "or: [{budget", 20, "rules[1].when.or", "attributes.or"),
    ("[经营备案]", "[经营许可]", 22, "rules[1].require.certificates[0]", "经营备案"),
    ("{医疗器械: 2}", "{医疗器械: 4}", 22, "rules[1].require.skills.医疗器械", "ask for 3 or less"),
    ("{医疗器械: 2}", "{医疗: 2}", 22, "rules[1].require.skills.医疗", "医疗器械"),
    ("documents: [合规]", "documents: [合轨]", 23, "rules[1].documents[0]", "合规"),
    ("within: 5m, remind", "within: 5 min, remind", 24, "rules[1].acknowledge.within", "10m"),
    ("name: 海外", "name: 医疗", 25, "rules[2].name", "its own name"),
    ("language: {not: zh}", "language: {not: xx}", 26, "rules[2].when.language.not", "spelling"),
    ("language: {not: zh}", "province: 青海, budget: {gt: 1}", 25, "rules[2]", "put it before"),
    ("language: {not: zh}", "budget: {gt: 5, lte: 5}", 26, "rules[2].when", "take one of them out"),
    ("  - name: 其余\n    teams: [east]\n", "", 15, "rules", "其余"),
    ("西北\n", "西北\n    acknowledge: {clock: never}\n", 17, "rules[0].acknowledge.clock", "use one of"),
    ("[west]}\nprice", "[west], polygon: [[1, 2], [1, 3], [2, 2]]}\nprice", 31, "geofence[0]", "exactly one"),
    ("price_bands: [1000, 10000]", "price_bands: [1000, 1000]", 32, "price_bands[1]", "upwards"),
    ("weight: 60", "weight: 59", 34, "fit.factors", "add 1"),
    ("weight: 60", "weight: 60.5", 34, "fit.factors", "take away 0.5"),
    ("weight: 60", "weight: 59.995", 35, "fit.factors[0].weight", "19.55"),
    ("weight: 60", "weight: 61", 34, "fit.factors", "take away 1"),
    ("match: attributes.hospital_level", "match: level", 35, "fit.factors[0].match", "attributes.level"),
    ("match: attributes.hospital_level, with: tiers", "foo: 1", 35, "fit.factors[0]", "example"),
    ("by: price_band", "by: price_bnad", 36, "fit.factors[1].by", "price_band"),
    ("explore: 10%", "explore: 110%", 38, "choose.explore", "0% to 100%"),
    ("by: fair_fit", "by: fairest", 38, "choose.by", "fair_fit"),
    ("least: 0.5", "least: 3", 38, "choose.share", "least: 0.5"),
    ("resume_at: 16", "resume_at: 20", 41, "capacity.resume_at", "19 or less"),
    ("teams: {east: {per_day", "teams: {easst: {per_day", 42, "capacity.teams.easst", "east"),
    ("share_times: 0.8", "share_times: 1.8", 43, "acknowledge.response_rate.share_times", "0 to 1"),
    ("silent: {times: 2}", "silent: 2", 43, "acknowledge.silent", "{key: value}"),
    ("count: 10", "count: 0", 44, "hot.opens.count", "1 or more"),
    ("remind: [2h, 4h]", "remind: [4h, 2h]", 47, "follow_up.remind[1]", "from the soonest"),
    ("{after: 3d, tell: rep}", "{after: 3d, tell: team}", 48, "follow_up.overdue[0].tell", "rep"),
    ("warn: [38d]", "warn: [45d]", 50, "recycle[0].warn[0]", "before 45d"),
    ("to: pool}\npool", "to: bin}\npool", 50, "recycle[0].to", "pool"),
    ("claim_window: work 2h", "claim_window: work", 51, "pool.claim_window", "work 24h"),
    ("{within: 90d}", "{within: 0d}", 52, "known_customer.within", "1s"),
    ("per_month: 10", "per_month: -1", 53, "make_up.per_month", "0 or more"),
    ("2026-01-01..2026-12-31}", "2026-12-31..2026-01-01}", 55, "documents[0].in_force", "swap"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "instead", "line", "path", "mend"),
    BROKEN,
    ids=[f"{row[3]}-{number}" for number, row in enumerate(BROKEN)],
)
def test_one_mistake_gives_one_message_with_its_line_and_mend(
    written: str, instead: str, line: int, path: str, mend: str
) -> None:
    """An operator sees one message for one slip: where it stands, and what to write instead."""
    assert POLICY.count(written) == 1
    problems = _problems(POLICY.replace(written, instead))
    assert [(problem.line, problem.path) for problem in problems] == [(line, path)]
    assert mend in problems[0].mend


def test_all_mistakes_are_told_at_once_in_the_order_of_lines() -> None:
    """Nobody has to publish five times to find five mistakes, also where shape, words and sums are wrong together."""
    text = POLICY
    for written, instead in (
        ("weight: 60", "weight: 50"), ("budget: {gte: 50000}", "budgt: {gte: 50000}"), ("D: 0", "D: 1"),
        ("base: 20", "base: x"), ("resume_at: 16", "resume_at: 99"),
    ):  # fmt: skip
        text = text.replace(written, instead)
    problems = _problems(text)
    assert [problem.line for problem in problems] == [5, 20, 34, 41]


def test_reminders_past_a_shorter_deadline_keep_their_part_of_it() -> None:
    """`within` of a rule is the smallest; the reminders that it inherits move along, and the check says so."""
    loaded = _load(POLICY.replace("acknowledge: {within: 5m, remind: [2m, 4m]}", "acknowledge: {within: 5m}"))
    acknowledge = loaded.policy.rules[1].acknowledge
    assert acknowledge.within == timedelta(minutes=5)
    assert acknowledge.remind == (timedelta(seconds=150), timedelta(minutes=4))
    assert [(warning.line, warning.path) for warning in loaded.warnings] == [(24, "rules[1].acknowledge")]


def test_a_reminder_at_the_deadline_comes_too_late() -> None:
    """Nobody is reminded of what is already taken away; the last reminder moves to four fifths of the time."""
    loaded = _load(POLICY.replace("within: 5m, remind: [2m, 4m]", "within: 5m, remind: [2m, 5m]"))
    assert loaded.policy.rules[1].acknowledge.remind == (timedelta(seconds=96), timedelta(minutes=4))
    assert [(warning.line, warning.path) for warning in loaded.warnings] == [(24, "rules[1].acknowledge.remind")]


def test_a_rule_can_not_lengthen_the_deadline() -> None:
    """Of two `within` the smaller counts, and reminders written for the longer one are moved into it."""
    loaded = _load(POLICY.replace("{within: 5m, remind: [2m, 4m]}", "{within: 20m, remind: [6m, 18m], rounds: 5}"))
    acknowledge = loaded.policy.rules[1].acknowledge
    assert acknowledge.within == timedelta(minutes=10)
    assert acknowledge.remind == (timedelta(minutes=3), timedelta(minutes=9))
    assert acknowledge.rounds == 5
    assert acknowledge.silent_times == 2


def test_what_is_in_force_means_what_is_written() -> None:
    """Every key in force reaches the policy in the units that deciding uses."""
    policy = load_policy(POLICY, roster=ROSTER, version=7, secret=b"s").policy
    assert (policy.version, policy.secret, policy.timezone) == (7, b"s", "Asia/Shanghai")
    assert policy.calendar.base == "CN"
    assert policy.calendar.days == {date(2026, 10, 10): True}
    assert policy.scoring.grades == (("A", 80), ("B", 60), ("C", 40), ("D", 0))
    assert policy.rules[1].require.skills == {"医疗器械": 2}
    assert policy.rules[2].teams is None
    assert policy.rules[3].when is None
    assert policy.fences[0].provinces == ("新疆维吾尔自治区", "青海省")
    assert [factor.kind for factor in policy.factors] == [FactorKind.MATCH_TABLE, FactorKind.RATE]
    assert (policy.choose.by, policy.choose.explore) == (Chooser.FAIR_FIT, MILLION // 10)
    assert (policy.choose.share_from, policy.choose.share_least) == (ShareFrom.WIN_RATE, MILLION // 2)
    assert (policy.capacity.open, policy.capacity.resume_at, policy.capacity.per_day) == (20, 16, None)
    assert policy.capacity.teams == {"east": TeamCapacity(per_day=15)}
    assert (policy.acknowledge.response_below, policy.acknowledge.low_share_times) == (600_000, 800_000)
    assert policy.first_contact == Duration(timedelta(hours=24), at_work=True)
    assert policy.make_up.reasons == ("空号",)
    assert policy.lead_fields >= {"industry", "budget", "trait.score", "language", "province", "company_size"}


def test_what_reviews_and_the_pool_ask_is_wanted_beside_what_a_decision_stores() -> None:
    """Traits that nobody wants are not worked out: a trigger or a queue's condition must not go without its own."""
    text = """
version: 1
rules: [{name: 其余, when: {trait.weekday: 周一}}, {name: 剩下}]
review: {always: [{name: 高管, when: {trait.seniority: 高管}}], falls_back_after: work 15m}
pool: {first: [{name: 投诉, when: {trait.demand_intent: 投诉}}]}
"""
    policy = load_policy(text).policy
    assert policy.facts_wanted == {"trait.weekday", "trait.seniority", "trait.demand_intent"}
    assert policy.lead_fields == {"trait.weekday"}


def test_keys_without_effect_so_far_are_named_and_no_others() -> None:
    """Nothing is pretended: what is only checked is listed, what is not in the file is not."""
    assert _load(POLICY).policy.not_yet_in_force == ()
    assert _load("version: 1\nrules: [{name: 其余}]\n").policy.not_yet_in_force == ()


def test_a_stored_document_gives_the_same_policy_back() -> None:
    """The database keeps the document as JSON; what is decided by it must not change."""
    days = load_calendar_days("2026-10-01..2026-10-03: holiday\n2026-10-02: workday\n")
    text = POLICY.replace("base: CN,", "base: CN, file: days.yaml,")
    first = load_policy(text, surroundings=Surroundings(roster=ROSTER, calendar_days=days))
    again = load_document(json.loads(json.dumps(first.document)), surroundings=Surroundings(roster=ROSTER))
    assert again.warnings == ()
    assert again.policy.calendar == first.policy.calendar
    assert first.policy.calendar.days[date(2026, 10, 2)] is True
    assert [rule.acknowledge for rule in again.policy.rules] == [rule.acknowledge for rule in first.policy.rules]
    assert [rule.when and rule.when.tree for rule in again.policy.rules] == [
        rule.when and rule.when.tree for rule in first.policy.rules
    ]


def test_a_calendar_file_that_nobody_read_is_told() -> None:
    """A policy whose holidays are missing looks right and is wrong."""
    warnings = _load(POLICY.replace("base: CN,", "base: CN, file: days.yaml,")).warnings
    assert [(warning.line, warning.path) for warning in warnings] == [(3, "calendar.file")]


def test_the_schema_knows_conditions_and_every_section() -> None:
    """Editors complete and check from it: fields with their words, operators, and all keys of the file."""
    schema = policy_schema()
    condition = schema["$defs"]["Condition"]["properties"]
    assert json.loads(json.dumps(schema))["properties"].keys() >= {"rules", "hot", "recycle"}
    assert "凌晨" in condition["trait.submit_period"]["anyOf"][0]["enum"]
    assert schema["$defs"]["RuleModel"]["properties"]["when"]["$ref"] == "#/$defs/Condition"
    assert schema["$defs"]["MatchFactorModel"]["properties"].keys() >= {"match", "with"}


@pytest.mark.parametrize("text", ["3", "- a", "null", "[]"])
def test_a_file_that_is_no_mapping_is_refused(text: str) -> None:
    """Any YAML may be handed in."""
    with pytest.raises(FileRefused, match="not a mapping"):
        load_policy(text)


def test_a_year_of_nonsense_values_never_raises_anything_else() -> None:
    """Whatever stands under a key, the answer is a list of problems, not a traceback."""
    keys = [line.split(":")[0] for line in POLICY.splitlines() if not line.startswith((" ", "-"))]
    for key in dict.fromkeys(keys):
        for nonsense in ("~", "3", "x", "true", "[]", "{}", "[1]", "[[]]", "{a: b}", "[{name: 1}]", "[{when: [1]}]"):
            text = f"rules: [{{name: 其余}}]\nversion: 1\n{key}: {nonsense}\n"
            if key in ("rules", "version"):
                text = f"{key}: {nonsense}\n"
            with suppress(FileRefused):
                load_policy(text, roster=ROSTER)
