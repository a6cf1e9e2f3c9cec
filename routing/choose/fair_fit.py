"""The best fit among those to whom most is owed; now and then any of them, so that other ways can be judged later."""

from __future__ import annotations

from routing.decision import Choice, Positions, Turn
from routing.draws import Draws
from routing.fairness import best_of, candidates, evenly
from routing.policy import MILLION, Choose


def choose(turn: Turn, settings: Choose, draws: Draws) -> Choice:
    """Choose the best fit in C, or with probability `explore` anyone in C alike."""
    among = candidates(turn, settings)
    return pick(among, best_of(turn, among), settings, draws)


def pick(among: Positions, best: Positions, settings: Choose, draws: Draws) -> Choice:
    """Draw from the candidates, or from the best of them."""
    propensity = evenly(settings.explore, len(among))
    propensity[among.searchsorted(best)] += evenly(MILLION - settings.explore, len(best))
    explored = draws.below(MILLION, "explore") < settings.explore
    drawn = among[draws.below(len(among), "pick")] if explored else best[draws.below(len(best), "tie")]
    return Choice(int(drawn), among, propensity, explored)
