"""The small notations of the files: durations, percentages, days, day ranges and spans of a day."""

from __future__ import annotations

import re
from datetime import date, timedelta

from routing.policy import MILLION, Duration
from routing.roster import Span

_UNIT_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"(?P<work>work\s+)?(?P<parts>(?:[0-9]{1,7}[smhd]\s*)+)\Z")
_PART = re.compile(r"([0-9]{1,7})([smhd])")
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,4})?)\s*%\Z")
_SPAN = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])\s*[-–~]\s*([01][0-9]|2[0-4]):([0-5][0-9])\Z")
_LONGEST_DAYS = 3660
_MINUTES_A_DAY = 1440

_UNIT_WORDS = (("d", "天"), ("h", "小时"), ("m", "分钟"), ("s", "秒"))


def parse_duration(text: str) -> Duration:
    """Read `90s`, `10m`, `2h`, `45d`, `1h30m`, or `work 24h`, which counts only hours on duty.

    Raises:
        ValueError: it is none of these, or zero, or longer than ten years; the text says what to write.
    """
    found = _DURATION.match(text.strip())
    if found is None:
        raise ValueError(f"«{text}» is no duration; write it as 90s, 10m, 2h, 45d or work 24h")
    parts = _PART.findall(found["parts"])
    seconds = sum(int(count) * _UNIT_SECONDS[unit] for count, unit in parts)
    if seconds == 0:
        raise ValueError(f"«{text}» is no time at all; the least is 1s")
    if seconds > _LONGEST_DAYS * _UNIT_SECONDS["d"]:
        raise ValueError(f"«{text}» is longer than ten years; write a shorter time")
    return Duration(timedelta(seconds=seconds), at_work=found["work"] is not None)


def format_duration(duration: Duration | timedelta) -> str:
    """Write a duration in the notation of the files: the shortest text that `parse_duration` reads as the same."""
    at_work = isinstance(duration, Duration) and duration.at_work
    return ("work " if at_work else "") + "".join(f"{count}{unit}" for count, unit in _counts(duration))


def duration_in_words(duration: Duration | timedelta) -> str:
    """Write a duration in Chinese: `10 分钟`, `1 小时 30 分钟`, `24 小时（只计上班时间）`."""
    at_work = isinstance(duration, Duration) and duration.at_work
    words = dict(_UNIT_WORDS)
    text = " ".join(f"{count} {words[unit]}" for count, unit in _counts(duration))
    return f"{text}（只计上班时间）" if at_work else text


def _counts(duration: Duration | timedelta) -> list[tuple[int, str]]:
    length = duration.length if isinstance(duration, Duration) else duration
    rest = int(length.total_seconds())
    counts: list[tuple[int, str]] = []
    for unit, _ in _UNIT_WORDS:
        count, rest = divmod(rest, _UNIT_SECONDS[unit])
        if count:
            counts.append((count, unit))
    return counts or [(0, "s")]


def parse_percent(text: str) -> int:
    """Read `5%` or `12.5%` as millionths (50,000; 125,000).

    Raises:
        ValueError: it isn't a percentage of 0 to 100.
    """
    found = _PERCENT.match(text.strip())
    if found is None:
        raise ValueError(f"«{text}» is no percentage; write it as 5%")
    whole, _, fraction = found[1].partition(".")
    millionths = int(whole) * (MILLION // 100) + int((fraction + "0000")[:4])
    if millionths > MILLION:
        raise ValueError(f"«{text}» is more than 100%; write 0% to 100%")
    return millionths


def parse_day(text: str) -> date:
    """Read `2026-10-01`.

    Raises:
        ValueError: it is no such day.
    """
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise ValueError(f"«{text}» is no day; write it as 2026-10-01") from error


def parse_day_range(text: str) -> tuple[date, date]:
    """Read `2026-01-01..2026-12-31`, both days included; either side may be left open.

    Raises:
        ValueError: it is no range, or ends before it begins.
    """
    first, dots, last = text.partition("..")
    if not dots:
        raise ValueError(f"«{text}» is no range of days; write it as 2026-01-01..2026-12-31")
    first_on = parse_day(first) if first.strip() else date.min
    last_on = parse_day(last) if last.strip() else date.max
    if last_on < first_on:
        raise ValueError(f"«{text}» ends before it begins; swap the two days")
    return first_on, last_on


def format_day_range(first_on: date, last_on: date) -> str:
    """Write a range of days as `parse_day_range` reads it."""
    first = "" if first_on == date.min else first_on.isoformat()
    last = "" if last_on == date.max else last_on.isoformat()
    return f"{first}..{last}"


def parse_span(text: str) -> Span:
    """Read `09:00-12:00` as minutes since local midnight; `24:00` is the end of the day.

    Raises:
        ValueError: it is no span, or does not end after it begins.
    """
    found = _SPAN.match(text.strip())
    if found is None:
        raise ValueError(f'«{text}» is no span of a day; write it as "09:00-12:00"')
    start = int(found[1]) * 60 + int(found[2])
    end = int(found[3]) * 60 + int(found[4])
    if max(start, end) > _MINUTES_A_DAY:
        raise ValueError(f'«{text}» goes past 24:00; write it as "09:00-12:00"')
    if end <= start:
        raise ValueError(f"«{text}» does not end after it begins; write 22:00-24:00 and, on the next day, 00:00-06:00")
    return Span(start, end)


def format_span(span: Span) -> str:
    """Write a span as `parse_span` reads it."""
    return f"{span.start // 60:02d}:{span.start % 60:02d}-{span.end // 60:02d}:{span.end % 60:02d}"
