"""D-12: fairness in expected value beside counts, inside what counts allow."""

from __future__ import annotations

import numpy as np
import pytest

from routing.balance import balanced, excess_of, part_of_excess, value_of_reversal
from routing.decide import decide
from routing.decision_record import Detail, pack, unpack
from routing.fair_options import Balance
from routing.fairness import reverse
from routing.policy import MILLION, Choose, Factor, FactorKind, Policy
from routing.policy_check_history import LeadsOfLate
from routing.policy_file import Surroundings, load_policy
from routing.replay import replay, same
from routing.reps_table import RepsTable, reps_table
from routing.roster import Rep
from routing.standing import Standing
from tests.routing.given import policy, question, roster
from tests.routing.histories import History

BALANCE = Balance("trait.score", 50)


def floor_of(count: int, balance: Balance | None = BALANCE) -> tuple[Policy, RepsTable, Standing]:
    """Give reps of whom the later ones always suit better, so that fit alone would give them every good lead."""
    people = [Rep(f"r{at:03}", "销售", "east", tables={"tiers": {"三甲": 20 * at}}) for at in range(count)]
    factors = (Factor("等级", 100, FactorKind.MATCH_TABLE, "attributes.level", "tiers"),)
    rules = policy(choose=Choose(explore=0, balance=balance), factors=factors)
    table = reps_table(rules, roster(*people))
    standing = Standing.empty(table)
    if balance is not None:
        standing.value_deficit = np.zeros(count, dtype=np.int64)
    return rules, table, standing


def received(count: int, leads: int, balance: Balance | None, seed: int) -> tuple[list[int], list[int]]:
    """Give how many leads everybody has had, and their scores' sum; the good ones are those that suit the last rep."""
    rules, table, standing = floor_of(count, balance)
    generator = np.random.default_rng(seed)
    had, worth = [0] * count, [0] * count
    for no in range(1, leads + 1):
        score = int(generator.integers(0, 101))
        facts = {"trait.score": score, "trait.grade": "A" if score >= 80 else "C", "attributes.level": "三甲"}
        decision = decide(
            rules, table, standing, question(no, facts if score >= 50 else facts | {"attributes.level": ""})
        )
        standing.apply(decision)
        had[decision.chosen] += 1
        worth[decision.chosen] += score
    return had, worth


@pytest.mark.parametrize("seed", range(3))
def test_d12_two_reps_with_equal_counts_differ_by_less_than_five_per_cent_in_value(seed: int) -> None:
    """Over 200 leads, where fit alone gives one of them all the good ones that counts allow."""
    had, worth = received(2, 200, BALANCE, seed)
    assert abs(had[0] - had[1]) <= 2
    assert abs(worth[0] / had[0] - worth[1] / had[1]) * 20 < worth[0] / had[0]
    had, worth = received(2, 200, None, seed)
    assert abs(had[0] - had[1]) <= 2
    assert worth[1] / had[1] > 1.1 * worth[0] / had[0]


@pytest.mark.parametrize("slack", [0, MILLION // 2, MILLION])
def test_d12_counts_keep_their_bound_and_value_has_one(slack: int) -> None:
    """The same histories as for counts: |d| < 3, and value within its slack plus two of the best leads; both sum to zero."""
    for seed in range(4):
        history = History(seed, MILLION, balance=slack).run(200)
        assert history.most < 3 * MILLION, f"seed {seed}"
        assert history.most_of_value < slack + 2 * MILLION, f"seed {seed}"


def test_races_leave_the_accounts_of_value_in_balance() -> None:
    """What a race moves and what its end moves sum to zero in value, too, and counts keep their bound."""
    for seed in range(3):
        history = History(seed, MILLION, race=3, balance=MILLION // 2).run(200)
        assert history.most < 3 * MILLION, f"seed {seed}"


@pytest.mark.parametrize(
    ("owed", "excess", "slack", "left"),
    [
        ([0.0, 0.6, 0.2], 0.3, 0.5, [1, 2]),
        ([0.0, 0.6, 0.2], 0.3, 0.0, [1]),
        ([0.0, 0.6, 0.2], -0.3, 0.5, [0, 2]),
        ([-0.4, 0.6, 0.2], -0.3, 0.0, [0]),
        ([0.0, 9.0, -9.0], 0.0, 0.5, [0, 1, 2]),
    ],
)
def test_good_leads_go_where_value_is_owed_and_poor_ones_where_it_is_not(
    owed: list[float], excess: float, slack: float, left: list[int]
) -> None:
    """Within the slack; a usual lead is for anybody."""
    column = np.array([round(value * MILLION) for value in owed])
    among = np.arange(len(owed))
    assert balanced(column, among, round(excess * MILLION), round(slack * MILLION)).tolist() == left


@pytest.mark.parametrize(
    ("figure", "excess"),
    [
        (50, 0),
        (100, 500_000),
        (400, 500_000),
        (0, -500_000),
        (-3, -500_000),
        (75.5, 255_000),
        (None, 0),
        ("75", 0),
        (True, 0),
    ],
)
def test_what_a_lead_is_worth_above_a_usual_one(figure: object, excess: int) -> None:
    """From 0 to `full`; without the figure a lead counts as a usual one."""
    facts = {} if figure is None else {"trait.score": figure}
    assert excess_of(floor_of(1)[0], facts) == excess  # type: ignore[arg-type]


def test_parts_of_an_excess_sum_to_zero_and_are_taken_back_exactly() -> None:
    """Whatever the turns and the excess, also below zero."""
    generator = np.random.default_rng(12)
    for _ in range(200):
        deltas = generator.integers(-MILLION, MILLION, 7)
        deltas[-1] -= deltas.sum()
        excess = int(generator.integers(-MILLION, MILLION))
        parts = part_of_excess(deltas, excess)
        back = value_of_reversal({f"r{at}": -int(delta) for at, delta in enumerate(deltas)}, excess)
        assert int(parts.sum()) == 0
        assert [-back.get(f"r{at}", 0) for at in range(7)] == parts.tolist()


def test_reversing_every_decision_empties_the_accounts_of_value() -> None:
    """A lead that was never delivered has given nobody anything."""
    rules, table, standing = floor_of(5)
    taken = []
    for no in range(1, 40):
        standing.away[:] = [(no * at) % 4 == 1 for at in range(5)]
        decision = decide(rules, table, standing, question(no, {"trait.score": no * 37 % 101}))
        standing.apply(decision)
        taken.append(reverse(decision, table))
    assert standing.value_deficit is not None
    assert standing.value_deficit.any()
    for reversal in taken[::2] + taken[1::2]:
        for rep, delta in reversal.value.items():
            standing.value_deficit[table.index[rep]] += delta
    assert not standing.value_deficit.any()


@pytest.mark.parametrize(("count", "detail"), [(6, Detail.ALL), (700, Detail.NARROW)])
def test_a_replay_needs_nothing_but_the_record(count: int, detail: Detail) -> None:
    """The accounts of value, and what the lead counted in them, come from the record."""
    rules, table, standing = floor_of(count)
    assert standing.value_deficit is not None
    generator = np.random.default_rng(3)
    standing.value_deficit[:] = generator.integers(-MILLION, MILLION, count)
    standing.deficit[:] = generator.integers(-MILLION, MILLION, count)
    for no, score in enumerate((90, 10, 50), start=1):
        asked = question(no, {"trait.score": score})
        decision = decide(rules, table, standing, asked)
        recorded = unpack(pack(decision, asked, standing, rules, table))
        again = replay(recorded, rules, table)
        assert (recorded.detail, again.excess) == (detail, (score - 50) * 10_000)
        assert same(recorded, again)
        assert again.candidates.tolist() == decision.candidates.tolist()


def test_the_policy_file_says_what_is_balanced() -> None:
    """`choose.balance`: the score unless another figure is named."""

    def read(text: str) -> Balance | None:
        return load_policy(f"version: 1\nrules: [{{name: 其余}}]\nchoose: {{{text}}}\n").policy.choose.balance

    assert read("balance: {usual: 45}") == Balance("trait.score", 45)
    assert read("balance: {value: budget, usual: 20000, full: 200000, slack: 0.2}") == Balance(
        "budget", 20000, 200000, 200_000
    )
    assert read("explore: 0%") is None


def test_a_usual_value_that_no_lead_is_on_both_sides_of_is_doubtful() -> None:
    """What nearly all leads are above can't be made up for by any; the mend says where the middle is."""
    text = "version: 1\nrules: [{name: 其余}]\nchoose: {balance: {value: budget, usual: 10, full: 100}}\n"
    late = LeadsOfLate([{"budget": 5 + number % 50} for number in range(1_000)])
    found = load_policy(text, surroundings=Surroundings(of_late=late)).warnings
    doubt = next(problem for problem in found if "worth more" in problem.message)
    assert (doubt.path, doubt.mend) == ("choose.balance.usual", "write 30 or so")
    assert not [
        problem
        for problem in load_policy(
            text.replace("usual: 10", "usual: 30"), surroundings=Surroundings(of_late=late)
        ).warnings
        if "worth more" in problem.message
    ]
