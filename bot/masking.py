"""What a person may see of somebody's phone, e-mail and WeChat id before having accepted the lead."""

from __future__ import annotations

import re

_KEEP_HEAD, _KEEP_TAIL = 3, 4
_CHINA = "+86"
_CHINA_MOBILE = re.compile(r"1\d{10}")
#: Seven digits and more, as people write numbers: with blanks, hyphens, brackets between them.
_NUMBER = re.compile(r"(?<!\d)[+＋(（]?\d(?:[\s\-–—.·()（）]{0,2}\d){6,}")
_DAY = re.compile(r"\d{4}[-./]\d{1,2}[-./]\d{1,2}")
#: No code of an area, nothing between the digits, too short for a mobile: far more often money than a telephone.
_AMOUNT = re.compile(r"[1-9]\d{6,9}")
_ADDRESS = re.compile(r"[^\s@,;，；<>：:]{1,64}@[^\s@,;，；<>]{1,190}")
_WHOLE_NUMBER = 11


def mask_phone(phone: str | None) -> str | None:
    """Give `138****8000` for a Chinese mobile, and `+44****1234` or `0512****88` alike for others; None stays None."""
    if not phone:
        return None
    national = phone.removeprefix(_CHINA)
    if _CHINA_MOBILE.fullmatch(national):
        return f"{national[:_KEEP_HEAD]}****{national[-_KEEP_TAIL:]}"
    visible = max(len(phone) // 4, 1)
    return f"{phone[:_KEEP_HEAD]}****{phone[-visible:]}" if len(phone) > _KEEP_HEAD + visible else "****"


def plain_phone(phone: str | None) -> str | None:
    """Give a number as people dial it: a Chinese one without its country code."""
    return phone.removeprefix(_CHINA) if phone else None


def mask_email(email: str | None) -> str | None:
    """Give `w***@example.com`; None stays None."""
    if not email:
        return None
    name, _, domain = email.partition("@")
    return f"{name[:1]}***@{domain}"


def mask_wechat(wechat: str | None) -> str | None:
    """Give `wx***`; None stays None."""
    return f"{wechat[:2]}***" if wechat else None


def mask_name(name: str | None) -> str | None:
    """Give `王**`; None stays None."""
    return f"{name[:1]}**" if name else None


def mask_numbers(text: str | None, *, but_amounts: bool = False) -> str | None:
    """Mask what looks like a phone number or an e-mail address in free text; days such as 2026-11-20 stay.

    Args:
        text: as somebody wrote it.
        but_amounts: leave bare figures of seven to ten digits, for readers who have to know what a customer can spend.
    """
    if not text:
        return text

    def masked(found: re.Match[str]) -> str:
        stays = _DAY.fullmatch(found[0]) or (but_amounts and _AMOUNT.fullmatch(found[0]))
        return found[0] if stays else _masked_number(found[0])

    return _NUMBER.sub(masked, _ADDRESS.sub(lambda found: mask_email(found[0]) or "", text))


def _masked_number(text: str) -> str:
    digits = "".join(letter for letter in text if letter.isdigit())
    shown = (3, 4) if len(digits) >= _WHOLE_NUMBER else (2, 2)
    return f"{digits[: shown[0]]}****{digits[-shown[1] :]}"
