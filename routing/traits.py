"""Traits: what can be told from a lead without asking anybody. Missing data gives no trait, so rules see *unknown*.

Times of day are those of the policy's zone at the moment the lead was submitted, else received. `submit_period`:

    凌晨 00:00-04:59 · 早晨 05:00-08:59 · 上午 09:00-11:59 · 中午 12:00-13:59
    下午 14:00-17:59 · 晚上 18:00-21:59 · 深夜 22:00-23:59

`week_slot` joins weekday and quarter of the day, as 周四下午: 夜间 00:00-07:59 · 上午 08:00-12:59 · 下午 13:00-17:59 ·
晚上 18:00-23:59. `day_kind` is 工作日, 周末, 节假日 (a day off from Monday to Friday) or 调休 (a workday on a weekend).
`company_size_band`: 微型 under 20 · 小型 20-199 · 中型 200-999 · 大型 1,000-9,999 · 特大型 from 10,000.
`trait.score` and `trait.grade` are added after scoring by `routing.score.with_score`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, tzinfo
from operator import attrgetter
from types import MappingProxyType

from routing.lead import Lead, Scalar
from routing.lead_zones import calling_code, hours_ahead, zone_of
from routing.mail_domains import EMAIL_KINDS, email_kind

_OTHER = "其他"
_PERIODS = ((0, "凌晨"), (5, "早晨"), (9, "上午"), (12, "中午"), (14, "下午"), (18, "晚上"), (22, "深夜"))
_WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_QUARTERS = ((0, "夜间"), (8, "上午"), (13, "下午"), (18, "晚上"))
_DAY_KINDS = ("工作日", "周末", "节假日", "调休")
_SATURDAY = 5
_SIZE_BANDS = ((0, "微型"), (20, "小型"), (200, "中型"), (1000, "大型"), (10_000, "特大型"))

#: First match counts. Deputies and directors stand before the heads whose titles theirs contain.
_SENIORITY = (
    ("总监", "副总裁 副总 总监 vp director vice_president"),
    ("高管", "董事 总裁 总经理 创始人 合伙人 法人 老板 首席 院长 校长 厂长 ceo cto cfo coo founder owner president"),
    ("经理", "经理 主管 主任 部长 处长 科长 负责人 manager head lead leader supervisor"),
    ("专员", "专员 助理 工程师 采购员 文员 秘书 engineer assistant specialist buyer clerk"),
)  # fmt: skip

#: First match counts: a complaint about a price is a complaint.
_INTENTS = (
    ("投诉", "投诉 退款 退货 complain refund"),
    ("售后", "售后 维修 保修 故障 坏了 repair warranty"),
    ("求职", "招聘 求职 应聘 简历 job resume"),
    ("合作", "代理 加盟 经销 合作 partner distributor reseller"),
    ("采购", "采购 订购 下单 招标 投标 购买 交期 purchase order tender"),
    ("询价", "报价 价格 多少钱 费用 询价 price pricing quote quotation cost"),
    ("试用", "试用 演示 样品 demo trial sample"),
    ("咨询", "咨询 了解 请问 介绍 info question"),
)


def _finders(table: tuple[tuple[str, str], ...], after: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Make a search of each row; a Latin word must begin where it stands (no CTO in a factory)."""
    return tuple(
        (name, re.compile("|".join(_finder(word.replace("_", " "), after) for word in words.split())))
        for name, words in table
    )


def _finder(word: str, after: str) -> str:
    return f"(?<![a-z]){re.escape(word)}{after}" if word.isascii() else re.escape(word)


_SENIORITY_FINDERS = _finders(_SENIORITY, after="(?![a-z])")
_INTENT_FINDERS = _finders(_INTENTS, after="")

SUBMIT_PERIODS = tuple(name for _, name in _PERIODS)
COMPANY_SIZE_BANDS = tuple(name for _, name in _SIZE_BANDS)
SENIORITIES = ("高管", "总监", "经理", "专员", _OTHER)
DEMAND_INTENTS = (*(name for name, _ in _INTENTS), _OTHER)

#: Traits whose values are a closed vocabulary: trait -> its values.
CLOSED_TRAITS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "trait.submit_period": SUBMIT_PERIODS,
    "trait.weekday": _WEEKDAYS,
    "trait.week_slot": tuple(f"{day}{quarter}" for day in _WEEKDAYS for _, quarter in _QUARTERS),
    "trait.day_kind": _DAY_KINDS,
    "trait.email_kind": EMAIL_KINDS,
    "trait.company_size_band": COMPANY_SIZE_BANDS,
    "trait.seniority": SENIORITIES,
    "trait.demand_intent": DEMAND_INTENTS,
})  # fmt: skip
NUMBER_TRAITS = frozenset({
    "trait.submit_hour", "trait.delay_minutes", "trait.prior_orders", "trait.demand_length", "trait.unit_price",
    "trait.score", "trait.zone_distance",
})  # fmt: skip
FLAG_TRAITS = frozenset({
    "trait.workday", "trait.returning_customer", "trait.has_phone", "trait.has_wechat", "trait.has_email",
    "trait.has_name", "trait.has_unionid", "trait.region_known", "trait.phone_mobile",
})  # fmt: skip
TEXT_TRAITS = frozenset(
    {"trait.submit_time", "trait.zone", "trait.email_domain", "trait.phone_prefix", "trait.phone_country"}
)

# What is worked out together; see `traits_of`.
_OF_TIME = frozenset(
    {"trait.submit_hour", "trait.submit_time", "trait.submit_period", "trait.weekday", "trait.week_slot"}
)
_OF_DAY = frozenset({"trait.workday", "trait.day_kind"})
_OF_ZONE = frozenset({"trait.zone", "trait.zone_distance"})
_OF_DEMAND = frozenset({"trait.demand_length", "trait.demand_intent"})
_OF_TITLE = frozenset({"trait.seniority"})
_OF_EMAIL = frozenset({"trait.email_kind", "trait.email_domain"})
_OF_PHONE = frozenset({"trait.phone_country", "trait.phone_prefix", "trait.phone_mobile"})

_CONTACTS = ("name", "phone", "wechat", "email", "unionid")
_HAS_TRAITS = tuple(f"trait.has_{name}" for name in _CONTACTS)
_contact_values = attrgetter(*_CONTACTS)
_PREFIX_DIGITS = 7
_CHINA = "+86"


def traits_of(
    lead: Lead, *, received_at: datetime, zone: tzinfo, is_workday: bool | None = None, prior_orders: int | None = None,
    wanted: frozenset[str] | None = None,
) -> dict[str, Scalar]:  # fmt: skip
    """Derive the traits of a lead, keys as rules name them (`trait.submit_hour`).

    Args:
        lead: the cleaned lead.
        received_at: when it came in, aware; used where the source does not say when it was submitted.
        zone: of the policy; hours and weekdays are read on its clock.
        is_workday: whether the local day of submission is a workday by the policy's calendar; None if not known.
        prior_orders: orders that this customer placed before; None if not known.
        wanted: names of those that somebody reads; others are left out where leaving them out saves work. None for all.
    """

    def want(names: frozenset[str]) -> bool:
        return wanted is None or not names.isdisjoint(wanted)

    submitted_at = lead.submitted_at or received_at
    traits: dict[str, Scalar] = _time_traits(submitted_at, zone) if want(_OF_TIME) else {}
    if is_workday is not None and want(_OF_DAY):
        traits["trait.workday"] = is_workday
        traits["trait.day_kind"] = _day_kind(submitted_at.astimezone(zone).weekday(), is_workday=is_workday)
    lives_by = zone_of(lead) if want(_OF_ZONE) else None
    if lives_by is not None:
        traits["trait.zone"] = lives_by
        traits["trait.zone_distance"] = hours_ahead(lives_by, zone, submitted_at)
    if lead.submitted_at is not None:
        waited = int((received_at - lead.submitted_at).total_seconds()) // 60
        traits["trait.delay_minutes"] = max(waited, 0)
    if prior_orders is not None:
        traits["trait.prior_orders"] = prior_orders
        traits["trait.returning_customer"] = prior_orders > 0
    contacts = zip(_HAS_TRAITS, _contact_values(lead), strict=True)
    traits.update((name, value is not None) for name, value in contacts)
    if lead.email is not None and want(_OF_EMAIL):
        traits.update(_email_traits(lead.email))
    if lead.phone is not None and want(_OF_PHONE):
        traits.update(_phone_traits(lead.phone))
    if lead.title is not None and want(_OF_TITLE):
        traits["trait.seniority"] = _first(_SENIORITY_FINDERS, lead.title)
    if lead.demand is not None and want(_OF_DEMAND):
        traits["trait.demand_length"] = len(lead.demand)
        traits["trait.demand_intent"] = _first(_INTENT_FINDERS, lead.demand)
    traits.update(_business_traits(lead))
    return traits


def _time_traits(submitted_at: datetime, zone: tzinfo) -> dict[str, Scalar]:
    local = submitted_at.astimezone(zone)
    return {
        "trait.submit_hour": local.hour,
        "trait.submit_time": f"{local.hour:02d}:{local.minute:02d}",
        "trait.submit_period": _band(_PERIODS, local.hour),
        "trait.weekday": _WEEKDAYS[local.weekday()],
        "trait.week_slot": _WEEKDAYS[local.weekday()] + _band(_QUARTERS, local.hour),
    }


def _day_kind(weekday: int, *, is_workday: bool) -> str:
    if weekday < _SATURDAY:
        return "工作日" if is_workday else "节假日"
    return "调休" if is_workday else "周末"


def _email_traits(email: str) -> dict[str, Scalar]:
    kind = email_kind(email)
    domain: dict[str, Scalar] = {} if kind == "free" else {"trait.email_domain": email.rpartition("@")[2].lower()}
    return {"trait.email_kind": kind, **domain}


def _phone_traits(phone: str) -> dict[str, Scalar]:
    country = calling_code(phone)
    traits: dict[str, Scalar] = {} if country is None else {"trait.phone_country": country}
    if country == _CHINA:
        digits = phone.removeprefix(_CHINA)
        traits["trait.phone_prefix"] = digits[:_PREFIX_DIGITS]
        traits["trait.phone_mobile"] = len(digits) == 11 and digits[0] == "1"  # noqa: PLR2004  mobile numbers in China
    return traits


def _business_traits(lead: Lead) -> dict[str, Scalar]:
    traits: dict[str, Scalar] = {"trait.region_known": lead.province is not None}
    if lead.company_size is not None:
        traits["trait.company_size_band"] = _band(_SIZE_BANDS, lead.company_size)
    price = lead.attributes.get("unit_price")
    if isinstance(price, (int, float)) and not isinstance(price, bool):
        traits["trait.unit_price"] = price
    elif lead.budget is not None and lead.quantity is not None and lead.quantity > 0:
        traits["trait.unit_price"] = lead.budget / lead.quantity
    return traits


def _first(finders: tuple[tuple[str, re.Pattern[str]], ...], text: str) -> str:
    folded = text.casefold()
    return next((name for name, finder in finders if finder.search(folded)), _OTHER)


def _band(bands: tuple[tuple[int, str], ...], value: int) -> str:
    name = bands[0][1]
    for least, band in bands:
        if value >= least:
            name = band
    return name
