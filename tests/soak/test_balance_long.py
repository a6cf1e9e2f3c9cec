"""The accounts of value over a thousand histories; tests/routing/test_balance.py has the same generator in short."""

from __future__ import annotations

import pytest

from routing.policy import MILLION
from tests.routing.histories import History

SEEDS = 1000
SLACKS = (0, MILLION // 2, MILLION)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("race", [1, 3])
def test_a_thousand_histories_balance_value_within_the_bound_of_counts(
    race: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Counts keep their bound, |d| < 3; without races value stays within its slack and two of the best leads."""
    most, most_of_value = dict.fromkeys(SLACKS, 0), dict.fromkeys(SLACKS, 0)
    for seed in range(SEEDS):
        slack = SLACKS[seed % len(SLACKS)]
        history = History(seed, MILLION, race=race, balance=slack, answered_within=(0, 5, 20)[seed // 3 % 3]).run(400)
        assert history.most < 3 * MILLION, f"seed {seed}"
        assert race > 1 or history.most_of_value < slack + 2 * MILLION, f"seed {seed}"
        most[slack] = max(most[slack], history.most)
        most_of_value[slack] = max(most_of_value[slack], history.most_of_value)
    with capsys.disabled():
        # The figures of a soak are its result.
        print(f"\nseeds 0..{SEEDS - 1}, races of {race}: |d| {most}, of value by its slack {most_of_value}")  # noqa: T201
