"""The fairness bound over a thousand histories; test_fairness_bound.py has the same generator in short."""

from __future__ import annotations

import pytest

from routing.policy import MILLION
from tests.routing.histories import History

SEEDS = 1000
SLACKS = (0, MILLION // 2, MILLION)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("race", [1, 3])
def test_a_thousand_histories_stay_within_the_bound(race: int, capsys: pytest.CaptureFixture[str]) -> None:
    """|d| < 3 at every slack up to 1, and below class slack + 2 in each class wherever there is slack to steer."""
    most = dict.fromkeys(SLACKS, 0)
    most_of_class = dict.fromkeys(SLACKS, 0)
    waited = raced = 0
    for seed in range(SEEDS):
        slack = SLACKS[seed % len(SLACKS)]
        history = History(seed, slack, race=race, answered_within=(0, 5, 20)[seed // 3 % 3]).run(400)
        assert history.most < 3 * MILLION, f"seed {seed}"
        assert slack == 0 or history.most_of_class < 4 * MILLION, f"seed {seed}"
        most[slack] = max(most[slack], history.most)
        most_of_class[slack] = max(most_of_class[slack], history.most_of_class)
        waited = max(waited, history.waited)
        raced += history.raced
    with capsys.disabled():
        # The figures of a soak are its result.
        raced_for = f"races of {race}: {raced}, waiting {waited}"
        print(f"\nseeds 0..{SEEDS - 1}, {raced_for}: |d| {most}, of a class {most_of_class}")  # noqa: T201
