"""A draw in proportion to the shares. Simple and known; drifts with the square root of the number of leads."""

from __future__ import annotations

import numpy as np

from routing.decision import Choice, Turn
from routing.draws import Draws
from routing.policy import MILLION, Choose


def choose(turn: Turn, _settings: Choose, draws: Draws) -> Choice:
    """Draw one of those with a share; the shares are the propensities."""
    among = np.flatnonzero(turn.shares > 0)
    edges = np.cumsum(turn.shares[among])
    pick = among[np.searchsorted(edges, draws.below(MILLION, "pick"), side="right")]
    return Choice(int(pick), among, turn.shares[among])
