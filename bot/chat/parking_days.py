"""«客户约 3 月再谈»: the day until which a lead is parked, as people write it. Pure: today is an argument."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from bot.chat.command_values import NUMBER, number_of
from bot.chat.command_words import folded

#: Nobody knows what is further ahead.
FURTHEST: Final = timedelta(days=366)
_WEEKDAYS: Final = {name: place for place, name in enumerate("一二三四五六")} | {"日": 6, "天": 6}
_NEAR: Final = {"明天": 1, "后天": 2, "tomorrow": 1}
_DAY: Final = (
    r"(?:"
    r"(?P<iso>[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}[日号]?)"
    rf"|(?P<next_year>明年)?(?P<month>{NUMBER})月份?(?:(?P<day>{NUMBER})[日号]?|(?P<part>[初中底]))?"
    r"|(?P<month_no>[0-9]{1,2})[-/](?P<day_no>[0-9]{1,2})(?![0-9])"
    r"|(?P<next_month>下个?月)(?:(?P<day_of>[0-9]{1,2})[日号])?"
    r"|(?P<next_week>下个?)?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])"
    r"|(?P<near>明天|后天|tomorrow)"
    r")"
)
_ALONE: Final = re.compile(rf"\s*(?:等|约|到|until|till)?\s*{_DAY}")
#: In a note the day counts only where the customer wants to talk again then.
_AGAIN: Final = re.compile(
    rf"{_DAY}\s*(?:左右|以后|之后|后)?\s*再(?:谈|联系|聊|说|跟进|来|看|议)|again\s+on\s+(?P<on>[0-9]{{4}}-[0-9]{{1,2}}-[0-9]{{1,2}})"
)
_PARTS: Final = {"初": 1, "中": 15, "底": 25}


def says_end(text: str) -> bool:
    """Say whether the words end the parking."""
    return folded(text).strip() in {"取消", "恢复", "cancel", "resume"}


def parse_day(text: str, today: date) -> date | None:
    """Read the day that a text begins with: 3月1日, 3月, 下周三, 2027-03-01; the next one of that name."""
    found = _ALONE.match(folded(text))
    return None if found is None else _day(found, today)


def day_in_note(text: str, today: date) -> date | None:
    """Find in a note when the customer wants to talk again: 客户约 3 月再谈; None where it names no such day."""
    plain = re.sub(r"(?<=[0-9])\s+(?=[月日号])|(?<=月)\s+(?=[0-9])", "", folded(text))
    found = _AGAIN.search(plain)
    if found is None:
        return None
    if found["on"]:
        return _date(*(int(part) for part in found["on"].split("-")))
    return _day(found, today)


def _day(found: re.Match[str], today: date) -> date | None:
    if found["near"]:
        return today + timedelta(days=_NEAR[found["near"]])
    if found["iso"]:
        return _date(*(int(part) for part in re.findall(r"[0-9]+", found["iso"])))
    if found["weekday"]:
        wanted = _WEEKDAYS[found["weekday"]]
        if found["next_week"]:
            return today + timedelta(days=7 - today.weekday() + wanted)
        return today + timedelta(days=(wanted - today.weekday()) % 7)
    if found["next_month"]:
        year, month = today.year + today.month // 12, today.month % 12 + 1
        return _date(year, month, int(found["day_of"] or 1))
    return _of_month(found, today)


def _of_month(found: re.Match[str], today: date) -> date | None:
    month = _number(found["month"] or found["month_no"])
    day = _PARTS[found["part"]] if found["part"] else _number(found["day"] or found["day_no"] or "1")
    if month is None or day is None:
        return None
    if found["next_year"]:
        return _date(today.year + 1, month, day)
    this_year = _date(today.year, month, day)
    return this_year if this_year is None or this_year > today else _date(today.year + 1, month, day)


def _number(text: str) -> int | None:
    number = number_of(text)
    return int(number) if number is not None and number == int(number) else None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
