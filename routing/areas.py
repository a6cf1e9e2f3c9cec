"""Fences that no list of provinces can draw: polygons on the map, and beginnings of phone numbers.

A lead is inside one fence at most. Where it says its coordinates, the first polygon of the file that holds them is its
fence, the border included, so that a point on a border belongs to exactly one. Else a known province decides, and only
where none is known the phone number: the longest beginning that fits, and of equal ones the first of the file.

Coordinates are read as whole millionths of a degree (11 cm), so that every machine finds the same side of a line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from routing.decision import Ints
from routing.lead import Facts

LONGITUDE, LATITUDE = "attributes.longitude", "attributes.latitude"
"""Where a lead says where it is, in degrees (WGS-84)."""
INSIDE = "trait.fence"
"""What a decision's record keeps instead of coordinates and numbers: the number of the area, from 1; 0 for none."""

_DEGREE = 1_000_000


@dataclass(frozen=True, slots=True)
class Area:
    """One fence of this kind: `polygon` is (longitude, latitude) corners in degrees, or there are `phone_prefixes`."""

    teams: tuple[str, ...]
    polygon: tuple[tuple[float, float], ...] = ()
    phone_prefixes: tuple[str, ...] = ()


def area_of(areas: Sequence[Area], facts: Facts) -> int:
    """Give the number of the lead's area, from 1; 0 where it is in none, or where its province decides."""
    recorded = facts.get(INSIDE)
    if isinstance(recorded, int):
        return recorded
    point = _point(facts)
    if point is not None:
        for number, area in enumerate(areas, start=1):
            if area.polygon and holds(area.polygon, *point):
                return number
    if "province" in facts:
        return 0
    return _by_phone(areas, facts.get("trait.phone_prefix"))


def holds(polygon: Sequence[tuple[float, float]], x: int, y: int) -> bool:
    """Say whether a polygon holds a point, its border included; by crossings of the ray to the east.

    Args:
        polygon: three corners or more, in degrees; the last is joined to the first.
        x: longitude in millionths of a degree.
        y: latitude in millionths of a degree.
    """
    corners: Ints = np.rint(np.array(polygon, dtype=np.float64) * _DEGREE).astype(np.int64) - (x, y)
    ax, ay = corners.T
    bx, by = np.roll(corners, -1, axis=0).T
    # Twice the area of the triangle of point and side: 0 on the side's line, its sign the side of it.
    turn = ax * by - bx * ay
    on_border = (turn == 0) & (ax * bx <= 0) & (ay * by <= 0)
    crosses = ((ay > 0) != (by > 0)) & ((turn > 0) == (by > ay))
    return bool(on_border.any()) or bool(np.count_nonzero(crosses) % 2)


def _point(facts: Facts) -> tuple[int, int] | None:
    """Give the lead's coordinates in millionths of a degree; None where it has none, or none on this earth."""
    x, y = facts.get(LONGITUDE), facts.get(LATITUDE)
    if isinstance(x, (bool, str)) or isinstance(y, (bool, str)) or x is None or y is None:
        return None
    if not (-180 <= x <= 180 and -90 <= y <= 90):  # noqa: PLR2004  degrees
        return None
    return round(x * _DEGREE), round(y * _DEGREE)


def _by_phone(areas: Sequence[Area], begins: object) -> int:
    if not isinstance(begins, str):
        return 0
    fits = [
        (-len(bare), number)
        for number, area in enumerate(areas, start=1)
        for bare in (prefix.removeprefix("0") for prefix in area.phone_prefixes)
        if begins.startswith(bare)
    ]
    return min(fits)[1] if fits else 0
