"""What nobody mapped, made safe to keep: no control characters, bounded in depth, breadth and length."""

from __future__ import annotations

import math
from collections.abc import Mapping

from routing.vocabulary import tidy

_MOST_KEYS = 200
_LONGEST_KEY = 100
_LONGEST_TEXT = 2_000
_DEEPEST = 5
#: Values kept in all, however they are nested.
_MOST_VALUES = 1_000
_CUT = "…"


def tidy_extra(extra: Mapping[str, object]) -> dict[str, object]:
    """Give a copy that any database takes as JSON; what lies too deep becomes `…`, what is too much is left out."""
    tidied = _tidy(extra, 0, [_MOST_VALUES])
    return tidied if isinstance(tidied, dict) else {}


def _tidy(value: object, depth: int, left: list[int]) -> object:
    left[0] -= 1
    if isinstance(value, str):
        return tidy(value[:_LONGEST_TEXT])
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if depth >= _DEEPEST:
        return _CUT
    if isinstance(value, Mapping):
        inner: dict[str, object] = {}
        for key, item in value.items():
            if len(inner) >= _MOST_KEYS or left[0] <= 0:
                break
            inner[tidy(str(key)[:_LONGEST_KEY])] = _tidy(item, depth + 1, left)
        return inner
    if isinstance(value, list | tuple):
        return [_tidy(item, depth + 1, left) for item in value[: min(_MOST_KEYS, max(left[0], 0))]]
    return _CUT
