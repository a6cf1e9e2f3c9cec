"""Chinese sentences with something filled in, and how long something still lasts."""

from __future__ import annotations

from datetime import timedelta
from string import Formatter
from typing import Final

_FORMATTER: Final = Formatter()
_MINUTE: Final = 60
_HOUR: Final = 60
#: Below this many seconds people count in seconds, below this many minutes in minutes.
_IN_SECONDS: Final = 90
_IN_MINUTES: Final = 180
#: Unit -> what it is called in Chinese and in English.
_UNITS: Final = {"seconds": ("秒", "s"), "minutes": ("分钟", "min"), "hours": ("小时", "h")}


def phrase(template: str, **values: object) -> str:
    """Fill a template in, with a blank where Chinese meets Latin letters or digits: 已派给 Anna, but 已派给张三."""
    text = ""
    for literal, name, spec, _ in _FORMATTER.parse(template):
        text = _joined(text, literal)
        if name is not None:
            text = _joined(text, format(values[name], spec or ""))
    return text


def _joined(text: str, more: str) -> str:
    if not text or not more:
        return text + more
    last, first = text[-1], more[0]
    apart = (_is_chinese(last) and _is_latin(first)) or (_is_latin(last) and _is_chinese(first))
    return f"{text} {more}" if apart else text + more


def _is_chinese(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff"


def _is_latin(character: str) -> bool:
    """Say whether it is a letter or digit of a script that is written before the first Chinese sign of Unicode."""
    return character.isalnum() and character < "\u2e80"


def time_left(left: timedelta, locale: str = "zh") -> str:
    """Say how long something still lasts as people would: 75 秒, 10 分钟, 约 10 分钟, 约 5 小时."""
    seconds = max(int(left.total_seconds()), 1)
    if seconds < _IN_SECONDS:
        return _amount(seconds, "seconds", locale, exact=True)
    minutes, over = (seconds + _MINUTE // 2) // _MINUTE, seconds % _MINUTE
    if minutes < _IN_MINUTES:
        return _amount(minutes, "minutes", locale, exact=over == 0)
    hours = (minutes + _HOUR // 2) // _HOUR
    return _amount(hours, "hours", locale, exact=seconds == hours * _HOUR * _MINUTE)


def _amount(count: int, unit: str, locale: str, *, exact: bool) -> str:
    zh, en = _UNITS[unit]
    if locale == "en":
        return f"{count} {en}" if exact else f"about {count} {en}"
    return f"{count} {zh}" if exact else f"约 {count} {zh}"
