"""The changes of a policy that a manager makes by a word: one limit, or one weight with all others following it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from routing.policy import Factor
from routing.policy_file import load_policy
from routing.yaml_change import with_value

WHOLE = 10_000
"""All weights together, in hundredths of a percent."""


class Figure(StrEnum):
    """What is changed: the key of the file."""

    PER_DAY = "per_day"
    OPEN = "open"
    RESUME_AT = "resume_at"
    WEIGHT = "weight"


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """One change.

    Attributes:
        figure: what is changed.
        of: a team's id, or the name of a factor of the fit; None for a limit of everybody.
        value: the limit, or the weight in hundredths of a percent.
    """

    figure: Figure
    of: str | None
    value: int


def changed_policy(text: str, change: PolicyChange) -> str:
    """Give the text of a policy with a change made in it; comments and order stay.

    Raises:
        CannotChange: the text is written in a way in which the change would touch something else.
        FileRefused: the text is no policy.
        KeyError: there is no such factor.
    """
    if change.figure is Figure.WEIGHT:
        for place, weight in enumerate(weights_after(load_policy(text).policy.factors, str(change.of), change.value)):
            text = with_value(text, ("fit", "factors", place, "weight"), _as_written(weight))
        return text
    where = (
        ("capacity", change.figure.value)
        if change.of is None
        else ("capacity", "teams", change.of, change.figure.value)
    )
    return with_value(text, where, change.value)


def weights_after(factors: tuple[Factor, ...], name: str, weight: int) -> list[int]:
    """Give the weights with one of them changed, the others in proportion, so that they sum to 100 again.

    What is left over by rounding to hundredths goes to the largest of the others, of equal ones the first.

    Args:
        factors: of the fit, with weights in hundredths of a percent.
        name: of the factor that is changed.
        weight: what it is to be; all of it where there is no other factor.

    Raises:
        KeyError: there is no such factor.
    """
    at = next((place for place, factor in enumerate(factors) if factor.name == name), None)
    if at is None:
        raise KeyError(name)
    before = [factor.weight for factor in factors]
    rest, left = sum(before) - before[at], WHOLE - weight
    others = [place for place in range(len(before)) if place != at and before[place] > 0]
    if not others:
        return [WHOLE if place == at else 0 for place in range(len(before))]
    after = [each * left // rest for each in before]
    after[at] = weight
    largest = max(others, key=lambda place: (before[place], -place))
    after[largest] += WHOLE - sum(after)
    return after


def _as_written(hundredths: int) -> int | float:
    return hundredths // 100 if hundredths % 100 == 0 else hundredths / 100
