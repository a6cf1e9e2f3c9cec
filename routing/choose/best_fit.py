"""The best fit of all the eligible, whatever was given before; between equals the larger deficit, then the draw."""

from __future__ import annotations

from routing.decision import Choice, Turn
from routing.draws import Draws
from routing.fairness import best_of, evenly
from routing.policy import MILLION, Choose


def choose(turn: Turn, _settings: Choose, draws: Draws) -> Choice:
    """Choose the best fit."""
    best = best_of(turn, turn.everybody)
    pick = best[draws.below(len(best), "tie")]
    return Choice(int(pick), best, evenly(MILLION, len(best)))
