"""The smallest load, open / cap; between equals the larger deficit, then the draw."""

from __future__ import annotations

import numpy as np

from routing.decision import Choice, Turn
from routing.draws import Draws
from routing.fairness import evenly, largest_deficit
from routing.policy import MILLION, Choose

# Two different fractions with denominators up to a million differ by at least 10^-12, so whole parts of 10^12 keep
# every difference and every tie; a load above the cap (never eligible) would have to reach 9 million to overflow.
_SCALE = 10**12


def choose(turn: Turn, _settings: Choose, draws: Draws) -> Choice:
    """Choose who is least loaded for what they can carry."""
    load = turn.open.astype(np.int64) * _SCALE // np.maximum(turn.cap, 1)
    least = largest_deficit(turn, np.flatnonzero(load == load.min()))
    pick = least[draws.below(len(least), "tie")]
    return Choice(int(pick), least, evenly(MILLION, len(least)))
