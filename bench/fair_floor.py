"""How far each way of taking turns drifts from fair shares: one floor, one history, driven through different rules.

A history is made once from its seed: who is there at each lead, who is on leave, which lead is of grade A, which are
withdrawn, when they are closed, who is owed a turn. `fair_fit` meets it through the real decisions. `pointer` is what
other systems call round robin: a list of whoever is free now, and a note of who was last.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from routing.decide import Question, decide
from routing.decision import Decision, Flags, Ints, Outcome
from routing.fairness import Reversal, may_settle, reverse
from routing.policy import (
    MILLION,
    Acknowledge,
    Calendar,
    Capacity,
    Choose,
    Duration,
    Factor,
    FactorKind,
    KnownCustomer,
    MakeUp,
    Policy,
    Rule,
    Scoring,
    ShareFrom,
)
from routing.reps_table import reps_table
from routing.roster import Rep, Roster, Team
from routing.standing import Away, Standing

REPS = 12
LEADS = 4_000
LEADS_A_DAY = 200
PRODUCTS = ("工业", "医疗", "软件")
_DAY = date(2026, 3, 2)
_CAPACITY = Capacity(open=60, resume_at=50, per_day=60)
_GRADE_A, _ON_LEAVE, _OWED_A_TURN, _WITHDRAWN = 0.15, 0.08, 0.02, 0.03


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """What happens on a floor, whoever is chosen.

    Attributes:
        seed: makes it.
        there: (leads, reps) who is there when a lead comes; leave is days of not being there.
        grade_a: (leads,) of the best grade.
        product: (leads,) what is wanted, number in `PRODUCTS`.
        owed: (leads,) position of a rep who is given a make-up turn before this lead, -1 for nobody.
        withdrawn: (leads,) after how many further leads the offer is withdrawn and its turn taken back; 0 for never.
        closed: (leads,) after how many further leads it is closed and the rep has room again.
    """

    seed: int
    there: Flags
    grade_a: Flags
    product: Ints
    owed: Ints
    withdrawn: Ints
    closed: Ints


@dataclass(slots=True)
class Drift:
    """How far the accounts went, in leads.

    Attributes:
        most: the largest |deficit| of anybody ever.
        most_of_class: the same among leads of grade A, and among the rest.
        seen: the largest |deficit| so far, after each lead.
    """

    most: float = 0.0
    most_of_class: float = 0.0
    seen: list[float] = field(default_factory=list)


def history(seed: int, availability: float, *, leads: int = LEADS, reps: int = REPS) -> History:
    """Make a history.

    Args:
        seed: makes it.
        availability: how likely a rep is there when a lead comes, one by one and lead by lead, which is harder to be fair
            under than any shifts.
        leads: how many come.
        reps: among how many.
    """
    generator = np.random.default_rng(seed)
    days = leads // LEADS_A_DAY + 1
    on_leave = np.repeat(generator.random((days, reps)) < _ON_LEAVE, LEADS_A_DAY, axis=0)[:leads]
    owed = np.where(generator.random(leads) < _OWED_A_TURN, generator.integers(0, reps, leads), -1)
    withdrawn = np.where(generator.random(leads) < _WITHDRAWN, generator.integers(1, 6, leads), 0)
    return History(
        seed=seed,
        there=(generator.random((leads, reps)) < availability) & ~on_leave,
        grade_a=generator.random(leads) < _GRADE_A,
        product=generator.integers(0, len(PRODUCTS), leads),
        owed=owed,
        withdrawn=withdrawn,
        closed=generator.integers(50, 400, leads),
    )


def fair_fit(told: History, *, slack: int = MILLION, explore: int = MILLION // 10) -> Drift:
    """Let the policy's own chooser meet the history: weights 1 to 10, caps, leave, make-up turns, withdrawals."""
    floor = _Floor(told, slack, explore)
    for number in range(len(told.there)):
        floor.lead(number)
    return floor.drift


def pointer(told: History) -> Drift:
    """Let the round robin of other systems meet it: the next name after the last one, on the list of who is free.

    Where the last one is not on today's list, the list begins anew (Frappe Helpdesk, EspoCRM and Cal.com have each been
    reported for it). Fair is counted in its favour: equal shares among whoever was free, no weights, no make-up turns.
    """
    leads, reps = told.there.shape
    deficit, held, today = np.zeros(reps), np.zeros(reps, dtype=np.int64), np.zeros(reps, dtype=np.int64)
    drift, due = Drift(), _Closings()
    last = -1
    for number in range(leads):
        if number % LEADS_A_DAY == 0:
            today[:] = 0
        for rep in due.take(number):
            held[rep] -= 1
        free = told.there[number] & (held < (_CAPACITY.open or 0)) & (today < (_CAPACITY.per_day or 0))
        listed = np.flatnonzero(free).tolist()
        if listed:
            last = listed[(listed.index(last) + 1) % len(listed)] if last in listed else listed[0]
            deficit[listed] += 1 / len(listed)
            deficit[last] -= 1
            held[last] += 1
            today[last] += 1
            due.add(number + int(told.closed[number]), last)
        drift.most = max(drift.most, float(np.abs(deficit).max()))
        drift.seen.append(drift.most)
    return drift


class _Closings:
    """Who has room again when."""

    def __init__(self) -> None:
        self._at: dict[int, list[int]] = {}

    def add(self, at: int, rep: int) -> None:
        self._at.setdefault(at, []).append(rep)

    def take(self, at: int) -> list[int]:
        return self._at.pop(at, [])


class _Floor:
    """A floor under the real decisions."""

    def __init__(self, told: History, slack: int, explore: int) -> None:
        self._told = told
        chance = random.Random(told.seed)
        people = tuple(
            Rep(f"r{number:02}", "销售", "east", weight=1 + number % 10,
                tables={"good_at": {name: chance.randint(0, 100) for name in PRODUCTS}})
            for number in range(told.there.shape[1])
        )  # fmt: skip
        self._policy = _policy(slack, explore)
        self._table = reps_table(self._policy, Roster(1, {"east": Team("east", "east")}, {}, people))
        self._standing = Standing.empty(self._table)
        self._closings = _Closings()
        self._withdrawals: dict[int, list[Decision]] = {}
        self._waiting: list[Reversal] = []
        self.drift = Drift()

    def lead(self, number: int) -> None:
        """Let one lead come."""
        told, standing = self._told, self._standing
        if number % LEADS_A_DAY == 0:
            standing.today[:] = 0
        for rep in self._closings.take(number):
            standing.open[rep] -= 1
        standing.away[:] = np.where(told.there[number], int(Away.NO), int(Away.OFFLINE))
        self._give_turn(int(told.owed[number]), number)
        self._withdraw(number)
        facts = {"trait.grade": "A" if told.grade_a[number] else "C", "product": PRODUCTS[told.product[number]]}
        decision = decide(self._policy, self._table, standing, Question(facts, number, 1, _DAY))
        if decision.outcome is Outcome.OFFER:
            standing.apply(decision)
            if told.withdrawn[number]:
                self._withdrawals.setdefault(number + int(told.withdrawn[number]), []).append(decision)
            else:
                self._closings.add(number + int(told.closed[number]), decision.chosen)
        self._watch()
        self.drift.seen.append(self.drift.most)

    def _give_turn(self, rep: int, number: int) -> None:
        standing = self._standing
        if rep >= 0:
            if not standing.credits[rep]:
                standing.credit_order[rep] = number + 1
            standing.credits[rep] += 1

    def _withdraw(self, number: int) -> None:
        for decision in self._withdrawals.pop(number, []):
            self._standing.open[decision.chosen] -= 1
            self._waiting.append(reverse(decision, self._table))
        standing, ids = self._standing, self._table.ids
        waiting, self._waiting = self._waiting, []
        for reversal in waiting:
            of_class = standing.class_deficit[reversal.grade_class]
            if not may_settle(
                reversal, dict(zip(ids, standing.deficit, strict=True)), dict(zip(ids, of_class, strict=True))
            ):
                self._waiting.append(reversal)
                continue
            for rep, delta in reversal.deltas.items():
                standing.deficit[self._table.index[rep]] += delta
                of_class[self._table.index[rep]] += delta
            self._watch()

    def _watch(self) -> None:
        drift, standing = self.drift, self._standing
        assert int(standing.deficit.sum()) == 0
        drift.most = max(drift.most, int(np.abs(standing.deficit).max()) / MILLION)
        drift.most_of_class = max(drift.most_of_class, int(np.abs(standing.class_deficit).max()) / MILLION)


def _policy(slack: int, explore: int) -> Policy:
    return Policy(
        version=1,
        secret=b"secret of the fair floor",
        timezone="Asia/Shanghai",
        calendar=Calendar(),
        scoring=Scoring(),
        rules=(Rule("其余", None, None),),
        fences=(),
        price_bands=(),
        factors=(Factor("擅长", 100, FactorKind.MATCH_TABLE, "product", "good_at"),),
        choose=Choose(fairness_slack=slack, explore=explore, share_from=ShareFrom.WEIGHTS),
        capacity=_CAPACITY,
        acknowledge=Acknowledge(),
        first_contact=Duration(timedelta(hours=24)),
        known_customer=KnownCustomer(),
        make_up=MakeUp(),
    )
