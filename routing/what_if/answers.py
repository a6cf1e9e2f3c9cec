"""How a rep would have answered who was not asked: as one of the times when the same rep was. Drawn by key, so it can be told again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from routing.draws import Draws

ENOUGH = 5
"""Whoever has answered less often than this answers like the whole company."""


class GivenAnswer(NamedTuple):
    """One answer of the record: `accepted` or `declined` after so many microseconds, or `expired`: none came."""

    state: str
    after: int


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of a period.

    Attributes:
        of_rep: rep id -> that rep's answers.
        of_all: the answers of everybody.
        kept_for: for how long owners kept leads, in microseconds; None for leads that are not closed.
    """

    of_rep: Mapping[str, tuple[GivenAnswer, ...]]
    of_all: tuple[GivenAnswer, ...]
    kept_for: tuple[int | None, ...]

    def draw(self, draws: Draws, rep: str) -> GivenAnswer:
        """Give the rep's answer to the offer that these draws belong to; silence where nobody ever answered."""
        own = self.of_rep.get(rep, ())
        among = own if len(own) >= ENOUGH else self.of_all
        return among[draws.below(len(among), "answer")] if among else GivenAnswer("expired", 0)

    def draw_kept(self, draws: Draws) -> int | None:
        """Give for how long an owner keeps a lead that nobody owned in the record; None: to the end of the period."""
        return self.kept_for[draws.below(len(self.kept_for), "kept")] if self.kept_for else None
