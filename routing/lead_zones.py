"""Which clock a lead lives by, as far as its province or its phone's country tells; places in several zones tell nothing."""

from __future__ import annotations

from datetime import datetime, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

from routing.lead import Lead

_USUAL = "Asia/Shanghai"
_BY_PROVINCE = {
    "新疆维吾尔自治区": "Asia/Urumqi",
    "香港特别行政区": "Asia/Hong_Kong",
    "澳门特别行政区": "Asia/Macau",
    "台湾省": "Asia/Taipei",
}
#: Calling code (ITU-T E.164) -> zone of a country that has one zone only.
_BY_CODE = {
    "+31": "Europe/Amsterdam", "+33": "Europe/Paris", "+34": "Europe/Madrid", "+39": "Europe/Rome",
    "+44": "Europe/London", "+48": "Europe/Warsaw", "+49": "Europe/Berlin", "+60": "Asia/Kuala_Lumpur",
    "+63": "Asia/Manila", "+65": "Asia/Singapore", "+66": "Asia/Bangkok", "+81": "Asia/Tokyo", "+82": "Asia/Seoul",
    "+84": "Asia/Ho_Chi_Minh", "+86": _USUAL, "+90": "Europe/Istanbul", "+91": "Asia/Kolkata", "+852": "Asia/Hong_Kong",
    "+853": "Asia/Macau", "+886": "Asia/Taipei", "+966": "Asia/Riyadh", "+971": "Asia/Dubai",
}  # fmt: skip


def calling_code(phone: str) -> str | None:
    """Give the country's code of a phone in E.164, None where it is none of those known here."""
    return next((phone[:length] for length in (4, 3) if phone[:length] in _BY_CODE), None)


def zone_of(lead: Lead) -> str | None:
    """Give the name of the lead's zone: by province, else by the phone's country; None where neither tells."""
    if lead.province is not None:
        return _BY_PROVINCE.get(lead.province, _USUAL)
    code = calling_code(lead.phone) if lead.phone is not None else None
    return _BY_CODE[code] if code is not None else None


def hours_ahead(zone_name: str, of: tzinfo, at: datetime) -> float:
    """Give by how many hours the clocks of a zone are ahead of another's at a moment; negative where they are behind."""
    ahead = at.astimezone(_zone(zone_name)).utcoffset()
    other = at.astimezone(of).utcoffset()
    assert ahead is not None  # noqa: S101  both moments are aware
    assert other is not None  # noqa: S101
    return (ahead - other).total_seconds() / 3600


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
