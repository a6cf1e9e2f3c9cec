"""The effect of a policy as rows that a table or a page shows: sums by team, shares, waiting times in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.cli import texts_what_if as texts
from bot.wording import Words
from routing.what_if.effects import Effects, percentile

_HUNDRED = 100
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_OUTCOMES = (("owned", texts.OWNED), ("offered", texts.OFFERED), ("pool", texts.POOL), ("review", texts.REVIEW))


@dataclass(frozen=True, slots=True)
class Row:
    """One rep or team: leads accepted, their share of all, leads in hand at the end."""

    name: str
    before: int
    after: int
    share_before: str
    share_after: str
    open_before: int
    open_after: int

    @property
    def change(self) -> int:
        """Give how many leads more."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the summary, in words."""

    label: str
    before: str
    after: str
    change: str


@dataclass(frozen=True, slots=True)
class Figures:
    """All that is shown; `reps` and `teams` begin with the largest change."""

    figures: tuple[Figure, ...]
    teams: tuple[Row, ...]
    reps: tuple[Row, ...]
    flows: tuple[tuple[str, str, int], ...]
    examples: tuple[tuple[str, str, str], ...]


def figures_of(effects: Effects, teams: Mapping[str, str], names: Mapping[str, str], *, locale: str) -> Figures:
    """Put the effects into rows.

    Args:
        effects: of the policy.
        teams: rep id -> team id.
        names: rep id or team id -> name; whoever has none is shown by the id.
        locale: of whoever reads it.
    """
    nobody = texts.NOBODY.say(locale)

    def name(person: str | None) -> str:
        return nobody if person is None else names.get(person, person)

    had, has = sum(rep.before for rep in effects.reps), sum(rep.after for rep in effects.reps)
    by_team: dict[str, Counter[str]] = {}
    reps = []
    for rep in effects.reps:
        counts = (rep.before, rep.after, rep.open_before, rep.open_after)
        reps.append(_row(name(rep.rep), counts, had, has))
        sums = by_team.setdefault(teams.get(rep.rep, "–"), Counter())
        sums.update(dict(zip(("before", "after", "open_before", "open_after"), counts, strict=True)))
    rows = [
        _row(name(team), (sums["before"], sums["after"], sums["open_before"], sums["open_after"]), had, has)
        for team, sums in by_team.items()
    ]
    return Figures(
        figures=tuple(_summary(effects, locale)),
        teams=_sorted(rows),
        reps=_sorted(reps),
        flows=tuple((name(one), name(other), count) for one, other, count in effects.flows),
        examples=tuple((f"L{moved.lead_id}", name(moved.before), name(moved.after)) for moved in effects.examples),
    )


def _row(name: str, counts: tuple[int, int, int, int], had: int, has: int) -> Row:
    before, after, open_before, open_after = counts
    return Row(name, before, after, share(before, had), share(after, has), open_before, open_after)


def _sorted(rows: list[Row]) -> tuple[Row, ...]:
    return tuple(sorted(rows, key=lambda row: (-abs(row.change), -row.before, row.name)))


def _summary(effects: Effects, locale: str) -> list[Figure]:
    found = []
    for key, words in _OUTCOMES:
        before, after = effects.outcomes_before[key], effects.outcomes_after[key]
        found.append(Figure(words.say(locale), f"{before:,}", f"{after:,}", f"{after - before:+,}"))
    for percent, words in ((50, texts.P50), (90, texts.P90)):
        had, has = percentile(effects.waits_before, percent), percentile(effects.waits_after, percent)
        change = "" if had is None or has is None else _signed(has - had, locale)
        found.append(Figure(words.say(locale), length(had, locale), length(has, locale), change))
    return found


def share(count: int, total: int) -> str:
    """Give a share in per cent, with one decimal."""
    return f"{_HUNDRED * count / total:.1f}%" if total else "–"


def length(seconds: float | None, locale: str) -> str:
    """Give a length of time in the unit that suits it."""
    if seconds is None:
        return "–"
    for unit, words in ((_DAY, texts.DAY), (_HOUR, texts.HOUR), (_MINUTE, texts.MINUTE)):
        if seconds >= (unit if unit == _DAY else 2 * unit):
            return _counted(words, seconds / unit, locale)
    return _counted(texts.SECOND, seconds, locale)


def _counted(words: Words, count: float, locale: str) -> str:
    return words.say(locale, count=f"{count:.1f}".removesuffix(".0"))


def _signed(seconds: float, locale: str) -> str:
    sign = "+" if seconds > 0 else "−" if seconds < 0 else "±"
    return f"{sign}{length(abs(seconds), locale)}"


def shares_within(sorted_seconds: npt.NDArray[np.float64], marks: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Give the share (0-1) of waits that do not exceed each mark."""
    if not len(sorted_seconds):
        return np.zeros(len(marks))
    found: npt.NDArray[np.float64] = np.searchsorted(sorted_seconds, marks, side="right") / len(sorted_seconds)
    return found
