from __future__ import annotations

from datetime import date, timedelta

import pytest

from routing.decide import decide
from routing.decision import Codes, Outcome, Reason, Why
from routing.policy import Capacity, Fence, Policy, Require, Rule, TeamCapacity
from routing.reps_table import RepsTable, reps_table
from routing.roster import Certificate, Rep
from routing.standing import Away, Standing
from tests.routing.given import EVERYBODY, TODAY, policy, question, reps, roster, when

MEDICAL = Rule("医疗器械", when(industry="医疗器械", province="上海市"), ("east",), Require(skills={"医疗器械": 1}))


def floor(rules: Policy, *people: Rep) -> tuple[Policy, RepsTable, Standing]:
    """Put these people to work under these rules."""
    table = reps_table(rules, roster(*people))
    return rules, table, Standing.empty(table)


def reasons(codes: Codes, table: RepsTable) -> dict[str, Reason]:
    """Give each rep's reason by name."""
    return {rep: Reason(code) for rep, code in zip(table.ids, codes.tolist(), strict=True)}


def test_b08_each_rep_is_excluded_by_the_layer_that_the_table_names() -> None:
    """B-08: wrong region, no experience, full, on leave: each is excluded with that reason; the others are ranked."""
    people = (
        Rep("R1", "一", "north", skills={"医疗器械": 3}),
        Rep("R2", "二", "east", skills={"工业": 3}),
        Rep("R3", "三", "east", skills={"医疗器械": 2}),
        Rep("R4", "四", "east", skills={"医疗器械": 2}),
        Rep("R5", "五", "east", skills={"医疗器械": 2}),
        Rep("R6", "六", "east", skills={"医疗器械": 2}),
    )
    rules, table, standing = floor(policy(MEDICAL, EVERYBODY, capacity=Capacity(open=20)), *people)
    standing.open[:] = [0, 0, 20, 12, 5, 0]
    standing.wins[:] = [0, 0, 0, 18, 15, 0]
    standing.closed[:] = [0, 0, 0, 100, 100, 0]
    standing.away[5] = Away.LEAVE
    decision = decide(rules, table, standing, question(1, {"industry": "医疗器械", "province": "上海市"}))
    assert decision.rule == "医疗器械"
    assert reasons(decision.reasons, table) == {
        "R1": Reason.TEAM,
        "R2": Reason.SKILL,
        "R3": Reason.FULL,
        "R4": Reason.ELIGIBLE,
        "R5": Reason.ELIGIBLE,
        "R6": Reason.LEAVE,
    }
    assert [Reason(int(code)).layer for code in decision.reasons] == ["rule", "rule", "capacity", "", "", "duty"]
    assert [table.ids[position] for position in decision.eligible] == ["R4", "R5"]
    assert table.ids[decision.chosen] in {"R4", "R5"}


@pytest.mark.parametrize(
    ("away", "load", "asked_before", "reason"),
    [
        (Away.LEAVE, 20, True, Reason.LEAVE),
        (Away.NO, 20, True, Reason.FULL),
        (Away.NO, 0, True, Reason.ALREADY_OFFERED),
        (Away.OFF_SHIFT, 0, False, Reason.OFF_SHIFT),
        (Away.PAUSED, 0, False, Reason.PAUSED),
        (Away.OFFLINE, 0, False, Reason.OFFLINE),
        (Away.SILENT, 0, False, Reason.SILENT),
        (Away.NO_SEND_SLOT, 20, False, Reason.NO_SEND_SLOT),
        (Away.NO, 0, False, Reason.ELIGIBLE),
    ],
)
def test_the_first_objection_in_the_fixed_order_is_kept(
    away: Away, load: int, asked_before: bool, reason: Reason
) -> None:
    """Duty is checked before capacity, and capacity before rounds."""
    rules, table, standing = floor(policy(capacity=Capacity(open=20)), *reps(2))
    standing.away[0] = away
    standing.open[0] = load
    decision = decide(rules, table, standing, question(excluded=("r0000",) if asked_before else ()))
    assert decision.reasons[0] == reason


def test_the_static_layer_goes_before_everything_else() -> None:
    """Somebody of another team is told so even when on leave, full, and asked before."""
    east = policy(Rule("华东", None, ("east",)), capacity=Capacity(open=1))
    rules, table, standing = floor(east, Rep("a", "甲", "north"), Rep("b", "乙", "east"))
    standing.away[0], standing.open[0] = Away.LEAVE, 5
    assert decide(rules, table, standing, question(excluded=("a",))).reasons[0] == Reason.TEAM


@pytest.mark.parametrize(
    ("on", "reason"),
    [
        (date(2026, 3, 31), Reason.ELIGIBLE),
        (date(2026, 4, 1), Reason.CERT_EXPIRED),
        (date(2022, 12, 31), Reason.CERT_EXPIRED),
        (date(2023, 1, 1), Reason.ELIGIBLE),
    ],
)
def test_b12_a_certificate_counts_on_its_first_and_last_day_and_not_beyond(on: date, reason: Reason) -> None:
    """Certificates are valid on the days from first to last, both included."""
    certificate = Certificate("医疗器械经营备案", "1", date(2023, 1, 1), date(2026, 3, 31))
    rule = Rule("医疗", None, None, Require(certificates=("医疗器械经营备案",)))
    holder = Rep("a", "甲", "east", certificates=(certificate,))
    rules, table, standing = floor(policy(rule), holder, Rep("b", "乙", "east"))
    asked = question()
    decision = decide(rules, table, standing, type(asked)(asked.facts, 1, 1, on))
    assert [decision.reasons[0], decision.reasons[1]] == [reason, Reason.CERT_MISSING]


def test_one_of_two_certificates_of_the_same_name_is_enough() -> None:
    """A renewed certificate stands beside the old one; the one valid on the day counts."""
    held = (
        Certificate("备案", "1", date(2020, 1, 1), date(2025, 12, 31)),
        Certificate("备案", "2", date(2026, 1, 1), date(2026, 12, 31)),
    )
    rule = Rule("医疗", None, None, Require(certificates=("备案",)))
    rules, table, standing = floor(policy(rule), Rep("a", "甲", "east", certificates=held))
    assert decide(rules, table, standing, question()).outcome is Outcome.OFFER


def test_b20_a_fence_cuts_into_whatever_the_rule_allows() -> None:
    """Only the fence's teams take leads of its provinces; elsewhere it says nothing."""
    rules, table, standing = floor(
        policy(fences=(Fence(("四川省",), ("west",)),)), Rep("a", "甲", "east"), Rep("b", "乙", "west")
    )
    inside = decide(rules, table, standing, question(1, {"province": "四川省"}))
    assert reasons(inside.reasons, table) == {"a": Reason.FENCE, "b": Reason.ELIGIBLE}
    for facts in ({"province": "上海市"}, {}):
        assert len(decide(rules, table, standing, question(1, facts)).eligible) == 2


def test_a_province_in_two_fences_is_left_to_teams_of_both() -> None:
    """Each fence says who alone may take its leads, so both must agree."""
    fences = (Fence(("四川省",), ("west", "south")), Fence(("四川省",), ("west", "east")))
    people = (Rep("a", "甲", "east"), Rep("b", "乙", "south"), Rep("c", "丙", "west"))
    rules, table, standing = floor(policy(fences=fences), *people)
    decision = decide(rules, table, standing, question(1, {"province": "四川省"}))
    assert reasons(decision.reasons, table) == {"a": Reason.FENCE, "b": Reason.FENCE, "c": Reason.ELIGIBLE}


def test_the_demanded_language_is_that_of_the_lead() -> None:
    """`require: language` asks for the lead's language; zh goes with zh-CN."""
    rules, table, standing = floor(
        policy(Rule("海外", None, None, Require(language=True))),
        Rep("a", "甲", "east", languages=("zh",)),
        Rep("b", "乙", "east", languages=("en", "zh-CN")),
        Rep("c", "丙", "east"),
    )

    def who(language: str) -> list[str]:
        decision = decide(rules, table, standing, question(1, {"language": language}))
        return [table.ids[position] for position in decision.eligible]

    assert who("en") == ["b"]
    assert who("zh-CN") == ["a", "b"]
    assert who("zh") == ["a", "b"]


def test_a_level_may_be_demanded() -> None:
    """`require: level` admits the levels that it names."""
    rules, table, standing = floor(
        policy(Rule("大客户", None, None, Require(level=("senior",)))),
        Rep("a", "甲", "east", level="junior"), Rep("b", "乙", "east", level="senior"), Rep("c", "丙", "east"),
    )  # fmt: skip
    assert decide(rules, table, standing, question()).reasons.tolist() == [Reason.LEVEL, Reason.ELIGIBLE, Reason.LEVEL]


def test_the_first_rule_that_holds_counts_and_unknown_does_not_hold() -> None:
    """Rules are first-match, and a comparison with an absent fact lets nobody in by it."""
    rules, table, standing = floor(
        policy(Rule("一", when(province="上海市"), None), Rule("二", when(industry="软件"), None), EVERYBODY), *reps(1)
    )

    def rule(**facts: str) -> str:
        return decide(rules, table, standing, question(1, facts)).rule

    assert rule(province="上海市", industry="软件") == "一"
    assert rule(industry="软件") == "二"
    assert rule() == "其余"


@pytest.mark.parametrize(
    ("away", "load", "excluded", "outcome", "why"),
    [
        ((Away.OFF_SHIFT, Away.LEAVE), (0, 0), (), Outcome.POOL, Why.NOBODY_ON_DUTY),
        ((Away.NO, Away.LEAVE), (9, 0), (), Outcome.POOL, Why.ALL_FULL),
        ((Away.NO, Away.NO), (9, 9), (), Outcome.POOL, Why.ALL_FULL),
        ((Away.NO_SEND_SLOT, Away.LEAVE), (0, 0), (), Outcome.POOL, Why.NO_SEND_SLOT),
        ((Away.NO, Away.NO), (0, 0), ("r0000", "r0001"), Outcome.REVIEW, Why.NOBODY_LEFT),
        ((Away.NO, Away.LEAVE), (0, 0), ("r0000",), Outcome.POOL, Why.NOBODY_ON_DUTY),
        ((Away.NO, Away.NO), (0, 9), ("r0000",), Outcome.POOL, Why.ALL_FULL),
    ],
)
def test_the_reason_for_the_whole_lead_tells_full_from_absent_and_from_never(
    away: tuple[Away, Away], load: tuple[int, int], excluded: tuple[str, ...], outcome: Outcome, why: Why
) -> None:
    """Whoever may take it later makes it wait; where nobody is left at all a manager decides."""
    rules, table, standing = floor(policy(capacity=Capacity(open=9)), *reps(2))
    standing.away[:] = away
    standing.open[:] = load
    decision = decide(rules, table, standing, question(excluded=excluded))
    assert (decision.outcome, decision.why, decision.chosen) == (outcome, why, -1)


@pytest.mark.parametrize("rule", [Rule("西北", None, ("northwest",)), Rule("上海", when(province="上海市"), None)])
def test_a_lead_that_nobody_could_ever_take_goes_to_review(rule: Rule) -> None:
    """No team on the roster, or no rule at all: no waiting would help."""
    rules, table, standing = floor(policy(rule), *reps(3))
    standing.away[:] = Away.OFF_SHIFT
    decision = decide(rules, table, standing, question())
    assert (decision.outcome, decision.why) == (Outcome.REVIEW, Why.NOBODY_EVER)


def test_an_empty_roster_gives_a_decision_not_an_error() -> None:
    """The first lead may come before the first rep."""
    rules, table, standing = floor(policy())
    assert decide(rules, table, standing, question()).why is Why.NOBODY_EVER


def test_a_known_customers_owner_is_asked_about_duty_only() -> None:
    """Rule and capacity do not stand between a customer and the rep whom they know; absence does."""
    north = policy(Rule("华北", None, ("north",)), capacity=Capacity(open=1))
    rules, table, standing = floor(north, Rep("a", "甲", "east"), Rep("b", "乙", "north"))
    standing.open[0] = 5
    decision = decide(rules, table, standing, question(only="a"))
    assert (decision.outcome, decision.why, decision.chosen) == (Outcome.OFFER, Why.ONLY, 0)
    assert reasons(decision.reasons, table) == {"a": Reason.ELIGIBLE, "b": Reason.NOT_ASKED}
    assert decision.shares.tolist() == [0]
    standing.away[0] = Away.OFF_SHIFT
    assert decide(rules, table, standing, question(only="a")).outcome is Outcome.POOL
    assert decide(rules, table, standing, question(only="a", even_if_away=True)).chosen == 0
    assert decide(rules, table, standing, question(only="gone")).outcome is Outcome.REVIEW


def test_the_oldest_credit_among_the_eligible_takes_the_lead_outside_the_accounts() -> None:
    """A turn given back goes before deficit and fit, is used up, and moves no account."""
    rules, table, standing = floor(policy(), *reps(4))
    standing.credits[:] = [0, 2, 1, 1]
    standing.credit_order[:] = [0, 30, 20, 10]
    standing.later_credits[1] = (40,)
    standing.away[3] = Away.LEAVE
    took = []
    for no in range(1, 4):
        decision = decide(rules, table, standing, question(no))
        assert (decision.by_credit, decision.in_account) == (True, False)
        took.append((decision.chosen, decision.credit))
        standing.apply(decision)
    assert took == [(2, 20), (1, 30), (1, 40)]
    assert not standing.deficit.any()
    assert not standing.credits[:3].any()
    assert not decide(rules, table, standing, question(4)).by_credit


def test_limits_of_the_day_name_whose_limit_it_is() -> None:
    """The rep's own figure goes before the team's, the team's before the policy's."""
    capacity = Capacity(per_day=30, teams={"east": TeamCapacity(per_day=10)})
    people = (Rep("a", "甲", "east"), Rep("b", "乙", "east", day_cap=12), Rep("c", "丙", "north"))
    rules, table, standing = floor(policy(capacity=capacity), *people)
    assert table.day_cap.tolist() == [10, 12, 30]
    standing.today[:] = [10, 12, 30]
    decision = decide(rules, table, standing, question())
    assert decision.reasons.tolist() == [Reason.TEAM_DAY_FULL, Reason.DAY_FULL, Reason.DAY_FULL]


def test_deciding_changes_nothing() -> None:
    """A decision moves the counters only when it is taken."""
    rules, table, standing = floor(policy(), *reps(5))
    first = decide(rules, table, standing, question())
    assert decide(rules, table, standing, question()).chosen == first.chosen
    assert not standing.open.any()
    assert not standing.deficit.any()


def test_certificates_are_checked_anew_on_the_next_day() -> None:
    """The memo of who may take what knows the day."""
    certificate = Certificate("备案", "1", TODAY, TODAY)
    demanding = policy(Rule("医疗", None, None, Require(certificates=("备案",))))
    rules, table, standing = floor(demanding, Rep("a", "甲", "east", certificates=(certificate,)))
    asked = question()
    assert decide(rules, table, standing, asked).outcome is Outcome.OFFER
    tomorrow = type(asked)(asked.facts, 1, 1, TODAY + timedelta(days=1))
    assert decide(rules, table, standing, tomorrow).outcome is Outcome.REVIEW
