"""Random decisions of small floors, each with a rep who did not get the lead; and all changes tried one by one."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from routing.changes import Change, Kind, Moment, chooses, most_fit, with_changes
from routing.decide import Question, class_of
from routing.eligibility import matching_rule
from routing.policy import (
    MILLION,
    Capacity,
    Choose,
    Chooser,
    Factor,
    FactorKind,
    Fence,
    Policy,
    Require,
    Rule,
    ShareFrom,
    TeamCapacity,
)
from routing.reps_table import reps_table
from routing.roster import Certificate, Rep, Roster
from routing.standing import Away, Standing
from routing.why_not import why_not
from tests.routing.given import TODAY, policy, roster, when

_FACTORS = (
    Factor("等级", 60, FactorKind.MATCH_TABLE, "attributes.hospital_level", "tiers"),
    Factor("完成度", 30, FactorKind.REP, rep_field="attainment"),
    Factor("语言", 10, FactorKind.MATCH_LIST, "language", "languages"),
)
_CHOOSERS = (Chooser.FAIR_FIT,) * 6 + (Chooser.BEST_FIT, Chooser.LEAST_LOADED, Chooser.ROUND_ROBIN, Chooser.ROULETTE)
_EXPIRED = Certificate("备案", last_on=date(2026, 3, 30))
_VALID = Certificate("备案")
_FURTHEST = 5 * MILLION


def moments(seed: int, count: int) -> Iterator[tuple[Moment, str]]:
    """Give so many decisions, each with a rep who was not chosen; the same ones for the same seed."""
    rng = random.Random(seed)
    given = 0
    while given < count:
        rules = _policy(rng)
        people = _roster(rng)
        table = reps_table(rules, people)
        for number in range(10):
            question = _question(rng, table.ids, number + 1)
            rule_no = -1 if question.only else matching_rule(rules, question.facts)
            moment = Moment(rules, people, table, _standing(rng, len(table)), question, rule_no)
            decision = moment.decide()
            others = [rep for at, rep in enumerate(table.ids) if at != decision.chosen]
            if others and given < count:
                given += 1
                # Most of those who ask could have had it.
                able = [table.ids[at] for at in decision.eligible.tolist() if at != decision.chosen]
                yield moment, rng.choice(able if able and rng.random() < 0.6 else others)


def smaller(change: Change, rng: random.Random) -> Iterator[Change]:
    """Give smaller changes of the same kind: all of them where they can be counted, else the last and many between."""
    if change.size > 400:
        last = range(max(change.size - 40, 1), change.size)
        sizes = {*last, *(rng.randrange(1, change.size) for _ in range(60)), *_quarters(change.size)}
    else:
        sizes = set(range(1, change.size))
    sign = 1 if change.after > change.before else -1
    for size in sorted(sizes):
        yield Change(change.kind, change.name, change.before, change.before + sign * size)


def _quarters(size: int) -> set[int]:
    return {size * part // 64 for part in range(1, 64)} - {0}


def every_change(moment: Moment, rep: str) -> Iterator[Change]:
    """Give changes of every kind, over the whole length of each: what a search that knows nothing would try."""
    at, standing, table, facts = moment.at(rep), moment.standing, moment.table, moment.question.facts
    yield from (Change(Kind.DUTY), Change(Kind.ASKED))
    if standing.open[at] <= table.resume_at[at]:
        yield Change(Kind.REST)
    mine = table.reps[at]
    yield from (Change(Kind.TEAM, team) for team in moment.roster.teams if team != mine.team)
    yield from (Change(Kind.LEVEL, level) for level in ("senior", "junior") if level != mine.level)
    yield from (Change(Kind.LANGUAGE, language) for language in ("zh", "en") if language not in mine.languages)
    yield from (
        Change(Kind.SKILL, "医疗", mine.skills.get("医疗", 0), level)
        for level in range(mine.skills.get("医疗", 0) + 1, 5)
    )
    yield Change(Kind.CERTIFICATE, "备案")
    for kind, now in ((Kind.OPEN, standing.open), (Kind.TODAY, standing.today), (Kind.TURN, standing.last_turn)):
        yield from (Change(kind, "", int(now[at]), less) for less in range(int(now[at])))
    if moment.question.only is None:
        grade_class = class_of(moment.policy, facts)
        owed = {
            Kind.DEFICIT: int(standing.deficit[at]),
            Kind.CLASS_DEFICIT: int(standing.class_deficit[grade_class, at]),
        }
        for kind, before in owed.items():
            yield from (Change(kind, "", before, before + _FURTHEST * part // 50) for part in range(1, 51))
        decision = with_changes(moment, rep).decide()
        if at in decision.eligible:
            fit = int(decision.fit[decision.eligible == at][0])
            most = most_fit(moment, rep)
            yield from (Change(Kind.FIT, "", fit, fit + (most - fit) * part // 50) for part in range(1, 51))


def _policy(rng: random.Random) -> Policy:
    rules = (
        Rule("医疗", when(industry="医疗"), ("t0", "t1"), Require(certificates=("备案",), skills={"医疗": 2})),
        Rule("海外", when(language="en"), None, Require(language=True, level=rng.choice([(), ("senior",)]))),
        Rule("华东", when(province="上海市"), ("t0", "t2")),
        Rule("其余", None, None),
    )
    choose = Choose(
        by=rng.choice(_CHOOSERS),
        fairness_slack=rng.choice([0, MILLION // 2, MILLION, 2 * MILLION]),
        class_slack=rng.choice([MILLION, 2 * MILLION]),
        explore=rng.choice([0, MILLION // 10, MILLION]),
        share_from=rng.choice([ShareFrom.EQUAL, ShareFrom.WEIGHTS]),
    )
    capacity = Capacity(8, rng.choice([None, 6]), 5, {"t2": TeamCapacity(per_day=3)})
    fences = (Fence(("四川省",), ("t1", "t2")),)
    return policy(*rules, choose=choose, capacity=capacity, factors=_FACTORS[: rng.randint(0, 3)], fences=fences)


def _roster(rng: random.Random) -> Roster:
    people = (
        Rep(
            f"r{number:02}",
            f"销售{number}",
            f"t{rng.randrange(3)}",
            level=rng.choice(["senior", "junior", None]),
            skills={"医疗": rng.randrange(4)},
            languages=rng.choice([("zh",), ("zh", "en"), ()]),
            certificates=rng.choice([(), (_EXPIRED,), (_VALID,), (_VALID,)]),
            tables={"tiers": {"三甲": rng.randint(0, 100)}},
            weight=rng.randint(1, 5),
            open_cap=rng.choice([None, None, 4]),
        )
        for number in range(rng.choice([2, 4, 8, 13, 20]))
    )
    return roster(*people)


def _standing(rng: random.Random, count: int) -> Standing:
    numbers = np.random.default_rng(rng.randrange(2**32))
    table = reps_table(policy(), roster(*(Rep(f"r{number:02}", "", "t0") for number in range(count))))
    standing = Standing.empty(table)
    standing.away[:] = numbers.choice(list(Away), count, p=[0.88, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02])
    standing.open[:] = numbers.integers(0, rng.choice([5, 9]), count)
    standing.today[:] = numbers.integers(0, rng.choice([3, 6]), count)
    standing.resting[:] = (standing.open > 4) & (numbers.random(count) < 0.3)
    spread = rng.choice([MILLION // 4, MILLION, 3 * MILLION])
    standing.deficit[:] = numbers.integers(-spread, spread, count)
    standing.class_deficit[:] = numbers.integers(-2 * spread, 2 * spread, (2, count))
    if rng.random() < 0.2:
        # Ties are where a comparison is off by one.
        standing.deficit[:] = standing.deficit // MILLION * MILLION
    standing.last_turn[:] = numbers.permutation(count) * rng.choice([0, 1, 1])
    standing.attainment[:] = numbers.integers(-1, 2 * MILLION, count)
    if rng.random() < 0.1:
        holder = rng.randrange(count)
        standing.credits[holder], standing.credit_order[holder] = 1, rng.randint(1, 50)
    return standing


def _question(rng: random.Random, ids: tuple[str, ...], number: int) -> Question:
    facts: dict[str, str | int] = {
        "industry": rng.choice(["医疗", "软件", "软件"]),
        "language": rng.choice(["zh", "zh", "en"]),
        "province": rng.choice(["上海市", "四川省", "北京市"]),
        "attributes.hospital_level": rng.choice(["三甲", "二级"]),
        "trait.grade": rng.choice("ABCD"),
    }
    kept = {name: value for name, value in facts.items() if rng.random() < 0.85}
    excluded = tuple(rng.sample(ids, 1)) if rng.random() < 0.15 else ()
    only = rng.choice(ids) if rng.random() < 0.03 else None
    return Question(kept, rng.randrange(1, 10**6), number, TODAY, excluded, only)


@dataclass
class Found:
    """What was seen: how many single changes and pairs were stated, of which kinds, and how often nothing helped."""

    stated: int = 0
    pairs: int = 0
    nothing: int = 0
    kinds: Counter[Kind] = field(default_factory=Counter)


def check_many(seed: int, count: int) -> Found:
    """Ask about so many decisions, and try every answer: it is enough, nothing smaller is, and nothing was missed."""
    found = Found()
    rng = random.Random(seed)
    for number, (moment, rep) in enumerate(moments(seed, count)):
        about = f"seed {seed}, decision {number}, {rep}"
        told = why_not(moment, rep)
        assert not told.chosen, about
        for change in told.changes:
            assert chooses(moment, rep, change), f"{about}: {change} is not enough"
            for less in smaller(change, rng):
                assert not chooses(moment, rep, less), f"{about}: {less} is enough, smaller than {change}"
        if told.pair is not None:
            assert chooses(moment, rep, *told.pair), f"{about}: {told.pair} are not enough"
        kinds = {change.kind for change in told.changes}
        for other in every_change(moment, rep):
            assert other.kind in kinds or not chooses(moment, rep, other), f"{about}: {other} was missed"
        found.stated += len(told.changes)
        found.pairs += told.pair is not None
        found.nothing += not told.changes and told.pair is None
        found.kinds.update(kinds)
    return found
