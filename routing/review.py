"""What a manager reviews before it goes to anybody, and which leads are the best ones. Pure, whole numbers only.

The best are told by a histogram of the scores of the last 90 days, which is an exact quantile, since scores are whole. A
share of 5 % of them is kept to by a balance: what the share has promised so far, less what was picked. With
`BestBy.SCORE` a balance that is off moves the cut a little; with `BestBy.SAMPLE` it never leaves ±1 lead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from routing.lead import Facts

if TYPE_CHECKING:
    from routing.policy import Condition, Duration

MILLION: Final = 1_000_000
#: Scores are 0 to 100.
LEVELS: Final = 101
WINDOW_DAYS: Final = 90
#: With fewer leads in the window nobody knows what is among the best; then a fixed score stands in.
WARM_UP: Final = 200
WARM_UP_SCORE: Final = 95
#: No hot lead waits longer for a manager, by the clock on the wall.
HOT_WAITS: Final = timedelta(minutes=5)
#: A balance of so many leads doubles the share, or brings it to nothing.
_BALANCE_DOUBLES: Final = 2
#: What scores did long ago must not be made up for for ever.
_MOST_BALANCE: Final = 5 * MILLION


class BestBy(StrEnum):
    """How the best are picked."""

    SCORE = "score"  # above the cut of the last 90 days
    SAMPLE = "sample"  # the same, but the share holds to the lead


@dataclass(frozen=True, slots=True)
class AlwaysReview:
    """Leads that always go to a manager, and why, as the manager reads it."""

    name: str
    when: Condition


@dataclass(frozen=True, slots=True)
class Review:
    """What a manager decides.

    Attributes:
        best_share: in millionths of all leads; 0 switches it off.
        best_by: how the best are picked.
        always: triggers, by name.
        falls_back_after: how long a lead waits for a manager before it is decided without one.
        hot_score: from here on a lead never waits longer than `HOT_WAITS`; None where the policy has no `hot`.
    """

    best_share: int
    best_by: BestBy
    always: tuple[AlwaysReview, ...]
    falls_back_after: Duration
    hot_score: int | None = None

    def triggers(self, facts: Facts) -> tuple[str, ...]:
        """Name the triggers that hold for a lead."""
        return tuple(item.name for item in self.always if item.when.holds(facts) is True)

    def is_hot(self, score: int) -> bool:
        """Say whether a lead of this score must not wait."""
        return self.hot_score is not None and score >= self.hot_score


@dataclass(slots=True)
class ScoreWindow:
    """How many leads of the last 90 days had each score.

    Attributes:
        before: counts of the days before today, (101,).
        today: counts of today, (101,).
        balance: what the share has promised so far less what was picked, in millionths of a lead.
    """

    before: Sequence[int]
    today: list[int]
    balance: int = 0

    def take(self, score: int, draw: int, share: int, by: BestBy) -> bool:
        """Say whether a lead is among the best of all before it, and count it.

        Args:
            score: 0 to 100.
            draw: of this lead, 0 to 999,999; decides among equal scores at the cut, so that the share holds.
            share: in millionths.
            by: how the best are picked.
        """
        warm = sum(self.before) + sum(self.today) >= WARM_UP
        if by is BestBy.SAMPLE:
            self.balance = min(max(self.balance, -MILLION), MILLION) + share
            good = self._is_above(score, draw, share) if warm else score >= WARM_UP_SCORE
            picked = self.balance >= MILLION or (self.balance >= 0 and good)
            self.balance -= MILLION * picked
        elif warm:
            wanted = share + share * self.balance // (_BALANCE_DOUBLES * MILLION)
            picked = self._is_above(score, draw, min(max(wanted, 0), MILLION))
            self.balance = min(max(self.balance + share - MILLION * picked, -_MOST_BALANCE), _MOST_BALANCE)
        else:
            picked = score >= WARM_UP_SCORE
        self.today[score] += 1
        return picked

    def _is_above(self, score: int, draw: int, share: int) -> bool:
        """Say whether a score is within the best share of the window; at the cut the draw says so."""
        total = sum(self.before) + sum(self.today)
        above = sum(self.before[score + 1 :]) + sum(self.today[score + 1 :])
        equal = self.before[score] + self.today[score]
        room = total * share - above * MILLION
        if room <= 0:
            return False
        return equal == 0 or draw < room // equal
