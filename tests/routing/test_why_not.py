"""Why not this rep: what is said would have been enough, and nothing smaller would."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from routing.changes import Change, Kind, Moment, chooses
from routing.decision import Reason, Why
from routing.policy import MILLION, Capacity, Choose, Chooser, Factor, FactorKind, Policy, Require, Rule
from routing.reps_table import reps_table
from routing.roster import Certificate, Rep, Roster
from routing.standing import Away, Standing
from routing.why_not import rounded, why_not
from tests.routing import given
from tests.routing.given import reps, roster
from tests.routing.why_not_cases import check_many

TIERS = Factor("等级", 100, FactorKind.MATCH_TABLE, "attributes.hospital_level", "tiers")
FACTS: dict[str, str | int | float] = {"attributes.hospital_level": "三甲", "trait.grade": "C"}
SURE = Choose(explore=0)


def _moment(rules: Policy, people: Roster, **question: object) -> Moment:
    table = reps_table(rules, people)
    asked = given.question(1, FACTS, **question)
    return Moment(rules, people, table, Standing.empty(table), asked, -1 if asked.only else len(rules.rules) - 1)


def _fitting(*points: int) -> Roster:
    """Give reps whose fit is so many points."""
    return roster(
        *(replace(rep, tables={"tiers": {"三甲": fit}}) for rep, fit in zip(reps(len(points)), points, strict=True))
    )


def test_what_is_said_is_enough_and_nothing_smaller_is() -> None:
    """Under every chooser: decided again with the change, the lead goes to the rep; tried by brute force, nothing less."""
    found = check_many(seed=20261122, count=120)
    assert found.stated > 60
    assert found.pairs > 5


def test_one_lead_less_would_have_done() -> None:
    """The example that everybody knows: 20 of 20 in hand; with 19 the lead would have been this rep's."""
    moment = _moment(given.policy(choose=SURE, capacity=Capacity(20, 16)), _fitting(50, 50))
    moment.standing.open[:] = (3, 20)
    moment.standing.resting[1] = True
    moment.standing.deficit[:] = (0, MILLION)
    told = why_not(moment, "r0001")
    assert told.reason is Reason.FULL
    assert told.changes == (Change(Kind.OPEN, "", 20, 19),)


def test_who_rests_below_the_cap_would_have_had_to_be_at_the_mark() -> None:
    """Between cap and mark one lead less changes nothing; at the mark it is the ten minutes that are missing."""
    moment = _moment(given.policy(choose=SURE, capacity=Capacity(20, 16)), _fitting(50, 50))
    moment.standing.open[:] = (3, 18)
    moment.standing.resting[1] = True
    moment.standing.deficit[:] = (0, MILLION)
    assert why_not(moment, "r0001").changes == (Change(Kind.OPEN, "", 18, 16),)
    moment.standing.open[1] = 16
    assert why_not(moment, "r0001").changes == (Change(Kind.REST),)


def test_a_better_fit_or_a_larger_deficit_would_have_done() -> None:
    """Both are told, each to the last unit: level within a tenth of a point, and then the larger deficit decides."""
    moment = _moment(given.policy(choose=SURE, factors=(TIERS,)), _fitting(75, 68))
    moment.standing.deficit[0] = 1
    told = why_not(moment, "r0001")
    assert told.decision.chosen == 0
    assert told.changes == (
        Change(Kind.FIT, "", 68 * MILLION, 75 * MILLION + MILLION // 10 + 1),
        # Past one lead of slack the other is no candidate any more.
        Change(Kind.DEFICIT, "", 0, MILLION + 2),
        Change(Kind.CLASS_DEFICIT, "", 0, 2 * MILLION + 1),
    )
    moment.standing.deficit[1] = 2
    assert why_not(moment, "r0001").changes[0] == Change(Kind.FIT, "", 68 * MILLION, 75 * MILLION - MILLION // 10)


def test_two_things_at_once_are_told_as_a_pair() -> None:
    """Off duty and full: neither alone would have helped, so both are named; three are not searched."""
    moment = _moment(given.policy(choose=SURE, capacity=Capacity(2, None, 5)), _fitting(50, 50))
    moment.standing.deficit[1] = MILLION
    moment.standing.away[1] = Away.LEAVE
    moment.standing.open[1] = 2
    told = why_not(moment, "r0001")
    assert (told.reason, told.changes) == (Reason.LEAVE, ())
    assert told.pair == (Change(Kind.DUTY, "leave"), Change(Kind.OPEN, "", 2, 1))
    moment.standing.today[1] = 5
    told = why_not(moment, "r0001")
    assert (told.changes, told.pair) == ((), None)


def test_each_demand_of_the_rule_is_named_with_what_it_takes() -> None:
    """Team, level, skill, certificate and language, as the rule demands them and in its order."""
    rule = Rule(
        "要求", None, ("east", "west"), Require(("备案",), {"医疗": 2, "工业": 1}, language=True, level=("senior",))
    )
    fine = Rep("a", "甲", "east", level="senior", skills={"医疗": 2, "工业": 1}, languages=("en",),
               certificates=(Certificate("备案"),))  # fmt: skip
    cases = {
        Change(Kind.TEAM, "east"): replace(fine, team="south"),
        Change(Kind.LEVEL, "senior"): replace(fine, level="junior"),
        Change(Kind.SKILL, "医疗", 1, 2): replace(fine, skills={"医疗": 1, "工业": 3}),
        Change(Kind.CERTIFICATE, "备案"): replace(fine, certificates=()),
        Change(Kind.LANGUAGE, "en"): replace(fine, languages=("zh",)),
    }
    for change, rep in cases.items():
        people = roster(rep, Rep("z", "乙", "west"))
        moment = _moment(given.policy(rule, choose=SURE), people)
        moment = replace(moment, question=replace(moment.question, facts={"language": "en"}))
        assert why_not(moment, "a").changes == (change,)


def test_what_nobody_can_change_is_not_promised() -> None:
    """A known customer and a draw by lot depend on nothing of the rep's; a make-up turn gives way only to an older one."""
    known = _moment(given.policy(choose=SURE), _fitting(50, 100), only="r0000")
    assert why_not(known, "r0001").changes == ()
    away = _moment(given.policy(choose=SURE), _fitting(50, 100), only="r0001")
    away.standing.away[1] = Away.PAUSED
    assert why_not(away, "r0001").changes == (Change(Kind.DUTY, "paused"),)
    lot = _moment(given.policy(choose=Choose(by=Chooser.ROULETTE)), _fitting(50, 50))
    loser = lot.table.ids[1 - lot.decide().chosen]
    told = why_not(lot, loser)
    assert (told.reason, told.changes, told.pair) == (Reason.ELIGIBLE, (), None)
    credit = _moment(given.policy(choose=SURE), _fitting(50, 100))
    credit.standing.credits[0], credit.standing.credit_order[0] = 1, 7
    told = why_not(credit, "r0001")
    assert (told.decision.why, told.changes) == (Why.CREDIT, (Change(Kind.CREDIT, after=6),))


def test_whoever_was_chosen_is_told_so() -> None:
    """There is nothing to change."""
    moment = _moment(given.policy(choose=SURE, factors=(TIERS,)), _fitting(75, 68))
    told = why_not(moment, "r0000")
    assert (told.chosen, told.changes, told.pair) == (True, (), None)


def test_a_rounder_number_is_said_only_if_it_is_enough_too() -> None:
    """7.100001 points are said as 7.2; a number that overshoots into somebody else's turn is not."""
    moment = _moment(given.policy(choose=SURE, factors=(TIERS,)), _fitting(75, 68))
    moment.standing.deficit[0] = 1
    exact = why_not(moment, "r0001").changes[0]
    rounder = rounded(moment, "r0001", exact, (MILLION // 10,))
    assert rounder == Change(Kind.FIT, "", 68 * MILLION, 68 * MILLION + 72 * MILLION // 10)
    assert chooses(moment, "r0001", rounder)
    assert rounded(moment, "r0001", exact, (1_000 * MILLION,)) == exact


def test_asking_changes_nothing() -> None:
    """The standing that a replay stands on is the same afterwards."""
    moment = _moment(given.policy(choose=SURE, factors=(TIERS,), capacity=Capacity(20, 16)), _fitting(75, 68, 40))
    before = {name: np.copy(getattr(moment.standing, name)) for name in ("away", "open", "deficit", "class_deficit")}
    for rep in moment.table.ids:
        why_not(moment, rep)
    for name, column in before.items():
        assert np.array_equal(getattr(moment.standing, name), column)
