"""Decide again from a record: the same result on any machine, to the last unit."""

from __future__ import annotations

import numpy as np

from routing.choose import fair_fit, roulette
from routing.decide import class_of, decide_by_rule
from routing.decision import Choice, Codes, Decision, Ints, Positions, Reason, Why
from routing.decision_record import Detail, Recorded, digest
from routing.draws import Draws
from routing.eligibility import AWAY_FOR, matching_rule
from routing.errors import UnknownVersion
from routing.fairness import evenly
from routing.policy import MILLION, Chooser, Policy
from routing.record_columns import unpack_flags
from routing.reps_table import RepsTable
from routing.shares import base_weights, split
from routing.standing import Standing
from routing.surge import table_in_surge


def replay(recorded: Recorded, policy: Policy, table: RepsTable) -> Decision:
    """Decide again what was recorded.

    A `NARROW` record brings back reasons, shares, candidates, propensities and the choice, but no fits; an `OUTLINE` no
    shares either; a `CHOSEN` only the outcome as it was.

    Args:
        recorded: a record.
        policy: the version that it names.
        table: of that policy and the roster version that it names.

    Raises:
        UnknownVersion: policy or roster are of another version.
    """
    if policy.version != recorded.policy_version or table.roster_version != recorded.roster_version:
        raise UnknownVersion(
            f"the record is of policy {recorded.policy_version} and roster {recorded.roster_version}, "
            f"not of {policy.version} and {table.roster_version}"
        )
    rule_no = recorded.rule_no
    if recorded.facts_complete and recorded.question.only is None:
        rule_no = matching_rule(policy, recorded.question.facts)
    if recorded.detail <= Detail.ELIGIBLE:
        standing = standing_of(recorded, policy, table, rule_no)
        table = table_in_surge(policy, table, standing.quick, recorded.question.breaker)
        return decide_by_rule(policy, table, standing, recorded.question, rule_no)
    return _narrow(recorded, policy, table, rule_no)


def same(recorded: Recorded, decision: Decision) -> bool:
    """Say whether a replay gave what was decided then, as far as the record goes."""
    return digest(decision, recorded.detail) == recorded.digest


def standing_of(recorded: Recorded, policy: Policy, table: RepsTable, rule_no: int) -> Standing:
    """Give the standing of that moment, as far as an `ALL` or `ELIGIBLE` record keeps it."""
    standing = Standing.empty(table)
    columns = recorded.columns
    at = known_of(recorded, table, rule_no)
    if recorded.detail is Detail.ALL:
        standing.away[at] = columns["away"]
        standing.today[at] = columns["today"]
        standing.resting[at] = columns["resting"]
    else:
        _object(standing, table, _passed(recorded, table, rule_no), columns["reason"])
    standing.open[at] = columns["open"]
    standing.deficit[at] = columns["deficit"]
    standing.class_deficit[class_of(policy, recorded.question.facts)][at] = columns["class"]
    standing.turn_weight = np.full(len(table), MILLION, dtype=np.int64)
    standing.turn_weight[at] = columns["weight"]
    if "value" in columns:
        standing.value_deficit, standing.excess = np.zeros(len(table), dtype=np.int64), recorded.excess
        standing.value_deficit[at] = columns["value"]
    if "quick" in columns:
        standing.quick[:] = False
        standing.quick[at] = columns["quick"]
    if "turn" in columns:
        standing.last_turn[at] = columns["turn"]
    elif recorded.chosen >= 0:
        standing.last_turn[recorded.chosen] = recorded.turn_before
    for number in range(len(policy.factors) + 1):
        if f"p{number}" in columns:
            points = np.zeros(len(table), dtype=np.int64)
            points[at] = columns[f"p{number}"]
            standing.points[number] = points
    for position, credit in recorded.credits:
        standing.credits[position] = 1
        standing.credit_order[position] = credit
    return standing


def known_of(recorded: Recorded, table: RepsTable, rule_no: int) -> Positions:
    """Give the positions of those of whom the record knows where they stood; ascending."""
    if recorded.of_everybody and recorded.detail is Detail.ALL:
        return np.arange(len(table))
    passed = _passed(recorded, table, rule_no)
    if recorded.detail is Detail.ALL:
        return passed
    return passed[recorded.columns["reason"] == Reason.ELIGIBLE] if recorded.detail is Detail.ELIGIBLE else passed[:0]


def _passed(recorded: Recorded, table: RepsTable, rule_no: int) -> Positions:
    question = recorded.question
    if question.only is not None:
        position = table.index.get(question.only)
        return np.array([] if position is None else [position], dtype=np.intp)
    if rule_no < 0:
        return np.zeros(0, dtype=np.intp)
    return table.layer_for(rule_no, question.facts, question.on).may


def _object(standing: Standing, table: RepsTable, at: Positions, reasons: Ints) -> None:
    """Give each rep a standing that makes the recorded objection come up again."""
    for code, away in AWAY_FOR.items():
        standing.away[at[reasons == code]] = away
    full = at[reasons == Reason.FULL]
    standing.open[full] = table.open_cap[full]
    standing.resting[at[reasons == Reason.RESTING]] = True
    spent = at[(reasons == Reason.DAY_FULL) | (reasons == Reason.TEAM_DAY_FULL)]
    standing.today[spent] = table.day_cap[spent]


def _narrow(recorded: Recorded, policy: Policy, table: RepsTable, rule_no: int) -> Decision:
    reasons, may = _recorded_reasons(recorded, table, rule_no)
    shares = np.zeros(len(may), dtype=np.int64)
    if recorded.why is Why.CHOSEN and len(may):
        # Without recorded weights the roster's own stand in: a reversal still sums to zero, and is near what it was.
        shares = split(recorded.columns.get("weight", base_weights(policy, table)[may]))
    choice = _choose_again(recorded, policy, may, shares)
    return Decision(
        outcome=recorded.outcome,
        why=recorded.why,
        rule=policy.rules[rule_no].name if rule_no >= 0 else "",
        rule_no=rule_no,
        reasons=reasons,
        chosen=recorded.chosen if choice is None else int(may[choice.chosen]),
        eligible=may,
        candidates=may[:0] if choice is None else may[choice.candidates],
        shares=shares,
        fit=np.zeros(len(may), dtype=np.int64),
        propensity=np.zeros(0, dtype=np.int64) if choice is None else choice.propensity,
        explored=choice is not None and choice.explored,
        credit=recorded.credit,
        grade_class=class_of(policy, recorded.question.facts),
        turn_before=recorded.turn_before,
        race=np.array(recorded.race, dtype=np.intp),
        excess=recorded.excess,
    )


def _recorded_reasons(recorded: Recorded, table: RepsTable, rule_no: int) -> tuple[Codes, Positions]:
    """Give everybody's reason and who was eligible."""
    if "reason" not in recorded.columns:
        return np.full(len(table), Reason.NOT_ASKED, dtype=np.uint8), np.zeros(0, dtype=np.intp)
    passed = _passed(recorded, table, rule_no)
    reasons = np.full(len(table), Reason.NOT_ASKED, dtype=np.uint8)
    if recorded.question.only is None:
        reasons = table.layer_for(rule_no, recorded.question.facts, recorded.question.on).codes.copy()
    reasons[passed] = recorded.columns["reason"]
    return reasons, passed[reasons[passed] == Reason.ELIGIBLE]


def _choose_again(recorded: Recorded, policy: Policy, may: Positions, shares: Ints) -> Choice | None:
    """Choose among the recorded candidates with the same draws; None where too little was recorded."""
    if not len(may):
        return None
    if recorded.why is not Why.CHOSEN:
        only = np.searchsorted(may, [recorded.chosen])
        return Choice(int(only[0]), only, np.array([MILLION], dtype=np.int64))
    candidates = np.flatnonzero(unpack_flags(recorded.columns["candidate"], len(may)))
    best = np.flatnonzero(unpack_flags(recorded.columns["best"], len(may)))
    draws = Draws(policy.secret, recorded.question.lead_id, recorded.question.decision_no)
    choose = policy.choose
    if choose.by is Chooser.FAIR_FIT:
        return fair_fit.pick(candidates, best, choose, draws)
    if choose.by is not Chooser.ROULETTE:
        return Choice(int(best[draws.below(len(best), "tie")]), best, evenly(MILLION, len(best)))
    if recorded.detail is Detail.NARROW:
        # Who raced was drawn among the quick alone.
        among = candidates if recorded.race else np.arange(len(may))
        drawn = roulette.pick(split(shares[among]) if recorded.race else shares, draws)
        return Choice(int(among[drawn.chosen]), among[drawn.candidates], drawn.propensity)
    return Choice(int(np.searchsorted(may, recorded.chosen)), candidates, np.zeros(len(candidates), dtype=np.int64))
