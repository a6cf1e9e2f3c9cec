"""The ways of choosing one of the eligible; one file each, this table names them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from routing.choose import best_fit, fair_fit, least_loaded, roulette, round_robin
from routing.decision import Choice, Turn
from routing.draws import Draws
from routing.policy import Choose, Chooser

CHOOSERS: Mapping[Chooser, Callable[[Turn, Choose, Draws], Choice]] = MappingProxyType(
    {
        Chooser.FAIR_FIT: fair_fit.choose,
        Chooser.ROUND_ROBIN: round_robin.choose,
        Chooser.LEAST_LOADED: least_loaded.choose,
        Chooser.BEST_FIT: best_fit.choose,
        Chooser.ROULETTE: roulette.choose,
    }
)
"""Every chooser takes the turn, the policy's settings and the draws, and never fails on a turn with one rep or more."""
