"""A draw in proportion to the shares. Simple and known; drifts with the square root of the number of leads."""

from __future__ import annotations

import numpy as np

from routing.decision import Choice, Ints, Turn
from routing.draws import Draws
from routing.policy import MILLION, Choose


def choose(turn: Turn, _settings: Choose, draws: Draws) -> Choice:
    """Draw one of those with a share; the shares are the propensities."""
    return pick(turn.shares, draws)


def pick(shares: Ints, draws: Draws) -> Choice:
    """Draw a position in proportion to shares that sum to a million."""
    among = np.flatnonzero(shares > 0)
    edges = np.cumsum(shares[among])
    drawn = among[np.searchsorted(edges, draws.below(MILLION, "pick"), side="right")]
    return Choice(int(drawn), among, shares[among])
