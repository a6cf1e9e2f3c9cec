"""The effect of a policy as one page that needs nothing else: inline style, inline plots, no script, light and dark."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from jinja2 import Environment, FileSystemLoader, Template

from bot.cli import texts_what_if as texts
from bot.cli.what_if_figures import Figures, Row, length, shares_within
from routing.what_if.effects import Effects

_FOLDER = Path(__file__).with_name("templates")
#: Reps in the plot of counts; the table has all.
_PLOTTED = 20
#: The plots are as wide as a phone, so that their letters are never scaled down.
_WIDTH = 340
_BAR, _GAP, _NAMES, _NUMBERS = 9, 12, 84, 46
_HEIGHT, _LEFT, _BOTTOM, _TOP = 200, 36, 24, 12
_MARKS = (10, 120, 1200, 3 * 3600, 86400, 7 * 86400)


@dataclass(frozen=True, slots=True)
class Bar:
    """Two bars of one name: lengths in units of the plot."""

    name: str
    top: int
    before: float
    after: float
    before_count: int
    after_count: int


@dataclass(frozen=True, slots=True)
class Curve:
    """The two curves of the waiting times, and what stands beside them."""

    before: str
    after: str
    ticks: tuple[tuple[float, str], ...]
    shares: tuple[tuple[float, str], ...]


def bars(rows: tuple[Row, ...]) -> list[Bar]:
    """Lay out bars for the first rows."""
    shown = rows[:_PLOTTED]
    longest = max((max(row.before, row.after) for row in shown), default=1) or 1
    room = _WIDTH - _NAMES - _NUMBERS
    step = 2 * _BAR + _GAP
    return [
        Bar(row.name, number * step + _GAP // 2, row.before * room / longest, row.after * room / longest, row.before,
            row.after)
        for number, row in enumerate(shown)
    ]  # fmt: skip


def curve(effects: Effects, *, locale: str) -> Curve:
    """Lay out the shares of leads accepted within a time, on an axis on which each tenfold is as wide."""
    longest = max([float(waits[-1]) for waits in (effects.waits_before, effects.waits_after) if len(waits)] or [60.0])
    last = max(longest, 600.0)
    marks = np.geomspace(5, last, 120)
    span = np.log(marks[-1] / marks[0])

    def x(seconds: float) -> float:
        return float(_LEFT + (_WIDTH - _LEFT - 8) * np.log(max(seconds, marks[0]) / marks[0]) / span)

    def y(part: float) -> float:
        return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - part)

    def path(waits: np.ndarray[tuple[int], np.dtype[np.float64]]) -> str:
        parts = shares_within(waits, marks)
        return " ".join(f"{x(mark):.1f},{y(part):.1f}" for mark, part in zip(marks, parts, strict=True))

    return Curve(
        path(effects.waits_before),
        path(effects.waits_after),
        tuple((round(x(mark), 1), length(mark, locale)) for mark in _MARKS if mark <= last),
        tuple((round(y(part), 1), f"{part:.0%}") for part in (0.0, 0.5, 0.9, 1.0)),
    )


def page(effects: Effects, figures: Figures, *, title: str, sentences: tuple[str, ...], locale: str) -> str:
    """Give the page.

    Args:
        effects: of the policy.
        figures: the same in rows.
        title: of the page.
        sentences: said above the figures.
        locale: of whoever reads it.
    """
    plot = bars(figures.reps)
    return _template().render(
        lang="en" if locale == "en" else "zh-CN",
        style=(_FOLDER / "what_if.css").read_text("utf-8"),
        title=title,
        sentences=sentences,
        figures=figures,
        team_bars=bars(figures.teams),
        bars=plot,
        curve=curve(effects, locale=locale),
        waits=bool(len(effects.waits_before) or len(effects.waits_after)),
        width=_WIDTH,
        height=_HEIGHT,
        names=_NAMES,
        bar=_BAR,
        step=2 * _BAR + _GAP,
        left=_LEFT,
        bottom=_BOTTOM,
        say=lambda name: getattr(texts, name).say(locale),
    )


@cache
def _template() -> Template:
    environment = Environment(loader=FileSystemLoader(_FOLDER), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.get_template("what_if.html")
