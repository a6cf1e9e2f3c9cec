"""B-19: the best leads by a streaming quantile of the last 90 days, or by a sample that is exact to the lead."""

import random

import pytest

from routing.policy_file import load_policy
from routing.review import LEVELS, MILLION, WARM_UP, BestBy, ScoreWindow

SHARE = 50_000


def _window() -> ScoreWindow:
    return ScoreWindow([0] * LEVELS, [0] * LEVELS)


def _picked(window: ScoreWindow, scores: list[int], by: BestBy, dice: random.Random, share: int = SHARE) -> list[bool]:
    return [window.take(score, dice.randrange(MILLION), share, by) for score in scores]


def _uniform(dice: random.Random, count: int) -> list[int]:
    return [dice.randrange(LEVELS) for _ in range(count)]


@pytest.mark.parametrize("seed", range(20))
def test_b19_of_a_thousand_leads_with_uniform_scores_fifty_give_or_take_five_are_picked(seed: int) -> None:
    """B-19: after the warm-up 50 ± 5 of 1,000, and they are the best ones."""
    dice = random.Random(seed)
    window = _window()
    _picked(window, _uniform(dice, 1000), BestBy.SCORE, dice)
    scores = _uniform(dice, 1000)
    picked = _picked(window, scores, BestBy.SCORE, dice)
    assert 45 <= sum(picked) <= 55
    assert min(score for score, taken in zip(scores, picked, strict=True) if taken) >= 85


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("share", [SHARE, 33_333, 500_000, MILLION])
def test_b19_a_sample_never_leaves_the_share_by_more_than_one_lead(seed: int, share: int) -> None:
    """B-19: `sample` is exact to ±1 at every moment, from the first lead on."""
    dice = random.Random(seed)
    window, taken = _window(), 0
    for count in range(1, 1001):
        taken += window.take(dice.randrange(LEVELS), dice.randrange(MILLION), share, BestBy.SAMPLE)
        assert abs(taken * MILLION - count * share) <= MILLION


def test_b19_a_sample_takes_the_best_of_each_stretch_where_there_is_one() -> None:
    """B-19: every 20th important lead: the sample is no blind count."""
    dice = random.Random(7)
    window = _window()
    _picked(window, _uniform(dice, 1000), BestBy.SAMPLE, dice)
    scores = _uniform(dice, 1000)
    picked = [score for score, taken in zip(scores, _picked(window, scores, BestBy.SAMPLE, dice), strict=True) if taken]
    assert sum(picked) / len(picked) > 75
    assert 49 <= len(picked) <= 51


@pytest.mark.parametrize("spread", [1, 2, 5])
def test_among_equal_scores_at_the_cut_the_draw_keeps_the_share(spread: int) -> None:
    """Semantics 52: with few different scores the cut lies within one of them; the share holds all the same."""
    dice = random.Random(spread)
    window = _window()
    scores = [60 + dice.randrange(spread) for _ in range(3000)]
    picked = _picked(window, scores, BestBy.SCORE, dice)
    assert abs(sum(picked[1000:]) - 100) <= 6
    if spread > 1:
        assert {score for score, taken in zip(scores, picked, strict=True) if taken} == {60 + spread - 1}


def test_b19_before_two_hundred_leads_a_score_of_95_is_among_the_best() -> None:
    """B-19: nobody knows yet what is usual."""
    dice = random.Random(1)
    window = _window()
    picked = _picked(window, [94, 95, 100, *([50] * (WARM_UP - 3))], BestBy.SCORE, dice)
    assert picked == [False, True, True, *([False] * (WARM_UP - 3))]
    # Now the cut is that of what has come in, and 94 is above it.
    assert window.take(94, MILLION - 1, SHARE, BestBy.SCORE)


def test_days_that_have_left_the_window_count_no_more() -> None:
    """The cut is that of the last 90 days: what was usual before is forgotten with its day."""
    old = [0] * LEVELS
    old[100] = 10_000
    assert not ScoreWindow(old, [0] * LEVELS).take(80, 0, SHARE, BestBy.SCORE)
    new = [0] * LEVELS
    new[50] = 10_000
    assert ScoreWindow(new, [0] * LEVELS).take(80, 0, SHARE, BestBy.SCORE)


def test_b19_a_trigger_holds_on_true_only_and_hot_leads_are_known_by_their_score() -> None:
    """Semantics 9, 25: an unknown field triggers nothing; from `hot.score` on a lead must not wait."""
    text = """
version: 1
rules: [{name: 其余}]
review: {always: [{name: 上市, when: {company_listed: true}}, {name: 大, when: {budget: {gte: 5}}}]}
hot: {score: 80, opens: {count: 10, within: 10m}, closes: {calm_for: 30m, at_most: 4h}}
"""
    review = load_policy(text).policy.review
    assert review is not None
    assert review.triggers({"company_listed": True, "budget": 5}) == ("上市", "大")
    assert review.triggers({"company_listed": False}) == ()
    assert [review.is_hot(score) for score in (79, 80)] == [False, True]
    assert review.best_share == 0
    assert review.falls_back_after.at_work
