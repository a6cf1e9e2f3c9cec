"""Where everybody stands in the other world: led by the record until the worlds part, by its own books from then on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from routing.decide import Question, class_of, decide_by_rule
from routing.decision import Codes, Decision, Ints
from routing.eligibility import REST, objection_now, objections_now, resting_after
from routing.fairness import reverse
from routing.lead import Facts
from routing.policy import FactorKind, Policy
from routing.reps_table import FINE, NEUTRAL, RepsTable
from routing.shares import turn_weights
from routing.shift_pattern import to_micros, to_moment
from routing.standing import Away, Standing
from routing.what_if.bookkeeping import LocalDays, Reversals, joiners_on
from routing.what_if.floor import Floor
from routing.what_if.matching import MATCHED, POINTS, RECKON_EVERY, points_key, same_shares
from routing.what_if.past import Past, columns_of

REST_MICROS = REST // timedelta(microseconds=1)
#: Factors whose points are in every record; those of the others follow from the lead.
_RECORDED = frozenset({FactorKind.RATE, FactorKind.REP})
_ENDS_OF_TIME = 1 << 62
#: What people say themselves holds until they say otherwise; the rest is the clock's.
_SAID = np.array([code if code in {Away.PAUSED, Away.OFFLINE, Away.SILENT} else 0 for code in Away], dtype=np.uint8)


@dataclass(slots=True, eq=False)
class World:
    """The changing columns, kept from decision to decision.

    Attributes:
        floor: who works there.
        standing: of the other world; that of the record until they part.
        parted: a decision has come out differently.
        actual_open: (n,) load in the record, as far as it can be followed; so is `actual_today`.
    """

    floor: Floor
    parted: bool = False
    now: int = 0
    _followed: int = 0
    standing: Standing = field(init=False)
    actual_open: Ints = field(init=False)
    actual_today: Ints = field(init=False)
    _said: Codes = field(init=False)
    _resting_since: Ints = field(init=False)
    _weights: Ints | None = None
    _points: dict[str, Ints] = field(default_factory=dict)
    _named: tuple[str, ...] = ()
    _has_matched: dict[tuple[str, ...], bool] = field(default_factory=dict)
    _reversals: Reversals = field(default_factory=Reversals)
    _used_credits: set[int] = field(default_factory=set)
    _duty_until: int = -1
    _grown_until: int = -1
    _slots_lack: bool = False
    _days: LocalDays = field(init=False)

    def __post_init__(self) -> None:
        """Begin with nothing in hand; the first records say what there was."""
        self._lay_out(self._fresh())
        n = len(self.floor.table)
        self.actual_open, self.actual_today = np.zeros((2, n), dtype=np.int64)
        self._said = np.zeros(n, dtype=np.uint8)
        self._resting_since = np.zeros(n, dtype=np.int64)

    @property
    def table(self) -> RepsTable:
        """Give the reps."""
        return self.floor.table

    def _fresh(self) -> Standing:
        known = self.floor.known
        fresh = Standing.empty(self.table)
        fresh.wins, fresh.closed, fresh.attainment = known.wins, known.closed, known.attainment
        fresh.segments = known.segments
        if self.floor.policy.choose.balance is not None:
            fresh.value_deficit = np.zeros(len(self.table), dtype=np.int64)
        return fresh

    def _lay_out(self, standing: Standing) -> None:
        self.standing = standing
        standing.fits = {}
        self._days = LocalDays(self.table.timezones)
        self._duty_until = self._grown_until = -1

    def move_to(self, floor: Floor) -> None:
        """Go on with other people or other draws; whoever stays keeps what he has, joiners begin at zero."""
        if floor.table is self.table:
            self.floor = floor
            return
        old, before = self.standing, self.table
        self.floor = floor
        to = np.array([self.table.index.get(rep, -1) for rep in before.ids], dtype=np.intp)
        stays, places = np.flatnonzero(to >= 0), to[to >= 0]
        fresh, n = self._fresh(), len(self.table)
        for name in ("open", "today", "deficit", "credits", "credit_order", "last_turn", "resting"):
            getattr(fresh, name)[places] = getattr(old, name)[stays]
        fresh.class_deficit[:, places] = old.class_deficit[:, stays]
        if fresh.value_deficit is not None and old.value_deficit is not None:
            fresh.value_deficit[places] = old.value_deficit[stays]

        def carried(column: npt.NDArray[np.int64], usual: int) -> Ints:
            moved = np.full(n, usual, dtype=np.int64)
            moved[places] = column[stays]
            return moved

        self.actual_open, self.actual_today = carried(self.actual_open, 0), carried(self.actual_today, 0)
        self._resting_since = carried(self._resting_since, 0)
        self._said = carried(self._said.astype(np.int64), 0).astype(np.uint8)
        self._points = {key: carried(column, NEUTRAL) for key, column in self._points.items()}
        self._weights = None
        self._lay_out(fresh)
        self._days.advance(self.now)
        self._let_joiners_grow()

    # Time.

    def advance(self, now: int) -> None:
        """Let time pass: local days begin, shifts begin and end."""
        self.now = now = max(now, self.now)
        for members in self._days.advance(now) if now >= self._days.until else ():
            self.standing.today[members] = 0
            self.standing.objections = None
            self.actual_today[members] = 0
        if now >= self._duty_until:
            self._look_at_the_clock()
        if now >= self._grown_until:
            self._let_joiners_grow()

    def next_change(self) -> int:
        """Say when the next shift, leave or local day begins or ends."""
        return min(self._duty_until, self._days.until)

    def is_on_duty(self, at: int) -> bool:
        """Say whether the clock has the rep at a position on duty."""
        return int(self.standing.away[at]) not in {int(Away.OFF_SHIFT), int(Away.LEAVE)}

    def day_of(self, at: int) -> date:
        """Give the local day of the rep at a position."""
        return self._days.of(at)

    def _look_at_the_clock(self) -> None:
        moment = to_moment(self.now)
        change = self.floor.duty.next_change(moment)
        self._duty_until = _ENDS_OF_TIME if change is None else to_micros(change)
        clock = np.where(self.floor.duty.on_duty(moment), int(Away.NO), int(Away.OFF_SHIFT)).astype(np.uint8)
        self.standing.away[:] = np.where(self._said > 0, self._said, clock)
        self.standing.objections = None

    def _let_joiners_grow(self) -> None:
        """Work with the joiners' shares of the day; recorded ones go before them, as long as both policies share alike."""
        floor, standing = self.floor, self.standing
        standing.ramp, self._grown_until = joiners_on(floor.policy, floor.table, floor.days, self.now)
        if self._weights is None:
            standing.turn_weight = None

    # The record.

    def follow(self, past: Past) -> None:
        """Take over what a record says: all of it until the worlds part, afterwards only what comes from outside."""
        self._followed += 1
        self._named = past.names
        if past.names:
            self._take_over(past)
        self._credits(past)
        chosen = self.table.index.get(past.rep or "")
        if not self.parted and chosen is not None and "turn" not in past.names:
            self.standing.last_turn[chosen] = past.turn_before

    def _take_over(self, past: Past) -> None:
        columns = columns_of(past)
        at = columns[0]
        for name, row in zip(past.names, columns[1:], strict=True):
            if name == "away":
                self._absences(at, row)
            elif name == "open":
                self._load(self.standing.open, self.actual_open, at, row, light=past.light)
            elif name == "today":
                self._load(self.standing.today, self.actual_today, at, row, light=past.light)
            elif name == "weight":
                self._own_weights()[at] = row
            elif name.startswith(POINTS):
                self._learn_points(name, at, row)
            elif not self.parted:
                self._account(name, at, row, past)

    def _account(self, name: str, at: Ints, recorded: Ints, past: Past) -> None:
        standing = self.standing
        if name == "deficit":
            standing.deficit[at] = recorded
        elif name == "class":
            standing.class_deficit[class_of(self.floor.policy, past.facts)][at] = recorded
        elif name == "value" and standing.value_deficit is not None:
            standing.value_deficit[at] = recorded
        elif name == "turn":
            standing.last_turn[at] = recorded
        elif name == "resting":
            begins = at[(recorded > 0) & ~standing.resting[at]]
            self._resting_since[begins] = self.now
            standing.resting[at] = recorded > 0
            standing.objections = None

    def _load(self, ours: npt.NDArray[np.int32], actual: Ints, at: Ints, recorded: Ints, *, light: bool) -> None:
        """Move both worlds by what the record knows and we did not: 领取, 交接, leads from before the period."""
        if not self.parted:
            ours[at] = recorded
            self.standing.objections = None
            return
        if self._followed % RECKON_EVERY and not light:
            return
        unexplained = recorded - actual.take(at)
        if unexplained.any():
            actual[at] = recorded
            ours[at] = np.maximum(ours.take(at) + unexplained, 0)
            self.standing.objections = None

    def _absences(self, at: Ints, recorded: Ints) -> None:
        if (self.standing.away.take(at) != recorded).any():
            self.standing.away[at] = recorded
            self.standing.objections = None
        self._said[at] = _SAID.take(recorded)
        self._slots_lack = int(recorded.max(initial=0)) == int(Away.NO_SEND_SLOT)

    def _own_weights(self) -> Ints:
        if self._weights is None:
            self.standing.turn_weight = None
            self._weights = turn_weights(self.floor.policy, self.table, self.standing).copy()
            self.standing.turn_weight = self._weights
        return self._weights

    def _learn_points(self, key: str, at: Ints, recorded: Ints) -> None:
        found = self._points.get(key)
        if found is None:
            found = np.full(len(self.table), NEUTRAL, dtype=np.int64)
        elif np.array_equal(found.take(at), recorded):
            return
        # New points take the place of the old ones: fits that are kept tell them apart by that.
        found = self._points[key] = found.copy()
        found[at] = recorded

    def _credits(self, past: Past) -> None:
        standing = self.standing
        if not self.parted and np.count_nonzero(standing.credits):
            at = columns_of(past)[0]
            standing.credits[at] = 0
            standing.credit_order[at] = 0
        for position, credit in past.credits:
            if credit not in self._used_credits and not standing.credits[position]:
                standing.credits[position] = 1
                standing.credit_order[position] = credit

    # Decisions.

    def decide(self, question: Question, rule_no: int) -> Decision:
        """Decide a lead under the new policy."""
        self._choose_points(self.standing, self.floor.policy, question.facts)
        self._objections()
        return decide_by_rule(self.floor.policy, self.table, self.standing, question, rule_no)

    def decide_as_then(self, policy: Policy, table: RepsTable, question: Question, rule_no: int) -> Decision:
        """Decide a lead under another policy with the same people, as the other world stands."""
        weights = self._weights if same_shares(policy, self.floor.policy) else None
        standing = replace(
            self.standing, points={}, ramp=None, turn_weight=weights, objections=None, fits=None, _worked_out={}
        )
        self._choose_points(standing, policy, question.facts)
        return decide_by_rule(policy, table, standing, question, rule_no)

    def _choose_points(self, standing: Standing, policy: Policy, facts: Facts) -> None:
        matched = self._names_matched()
        for number, factor in enumerate(policy.factors):
            if factor.kind in _RECORDED or matched:
                key = points_key(policy, factor, facts)
                if factor.kind not in _RECORDED and key not in self._named:
                    key = None
                points = self._points.get(key) if key is not None else None
                if points is None:
                    standing.points.pop(number, None)
                else:
                    standing.points[number] = points
            else:
                standing.points.pop(number, None)

    def _names_matched(self) -> bool:
        """Say whether the record at hand has points of a factor that matches: the lead's value is not in it then."""
        if self._named not in self._has_matched:
            self._has_matched[self._named] = any(name.startswith(MATCHED) for name in self._named)
        return self._has_matched[self._named]

    def forget_moment(self) -> None:
        """Let go of what a record said of its own moment: a lack of send slots holds for seconds."""
        self._named = ()
        if self._slots_lack:
            away = self.standing.away
            away[away == int(Away.NO_SEND_SLOT)] = int(Away.NO)
            self.standing.objections = None
            self._slots_lack = False

    def apply(self, decision: Decision) -> bool:
        """Take a decision; says whether the rep begins to rest."""
        self.standing.apply(decision)
        if decision.by_credit:
            self._used_credits.add(decision.credit)
        for at in decision.race.tolist():
            self._object(at)
        return self._rest(decision.chosen) if decision.chosen >= 0 else False

    def release(self, rep: str, offered_on: date | None = None) -> None:
        """Take a lead off a rep's load; with `offered_on` the day's turn is given back too."""
        at = self.table.index.get(rep)
        if at is None:
            return
        self.standing.open[at] = max(int(self.standing.open[at]) - 1, 0)
        if offered_on is not None and offered_on == self.day_of(at):
            self.standing.today[at] = max(int(self.standing.today[at]) - 1, 0)
        self._rest(at)

    def part(self) -> None:
        """Keep own books from here on, beside those of the record."""
        if not self.parted:
            self.parted = True
            self.actual_open[:], self.actual_today[:] = self.standing.open, self.standing.today

    def actually_release(self, rep: str, offered_on: date | None = None) -> None:
        """Do the same in the record's own books, which are ours until the worlds part."""
        at = self.table.index.get(rep)
        if at is None or not self.parted:
            return
        self.actual_open[at] -= 1
        if offered_on is not None and offered_on == self.day_of(at):
            self.actual_today[at] -= 1

    def actually_offer(self, rep: str) -> None:
        """Put a lead on a rep's load in the record's own books."""
        at = self.table.index.get(rep)
        if at is not None and self.parted:
            self.actual_open[at] += 1
            self.actual_today[at] += 1

    def _rest(self, at: int) -> bool:
        """Say who rests now that a load has changed; True where a rest begins."""
        table = self.table
        if not self.standing.resting[at] and self.standing.open[at] < table.open_cap[at]:
            self._object(at)
            return False
        long_enough = self.now - self._resting_since >= REST_MICROS
        was = bool(self.standing.resting[at])
        rests = bool(resting_after(table, self.standing, long_enough, at))
        self.standing.resting[at] = rests
        self._object(at)
        if rests and not was:
            self._resting_since[at] = self.now
        return rests and not was

    def end_rest(self, at: int) -> None:
        """Look at a rep whose rest has been long enough."""
        self._rest(at)

    def could_take(self) -> npt.NDArray[np.bool_]:
        """Say of every rep (n,) whether duty and capacity would allow one more lead, whatever the lead is."""
        free: npt.NDArray[np.bool_] = self._objections() == FINE
        return free

    def _objections(self) -> Codes:
        """Give everybody's first objection of duty and capacity, which is kept as long as nothing moves."""
        if self.standing.objections is None:
            self.standing.objections = objections_now(self.table, self.standing)
        return self.standing.objections

    def _object(self, at: int) -> None:
        """Renew the objection of one rep whose load has changed."""
        if self.standing.objections is not None:
            self.standing.objections[at] = objection_now(self.table, self.standing, at)

    # Turns taken back.

    def take_back(self, decision: Decision, table: RepsTable) -> None:
        """Take a withdrawn offer out of the accounts of all who were eligible, at once or when it breaks no bound."""
        self._reversals.add(reverse(decision, table))
        if decision.by_credit:
            self._used_credits.discard(decision.credit)
            at = self.table.index.get(table.ids[decision.chosen])
            if at is not None and not self.standing.credits[at]:
                self.standing.credits[at], self.standing.credit_order[at] = 1, decision.credit
        self._reversals.settle(self.standing, self.table)
