"""Line charts as SVG text, so that a figure can lie in the repository and be read as a diff."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

_COLOURS = ("#1a6fb5", "#c8452f", "#3d8b40", "#8a5a00", "#6a4fa3", "#555555")
_WIDTH, _HEIGHT = 760, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 200, 46, 52

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis: what it says, its marks (ascending, the first and the last are its ends), and whether it is logarithmic."""

    label: str
    marks: tuple[float, ...]
    log: bool = False

    def place(self, start: float, end: float) -> Callable[[float], float]:
        """Give where values lie between two ends of the drawing; what lies outside the marks is drawn at the edge."""
        low, high = self._scaled(self.marks[0]), self._scaled(self.marks[-1])

        def at(value: float) -> float:
            part = (self._scaled(min(max(value, self.marks[0]), self.marks[-1])) - low) / (high - low)
            return start + part * (end - start)

        return at

    def _scaled(self, value: float) -> float:
        return math.log10(value) if self.log else value


def line_chart(
    title: str, across: Axis, upward: Axis, lines: Mapping[str, Points], *, limit: float | None = None
) -> str:
    """Draw lines by name.

    Args:
        title: stands above.
        across: the x axis.
        upward: the y axis.
        lines: name -> points; drawn in this order, and listed at the right.
        limit: a dashed line at this height.
    """
    x, y = across.place(_LEFT, _WIDTH - _RIGHT), upward.place(_HEIGHT - _BOTTOM, _TOP)
    drawn = [*_frame(title, across, upward)]
    if limit is not None:
        drawn.append(
            _line(x(across.marks[0]), y(limit), x(across.marks[-1]), y(limit), "#222", ' stroke-dasharray="5 4"')
        )
        drawn.append(_text(x(across.marks[-1]) - 4, y(limit) - 5, f"{limit:g}", "end"))
    for number, (name, points) in enumerate(lines.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        path = " ".join(f"{x(one):.1f},{y(other):.1f}" for one, other in points)
        drawn.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        height = _TOP + 10 + 20 * number
        drawn.append(_line(_WIDTH - _RIGHT + 14, height, _WIDTH - _RIGHT + 34, height, colour, ' stroke-width="2"'))
        drawn.append(_text(_WIDTH - _RIGHT + 40, height + 4, name))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" font-size="12">'
    paper = f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>'
    return "\n".join([head, paper, *drawn, "</svg>\n"])


def _frame(title: str, across: Axis, upward: Axis) -> list[str]:
    x, y = across.place(_LEFT, _WIDTH - _RIGHT), upward.place(_HEIGHT - _BOTTOM, _TOP)
    left, right, bottom, top = x(across.marks[0]), x(across.marks[-1]), y(upward.marks[0]), y(upward.marks[-1])
    drawn = [f'<text x="{_LEFT}" y="24" font-size="15">{escape(title)}</text>']
    for mark in across.marks:
        drawn += [_line(x(mark), bottom, x(mark), top, "#e4e4e4"), _text(x(mark), bottom + 18, f"{mark:,g}", "middle")]
    for mark in upward.marks:
        drawn += [_line(left, y(mark), right, y(mark), "#e4e4e4"), _text(left - 8, y(mark) + 4, f"{mark:,g}", "end")]
    drawn.append(_text((left + right) / 2, _HEIGHT - 12, across.label, "middle"))
    middle = (top + bottom) / 2
    drawn.append(
        f'<text x="18" y="{middle:.1f}" text-anchor="middle" transform="rotate(-90 18 {middle:.1f})">'
        f"{escape(upward.label)}</text>"
    )
    return drawn


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, more: str = "") -> str:
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {ends} stroke="{colour}"{more}/>'


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
