"""A floor of any size with leads of all kinds, and their records; as a program it replays records from its input."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator

import numpy as np

from routing.decide import Question, decide
from routing.decision import Decision
from routing.decision_record import pack, unpack
from routing.lead import Facts
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
from routing.replay import replay, same
from routing.reps_table import RepsTable, reps_table
from routing.roster import Certificate, Rep
from routing.standing import Away, SegmentRates, Standing
from tests.routing.given import TODAY, policy, roster, when

PROVINCES = ("上海市", "四川省", "北京市")
CHANNELS = ("官网表单", "抖音")
FACTORS = (
    Factor("医院等级", 30, FactorKind.MATCH_TABLE, "attributes.hospital_level", "tiers"),
    Factor("产品单价", 25, FactorKind.RATE, rep_field="win_rate", segment="price_band"),
    Factor("当月完成度", 20, FactorKind.REP, rep_field="attainment"),
    Factor("来源渠道", 15, FactorKind.RATE, rep_field="win_rate", segment="channel"),
    Factor("语言偏好", 10, FactorKind.MATCH_LIST, "language", "languages"),
)


def floor_of(count: int, chooser: Chooser, share_from: ShareFrom) -> tuple[Policy, RepsTable]:
    """Give a policy and the table of a roster of this size, always the same."""
    rng = random.Random(count)
    certificates = (Certificate("备案"),)
    people = tuple(
        Rep(
            f"rep{number:05}",
            "销售",
            f"team{number % 4}",
            skills={"医疗": number % 4},
            languages=("zh", "en")[: number % 3],
            certificates=certificates[: number % 2],
            tables={"tiers": {"三甲": rng.randint(0, 100)}},
            weight=rng.randint(1, 10),
            open_cap=rng.choice([None, 10]),
        )
        for number in range(count)
    )
    rules = (
        Rule("医疗", when(industry="医疗"), ("team0", "team1"), Require(certificates=("备案",), skills={"医疗": 1})),
        Rule("海外", when(language="en"), None, Require(language=True)),
        Rule("华东", when(province="上海市"), ("team0", "team2", "team3")),
        Rule("其余", None, None),
    )
    choose = Choose(by=chooser, share_from=share_from)
    capacity = Capacity(20, 16, 30, {"team3": TeamCapacity(per_day=5)})
    fences = (Fence(("四川省",), ("team1", "team2")),)
    made = policy(*rules, choose=choose, capacity=capacity, factors=FACTORS, fences=fences, low_share_times=800_000)
    return made, reps_table(made, roster(*people))


def decided(
    rules: Policy, table: RepsTable, leads: int, seed: int, more: Facts | None = None
) -> Iterator[tuple[Decision, bytes]]:
    """Decide leads one after the other on a busy floor and give each decision with its record."""
    rng = random.Random(seed)
    standing = _busy(table, seed)
    for number in range(1, leads + 1):
        question = _question(rng, table, number, more or {})
        decision = decide(rules, table, standing, question)
        yield decision, pack(decision, question, standing, rules, table)
        standing.apply(decision)
        if rng.random() < 0.1 and len(table):
            position = rng.randrange(len(table))
            standing.credits[position] += 1
            standing.credit_order[position] = standing.credit_order[position] or number


def _busy(table: RepsTable, seed: int) -> Standing:
    generator = np.random.default_rng(seed)
    n = len(table)
    standing = Standing.empty(table)
    standing.away[:] = generator.choice(list(Away), n, p=[0.6, 0.1, 0.1, 0.05, 0.05, 0.05, 0.05])
    standing.open[:] = generator.integers(0, 22, n)
    standing.today[:] = generator.integers(0, 32, n)
    standing.resting[:] = generator.random(n) < 0.1
    standing.response_low[:] = generator.random(n) < 0.1
    standing.wins[:] = generator.integers(0, 30, n)
    standing.closed[:] = standing.wins + generator.integers(0, 90, n)
    standing.attainment[:] = generator.integers(-1, 2 * MILLION, n)
    standing.deficit[:] = generator.integers(-MILLION, MILLION, n)
    standing.class_deficit[:] = generator.integers(-2 * MILLION, 2 * MILLION, (2, n))
    standing.last_turn[:] = generator.permutation(n)
    for key in (*(f"channel={name}" for name in CHANNELS), *(f"price_band={band}" for band in range(4))):
        wins = generator.integers(0, 20, n)
        closed = wins + generator.integers(0, 60, n)
        rates = SegmentRates(wins, closed, int(wins.sum()), int(closed.sum()))
        standing.segments = {**standing.segments, key: rates}
    return standing


def _question(rng: random.Random, table: RepsTable, number: int, more: Facts) -> Question:
    facts: dict[str, str | int | float | bool] = {
        "industry": rng.choice(["医疗", "软件"]),
        "language": rng.choice(["zh", "zh-CN", "en"]),
        "province": rng.choice(PROVINCES),
        "channel": rng.choice(CHANNELS),
        "budget": rng.randrange(10**6),
        "quantity": rng.randint(1, 60),
        "attributes.hospital_level": rng.choice(["三甲", "二级"]),
        "trait.grade": rng.choice("ABCD"),
        "trait.score": rng.randint(0, 100),
    }
    kept = {name: value for name, value in facts.items() if rng.random() < 0.8}
    ids = table.ids
    excluded = tuple(rng.sample(ids, min(len(ids), rng.randint(0, 2))))
    only = rng.choice([None] * 9 + ["nobody", *ids[:1]])
    return Question({**kept, **more}, number, rng.randint(1, 3), TODAY, excluded, only, rng.random() < 0.5)


def main() -> None:
    """Replay the records that come in, one a line, under the floor that the arguments name; print what is the same."""
    count, chooser, share_from = int(sys.argv[1]), Chooser(sys.argv[2]), ShareFrom(sys.argv[3])
    rules, table = floor_of(count, chooser, share_from)
    for line in sys.stdin:
        recorded = unpack(bytes.fromhex(line))
        decision = replay(recorded, rules, table)
        sys.stdout.write(f"{same(recorded, decision)} {decision.chosen} {decision.reasons.tobytes().hex()}\n")


if __name__ == "__main__":
    main()
