"""Everybody in turn: the eligible rep whose latest turn lies furthest back; whoever had none comes first, by id."""

from __future__ import annotations

import numpy as np

from routing.decision import Choice, Turn
from routing.draws import Draws
from routing.fairness import evenly
from routing.policy import MILLION, Choose


def choose(turn: Turn, _settings: Choose, _draws: Draws) -> Choice:
    """Choose who waits longest; nothing is drawn."""
    first = np.argmin(turn.last_turn)
    return Choice(int(first), np.array([first], dtype=np.intp), evenly(MILLION, 1))
