"""What people type to change a policy: 华东 日上限 8→10, 来源渠道权重提高30%. Pure; whatever is typed, there is an answer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from bot.chat.command_words import folded
from routing.policy_change import Figure

_HUNDREDTHS: Final = 100
_WHOLE: Final = 10_000
#: Longer words first, since the first that stands in the text counts.
_FIGURES: Final = (
    (Figure.PER_DAY, ("每日上限", "日上限", "每天上限", "per day", "daily cap", "daily limit", "per_day")),
    (Figure.RESUME_AT, ("恢复线", "resume at", "resume_at")),
    (Figure.OPEN, ("在手上限", "在手", "open cap", "open limit", "open")),
    (Figure.WEIGHT, ("权重", "weight")),
)
_ALL: Final = frozenset({"", "全部", "所有人", "全公司", "all", "everybody"})
_VALUE: Final = re.compile(
    r"(?:从?\s*(?P<was>[0-9]+(?:\.[0-9]+)?)\s*%?\s*(?:→|->|=>|>|到|改为|改成|to)\s*)?"
    r"(?P<sign>提高|增加|上调|降低|减少|下调|raise|lower|[+-])?(?:到|by)?\s*(?P<number>[0-9]{1,7}(?:\.[0-9]{1,2})?)\s*(?P<percent>%?)"
)
_DOWN: Final = frozenset({"降低", "减少", "下调", "lower", "-"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """A change as it was typed.

    Attributes:
        figure: what is changed.
        target: whose, as it was typed; None for everybody.
        number: hundredths: the new value, or by how much of itself the old one changes where `relative`.
        was: the old value as the person believes it is, in hundredths.
        relative: `number` is a part of the old value, in hundredths of a percent, below zero where it is lowered.
    """

    figure: Figure
    target: str | None
    number: int
    was: int | None = None
    relative: bool = False

    def value(self, now: int) -> int:
        """Give the new value in hundredths, from the one of now."""
        return now * (_WHOLE + self.number) // _WHOLE if self.relative else self.number


def read_change(text: str) -> Wanted | None:
    """Read a change; None where it can't be read."""
    plain = folded(text).strip()
    for figure, words in _FIGURES:
        word = next((word for word in words if word in plain), None)
        if word is None:
            continue
        before, _, behind = plain.partition(word)
        target = text.strip()[: len(before)].strip(" ,:;、，「」的").removesuffix("'s")
        found = _VALUE.fullmatch(behind.strip(" ,:;、。="))
        if found is None:
            return None
        return _wanted(figure, None if folded(target) in _ALL else target, found)
    return None


def _wanted(figure: Figure, target: str | None, found: re.Match[str]) -> Wanted | None:
    number, sign, percent = _hundredths(found["number"]), found["sign"], bool(found["percent"])
    was = _hundredths(found["was"]) if found["was"] else None
    if sign is not None:
        if not percent:
            return None
        return Wanted(figure, target, -number if sign in _DOWN else number, was, relative=True)
    if figure is not Figure.WEIGHT and (percent or number % _HUNDREDTHS):
        return None
    return Wanted(figure, target, number, was)


def _hundredths(text: str) -> int:
    whole, _, part = text.partition(".")
    return int(whole) * _HUNDREDTHS + int(f"{part:0<2}"[:2] or 0)
