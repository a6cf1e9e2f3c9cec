"""One decision, from facts to a rep: who may, how well they suit, whose turn it is, who is chosen. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from routing.balance import excess_of
from routing.breaker import Phase
from routing.choose import CHOOSERS, planned
from routing.decision import Choice, Decision, Ints, Outcome, Positions, Turn, Why
from routing.draws import Draws
from routing.eligibility import Eligible, eligible, matching_rule, no_rule, on_duty_only
from routing.fit import fits_of
from routing.lead import Facts
from routing.policy import MILLION, Chooser, Policy
from routing.race import choose_several, seats
from routing.reps_table import RepsTable
from routing.shares import split, turn_weights
from routing.standing import Standing


@dataclass(frozen=True, slots=True)
class Question:
    """One lead to be decided.

    Attributes:
        facts: what is known about it, `trait.score` and `trait.grade` included.
        lead_id: keys the draws, with the decision number.
        decision_no: number of this decision.
        on: day on which certificates must be valid, in the policy's zone.
        excluded: ids of reps who were offered this lead before, or may not have it again.
        only: a known customer's owner or a manager's pick; rule, capacity and chooser are skipped, duty is not.
        even_if_away: with `only`: duty is skipped too, because a manager insists.
        breaker: how far the breaker for hot leads is open.
        planned: id of whom the lead goes with where many were dealt out together; counts only as a candidate of `fair_fit`.
    """

    facts: Facts
    lead_id: int
    decision_no: int
    on: date
    excluded: tuple[str, ...] = ()
    only: str | None = None
    even_if_away: bool = False
    breaker: Phase = Phase.CLOSED
    planned: str | None = None


def decide(policy: Policy, table: RepsTable, standing: Standing, question: Question) -> Decision:
    """Decide one lead. Changes nothing; `standing.apply` moves the counters if the decision is taken.

    Args:
        policy: the version in force.
        table: `reps_table(policy, roster)`.
        standing: where everybody stands now.
        question: the lead.
    """
    rule_no = -1 if question.only is not None else matching_rule(policy, question.facts)
    return decide_by_rule(policy, table, standing, question, rule_no)


def decide_by_rule(policy: Policy, table: RepsTable, standing: Standing, question: Question, rule_no: int) -> Decision:
    """Decide one lead of which the rule is known: -1 where none holds, or none is asked."""
    facts = question.facts
    asked = _ask(table, standing, question, rule_no)
    rule = policy.rules[rule_no].name if rule_no >= 0 else ""
    grade_class = class_of(policy, facts)
    if asked.why is not None:
        never = asked.why in {Why.NOBODY_EVER, Why.NOBODY_LEFT}
        outcome = Outcome.REVIEW if never else Outcome.POOL
        return Decision(outcome, asked.why, rule, rule_no, asked.reasons, grade_class=grade_class)
    may = asked.may
    products, fits = fits_of(policy, table, standing, facts, may)
    given = _given(standing, question, may)
    if given is None:
        shares = split(turn_weights(policy, table, standing).take(may))
        turn = _turn(table, standing, may, fits, shares, grade_class)
        if standing.value_deficit is not None:
            turn = _with_value(turn, policy, standing, facts, may)
        draws = Draws(policy.secret, question.lead_id, question.decision_no)
        given = _race_of(policy, standing, question, may, turn, draws)
        if given is None:
            choice = _choose_planned(policy, table, may, turn, question, draws)
            choice = choice or CHOOSERS[policy.choose.by](turn, policy.choose, draws)
            given = _Given(Why.CHOSEN, choice, shares, excess=turn.excess)
    choice = given.choice
    chosen = int(may[choice.chosen])
    return Decision(
        outcome=Outcome.OFFER,
        why=given.why,
        rule=rule,
        rule_no=rule_no,
        reasons=asked.reasons,
        chosen=chosen,
        eligible=may,
        candidates=may.take(choice.candidates),
        shares=given.shares,
        fit=fits,
        products=products,
        propensity=choice.propensity,
        explored=choice.explored,
        credit=given.credit,
        grade_class=grade_class,
        turn_before=int(standing.last_turn[chosen]),
        race=may.take(given.race),
        excess=given.excess,
    )


def class_of(policy: Policy, facts: Facts) -> int:
    """Give 0 for a lead of the policy's best grade, 1 for the rest; a second account is kept for each."""
    grades = policy.scoring.grades
    return 0 if grades and facts.get("trait.grade") == grades[0][0] else 1


_NOBODY = np.zeros(0, dtype=np.intp)
_NOBODY.flags.writeable = False


@dataclass(frozen=True, slots=True, eq=False)
class _Given:
    """Whom the lead goes to, and what the decision adds to the accounts."""

    why: Why
    choice: Choice
    shares: Ints
    credit: int = 0
    race: Positions = field(default_factory=lambda: _NOBODY)
    excess: int = 0


def _race_of(
    policy: Policy, standing: Standing, question: Question, may: Positions, turn: Turn, draws: Draws
) -> _Given | None:
    """Let several race for a hot lead while the breaker is open; None where one alone is to be chosen."""
    count = seats(policy, question.facts, breaker_open=question.breaker is not Phase.CLOSED)
    found = choose_several(turn, policy.choose, draws, standing.quick.take(may), count) if count > 1 else None
    return None if found is None else _Given(Why.CHOSEN, found[0], turn.shares, race=found[1], excess=turn.excess)


def _ask(table: RepsTable, standing: Standing, question: Question, rule_no: int) -> Eligible:
    if question.only is not None:
        return on_duty_only(table, standing, question.only, even_if_away=question.even_if_away)
    if rule_no < 0:
        return no_rule(table)
    return eligible(table, standing, table.layer_for(rule_no, question.facts, question.on), question.excluded)


def _given(standing: Standing, question: Question, may: Positions) -> _Given | None:
    """Give the choice that is made outside the accounts: a single rep, or the oldest credit; None if there is none."""
    if question.only is not None:
        return _Given(Why.ONLY, _certainly(0), np.zeros(len(may), dtype=np.int64))
    holders = (standing.credits.take(may) > 0).nonzero()[0]
    if not len(holders):
        return None
    orders = standing.credit_order[may[holders]]
    oldest = int(np.argmin(orders))
    nothing = np.zeros(len(may), dtype=np.int64)
    return _Given(Why.CREDIT, _certainly(int(holders[oldest])), nothing, int(orders[oldest]))


def _choose_planned(
    policy: Policy, table: RepsTable, may: Positions, turn: Turn, question: Question, draws: Draws
) -> Choice | None:
    """Give the choice of the planned rep, None where nobody is planned or the planned may not be chosen now."""
    position = table.index.get(question.planned or "")
    if position is None or policy.choose.by is not Chooser.FAIR_FIT or position not in may:
        return None
    return planned.choose(turn, policy.choose, draws, int(np.searchsorted(may, position)))


def _certainly(position: int) -> Choice:
    return Choice(position, np.array([position], dtype=np.intp), np.array([MILLION], dtype=np.int64))


def _turn(table: RepsTable, standing: Standing, may: Positions, fits: Ints, shares: Ints, grade_class: int) -> Turn:
    return Turn(
        deficit=standing.deficit.take(may) + shares,
        class_deficit=standing.class_deficit[grade_class].take(may) + shares,
        shares=shares,
        fit=fits,
        open=standing.open.take(may),
        cap=table.open_cap.take(may),
        last_turn=standing.last_turn.take(may),
    )


def _with_value(turn: Turn, policy: Policy, standing: Standing, facts: Facts, may: Positions) -> Turn:
    """Add what is owed in value, with this decision's parts of the lead's excess."""
    if standing.value_deficit is None or policy.choose.balance is None:
        return turn
    excess = excess_of(policy, facts) if standing.excess is None else standing.excess
    return replace(
        turn, value_deficit=standing.value_deficit.take(may) + turn.shares * excess // MILLION, excess=excess
    )
