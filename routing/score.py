"""The score of a lead, 0 to 100, its grade, and which lines of the policy gave the points."""

from __future__ import annotations

from dataclasses import dataclass

from routing.lead import Facts, Scalar
from routing.policy import Scoring

_LEAST, _MOST = 0, 100


@dataclass(frozen=True, slots=True)
class Scored:
    """What a lead is worth.

    Attributes:
        score: whole, 0 to 100.
        grade: the letter of the first grade whose least score is reached.
        reasons: (name of the scoring line, points) of every line that held, weightiest first; the base is not one.
    """

    score: int
    grade: str
    reasons: tuple[tuple[str, int], ...]


def score_of(scoring: Scoring, facts: Facts) -> Scored:
    """Add up the points of the lines that hold, clamp to 0-100, and grade."""
    fired = [(item.name, item.points) for item in scoring.items if item.when.holds(facts)]
    total = scoring.base + sum(points for _, points in fired)
    score = min(max(total, _LEAST), _MOST)
    fired.sort(key=lambda reason: -abs(reason[1]))  # stable: equal points keep the order of the file
    return Scored(score, grade_of(scoring, score), tuple(fired))


def grade_of(scoring: Scoring, score: int) -> str:
    """Give the grade of a score; grades are ordered from the best and the last begins at 0."""
    for letter, least in scoring.grades:
        if score >= least:
            return letter
    return scoring.grades[-1][0]


def with_score(facts: Facts, scored: Scored) -> dict[str, Scalar]:
    """Give the facts with `trait.score` and `trait.grade` added, as rules and reviews see them."""
    return {**facts, "trait.score": scored.score, "trait.grade": scored.grade}
