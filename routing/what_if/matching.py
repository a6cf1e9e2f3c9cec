"""The half of a decision that knows nothing of loads and turns: record read, rule matched, for any number of leads side by side."""

from __future__ import annotations

from collections import Counter
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
from routing.record_columns import PackedColumns
from routing.replay import known_of
from routing.reps_table import RepsTable
from routing.score import score_of, with_score
from routing.standing import Away
from routing.what_if.past import LaterPart, Past

POINTS = "points "
"""Begins the names of columns that are points of a factor."""
MATCHED = f"{POINTS}match"
"""Begins those of a factor that matches; they are recorded only where the record does not hold the lead's value."""
_ACCOUNTS = ("deficit", "class", "turn", "value")
_LOADS = frozenset({"open", "today"})
#: What the other world keeps itself once the worlds have parted; and what a preview does not simulate.
_OWN_BOOKS = frozenset({*_ACCOUNTS, "reason", "resting", "quick"})
RECKON_EVERY = 16
"""Of so many records one is searched for load that comes from outside; the books of the rest are right anyway."""
_HOUR = 3_600_000_000
_UNSAID = np.iinfo(np.int64).min
_NOTHING: Ints = np.zeros(0, dtype=np.int64)
Written = tuple[int, int, bytes]
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


class Sent:
    """What the records of one piece have said of everybody so far: shifts, shares and rates change rarely, or by the clock.

    A column is news where it differs from what the last record that named a rep said of him, or where none did. After
    each full hour absences are news again: the other world lets shifts begin and end by the clock, and the record goes
    before it.
    """

    def __init__(self, size: int) -> None:
        """Begin with nothing said; `size` is the number of reps."""
        self._size = size
        self._said: dict[str, Ints] = {}
        #: How often each column was news: what was written alike since the latest news says nothing new.
        self._news: Counter[str] = Counter()
        self._written: dict[tuple[str, int], tuple[int, Written, Positions]] = {}
        self._hour = -1
        self._records = -1

    def begin_record(self, moment: int) -> bool:
        """Go on to the next record, made at a moment (microseconds); says whether loads are to be looked at in it."""
        self._records += 1
        hour = moment // _HOUR
        if hour != self._hour:
            self._hour = hour
            self.forget_absences()
        return self._records % RECKON_EVERY == 0

    def forget_absences(self) -> None:
        """Let absences be news again."""
        self._said.pop("away", None)
        self._news["away"] += 1

    def is_news(self, known_as: str, name: str, at: Positions, columns: PackedColumns) -> bool:
        """Say whether a column of the reps at these positions is news."""
        written = columns.as_written(name)
        key = (known_as, id(at))
        before = self._written.get(key)
        if before is not None and before[0] == self._news[known_as] and before[1] == written:
            return False
        values = columns[name]
        said = self._said.get(known_as)
        if said is None:
            said = self._said[known_as] = np.full(self._size, _UNSAID, dtype=np.int64)
        news = not np.array_equal(said.take(at), values)
        if news:
            said[at] = values
            self._news[known_as] += 1
            if name == "away" and np.maximum.reduce(values) == Away.NO_SEND_SLOT:
                # That holds for the one record.
                self.forget_absences()
        # The positions go with it: an identity is taken again as soon as its array is gone.
        self._written[key] = self._news[known_as], written, at
        return news


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
    _sent: Sent | None = field(init=False, default=None)

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

    def begin_piece(self, *, light: bool) -> None:
        """Begin a piece of the past; `light` where the worlds have parted, so that only news is wanted of its records."""
        self._sent = Sent(len(self.new.table)) if light else None

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
        names, columns = self._columns(recorded) if self._sent is None else self._news(recorded, self._sent, later.at)
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
            credits=recorded.credits and self._credits(recorded),
            names=names,
            columns=columns.tobytes() if names else b"",
            small=columns.dtype == np.int32,
            light=self._sent is not None,
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
        return self._laid_out(rows, at)

    def _laid_out(self, rows: dict[str, Ints], at: Positions) -> tuple[tuple[str, ...], Ints]:
        names, places = tuple(rows), self._places.take(at)
        columns = np.empty((len(rows) + 1, len(places)), dtype=np.int32 if _fit(rows) else np.int64)
        columns[0] = places
        for number, row in enumerate(rows.values(), start=1):
            columns[number] = row
        if len(places) and places.min() < 0:
            columns = columns[:, places >= 0]
        return self._interned.setdefault(names, names), columns

    def _credits(self, recorded: Recorded) -> tuple[tuple[int, int], ...]:
        return tuple((int(self._places[at]), credit) for at, credit in recorded.credits if self._places[at] >= 0)

    def _news(self, recorded: Recorded, sent: Sent, moment: int) -> tuple[tuple[str, ...], Ints]:
        """Give names and rows of what has changed since earlier records of the piece, and now and then the load."""
        if recorded.detail > Detail.ELIGIBLE:
            return self._columns(recorded)
        at = known_of(recorded, self.then.table, recorded.rule_no)
        passed_over = _OWN_BOOKS if sent.begin_record(moment) else _OWN_BOOKS | _LOADS
        rows: dict[str, Ints] = {}
        columns = recorded.columns
        if recorded.detail is Detail.ELIGIBLE:
            rows["away"] = np.zeros(len(at), dtype=np.int64)
            sent.forget_absences()
        for name in columns:
            if name in passed_over or (name == "weight" and not self._same_shares):
                continue
            known_as = self._name(name, recorded)
            if name in _LOADS or known_as.startswith(MATCHED) or sent.is_news(known_as, name, at, columns):
                rows[known_as] = columns[name]
        return self._laid_out(rows, at) if rows else ((), _NOTHING)

    def _name(self, name: str, recorded: Recorded) -> str:
        if name in _ACCOUNTS or not (name[0] == "p" and name[1:].isdigit()):
            return name
        policy = self.then.policy
        return points_key(policy, policy.factors[int(name[1:])], recorded.question.facts) or name


def _fit(rows: Mapping[str, Ints]) -> bool:
    """Say whether 4 bytes a number are enough; only accounts ever grow beyond, and pieces travel between processes."""
    accounts = [row for name, row in rows.items() if name in _ACCOUNTS and len(row)]
    return all(_NARROWEST.min < row.min() and row.max() < _NARROWEST.max for row in accounts)
