"""Phone numbers as people type them, to E.164.

Mobile numbers of mainland China are known by their form (eleven digits, 13 to 19 at the beginning), since number
tables lag behind new segments; everything else is judged by `phonenumbers`. Lost digits are never guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import phonenumbers

from bot.lead_sources.problems import Wording
from routing.vocabulary import tidy

_PUNCTUATION = str.maketrans("", "", " -().·_—–\n\t")
_MOBILE = re.compile(r"(?:\+?86|0086|0)?(1[3-9][0-9]{9})")
_MOBILE_INSIDE = re.compile(r"(?<![0-9+])(?:\+?86|0086)?(1[3-9][0-9]{9})(?![0-9])")
_BETWEEN = re.compile(r"[/、,;|]|(?<=[0-9]{11})\s+(?=\+|1[3-9])")
_EXTENSION = re.compile(r"(?:转|分机|ext\.?|x|#)\s*([0-9]{1,6})$|(?<=[0-9]{7})-([0-9]{1,5})$", re.IGNORECASE)
_LABEL = re.compile(r"^[^\d+(]{1,8}[::]\s*")
_EXPONENT = re.compile(r"[0-9.]+e\+?[0-9]+", re.IGNORECASE)
_WECHAT_ID = re.compile(r"[a-zA-Z][a-zA-Z0-9_-]{5,19}")
_SERVICE = re.compile(r"(?:\+86)?(?:400|800)[0-9]{7}|9[0-9]{4}|1[0-2][0-9]{1,4}")
_SAME_AS_WECHAT = re.compile(r"微信同号|同微信|同号|vx同|v同")
_FILLERS = frozenset({"无", "暂无", "没有", "-", "--", "无电话", "none", "null", "n/a", "0"})
#: No number with label and extension is longer; more would only feed a parser.
_LONGEST = 120

_UNREADABLE = Wording("不是可识别的电话号码", "is no phone number that can be read")
_LOST = Wording(
    "号码被表格软件写成了科学计数，位数已丢失", "was turned into an exponent by a spreadsheet; digits are lost"
)
_MASKED = Wording("号码被打码，无法联系", "is masked, so that nobody can be called")
_SERVICE_NUMBER = Wording("是服务热线，不是联系人的电话", "is a service line, not a person's phone")


@dataclass(frozen=True, slots=True)
class Phone:
    """What a phone field held.

    Attributes:
        number: E.164, or None if nothing could be read.
        others: more numbers of the same field, E.164.
        extension: digits to dial after the call is taken.
        wechat: a WeChat id that stood in the field, or was said to be the same number.
        problem: why there is no number; None for a filler such as 无.
    """

    number: str | None = None
    others: tuple[str, ...] = ()
    extension: str | None = None
    wechat: str | None = None
    problem: Wording | None = None


def read_phone(raw: str | float) -> Phone:
    """Read a phone field.

    `+86 138-0000-1234`, `０１３８…`, `13800001234.0`, `0755-8888 8888 转 802`, `手机：138…（微信同号）`, `138…/139…`
    and `+852 9123 4567` are all understood; `1.38E+10`, `138****8000`, `400-…` are not, and say why.
    """
    text = _digits(raw) if isinstance(raw, float | int) else tidy(raw[:_LONGEST])
    compact = text.removesuffix(".0").translate(_PUNCTUATION)
    if match := _MOBILE.fullmatch(compact):
        return Phone(f"+86{match[1]}")
    if text.lower() in _FILLERS or not text:
        return Phone()
    return _read_dirty(text)


def _digits(raw: float) -> str:
    """A number typed into a spreadsheet or sent without quotes: 13800138000.0."""
    return str(int(raw)) if float(raw).is_integer() else str(raw)


def _read_dirty(text: str) -> Phone:
    if _EXPONENT.fullmatch(text):
        return Phone(problem=_LOST)
    if "*" in text or "＊" in text:
        return Phone(problem=_MASKED)
    found = [phone for part in _BETWEEN.split(text) if (phone := _read_part(part.strip())).number]
    if found:
        first = found[0]
        wechat = (first.number or "").removeprefix("+86") if _SAME_AS_WECHAT.search(text.lower()) else None
        others = tuple(phone.number for phone in found[1:] if phone.number and phone.number != first.number)
        return Phone(first.number, others, first.extension, wechat)
    if _SERVICE.fullmatch(text.translate(_PUNCTUATION)):
        return Phone(problem=_SERVICE_NUMBER)
    if _WECHAT_ID.fullmatch(text):
        return Phone(wechat=text, problem=_UNREADABLE)
    return Phone(problem=_UNREADABLE)


def _read_part(part: str) -> Phone:
    compact = part.translate(_PUNCTUATION)
    if match := _MOBILE.fullmatch(compact) or _MOBILE_INSIDE.search(compact):
        return Phone(f"+86{match[1]}")
    bare = _LABEL.sub("", part)
    extension = None
    if match := _EXTENSION.search(bare):
        bare, extension = bare[: match.start()], match[1] or match[2]
    number = _other_number(bare)
    return Phone(number, extension=extension if number else None)


def _other_number(text: str) -> str | None:
    """A landline, or a number from abroad; service numbers (400, 95xxx) are nobody's phone."""
    digits = text.translate(_PUNCTUATION)
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    if _SERVICE.fullmatch(digits) or not re.fullmatch(r"\+?[0-9]{7,18}", digits):
        return None
    if not digits.startswith(("+", "0")):
        # Without area code nobody knows which city's number it is.
        return None
    try:
        parsed = phonenumbers.parse(digits, "CN")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
