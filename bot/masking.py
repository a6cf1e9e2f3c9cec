"""What a person may see of somebody's phone, e-mail and WeChat id before having accepted the lead."""

from __future__ import annotations

import re

_KEEP_HEAD, _KEEP_TAIL = 3, 4
_CHINA = "+86"
_CHINA_MOBILE = re.compile(r"1\d{10}")


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
