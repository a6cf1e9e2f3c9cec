"""What a decision costs as the company grows, under rules that look at 24 dimensions: figures, and two drawings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench.deciding import figures
from bench.line_chart import Axis, line_chart

REPS = (10, 30, 100, 300, 1_000, 3_000, 10_000)
RULES = (1, 3, 10, 30, 100, 300, 1_000)
USUAL_REPS, USUAL_RULES = 1_000, 200
_LEADS = 1_500
_MICROSECONDS = (10, 30, 100, 300, 1_000, 3_000, 10_000)


def sizes() -> Iterator[tuple[int, int]]:
    """Give every (reps, rules) that is measured: one grows while the other stays as usual."""
    yield from ((reps, USUAL_RULES) for reps in REPS)
    yield from ((USUAL_REPS, rules) for rules in RULES)


def costs(step: Callable[[], None]) -> list[dict[str, Any]]:
    """Measure every size; `step` is called after each."""
    found = []
    for reps, rules in sizes():
        found.append(figures(reps, rules, count=_LEADS, wide=True))
        step()
    return found


def draw(found: list[dict[str, Any]], folder: Path, name: str) -> list[Path]:
    """Draw cost over reps and cost over rules; gives the files."""
    written = []
    for grows, stays, usual in (("reps", "rules", USUAL_RULES), ("rules", "reps", USUAL_REPS)):
        rows = sorted((row for row in found if row[stays] == usual), key=lambda row: int(row[grows]))
        lines = {
            each: [(row[grows], row[f"decide_{each}_us"]) for row in rows if row[f"decide_{each}_us"]]
            for each in ("p50", "p99")
        }
        marks = tuple(float(row[grows]) for row in rows)
        title = f"One decision, {usual} {stays}, 24 dimensions"
        chart = line_chart(title, Axis(grows, marks, log=True), Axis("µs, one core", _MICROSECONDS, log=True), lines)
        path = folder / f"{name}-{grows}.svg"
        path.write_text(chart, encoding="utf-8")
        written.append(path)
    return written
