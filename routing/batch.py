"""Many leads at once: the turns that deciding one by one would give, dealt out so that the fits add up to the most.

One by one, the first lead takes the best of those whose turn it is, though the next lead may suit that rep much better.
Here the leads are first decided one by one, for trial. Everybody keeps the turns that come of it, those for the best
grade and those for the rest apart, and so does every account. Only which lead goes with which turn is chosen anew.
Leads that found everybody full are given whatever room can be made by moving others. Then the whole is tried in full;
where it comes to less than one by one, the leads are decided one by one.

Each decision is an ordinary one: it names a planned rep, who counts as the best fit among the candidates. Somebody who
is no candidate when the turn comes is not chosen for being planned, so the fairness bound needs no new argument.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace

import numpy as np

from routing.best_assignment import NEVER, best_assignment
from routing.decide import Question, class_of, decide
from routing.decision import Decision, Ints, Positions
from routing.eligibility import eligible, matching_rule
from routing.fit import fit, total
from routing.policy import MILLION, Chooser, Policy
from routing.reps_table import RepsTable
from routing.standing import Standing

MOST = 1000
"""Leads that are dealt out together; more are taken in groups of this size, oldest first."""
# Costs, from the least to the most that counts: fits in thousandths of a point; a turn beyond those of one by one; a lead
# left without anybody, the older the worse. Each outweighs a thousand of the one before.
_POINT = 1_000
_FULL_FIT = 100 * _POINT
_FURTHER_TURN = 10**9
_OLDER = 10**13
_NOBODY = 10**17


#: Number of the question, and whom to plan for it, if anybody.
_Turn = tuple[int, str | None]


@dataclass(frozen=True, slots=True, eq=False)
class Dealt:
    """What came of one group of leads.

    Attributes:
        order: (number of the question, planned rep or None), in the order in which to decide.
        placed: how many find somebody.
        fit: what their fits add up to, in millionths of a point.
        one_by_one: (placed, fit) of deciding one by one.
    """

    order: tuple[_Turn, ...]
    placed: int
    fit: int
    one_by_one: tuple[int, int]


def deal(policy: Policy, table: RepsTable, standing: Standing, questions: Sequence[Question]) -> list[Dealt]:
    """Say in which order to decide leads, and whom to plan for each. Changes nothing.

    Only `fair_fit` weighs fits against turns; under another chooser, and for a single lead, it is one by one.

    Args:
        policy: the version in force.
        table: the reps.
        standing: where everybody stands now.
        questions: the leads, oldest first.
    """
    scratch, dealt = _scratch(standing), []
    for first in range(0, len(questions), MOST):
        numbers = range(first, min(first + MOST, len(questions)))
        group = _Group(policy, table, scratch, [questions[number] for number in numbers])
        found = group.deal()
        dealt.append(replace(found, order=tuple((first + number, rep) for number, rep in found.order)))
        scratch = group.after
    return dealt


class _Group:
    """Leads that are dealt out together."""

    def __init__(self, policy: Policy, table: RepsTable, standing: Standing, questions: list[Question]) -> None:
        self._policy = policy
        self._table = table
        self._before = standing
        self._questions = questions
        self.after = _scratch(standing)
        self._alone = [self._try(self.after, question) for question in questions]

    def deal(self) -> Dealt:
        """Give the better of the two ways."""
        in_order: list[_Turn] = [(number, None) for number in range(len(self._questions))]
        alone = _outcome(self._alone)
        plain = Dealt(tuple(in_order), *alone, alone)
        if self._policy.choose.by is not Chooser.FAIR_FIT or len(self._questions) < 2 or not alone[0]:  # noqa: PLR2004
            return plain  # nothing to swap
        scratch = _scratch(self._before)
        order, decisions = self._follow(scratch, self._planned())
        together = _outcome(decisions)
        if together <= alone:
            return plain
        self.after = scratch
        return Dealt(tuple(order), *together, alone)

    def _follow(self, scratch: Standing, planned: list[_Turn]) -> tuple[list[_Turn], list[Decision]]:
        """Decide in the planned order; a lead whose planned rep is no candidate yet waits behind the others."""
        order, decisions = [], []
        waiting, tries = deque(planned), 2 * len(planned)
        while waiting:
            number, rep = waiting.popleft()
            decision = decide(self._policy, self._table, scratch, replace(self._questions[number], planned=rep))
            tries -= 1
            other = rep is not None and not decision.explored and decision.chosen != self._table.index[rep]
            if other and decision.in_account and tries > len(waiting):
                waiting.append((number, rep))
                continue
            scratch.apply(decision)
            order.append((number, rep))
            decisions.append(decision)
        return order, decisions

    def _try(self, standing: Standing, question: Question) -> Decision:
        decision = decide(self._policy, self._table, standing, question)
        standing.apply(decision)
        return decision

    def _planned(self) -> list[_Turn]:
        """Give each turn of one by one its lead, in the order of the turns; then the leads for which room was made."""
        free = [number for number, decision in enumerate(self._alone) if decision.in_account and not decision.explored]
        stuck = [number for number, decision in enumerate(self._alone) if decision.chosen < 0]
        found = self._matched(free, stuck)
        by_turn: dict[tuple[int, int], list[int]] = {}
        for number in sorted(found):
            by_turn.setdefault((found[number], self._class_of(number)), []).append(number)
        order: list[_Turn] = []
        for number, decision in enumerate(self._alone):
            if number not in free:
                if decision.chosen >= 0:
                    order.append((number, None))  # a credit's, or drawn to explore: as it was
                continue
            leads = by_turn[decision.chosen, decision.grade_class]
            if leads:
                order.append((leads.pop(0), self._table.ids[decision.chosen]))
        rest = [(number, self._table.ids[rep]) for (rep, _), numbers in by_turn.items() for number in numbers]
        placed = {number for number, _ in (*order, *rest)}
        return [*order, *sorted(rest), *((number, None) for number in range(len(self._alone)) if number not in placed)]

    def _class_of(self, number: int) -> int:
        return class_of(self._policy, self._questions[number].facts)

    def _matched(self, free: list[int], stuck: list[int]) -> dict[int, int]:
        """Give number -> rep's position, so that most leads are placed, the oldest first, and then the fits are highest."""
        leads = sorted(free + stuck)
        count = len(self._table)
        # A place for each rep's turns of each class, one for further turns of each rep, one for nobody.
        room = np.zeros(3 * count + 1, dtype=np.int64)
        for number in free:
            decision = self._alone[number]
            room[decision.grade_class * count + decision.chosen] += 1
        further = self._further_room(len(stuck))
        room[2 * count : 3 * count] = further
        room[-1] = len(leads)
        costs = np.full((len(leads), len(room)), NEVER, dtype=np.int64)
        for at, number in enumerate(leads):
            may, worth = self._suiting(number)
            costs[at, self._class_of(number) * count + may] = worth
            costs[at, 2 * count + may] = worth + _FURTHER_TURN
            costs[at, -1] = _NOBODY + _OLDER * (len(leads) - at)
        used = room.nonzero()[0]
        places, _ = best_assignment(np.ascontiguousarray(costs[:, used]), room[used])
        nobody = 3 * count
        return {
            number: place % count
            for number, place in zip(leads, used[places].tolist(), strict=True)
            if place != nobody
        }  # fmt: skip

    def _further_room(self, most: int) -> Ints:
        """Give how many more leads each rep could take after one by one (n,), at most as many as found nobody."""
        table, standing = self._table, self.after
        room: Ints = np.minimum(table.open_cap - standing.open, table.day_cap - standing.today)
        return np.clip(room, 0, most)

    def _suiting(self, number: int) -> tuple[Positions, Ints]:
        """Give who could take a lead at the start of the group, and what each would cost: 100 points less the fit."""
        question = self._questions[number]
        rule_no = matching_rule(self._policy, question.facts)
        nobody: Positions = np.zeros(0, dtype=np.intp)
        if rule_no < 0 or question.only is not None:
            return nobody, np.zeros(0, dtype=np.int64)
        layer = self._table.layer_for(rule_no, question.facts, question.on)
        may = eligible(self._table, self._before, layer, question.excluded).may
        if not len(may):
            return nobody, np.zeros(0, dtype=np.int64)
        fits = total(fit(self._policy, self._table, self._before, question.facts, may))
        return may, _FULL_FIT - fits // (MILLION // _POINT)


def _outcome(decisions: Sequence[Decision]) -> tuple[int, int]:
    """Give how many found somebody, and what their fits add up to."""
    placed = [decision for decision in decisions if decision.chosen >= 0]
    fits = (int(decision.fit[np.searchsorted(decision.eligible, decision.chosen)]) for decision in placed)
    return len(placed), sum(fits)


def _scratch(standing: Standing) -> Standing:
    """Give a standing that can be moved without moving this one."""
    moved = copy(standing)
    for name in ("open", "today", "deficit", "class_deficit", "credits", "credit_order", "last_turn"):
        setattr(moved, name, getattr(standing, name).copy())
    if standing.value_deficit is not None:
        moved.value_deficit = standing.value_deficit.copy()
    moved.later_credits = dict(standing.later_credits)
    return moved
