"""Values in commands: how long, how much, how many. Pure; what can't be read is None."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Final

from bot.chat.command_words import folded

_DIGITS: Final = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_TEN: Final = 10
NUMBER: Final = r"(?:[0-9]{1,6}(?:\.[0-9]{1,3})?|[零〇一二两三四五六七八九十]{1,3})"
_UNITS: Final = (
    (r"个?(?:星期|礼拜|周)|weeks?|w", timedelta(weeks=1)),
    (r"天|days?|d", timedelta(days=1)),
    (r"个?(?:小时|钟头)|hours?|hrs?|h", timedelta(hours=1)),
    (r"分钟?|minutes?|mins?|m", timedelta(minutes=1)),
    (r"秒钟?|seconds?|secs?|s", timedelta(seconds=1)),
)
_PART: Final = re.compile(
    rf"({NUMBER}|半|half\s+(?:an?\s+)?)\s*(个半)?\s*(?:"
    + "|".join(f"(?P<u{place}>{unit})" for place, (unit, _) in enumerate(_UNITS))
    + r")(半)?(?![a-z])\s*"
)
LONGEST: Final = timedelta(days=366)

_AMOUNT: Final = re.compile(
    r"(?:rmb|cny|人民币|[¥￥])?\s*([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,15})(\.[0-9]{1,6})?\s*"
    r"(亿|千万|百万|十万|万|w|千|k|百|m)?\s*(?:元整?|块钱?|rmb|cny|人民币|yuan)?"
)
_TIMES: Final = {
    "亿": 10**8, "千万": 10**7, "百万": 10**6, "m": 10**6, "十万": 10**5, "万": 10**4, "w": 10**4, "千": 1000,
    "k": 1000, "百": 100,
}  # fmt: skip
MOST_YUAN: Final = 10**12

_COUNT: Final = re.compile(rf"({NUMBER})\s*(?:次|个|单|回|条|x|times?)?(?=\s|$|[^0-9a-z.])\s*")


def number_of(text: str) -> Decimal | None:
    """Read 12, 1.5, 两, 十五 or 二十."""
    if text[:1].isascii():
        return Decimal(text) if text else None
    tens, ten, ones = text.partition("十")
    if not ten:
        return Decimal(_DIGITS[text]) if text in _DIGITS else None
    if any(part and part not in _DIGITS for part in (tens, ones)):
        return None
    return Decimal((_DIGITS[tens] if tens else 1) * _TEN + (_DIGITS[ones] if ones else 0))


def read_duration(text: str) -> tuple[timedelta, str] | None:
    """Read a length of time from the beginning: 2小时, 半小时, 1个半小时, 1h30m; gives it and the rest of the text."""
    plain, at, total = folded(text), 0, timedelta()
    while (found := _PART.match(plain, at)) is not None:
        length = _part(found)
        if length is None or total + length > LONGEST:
            return None
        total, at = total + length, found.end()
    return (total, text[at:]) if total > timedelta() else None


def _part(found: re.Match[str]) -> timedelta | None:
    half = found[1].startswith(("半", "half"))
    count = Decimal("0.5") if half else number_of(found[1])
    if count is None:
        return None
    if found[2] or found[found.lastindex or 0] == "半":
        count += Decimal("0.5")
    unit = next(unit for place, (_, unit) in enumerate(_UNITS) if found[f"u{place}"])
    seconds = int(count * int(unit.total_seconds()))
    return timedelta(seconds=seconds) if seconds <= LONGEST.total_seconds() else None


def parse_duration(text: str) -> timedelta | None:
    """Read a text that is nothing but a length of time, above zero and at most a year."""
    found = read_duration(text.strip())
    return found[0] if found is not None and not found[1].strip() else None


def parse_amount(text: str) -> int | None:
    """Read an amount in yuan: 50万, 12,000, ¥3.5万, 1.2亿; rounded to whole yuan, at most 10^12."""
    found = _AMOUNT.fullmatch(folded(text).strip())
    if found is None:
        return None
    amount = Decimal(found[1].replace(",", "") + (found[2] or "")) * _TIMES.get(found[3] or "", 1)
    yuan = int(amount.to_integral_value())
    return yuan if yuan <= MOST_YUAN else None


def read_count(text: str) -> tuple[int, str] | None:
    """Read a number of times from the beginning: 2, 2次, 两次; gives it and the rest of the text."""
    found = _COUNT.match(folded(text))
    if found is None:
        return None
    count = number_of(found[1])
    if count is None or count != int(count):
        return None
    return int(count), text[found.end() :]
