"""Whoever was planned, where many leads were dealt out together, takes the place of the best fit in C."""

from __future__ import annotations

import numpy as np

from routing.choose import fair_fit
from routing.decision import Choice, Turn
from routing.draws import Draws
from routing.fairness import candidates
from routing.policy import Choose


def choose(turn: Turn, settings: Choose, draws: Draws, planned: int) -> Choice | None:
    """Choose the planned one, or with probability `explore` anyone in C alike; None where the planned is not in C."""
    among = candidates(turn, settings)
    best = among[among == planned]
    return fair_fit.pick(among, best, settings, draws) if np.size(best) else None
