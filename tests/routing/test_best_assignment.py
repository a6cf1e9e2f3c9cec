from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from routing.best_assignment import NEVER, best_assignment
from routing.decision import Ints


def cost_of(costs: Ints, at: np.ndarray[tuple[int], np.dtype[np.intp]]) -> int:
    """Sum up."""
    return int(costs[np.arange(len(costs)), at].sum())


def cheapest_by_trying_all(costs: Ints, room: Ints) -> int | None:
    """Give the least cost of all ways, None where there is none."""
    least = None
    for way in product(range(len(room)), repeat=len(costs)):
        at = np.array(way, dtype=np.intp)
        total = cost_of(costs, at)
        if (np.bincount(at, minlength=len(room)) <= room).all() and total < NEVER:
            least = total if least is None else min(least, total)
    return least


def test_d18_it_is_as_good_as_trying_every_way() -> None:
    """Up to six leads among up to four places, ties and forbidden pairs among them: no way is cheaper."""
    generator = np.random.default_rng(18)
    solved = 0
    for _ in range(120):
        leads, places = int(generator.integers(1, 6)), int(generator.integers(1, 5))
        costs = generator.integers(0, generator.choice([3, 50]), (leads, places))
        costs[generator.random((leads, places)) < 0.2] = NEVER
        room = generator.integers(0, 4, places)
        least = cheapest_by_trying_all(costs, room)
        if least is None:
            with pytest.raises(ValueError, match="no place"):
                best_assignment(costs, room)
            continue
        solved += 1
        at, _ = best_assignment(costs, room)
        assert cost_of(costs, at) == least
    assert solved > 40


@pytest.mark.parametrize("kinds", [2, 100_000])
def test_the_prices_prove_that_no_way_is_cheaper(kinds: int) -> None:
    """At these prices every lead stands where it is cheapest for it, and only full places have a price."""
    generator = np.random.default_rng(kinds)
    costs = generator.integers(0, kinds, (300, 40))
    room = generator.multinomial(330, np.ones(40) / 40)
    at, prices = best_assignment(costs, room)
    inside = np.bincount(at, minlength=40)
    assert (inside <= room).all()
    assert (prices >= 0).all()
    assert not prices[inside < room].any()
    assert ((costs + prices)[np.arange(300), at] == (costs + prices).min(axis=1)).all()


def test_equal_ways_give_the_lower_position() -> None:
    """The outcome is the same on any machine."""
    assert best_assignment(np.zeros((4, 3), dtype=np.int64), np.array([1, 2, 1]))[0].tolist() == [0, 1, 1, 2]
