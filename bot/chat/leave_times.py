"""请假 今天 14:00-18:00: dates and times as people write them, in the person's own zone. Pure: now is an argument."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import Enum, auto
from typing import Final

from bot.chat.command_values import NUMBER, number_of, read_duration
from bot.chat.command_words import folded

LONGEST_LEAVE: Final = timedelta(days=366)
_DAY: Final = 24 * 60
_NOON: Final = 12 * 60
_WEEKDAYS: Final = {name: place for place, name in enumerate("一二三四五六")} | {"日": 6, "天": 6, "末": 5}
_ENGLISH_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
#: Name -> minutes of the local day, from and until.
_PARTS: Final = {
    "上午": (0, _NOON), "早上": (0, _NOON), "morning": (0, _NOON), "下午": (_NOON, _DAY), "afternoon": (_NOON, _DAY),
    "中午": (11 * 60, 14 * 60), "noon": (11 * 60, 14 * 60), "晚上": (18 * 60, _DAY), "evening": (18 * 60, _DAY),
}  # fmt: skip
_NEAR: Final = {
    "大后天": 3, "后天": 2, "明天": 1, "明日": 1, "今天": 0, "今日": 0, "tomorrow": 1, "tmr": 1, "today": 0,
}  # fmt: skip
_WHOLE: Final = ("全天", "整天", "一整天", "all day")

_TOKEN: Final = re.compile(
    r"\s*(?:"
    r"(?P<iso>[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}[日号]?)"
    r"|(?P<time>[0-9]{1,2}:[0-9]{2})"
    rf"|(?P<hours>[0-9]{{1,2}}(?=\s*[-~到至]\s*[0-9]{{1,2}}\s*[点时]))"
    rf"|(?P<hour>{NUMBER})\s*[点时](?P<half>半)?(?:(?P<minute>[0-9]{{1,2}})分?)?(?!间)"
    r"|(?P<clock>[0-9]{1,2})\s*(?P<ampm>am|pm)(?![a-z])"
    r"|(?P<month>[0-9]{1,2})(?:月(?P<monthday>[0-9]{1,2})[日号]?|[-/.](?P<dayof>[0-9]{1,2})(?![0-9:点时小天]))"
    r"|(?P<dayonly>[0-9]{1,2})[日号]"
    r"|(?P<week>(?:下个?)?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天末]))"
    r"|(?P<english>(?:next\s+)?(?P<englishday>mon|tue|wed|thu|fri|sat|sun)[a-z]*)"
    r"|(?P<whole>" + "|".join(_WHOLE) + r")"
    r"|(?P<near>" + "|".join(_NEAR) + r")"
    r"|(?P<part>" + "|".join(_PARTS) + r")"
    r"|(?P<now>现在|从现在|now)"
    r"|(?P<to>-+|~+|到|至|to(?![a-z])|until(?![a-z]))"
    r"|(?P<filler>[,，、的从起开始]+|from(?![a-z])|on(?![a-z]))"
    r")"
)


class Unreadable(Enum):
    """Why a text says no leave."""

    NOT_UNDERSTOOD = auto()
    PAST = auto()
    BACKWARDS = auto()
    TOO_LONG = auto()


@dataclass(frozen=True, slots=True)
class Span:
    """From when until when; aware."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class _Side:
    """What was said on one side of 到."""

    day: date | None = None
    minute: int | None = None
    part: tuple[int, int] | None = None
    whole: bool = False
    now: bool = False

    @property
    def empty(self) -> bool:
        return self == _Side()


class _Misread(Exception):
    """A date or time that is none: 13月, 25:00."""


def parse_leave(text: str, now: datetime) -> Span | Unreadable:
    """Read when somebody is away.

    Args:
        text: 今天 14:00-18:00, 明天, 周五下午, 11-25, 11月25日-27日, 2小时; words behind it (a reason) do not matter.
        now: aware, in the zone of the person.
    """
    length = read_duration(text.strip())
    if length is not None and not re.match(r"\s*[-~到至]", length[1]):
        # Half a day may be either half.
        return Unreadable.NOT_UNDERSTOOD if text.strip().startswith("半天") else _from_now(length[0], text, now)
    try:
        sides = _sides(folded(text), now)
        span = None if sides is None else _span(*sides, now)
    except _Misread:
        return Unreadable.NOT_UNDERSTOOD
    return Unreadable.NOT_UNDERSTOOD if span is None else _checked(span, now)


def _checked(span: Span, now: datetime) -> Span | Unreadable:
    if span.ends_at <= span.starts_at:
        return Unreadable.BACKWARDS
    if span.ends_at <= now:
        return Unreadable.PAST
    return Unreadable.TOO_LONG if span.ends_at - span.starts_at > LONGEST_LEAVE else span


def _from_now(length: timedelta, text: str, now: datetime) -> Span | Unreadable:
    """A bare length begins now; in days it is whole days, today the first."""
    if length % timedelta(days=1) == timedelta(0) and not re.search(r"[时h]", folded(text)):
        end = _at(now.date() + length, 0, now)
        return _checked(Span(_at(now.date(), 0, now), end), now)
    return _checked(Span(now, now + length), now)


def _sides(plain: str, now: datetime) -> tuple[_Side, _Side | None] | None:
    """Read the words one after the other; stops at the first that is no date and no time."""
    left, right, at, read = _Side(), None, 0, 0
    while at < len(plain) and (found := _TOKEN.match(plain, at)) is not None:
        at, read = found.end(), read + 1
        if found["to"]:
            if right is not None:
                break
            right = _Side()
        elif not found["filler"]:
            side = right if right is not None else left
            said = _said(found, side, left, now)
            left, right = (left, said) if right is not None else (said, None)
    if right is not None and right.empty:
        right = None
    # A number that was not understood is no reason: better ask than be away at another time.
    unread = plain[at:].lstrip()[:1].isdigit()
    return None if unread or read == 0 or (left.empty and right is None) else (left, right)


def _said(found: re.Match[str], side: _Side, left: _Side, now: datetime) -> _Side:
    """Add one word to a side."""
    if found["whole"]:
        return replace(side, whole=True)
    if found["now"]:
        return replace(side, now=True)
    if found["part"]:
        return replace(side, part=_PARTS[found["part"]])
    minute = _minute(found, side, left)
    if minute is not None:
        return replace(side, minute=minute)
    return replace(side, day=_day(found, left.day or now.date(), now.date()))


def _minute(found: re.Match[str], side: _Side, left: _Side) -> int | None:
    """Give the minute of the day that a word names; 下午 before it, also on the other side, makes 3 点 a 15:00."""
    if found["time"]:
        hour, minute = (int(part) for part in found["time"].split(":"))
    elif found["clock"]:
        hour, minute = int(found["clock"]) % 12 + (12 if found["ampm"] == "pm" else 0), 0
    elif found["hour"] or found["hours"]:
        told = number_of(found["hour"] or found["hours"])
        if told is None or told != int(told):
            raise _Misread
        hour, minute = int(told), 30 if found["half"] else int(found["minute"] or 0)
    else:
        return None
    part = side.part or left.part
    if part is not None and part[0] >= _NOON and hour < 12:  # noqa: PLR2004  the hours of a clock face
        hour += 12
    if minute >= 60 or hour * 60 + minute > _DAY:  # noqa: PLR2004
        raise _Misread
    return hour * 60 + minute


def _day(found: re.Match[str], base: date, today: date) -> date:
    """Give the day that a word names: the next one of that name, never one behind us by more than a month."""
    try:
        if found["near"]:
            return today + timedelta(days=_NEAR[found["near"]])
        if found["iso"]:
            return date(*(int(part) for part in re.findall(r"[0-9]+", found["iso"])))
        if found["week"]:
            return _weekday(_WEEKDAYS[found["weekday"]], base, after_this="下" in found["week"])
        if found["english"]:
            wanted = _ENGLISH_DAYS.index(found["englishday"])
            return _weekday(wanted, base, after_this=found["english"].startswith("next"))
        if found["month"]:
            day = date(today.year, int(found["month"]), int(found["monthday"] or found["dayof"]))
            return day.replace(year=day.year + 1) if day < today - timedelta(days=31) else day
        day = base.replace(day=int(found["dayonly"]))
        return day if day >= base else _next_month(day)
    except ValueError:
        raise _Misread from None


def _weekday(wanted: int, base: date, *, after_this: bool) -> date:
    """Give the next such weekday, the base included; 下周 is the week after the base's, from Monday on."""
    if after_this:
        return base + timedelta(days=7 - base.weekday() + wanted)
    return base + timedelta(days=(wanted - base.weekday()) % 7)


def _next_month(day: date) -> date:
    return day.replace(year=day.year + day.month // 12, month=day.month % 12 + 1)


def _span(left: _Side, right: _Side | None, now: datetime) -> Span:
    first = left.day or now.date()
    if right is None:
        starts = 0 if left.minute is None else left.minute
        ends = _DAY
        if left.part is not None and not left.whole:
            starts, ends = left.minute if left.minute is not None else left.part[0], left.part[1]
        return Span(now if left.now else _at(first, starts, now), _at(first, ends, now))
    open_start = left.now or left.empty
    starts_at = now if open_start else _at(first, _start_of(left), now)
    last = right.day or first
    return Span(starts_at, _at(last, _end_of(right), now))


def _start_of(left: _Side) -> int:
    if left.minute is not None:
        return left.minute
    return left.part[0] if left.part is not None else 0


def _end_of(right: _Side) -> int:
    if right.minute is not None:
        return right.minute
    if right.part is not None:
        return right.part[1]
    return _DAY


def _at(day: date, minute: int, now: datetime) -> datetime:
    """Give a moment of a local day; minute 1440 is the next midnight."""
    try:
        whole = day + timedelta(days=minute // _DAY)
    except OverflowError:
        raise _Misread from None
    return datetime.combine(whole, time(minute % _DAY // 60, minute % 60), now.tzinfo)
