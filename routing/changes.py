"""One decision with something about one rep otherwise: what may be changed, and the decision made again with it.

Everything else stays as it was: the lead, the policy, everybody else, and the draws.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import numpy as np

from routing.decide import Question, class_of, decide_by_rule
from routing.decision import Decision, Ints
from routing.fit import fit, points_of
from routing.policy import MILLION, Policy
from routing.reps_table import RepsTable, reps_table
from routing.roster import Certificate, Rep, Roster
from routing.shares import turn_weights
from routing.standing import Away, Standing
from routing.surge import table_in_surge

_MOST_POINTS: Final = 100 * MILLION


class Kind(StrEnum):
    """What is changed; the order is that in which kinds are told, since they can't be weighed against each other."""

    DUTY = "duty"  # on duty, and reachable
    REST = "rest"  # rested long enough after having been full
    OPEN = "open"  # leads in hand
    TODAY = "today"  # offers of the day
    ASKED = "asked"  # had this lead before
    TEAM = "team"
    LEVEL = "level"
    SKILL = "skill"
    CERTIFICATE = "certificate"  # holds one that is valid on the day
    LANGUAGE = "language"
    TURN = "turn"  # number of the latest turn (round robin)
    FIT = "fit"
    DEFICIT = "deficit"
    CLASS_DEFICIT = "class_deficit"
    CREDIT = "credit"  # has an older make-up turn than anybody


NUMBERS: Final = frozenset({Kind.OPEN, Kind.TODAY, Kind.SKILL, Kind.TURN, Kind.FIT, Kind.DEFICIT, Kind.CLASS_DEFICIT})
"""Kinds of which there is more and less; of the others a change is made or not."""


@dataclass(frozen=True, slots=True)
class Change:
    """One input of one rep, and what it would have been.

    Attributes:
        kind: which input.
        name: of the team, level, skill, certificate or language; of duty the reason why the rep was away; else empty.
        before: the number that it was, 0 for what is no number; fit and deficits in millionths.
        after: the number that it would have been; of a credit, its number.
    """

    kind: Kind
    name: str = ""
    before: int = 0
    after: int = 0

    @property
    def size(self) -> int:
        """Give by how much the number changes, 0 for what is none."""
        return abs(self.after - self.before) if self.kind in NUMBERS else 0


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """Everything that one decision depended on.

    Attributes:
        policy: that decided.
        roster: whose reps were asked.
        table: of both.
        standing: as it was when deciding.
        question: the lead.
        rule_no: the rule that matched, -1 if none.
    """

    policy: Policy
    roster: Roster
    table: RepsTable
    standing: Standing
    question: Question
    rule_no: int

    def decide(self) -> Decision:
        """Decide, by the same function as ever."""
        table = table_in_surge(self.policy, self.table, self.standing.quick, self.question.breaker)
        return decide_by_rule(self.policy, table, self.standing, self.question, self.rule_no)

    def at(self, rep: str) -> int:
        """Give a rep's position."""
        return self.table.index[rep]


def with_changes(moment: Moment, rep: str, *changes: Change) -> Moment:
    """Give the moment as it would have been with these changes, one after the other."""
    # What a turn is worth stays what it was, whatever follows for a team's average from one rep more or less.
    weights = turn_weights(moment.policy, moment.table, moment.standing)
    moment = replace(moment, standing=replace(moment.standing, turn_weight=weights))
    for change in changes:
        moment = _CHANGES[change.kind](moment, rep, change)
    return moment


def chooses(moment: Moment, rep: str, *changes: Change) -> bool:
    """Decide again with these changes, and say whether the rep is chosen."""
    decision = with_changes(moment, rep, *changes).decide()
    return decision.chosen == moment.at(rep)


def most_fit(moment: Moment, rep: str) -> int:
    """Give the fit that a rep has with 100 points under every factor that applies; 0 where none applies."""
    applied = _applied(moment)
    weights = sum(weight for _, weight, _ in applied)
    return sum(_MOST_POINTS * weight // weights for _, weight, _ in applied) if moment.at(rep) >= 0 else 0


def _on_duty(moment: Moment, rep: str, change: Change) -> Moment:
    del change
    return _moved(moment, rep, away=int(Away.NO))


def _rested(moment: Moment, rep: str, change: Change) -> Moment:
    del change
    return _moved(moment, rep, resting=0)


def _holding(moment: Moment, rep: str, change: Change) -> Moment:
    """Give the rep another load, and the rest that follows from it.

    Who was full rests because of it, and would not have rested below the cap; who rests below the cap would have come
    back at the resume mark; who rests at the mark or below waits for time to pass, not for a load.
    """
    at, table, standing = moment.at(rep), moment.table, moment.standing
    before, cap, mark = int(standing.open[at]), int(table.open_cap[at]), int(table.resume_at[at])
    because_of_load = before >= cap > change.after or before > mark >= change.after
    rests = bool(standing.resting[at]) and not because_of_load
    return _moved(moment, rep, open=change.after, resting=int(rests))


def _offered_today(moment: Moment, rep: str, change: Change) -> Moment:
    return _moved(moment, rep, today=change.after)


def _not_asked_before(moment: Moment, rep: str, change: Change) -> Moment:
    del change
    others = tuple(one for one in moment.question.excluded if one != rep)
    return replace(moment, question=replace(moment.question, excluded=others))


def _turn(moment: Moment, rep: str, change: Change) -> Moment:
    return _moved(moment, rep, last_turn=change.after)


def _owed(moment: Moment, rep: str, change: Change) -> Moment:
    return _moved(moment, rep, deficit=change.after)


def _owed_of_class(moment: Moment, rep: str, change: Change) -> Moment:
    columns = moment.standing.class_deficit.copy()
    columns[class_of(moment.policy, moment.question.facts), moment.at(rep)] = change.after
    return replace(moment, standing=replace(moment.standing, class_deficit=columns))


def _credited(moment: Moment, rep: str, change: Change) -> Moment:
    at, standing = moment.at(rep), moment.standing
    return _moved(moment, rep, credits=int(standing.credits[at]) + 1, credit_order=change.after)


def _moved(moment: Moment, rep: str, **columns: int) -> Moment:
    """Give the moment with other values in these columns of the standing."""
    at, standing = moment.at(rep), moment.standing
    moved: dict[str, object] = {}
    for name, value in columns.items():
        moved[name] = getattr(standing, name).copy()
        moved[name][at] = value  # type: ignore[index]  # one of the standing's arrays
    return replace(moment, standing=replace(standing, **moved))  # type: ignore[arg-type]  # arrays, as they were


def _fitting(moment: Moment, rep: str, change: Change) -> Moment:
    """Raise a rep's fit: the factors get more points in the policy's order, each up to 100, until the fit is reached.

    A decision asks only for the sum, so that the order decides nothing.
    """
    at, standing = moment.at(rep), moment.standing
    applied = _applied(moment)
    weights = sum(weight for _, weight, _ in applied)
    alone = np.array([at], dtype=np.intp)
    brought = fit(moment.policy, moment.table, standing, moment.question.facts, alone)
    missing = change.after - int(brought.sum())
    given = dict(standing.points)
    for number, weight, points in applied:
        if missing <= 0:
            break
        now = int(brought[number, 0])
        wanted = min(now + missing, _MOST_POINTS * weight // weights)
        # The fewest points that bring so much: ceil(wanted x weights / weight).
        raised: Ints = points.copy()
        raised[at] = -(-wanted * weights // weight)
        given[number] = raised
        missing -= wanted - now
    return replace(moment, standing=replace(standing, points=given))


def _applied(moment: Moment) -> list[tuple[int, int, Ints]]:
    """Give number, weight and points of the factors that count for this lead."""
    policy = moment.policy
    found = []
    for number, factor in enumerate(policy.factors):
        points = points_of(policy, moment.table, moment.standing, moment.question.facts, number)
        if points is not None and factor.weight > 0:
            found.append((number, factor.weight, points))
    return found


def _team(rep: Rep, change: Change) -> Rep:
    return replace(rep, team=change.name)


def _level(rep: Rep, change: Change) -> Rep:
    return replace(rep, level=change.name)


def _skill(rep: Rep, change: Change) -> Rep:
    return replace(rep, skills={**rep.skills, change.name: change.after})


def _certificate(rep: Rep, change: Change) -> Rep:
    return replace(rep, certificates=(*rep.certificates, Certificate(change.name)))


def _language(rep: Rep, change: Change) -> Rep:
    return replace(rep, languages=(*rep.languages, change.name))


def _of_the_rep(edit: Callable[[Rep, Change], Rep]) -> Callable[[Moment, str, Change], Moment]:
    """Give the change of a rep's entry in the roster; the table is laid out anew."""

    def change_rep(moment: Moment, rep: str, change: Change) -> Moment:
        roster = moment.roster
        people = tuple(edit(one, change) if one.id == rep else one for one in roster.reps)
        edited = replace(roster, reps=people)
        return replace(moment, roster=edited, table=reps_table(moment.policy, edited))

    return change_rep


_CHANGES: Final[Mapping[Kind, Callable[[Moment, str, Change], Moment]]] = MappingProxyType(
    {
        Kind.DUTY: _on_duty,
        Kind.REST: _rested,
        Kind.OPEN: _holding,
        Kind.TODAY: _offered_today,
        Kind.ASKED: _not_asked_before,
        Kind.TEAM: _of_the_rep(_team),
        Kind.LEVEL: _of_the_rep(_level),
        Kind.SKILL: _of_the_rep(_skill),
        Kind.CERTIFICATE: _of_the_rep(_certificate),
        Kind.LANGUAGE: _of_the_rep(_language),
        Kind.TURN: _turn,
        Kind.FIT: _fitting,
        Kind.DEFICIT: _owed,
        Kind.CLASS_DEFICIT: _owed_of_class,
        Kind.CREDIT: _credited,
    }
)
