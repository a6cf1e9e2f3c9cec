"""The cheapest way to give every lead a place, where each place takes only so many: exact, in whole numbers.

Successive shortest paths with prices (Ford and Fulkerson; Tomizawa 1971; Edmonds and Karp 1972): leads are placed one
after another, and where the best place is full, whoever leaves it most cheaply moves on. A place is one node however
many leads it takes; copies of it, as an assignment solver for squares wants them, made the same search several times
slower, since all copies cost the same.
"""

from __future__ import annotations

import numpy as np

from routing.decision import Ints, Positions

NEVER = 10**18
"""The cost of a pair that is not allowed; whatever is allowed must cost less than a thousandth of it."""


def best_assignment(costs: Ints, room: Ints) -> tuple[Positions, Ints]:
    """Give the place of each lead, so that the costs add up to as little as they can.

    The prices prove it: a place with room left costs nothing extra, and no lead would be better off at another place at
    these prices. Between equal ways the lower position goes first, the same on any machine.

    Args:
        costs: (leads, places), `NEVER` where the lead may not go.
        room: (places,) how many leads each place takes.

    Returns:
        (leads,) the place of each, and (places,) the prices.

    Raises:
        ValueError: there is no way to place them all.
    """
    floor = _Floor(costs, room)
    for lead in range(len(costs)):
        floor.place(lead)
    return floor.at, floor.prices


class _Floor:
    """Who is where so far."""

    def __init__(self, costs: Ints, room: Ints) -> None:
        leads, places = costs.shape
        self._costs = costs
        self._room = room.astype(np.int64)
        self._every = np.arange(places)
        self._inside: list[list[int]] = [[] for _ in range(places)]
        # moves[a, b]: what it costs at least to send somebody on from a to b.
        self._moves: Ints = np.full((places, places), NEVER, dtype=np.int64)
        self.at: Positions = np.full(leads, -1, dtype=np.intp)
        self.prices: Ints = np.zeros(places, dtype=np.int64)

    def place(self, lead: int) -> None:
        """Place one more lead, moving others where that is cheaper."""
        reach: Ints = np.minimum(self._costs[lead] + self.prices, NEVER)
        came_from = np.full(len(reach), -1, dtype=np.intp)
        left = reach.copy()  # what has been settled is taken out
        settled: list[int] = []
        to = -1
        while True:
            far = int(left.min())
            if far >= NEVER // 2:
                raise ValueError(f"there is no place for lead {lead}")
            nearest = (left == far).nonzero()[0]
            with_room = nearest[self._room[nearest] > 0]
            if len(with_room):
                to = int(with_room[0])
                break
            # All that are equally far are settled at once: where many costs are alike, that is most of them.
            settled += nearest.tolist()
            onward = self._moves[nearest] - self.prices[nearest, None]
            by = onward.argmin(axis=0)
            further = np.minimum(onward[by, self._every] + self.prices + far, NEVER)
            left[nearest] = NEVER
            nearer = (further < reach).nonzero()[0]
            left[nearer] = reach[nearer] = further[nearer]
            came_from[nearer] = nearest[by[nearer]]
        self.prices[settled] += far - reach[settled]
        self._room[to] -= 1
        self._move_along(lead, to, came_from)

    def _move_along(self, lead: int, to: int, came_from: Positions) -> None:
        changed = [to]
        while (source := int(came_from[to])) >= 0:
            inside = self._inside[source]
            leaving = inside.pop(int((self._costs[inside, to] - self._costs[inside, source]).argmin()))
            self._put(leaving, to)
            to = source
            changed.append(to)
        self._put(lead, to)
        for place in changed:
            inside = self._inside[place]
            self._moves[place] = (self._costs[inside] - self._costs[inside, place][:, None]).min(axis=0)

    def _put(self, lead: int, place: int) -> None:
        self._inside[place].append(lead)
        self.at[lead] = place
