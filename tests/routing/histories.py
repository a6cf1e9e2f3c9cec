"""Random histories of a sales floor, driven through the real decisions, with the accounts watched at every step."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import numpy as np

from routing.breaker import Phase
from routing.decide import Question, decide
from routing.decision import Decision, Ints, Outcome
from routing.fair_options import Balance
from routing.fairness import Reversal, may_settle, reverse
from routing.policy import MILLION, Choose, Chooser, Factor, FactorKind, Hot, Rule, ShareFrom
from routing.race import settlement
from routing.reps_table import RepsTable, reps_table
from routing.roster import Rep
from routing.standing import Away, Standing
from tests.routing.given import TODAY, policy, roster, when

PRODUCTS = ("工业", "医疗", "软件")


@dataclass
class History:
    """One history. `answered_within` is how many leads later at most an offer is answered, or withdrawn meanwhile.

    Attributes:
        most: the largest |deficit| ever, in millionths.
        most_of_class: the same of the class accounts.
        waited: the most reversals that ever waited at once.
        race: so many are offered a hot lead at once, in the hours in which the breaker is open.
        raced: how many leads were raced for.
        balance: value is balanced with this slack, in millionths; None where counts alone are.
        most_of_value: the largest account of value ever.
        joiners: every other rep joins in the course of it, and each share grows for a while.
    """

    seed: int
    slack: int
    answered_within: int = 5
    defer: bool = True
    most: int = 0
    most_of_class: int = 0
    waited: int = 0
    decisions: int = 0
    race: int = 1
    raced: int = 0
    surges: bool = False
    joiners: bool = False
    balance: int | None = None
    most_of_value: int = 0
    _open: list[tuple[int, Decision, RepsTable]] = field(default_factory=list)
    _waiting: list[Reversal] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.count = self.random.choice([2, 3, 5, 8, 12, 24])
        self.reps = [
            Rep(f"r{number:02}", "销售", f"t{self.random.randrange(4)}", weight=self.random.randint(1, 10),
                tables={"good_at": {name: self.random.randint(0, 100) for name in PRODUCTS}})
            for number in range(self.count)
        ]  # fmt: skip
        self.explore = self.random.choice([0, MILLION // 10, MILLION])
        self.stays = self.random.choice([0.3, 0.6, 0.95])
        self.at_random = self.random.random() < 0.5
        self.version = 0
        self._publish()
        self.standing = Standing.empty(self.table)
        if self.balance is not None:
            self.standing.value_deficit = np.zeros(self.count, dtype=np.int64)

    def run(self, leads: int) -> History:
        """Let leads come."""
        for number in range(1, leads + 1):
            self._come_and_go()
            if self.random.random() < 0.01:
                self._publish()
            if self.random.random() < 0.02:
                self.surges = not self.surges
                self.standing.quick[:] = [self.random.random() < 0.8 for _ in range(self.count)]
            if self.random.random() < 0.03:
                self._give_credit(number)
            if self.joiners:
                self._grow(number)
            self._one_lead(number)
            self._answer(number)
            self._settle()
        return self

    def _publish(self) -> None:
        """Put new rules into force: they overlap, and the accounts go on."""
        self.version += 1
        teams = sorted({rep.team for rep in self.reps})
        some = [tuple(self.random.sample(teams, self.random.randint(1, len(teams)))) for _ in range(4)]
        rules = [Rule(name, when(product=name), some[number]) for number, name in enumerate(PRODUCTS)]
        share_from = self.random.choice([ShareFrom.WEIGHTS, ShareFrom.EQUAL])
        self.policy = policy(
            *rules, Rule("其余", None, some[3]),
            choose=Choose(
                Chooser.FAIR_FIT, self.slack, explore=self.explore, share_from=share_from,
                balance=None if self.balance is None else Balance("trait.score", 50, slack=self.balance),
            ),
            factors=(Factor("擅长", 100, FactorKind.MATCH_TABLE, "product", "good_at"),),
            version=self.version, hot=Hot(score=80, race=self.race),
        )  # fmt: skip
        self.table = reps_table(self.policy, roster(*self.reps, version=self.version))

    def _come_and_go(self) -> None:
        for position in range(self.count):
            was_on = self.standing.away[position] == Away.NO
            if self.at_random:
                on = self.random.random() < self.stays
            else:
                on = was_on if self.random.random() < 0.97 else not was_on
            self.standing.away[position] = Away.NO if on else Away.OFFLINE
            if was_on and not on and not self.at_random:
                self._withdraw(position)

    def _withdraw(self, position: int) -> None:
        mine = [offer for offer in self._open if offer[1].chosen == position and not len(offer[1].race)]
        self._open = [offer for offer in self._open if offer[1].chosen != position or len(offer[1].race)]
        self.random.shuffle(mine)
        for _, decision, table in mine:
            self._waiting.append(reverse(decision, table))

    def _grow(self, number: int) -> None:
        """Let shares grow; a rep with an even number has another first day than the next."""
        parts = [MILLION if at % 2 else min(max(number - 10 * at, 1) * 10_000, MILLION) for at in range(self.count)]
        self.standing.ramp, self.standing.turn_weight = np.array(parts), None

    def _give_credit(self, number: int) -> None:
        position = self.random.randrange(self.count)
        if not self.standing.credits[position]:
            self.standing.credit_order[position] = number
        self.standing.credits[position] += 1

    def _one_lead(self, number: int) -> None:
        """Offer a lead, up to three rounds; time-outs stay counted."""
        grade = "A" if self.random.random() < 0.15 else "C"
        score = self.random.choice([50, 90]) if self.race > 1 else 50
        if self.balance is not None:
            score = self.random.randrange(101)
        facts: dict[str, str | int] = {
            "trait.grade": grade,
            "trait.score": score,
            "product": self.random.choice([*PRODUCTS, "其他"]),
        }
        breaker = Phase.OPEN if self.surges else Phase.CLOSED
        excluded: tuple[str, ...] = ()
        for no in range(1, 4):
            question = Question(facts, number, no, TODAY, excluded, breaker=breaker)
            decision = decide(self.policy, self.table, self.standing, question)
            if decision.outcome is not Outcome.OFFER:
                return
            self.decisions += 1
            self.standing.apply(decision)
            self._watch()
            due = number + self.random.randint(0, self.answered_within)
            if self.random.random() < 0.9 or len(decision.race):
                self._open.append((due, decision, self.table))
                return
            excluded = (*excluded, self.table.ids[decision.chosen])

    def _answer(self, number: int) -> None:
        late = [offer for offer in self._open if offer[0] <= number]
        self._open = [offer for offer in self._open if offer[0] > number]
        for _, decision, table in late:
            if len(decision.race):
                self._end_race(decision, table)
                continue
            # The others were accepted or declined: they stay counted.
            if self.random.random() < 0.05:
                self._waiting.append(reverse(decision, table))

    def _end_race(self, decision: Decision, table: RepsTable) -> None:
        """End a race: mostly somebody wins, the slow ones hardly ever; some pass it on, some leave in the middle."""
        self.raced += 1
        racing = [table.ids[position] for position in decision.race]
        counted = [rep for rep in racing if self.random.random() < 0.1]
        rest = sorted(set(racing) - set(counted))
        winner = rest[0] if rest and self.random.random() < 0.9 else None
        self._waiting.append(settlement(decision, table, winner=winner, counted=counted))

    def _settle(self) -> None:
        waiting, self._waiting = self._waiting, []
        for reversal in waiting:
            of_class = self._by_id(self.standing.class_deficit[reversal.grade_class])
            if self.defer and not may_settle(reversal, self._by_id(self.standing.deficit), of_class):
                self._waiting.append(reversal)
                continue
            for rep, delta in reversal.deltas.items():
                self.standing.deficit[self.table.index[rep]] += delta
                self.standing.class_deficit[reversal.grade_class, self.table.index[rep]] += delta
            if self.standing.value_deficit is not None:
                for rep, delta in reversal.value.items():
                    self.standing.value_deficit[self.table.index[rep]] += delta
            self._watch()
        self.waited = max(self.waited, len(self._waiting))

    def _by_id(self, column: Ints) -> dict[str, int]:
        return dict(zip(self.table.ids, column.tolist(), strict=True))

    def _watch(self) -> None:
        standing = self.standing
        assert int(standing.deficit.sum()) == 0
        assert np.array_equal(standing.class_deficit.sum(axis=0), standing.deficit)
        if standing.value_deficit is not None:
            assert int(standing.value_deficit.sum()) == 0
            self.most_of_value = max(self.most_of_value, int(np.abs(standing.value_deficit).max()))
        self.most = max(self.most, int(np.abs(standing.deficit).max()))
        self.most_of_class = max(self.most_of_class, int(np.abs(standing.class_deficit).max()))
