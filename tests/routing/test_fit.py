from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from routing.decide import decide
from routing.decision_record import pack, unpack
from routing.fit import fit, segment_value, total, wanted_segments
from routing.lead import Facts
from routing.policy import MILLION, Choose, Chooser, Factor, FactorKind, LearnedFit, Policy
from routing.policy_notes import notes_on
from routing.replay import replay, same
from routing.reps_table import RepsTable, reps_table
from routing.roster import Rep
from routing.standing import SegmentRates, Standing
from tests.routing.given import policy, question, reps, roster

FACTORS = (
    Factor("医院等级", 30, FactorKind.MATCH_TABLE, "attributes.hospital_level", "tiers"),
    Factor("产品单价", 25, FactorKind.RATE, rep_field="win_rate", segment="price_band"),
    Factor("当月完成度", 20, FactorKind.REP, rep_field="attainment"),
    Factor("来源渠道", 15, FactorKind.RATE, rep_field="win_rate", segment="channel"),
    Factor("语言偏好", 10, FactorKind.MATCH_LIST, "language", "languages"),
)
LEAD: dict[str, str | int | float] = {
    "attributes.hospital_level": "三甲",
    "attributes.unit_price": 5000,
    "channel": "官网",
    "language": "en",
}


def fits(rules: Policy, table: RepsTable, standing: Standing, facts: Facts) -> list[int]:
    """Give everybody's fit."""
    return [int(figure) for figure in total(fit(rules, table, standing, facts, np.arange(len(table))))]


def two_reps(factors: tuple[Factor, ...] = FACTORS) -> tuple[Policy, RepsTable, Standing]:
    """Give the two reps of B-04, with the figures behind their scores."""
    rules = policy(factors=factors, choose=Choose(explore=0))
    a = Rep("a", "甲", "east", languages=("en",), tables={"tiers": {"三甲": 100}})
    b = Rep("b", "乙", "east", languages=("zh",), tables={"tiers": {"三甲": 60}})
    table = reps_table(rules, roster(a, b))
    standing = Standing.empty(table)
    # The company wins half of 1,000 in each segment; (wins + 5) / (closed + 10) over 0.5, times 50 points.
    standing.segments = {
        "price_band=1": SegmentRates(np.array([55, 75]), np.array([90, 90]), 500, 1000),
        "channel=官网": SegmentRates(np.array([75, 75]), np.array([90, 90]), 500, 1000),
    }
    standing.attainment[:] = [600_000, 100_000]
    return rules, table, standing


def test_b04_the_worked_example_comes_out_to_the_digit() -> None:
    """B-04: scores 100/60/40/80/100 and 60/80/90/80/0 under 30/25/20/15/10 give 75.0 and 68.0, products kept."""
    rules, table, standing = two_reps()
    decision = decide(rules, table, standing, question(1, LEAD))
    assert decision.products.T.tolist() == [
        [30 * MILLION, 15 * MILLION, 8 * MILLION, 12 * MILLION, 10 * MILLION],
        [18 * MILLION, 20 * MILLION, 18 * MILLION, 12 * MILLION, 0],
    ]
    assert decision.fit.tolist() == [75 * MILLION, 68 * MILLION]
    assert table.ids[decision.chosen] == "a"


@pytest.mark.parametrize(
    ("help_behind", "reached", "points"),
    [
        (True, 600_000, 40), (True, 1_100_000, 0), (True, 0, 100), (True, -1, 50),
        (False, 600_000, 40), (False, 1_500_000, 100), (False, 3_000_000, 100), (False, -1, 50),
    ],
)  # fmt: skip
def test_b04_attainment_helps_those_behind_or_rewards_those_ahead(help_behind: bool, reached: int, points: int) -> None:
    """B-04: help_behind is 100 - attainment, not below 0; reward_ahead min(attainment, 150) / 1.5; unknown is 50."""
    factor = Factor("完成度", 100, FactorKind.REP, rep_field="attainment", help_behind=help_behind)
    rules, table, standing = two_reps((factor,))
    standing.attainment[:] = reached
    assert fits(rules, table, standing, {})[0] == points * MILLION


def test_a_factor_that_the_lead_says_nothing_about_is_dropped_for_all() -> None:
    """The other weights are scaled up: 30 and 10 of 40 are left."""
    rules, table, standing = two_reps((FACTORS[0], FACTORS[3], FACTORS[4]))
    assert fits(rules, table, standing, {"attributes.hospital_level": "三甲", "language": "en"}) == [
        100 * MILLION,
        (30 * 60 * MILLION) // 40,
    ]


def test_what_is_unknown_about_a_rep_is_worth_fifty_points() -> None:
    """A rep without the table, the value in it, or the list gets 50, not 0."""
    rules, table, standing = two_reps((FACTORS[0],))
    assert fits(rules, table, standing, {"attributes.hospital_level": "社区"}) == [50 * MILLION, 50 * MILLION]
    nobody = reps_table(policy(factors=(FACTORS[4],)), roster(*reps(1)))
    assert fits(policy(factors=(FACTORS[4],)), nobody, Standing.empty(nobody), {"language": "en"}) == [50 * MILLION]


def test_without_any_factor_everybody_suits_alike() -> None:
    """No factor configured, or none that applies: 50 points for all, and no product."""
    rules, table, standing = two_reps(())
    assert fits(rules, table, standing, LEAD) == [50 * MILLION, 50 * MILLION]
    rules, table, standing = two_reps((FACTORS[3],))
    assert fits(rules, table, standing, {}) == [50 * MILLION, 50 * MILLION]


@pytest.mark.parametrize(
    ("wins", "closed", "points"),
    [(0, 0, 50.0), (10, 10, 75.0), (0, 10, 25.0), (0, 90, 5.0), (5, 10, 50.0), (3, 5, 53.333), (30, 30, 87.5)],
)
def test_rates_are_shrunk_to_the_companys(wins: int, closed: int, points: float) -> None:
    """50 x (wins + 10 p) / (closed + 10) / p with p the company's rate of the segment, here a half."""
    rules, table, standing = two_reps((FACTORS[3],))
    standing.segments = {"channel=官网": SegmentRates(np.array([wins, 0]), np.array([closed, 0]), 500, 1000)}
    assert fits(rules, table, standing, {"channel": "官网"})[0] == round(points * MILLION)


def test_a_rate_is_worth_a_hundred_points_at_most() -> None:
    """Twice the company's rate is the top of the scale."""
    rules, table, standing = two_reps((FACTORS[3],))
    standing.segments = {"channel=官网": SegmentRates(np.array([40, 9]), np.array([40, 40]), 100, 1000)}
    assert fits(rules, table, standing, {"channel": "官网"}) == [100 * MILLION, 100 * MILLION]


def test_a_segment_in_which_the_company_never_won_tells_nothing() -> None:
    """Nothing is divided by zero, and nobody is preferred."""
    rules, table, standing = two_reps((FACTORS[3],))
    standing.segments = {"channel=官网": SegmentRates(np.array([0, 0]), np.array([3, 50]), 0, 53)}
    assert fits(rules, table, standing, {"channel": "官网"}) == [50 * MILLION, 50 * MILLION]


@pytest.mark.parametrize(
    ("facts", "band"),
    [
        ({"attributes.unit_price": 1000}, 0),
        ({"attributes.unit_price": 1000.5}, 1),
        ({"attributes.unit_price": 10_000}, 1),
        ({"attributes.unit_price": 10_001}, 2),
        ({"attributes.unit_price": 999_999}, 3),
        ({"budget": 500_000, "quantity": 50}, 1),
        ({"budget": 500_000, "quantity": 0}, None),
        ({"budget": 1}, None),
        ({}, None),
    ],
)
def test_the_price_band_comes_from_the_unit_price_else_from_budget_and_quantity(
    facts: dict[str, float], band: int | None
) -> None:
    """Bands are up to and including their bound; without a price there is none."""
    assert segment_value(policy(), FACTORS[1], facts) == band


def test_the_segments_that_a_lead_needs_can_be_named_beforehand() -> None:
    """Loading only these must be enough for the decision."""
    assert wanted_segments(policy(factors=FACTORS), LEAD) == {"price_band=1", "channel=官网"}


def test_b04_a_lead_only_change_never_changes_the_ranking_of_equal_pairs() -> None:
    """B-04: where two reps score alike in every factor, no value of the lead sets one before the other."""
    rng = random.Random(4)
    rules, table, standing = two_reps((FACTORS[0], FACTORS[4]))
    people = tuple(
        Rep(name, name, "east", languages=("zh",), tables={"tiers": {"三甲": 70, "二级": 70}}) for name in ("a", "b")
    )
    table = reps_table(rules, roster(*people))
    for _ in range(1000):
        level, language = rng.choice(["三甲", "二级", "无"]), rng.choice(["zh", "en"])
        facts: Facts = {"attributes.hospital_level": level, "language": language, "budget": rng.randrange(10**6)}
        one, other = fits(rules, table, standing, facts)
        assert one == other


def test_products_sum_to_the_fit_whatever_the_weights() -> None:
    """The parts shown to a rep add up to the figure shown, to the last unit."""
    rng = random.Random(5)
    for _ in range(200):
        weights = [rng.randint(0, 40) for _ in range(5)]
        factors = tuple(
            Factor(factor.name, weight, factor.kind, factor.lead_field, factor.rep_field, factor.segment)
            for factor, weight in zip(FACTORS, weights, strict=True)
        )
        rules, table, standing = two_reps(factors)
        standing.attainment[:] = rng.randint(0, 2 * MILLION)
        facts = {name: value for name, value in LEAD.items() if rng.random() < 0.7}
        decision = decide(rules, table, standing, question(1, facts))
        if len(decision.products):
            assert decision.products.sum(axis=0).tolist() == decision.fit.tolist()
        assert ((decision.fit >= 0) & (decision.fit <= 100 * MILLION)).all()


def test_the_best_fit_chooser_follows_the_fit() -> None:
    """Without the accounts the better fit wins every time."""
    rules, table, standing = two_reps()
    rules = policy(factors=FACTORS, choose=Choose(by=Chooser.BEST_FIT))
    for no in range(1, 20):
        decision = decide(rules, table, standing, question(no, LEAD))
        assert table.ids[decision.chosen] == "a"
        standing.apply(decision)


def test_as_long_as_nothing_is_learned_a_model_changes_nothing() -> None:
    """The seam of the learned layer: without its figure the other factors have the whole fit, to the last unit."""
    rules, table, standing = two_reps()
    seated = replace(rules, model=LearnedFit(30))
    plain, with_seat = (fit(each, table, standing, LEAD, np.arange(2)) for each in (rules, seated))
    assert plain.tolist() == with_seat.tolist()
    assert notes_on(rules) == ()
    assert "nothing has been learned" in notes_on(seated)[0]


@pytest.mark.parametrize(("share", "fits_then"), [(0, [75.0, 68.0]), (30, [52.5, 77.6]), (100, [0.0, 100.0])])
def test_a_learned_figure_takes_its_share_and_the_others_the_rest(share: int, fits_then: list[float]) -> None:
    """It comes as one more factor: 0.7 of 75 and 68 beside 0.3 of what was learned, here 0 and 100."""
    rules, table, standing = two_reps()
    seated = replace(rules, model=LearnedFit(share))
    standing.points[len(FACTORS)] = np.array([0, 100 * MILLION])
    assert fits(seated, table, standing, LEAD) == [round(figure * MILLION) for figure in fits_then]
    decision = decide(seated, table, standing, question(1, LEAD))
    assert decision.products.shape == (len(FACTORS) + 1, 2)
    assert decision.products.sum(axis=0).tolist() == decision.fit.tolist()
    recorded = unpack(pack(decision, question(1, LEAD), standing, seated, table))
    assert same(recorded, replay(recorded, seated, table))


def test_a_learned_figure_alone_has_the_whole_fit() -> None:
    """Where no other factor applies there is nothing to share with."""
    rules, table, standing = two_reps(())
    standing.points[0] = np.array([20 * MILLION, 80 * MILLION])
    assert fits(replace(rules, model=LearnedFit(30)), table, standing, LEAD) == [20 * MILLION, 80 * MILLION]
