"""The half of a decision that knows nothing of loads and turns: record read, rule matched, for any number of leads side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from routing.breaker import Phase
from routing.decision import Ints, Positions
from routing.decision_record import Detail, Recorded, unpack
from routing.eligibility import matching_rule
from routing.fit import segment_key, segment_value
from routing.lead import Facts, Scalar
from routing.policy import Factor, FactorKind, Policy
from routing.replay import known_of
from routing.reps_table import RepsTable
from routing.score import score_of, with_score
from routing.what_if.past import LaterPart, Past

POINTS = "points "
"""Begins the names of columns that are points of a factor."""
MATCHED = f"{POINTS}match"
"""Begins those of a factor that matches; they are recorded only where the record does not hold the lead's value."""
_ACCOUNTS = ("deficit", "class", "turn", "value")
_NARROWEST = np.iinfo(np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class Versions:
    """One policy version with one roster version."""

    policy: Policy
    table: RepsTable


def points_key(policy: Policy, factor: Factor, facts: Facts) -> str | None:
    """Name the points that a factor gives for a lead, whatever its number and weight; None where the lead lacks its value."""
    if factor.kind is FactorKind.RATE:
        value = segment_value(policy, factor, facts)
        return None if value is None else f"{POINTS}{factor.rep_field} {segment_key(factor.segment or '', value)}"
    if factor.kind is FactorKind.REP:
        return f"{POINTS}{factor.rep_field} {factor.help_behind}"
    return f"{MATCHED} {factor.lead_field} {factor.rep_field}"


def facts_read(policy: Policy) -> frozenset[str]:
    """Name the facts that are read after the rule is known: by fences, demands, factors and the class account."""
    names = {"province", "language", "trait.grade"}
    if policy.choose.balance is not None:
        names.add(policy.choose.balance.value)
    for factor in policy.factors:
        names |= {factor.lead_field} if factor.lead_field else set()
        if factor.segment == "price_band":
            names |= {"attributes.unit_price", "budget", "quantity"}
        elif factor.segment:
            names.add(factor.segment)
    return frozenset(names)


def same_shares(one: Policy, other: Policy) -> bool:
    """Say whether both give the same rep the same share of a turn."""
    return (
        (one.choose.share_from, one.choose.share_least, one.choose.share_most, one.choose.ramp)
        == (other.choose.share_from, other.choose.share_least, other.choose.share_most, other.choose.ramp)
        and (one.acknowledge.low_share_times, one.acknowledge.response_over, one.acknowledge.response_below)
        == (other.acknowledge.low_share_times, other.acknowledge.response_over, other.acknowledge.response_below)
    )  # fmt: skip


def same_scoring(one: Policy, other: Policy) -> bool:
    """Say whether both give the same lead the same score and grade."""

    def written(policy: Policy) -> object:
        items = [(item.points, item.when.tree) for item in policy.scoring.items]
        return policy.scoring.base, policy.scoring.grades, items

    return written(one) == written(other)


def same_rules(one: Policy, other: Policy) -> bool:
    """Say whether both find the same rule, by its number, for the same lead."""

    def written(policy: Policy) -> object:
        return [None if rule.when is None else rule.when.tree or rule.when for rule in policy.rules]

    return written(one) == written(other)


@dataclass(slots=True, eq=False)
class Matching:
    """Reads records of one pair of versions for a new policy.

    Attributes:
        then: the versions that decided.
        new: the policy to be tried, with the table of the same roster or of another.
    """

    then: Versions
    new: Versions
    _reads: frozenset[str] = field(init=False)
    _same_rules: bool = field(init=False)
    _same_shares: bool = field(init=False)
    _same_scoring: bool = field(init=False)
    _known: bool = field(init=False)
    _places: Positions = field(init=False)
    _words: dict[str, str] = field(init=False, default_factory=dict)
    _interned: dict[tuple[str, ...], tuple[str, ...]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Compare the two policies once."""
        then, new = self.then, self.new
        self._reads = facts_read(new.policy)
        self._same_rules = same_rules(then.policy, new.policy)
        self._same_shares = same_shares(then.policy, new.policy)
        self._same_scoring = same_scoring(then.policy, new.policy)
        # What the old policy read is in the record; what else the new one reads has to come from the lead.
        recorded = {*then.table.recorded_fields, *then.table.unrecorded_fields}
        self._known = new.policy.lead_fields <= recorded | {"trait.score", "trait.grade"} and self._same_scoring
        self._places = np.array([new.table.index.get(rep, -1) for rep in then.table.ids], dtype=np.intp)

    def read(self, record: bytes) -> Recorded:
        """Read a record."""
        return unpack(record)

    def needs_lead(self, recorded: Recorded) -> bool:
        """Say whether the record does not hold all that the new policy reads of the lead."""
        return not self._known or not (recorded.facts_complete or self._same_rules)

    def match(self, recorded: Recorded, later: LaterPart, facts: Facts | None) -> Past:
        """Find the rule under the new policy, and lay out what the record holds.

        Args:
            recorded: a record.
            later: what followed.
            facts: of the lead as it is now, unscored, where `needs_lead` said so; what is recorded goes before it.
        """
        question = recorded.question
        known = question.facts if facts is None else self._scored({**facts, **question.facts})
        rule_no = recorded.rule_no
        comparable = self._same_rules and (self._same_scoring or not recorded.facts_complete)
        if question.only is not None or not comparable:
            rule_no = matching_rule(self.new.policy, known)
        names, columns = self._columns(recorded)
        return Past(
            decision_id=later.decision_id,
            at=later.at,
            next_at=later.next_at,
            versions=(recorded.policy_version, recorded.roster_version),
            lead_id=question.lead_id,
            decision_no=question.decision_no,
            on=question.on,
            facts=self._read_of(known),
            excluded=question.excluded,
            only=question.only,
            insist=question.even_if_away,
            planned=question.planned,
            surge=question.breaker is not Phase.CLOSED,
            rule_no=rule_no,
            rule_then=recorded.rule_no,
            outcome=recorded.outcome.value,
            rep=later.rep,
            offer=later.offer,
            received_at=later.received_at,
            owned_at=later.owned_at,
            closed_at=later.closed_at,
            whole=recorded.detail is Detail.ALL,
            credits=tuple((int(self._places[at]), credit) for at, credit in recorded.credits if self._places[at] >= 0),
            names=names,
            columns=columns.tobytes(),
            small=columns.dtype == np.int32,
            turn_before=recorded.turn_before,
            digest=recorded.digest,
            detail=int(recorded.detail),
        )

    def _read_of(self, known: Facts) -> Facts:
        """Give the facts that are read later; equal ones are one object, which travels once."""
        same = self._words.setdefault
        return {name: same(value, value) if isinstance(value, str) else value for name in self._reads
                if (value := known.get(name)) is not None}  # fmt: skip

    def _scored(self, facts: dict[str, Scalar]) -> Facts:
        if self._same_scoring and "trait.score" in facts:
            return facts
        unscored = {name: value for name, value in facts.items() if name not in {"trait.score", "trait.grade"}}
        return with_score(unscored, score_of(self.new.policy.scoring, unscored))

    def _columns(self, recorded: Recorded) -> tuple[tuple[str, ...], Ints]:
        """Give names and rows of what the record holds of whoever passed rule, fence and demands."""
        at, kept = known_of(recorded, self.then.table, recorded.rule_no), dict(recorded.columns)
        if recorded.detail is Detail.ELIGIBLE:
            kept.pop("reason")
            kept["away"] = np.zeros(len(at), dtype=np.int64)
        elif recorded.detail > Detail.ELIGIBLE:
            kept = {}
        if not self._same_shares:
            kept.pop("weight", None)
        rows = {self._name(name, recorded): column for name, column in kept.items()}
        names, places = tuple(rows), self._places.take(at)
        columns = np.empty((len(rows) + 1, len(places)), dtype=np.int32 if _fit(rows) else np.int64)
        columns[0] = places
        for number, row in enumerate(rows.values(), start=1):
            columns[number] = row
        if len(places) and places.min() < 0:
            columns = columns[:, places >= 0]
        return self._interned.setdefault(names, names), columns

    def _name(self, name: str, recorded: Recorded) -> str:
        if name in _ACCOUNTS or not (name[0] == "p" and name[1:].isdigit()):
            return name
        policy = self.then.policy
        return points_key(policy, policy.factors[int(name[1:])], recorded.question.facts) or name


def _fit(rows: Mapping[str, Ints]) -> bool:
    """Say whether 4 bytes a number are enough; only accounts ever grow beyond, and pieces travel between processes."""
    accounts = [row for name, row in rows.items() if name in _ACCOUNTS and len(row)]
    return all(_NARROWEST.min < row.min() and row.max() < _NARROWEST.max for row in accounts)
