"""Why not this rep: the smallest change of the rep's own that would have made the choice fall on the rep.

A decision is piecewise constant in each input of a rep, and its pieces end at known places: at caps and marks, at the
demands of the rule, and where a fit or a deficit passes that of somebody else. So deciding again once on each piece
finds the smallest change exactly, and every change that is given back has been decided again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from routing.changes import Change, Kind, Moment, chooses, most_fit, with_changes
from routing.decide import class_of
from routing.decision import Decision, Ints, Reason, Why
from routing.fairness import GUARD, TIE
from routing.policy import MILLION, Chooser, FactorKind
from routing.reps_table import same_language

_AWAY: Final = range(Reason.OFF_SHIFT, Reason.NO_SEND_SLOT + 1)


@dataclass(frozen=True, slots=True, eq=False)
class WhyNot:
    """The answer for one rep.

    Attributes:
        decision: as it was made.
        reason: the rep's first objection, or `ELIGIBLE`.
        chosen: it was this rep.
        changes: single changes that would each have been enough, the smallest of its kind each, in the order of kinds.
        pair: where no single change is enough, two that together are; None where no two are, either.
    """

    decision: Decision
    reason: Reason
    chosen: bool = False
    changes: tuple[Change, ...] = ()
    pair: tuple[Change, Change] | None = None


def why_not(moment: Moment, rep: str) -> WhyNot:
    """Find what about a rep would have had to be otherwise.

    Args:
        moment: the decision's inputs; the rep's own must be known.
        rep: id of a rep of its table.
    """
    moment = with_changes(moment, rep)
    decision = moment.decide()
    at = moment.at(rep)
    reason = Reason(int(decision.reasons[at]))
    if decision.chosen == at:
        return WhyNot(decision, reason, chosen=True)
    changes = tuple(_enough(moment, rep, decision))
    return WhyNot(decision, reason, changes=changes, pair=None if changes else _pair(moment, rep, decision))


def rounded(moment: Moment, rep: str, change: Change, steps: Iterable[int]) -> Change:
    """Give a change by a rounder number, if it is enough too: rounded up to the first of `steps` with which it is."""
    most = most_fit(moment, rep) if change.kind is Kind.FIT else None
    for step in steps:
        rounder = replace(change, after=change.before - (-change.size // step) * step)
        possible = change.after > change.before and (most is None or rounder.after <= most)
        if possible and chooses(moment, rep, rounder):
            return rounder
    return change


def _enough(moment: Moment, rep: str, decision: Decision) -> Iterator[Change]:
    """Give of each kind the smallest change that is enough."""
    for tried in _tries(moment, rep, decision):
        found = next((change for change in tried if chooses(moment, rep, change)), None)
        if found is not None:
            yield found


def _pair(moment: Moment, rep: str, decision: Decision) -> tuple[Change, Change] | None:
    """Give two changes that are enough: the first by kind and size that has a second, with its first second."""
    for tried in _tries(moment, rep, decision):
        for first in tried:
            between = with_changes(moment, rep, first)
            seconds = _enough(between, rep, between.decide())
            second = next((one for one in seconds if (one.kind, one.name) != (first.kind, first.name)), None)
            if second is not None:
                return first, second
    return None


def _tries(moment: Moment, rep: str, decision: Decision) -> Iterator[list[Change]]:
    """Give for each kind that can matter the changes to try, the smallest first: one on each piece of the decision."""
    reason = Reason(int(decision.reasons[moment.at(rep)]))
    if moment.question.only not in {None, rep}:
        return
    if reason is not Reason.ELIGIBLE:
        yield from _against(moment, rep, decision, reason)
    elif decision.why is Why.CREDIT:
        yield [Change(Kind.CREDIT, after=decision.credit - 1)]
    elif decision.why is Why.CHOSEN:
        yield from _ahead(moment, rep, decision)


def _against(moment: Moment, rep: str, decision: Decision, reason: Reason) -> Iterator[list[Change]]:
    """Give the changes that take away an objection."""
    if reason < Reason.NOT_ASKED:
        yield _other_entries(moment, rep, reason)
    elif reason in _AWAY:
        yield [Change(Kind.DUTY, reason.name.lower())]
    elif reason is Reason.ALREADY_OFFERED:
        yield [Change(Kind.ASKED)]
    elif reason is not Reason.NOT_ASKED:
        yield _less(moment, rep, decision, reason)
        # Another team may have another limit.
        yield _other_teams(moment, rep) if moment.policy.capacity.teams else []


def _less(moment: Moment, rep: str, decision: Decision, reason: Reason) -> list[Change]:
    """Give what a rep at a limit would have had to have less of."""
    at, table, standing = moment.at(rep), moment.table, moment.standing
    if reason is Reason.FULL:
        return _loads(moment, rep, decision, int(table.open_cap[at]) - 1)
    if reason is Reason.RESTING:
        mark = int(table.resume_at[at])
        return [Change(Kind.REST)] if int(standing.open[at]) <= mark else _loads(moment, rep, decision, mark)
    least = int(table.day_cap[at]) - 1
    return [Change(Kind.TODAY, "", int(standing.today[at]), least)] if least >= 0 else []


def _other_teams(moment: Moment, rep: str) -> list[Change]:
    """Give the other teams of the rule, in its order; all teams where it names none."""
    if moment.rule_no < 0:
        return []
    teams = moment.policy.rules[moment.rule_no].teams
    mine = moment.table.reps[moment.at(rep)].team
    return [
        Change(Kind.TEAM, team) for team in (sorted(moment.roster.teams) if teams is None else teams) if team != mine
    ]


def _other_entries(moment: Moment, rep: str, reason: Reason) -> list[Change]:
    """Give the entries of the rep in the roster that take away an objection of the rule, in the rule's order."""
    if moment.rule_no < 0 or reason in {Reason.TEAM, Reason.FENCE}:
        return _other_teams(moment, rep)
    require, mine = moment.policy.rules[moment.rule_no].require, moment.table.reps[moment.at(rep)]
    if reason is Reason.LEVEL:
        return [Change(Kind.LEVEL, level) for level in require.level]
    if reason is Reason.SKILL:
        own = ((name, mine.skills.get(name, 0), least) for name, least in require.skills.items())
        return [Change(Kind.SKILL, name, level, least) for name, level, least in own if level < least]
    if reason is Reason.LANGUAGE:
        return [Change(Kind.LANGUAGE, str(moment.question.facts.get("language", "")))]
    on = moment.question.on
    valid = {one.name for one in mine.certificates if one.first_on <= on <= one.last_on}
    return [Change(Kind.CERTIFICATE, name) for name in require.certificates if name not in valid]


def _loads(moment: Moment, rep: str, decision: Decision, most: int) -> list[Change]:
    """Give the loads to try, from `most` down: that one, and where the load passes the least of the others'."""
    at, table, standing = moment.at(rep), moment.table, moment.standing
    before, cap = int(standing.open[at]), int(table.open_cap[at])
    loads = {most}
    if moment.policy.choose.by is Chooser.LEAST_LOADED:
        for other in decision.eligible.tolist():
            equal = int(standing.open[other]) * cap // max(int(table.open_cap[other]), 1)
            loads |= {equal + 1, equal, equal - 1}
    return [
        Change(Kind.OPEN, "", before, load)
        for load in sorted(loads, reverse=True)
        if 0 <= load <= min(most, before - 1)
    ]


def _ahead(moment: Moment, rep: str, decision: Decision) -> Iterator[list[Change]]:
    """Give the changes by which an eligible rep gets ahead of the others, as far as the chooser looks at them."""
    by, at = moment.policy.choose.by, moment.at(rep)
    if by is Chooser.ROUND_ROBIN:
        yield _turns(moment, rep, decision)
    if by is Chooser.LEAST_LOADED:
        yield _loads(moment, rep, decision, int(moment.standing.open[at]) - 1)
    if by is Chooser.BEST_FIT or (by is Chooser.FAIR_FIT and at in decision.candidates):
        yield from _lists(moment, rep)
        yield _fits(moment, rep, decision)
    if by in {Chooser.BEST_FIT, Chooser.LEAST_LOADED, Chooser.FAIR_FIT}:
        yield _deficits(moment, rep, decision)
    if by is Chooser.FAIR_FIT:
        yield _class_deficits(moment, rep, decision)


def _turns(moment: Moment, rep: str, decision: Decision) -> list[Change]:
    """Before the rep who waits longest, or with that one where the id comes first."""
    turns, at = moment.standing.last_turn, moment.at(rep)
    first = int(turns[decision.chosen])
    return [Change(Kind.TURN, "", int(turns[at]), turn) for turn in (first, first - 1) if 0 <= turn < int(turns[at])]


def _lists(moment: Moment, rep: str) -> Iterator[list[Change]]:
    """Give what a rep lacks of the lists that the fit looks into: a skill, a certificate, the lead's language."""
    mine = moment.table.reps[moment.at(rep)]
    held = {"skills": tuple(mine.skills), "certificates": tuple(one.name for one in mine.certificates)}
    found: dict[Kind, list[Change]] = {Kind.SKILL: [], Kind.CERTIFICATE: [], Kind.LANGUAGE: []}
    for factor in moment.policy.factors:
        value = moment.question.facts.get(factor.lead_field or "")
        if factor.kind is not FactorKind.MATCH_LIST or value is None:
            continue
        name = str(value)
        if factor.rep_field == "languages" and not any(same_language(own, name) for own in mine.languages):
            found[Kind.LANGUAGE].append(Change(Kind.LANGUAGE, name))
        elif factor.rep_field in held and name not in held[factor.rep_field]:
            kind = Kind.SKILL if factor.rep_field == "skills" else Kind.CERTIFICATE
            found[kind].append(Change(kind, name, after=int(kind is Kind.SKILL)))
    yield from found.values()


def _fits(moment: Moment, rep: str, decision: Decision) -> list[Change]:
    """Where the fit comes level with the best of the others, and where it leaves each of those that are level behind."""
    among = decision.candidates if moment.policy.choose.by is Chooser.FAIR_FIT else decision.eligible
    of = dict(zip(decision.eligible.tolist(), decision.fit.tolist(), strict=True))
    own = of[moment.at(rep)]
    others = [of[other] for other in among.tolist() if other != moment.at(rep)]
    level = max(others, default=own) - TIE
    ends = {level, *(fit + TIE + 1 for fit in others if fit >= level)}
    most = most_fit(moment, rep)
    return [Change(Kind.FIT, "", own, fit) for fit in sorted(ends) if own < fit <= most]


def _deficits(moment: Moment, rep: str, decision: Decision) -> list[Change]:
    """Where the rep comes into the slack of the others, where they fall out of the rep's, and where two are equal."""
    choose = moment.policy.choose
    share = int(decision.shares[decision.eligible == moment.at(rep)][0])
    before, others = _owed(moment, rep, decision, moment.standing.deficit)
    slack = choose.fairness_slack
    ends = {GUARD, MILLION - GUARD}
    for owed in others:
        ends |= {owed - slack, owed, owed + 1, owed + slack + 1}
    return [Change(Kind.DEFICIT, "", before - share, end - share) for end in sorted(ends) if end > before]


def _class_deficits(moment: Moment, rep: str, decision: Decision) -> list[Change]:
    """The same in the account of the lead's class."""
    slack = moment.policy.choose.class_slack
    share = int(decision.shares[decision.eligible == moment.at(rep)][0])
    account = moment.standing.class_deficit[class_of(moment.policy, moment.question.facts)]
    before, others = _owed(moment, rep, decision, account)
    ends = {end for owed in others for end in (owed - slack, owed + slack + 1)}
    return [Change(Kind.CLASS_DEFICIT, "", before - share, end - share) for end in sorted(ends) if end > before]


def _owed(moment: Moment, rep: str, decision: Decision, account: Ints) -> tuple[int, list[int]]:
    """Give what is owed to the rep and to each other eligible one in an account, this decision's shares included."""
    owed = (account[decision.eligible] + decision.shares).tolist()
    mine = decision.eligible.tolist().index(moment.at(rep))
    return owed[mine], owed[:mine] + owed[mine + 1 :]
