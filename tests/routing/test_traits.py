"""Traits: each from its data, and unknown without it."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from routing.fact_fields import FIELDS
from routing.lead import Lead, facts_of
from routing.mail_domains import email_kind
from routing.policy_file import load_policy
from routing.traits import CLOSED_TRAITS, FLAG_TRAITS, NUMBER_TRAITS, TEXT_TRAITS, traits_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
RECEIVED_AT = datetime(2026, 11, 19, 18, 20, tzinfo=UTC)  # Friday 02:20 in Shanghai
BARE = Lead("web")
FULL = replace(
    BARE, phone="+8613800138000", email="fang.wang@huayi.com.cn", title="采购经理", company_size=800, province="北京市",
    demand="想了解 CT 的报价和交期", quantity=50.0, budget=500_000.0,
    submitted_at=datetime(2026, 11, 19, 18, 14, 30, tzinfo=UTC),
)  # fmt: skip


def _traits(lead: Lead, **known: Any) -> dict[str, Any]:
    return traits_of(lead, received_at=RECEIVED_AT, zone=SHANGHAI, **known)


def test_a_full_lead_has_all_its_traits() -> None:
    """The example of the documentation, trait by trait."""
    assert _traits(FULL, is_workday=True, prior_orders=2) == {
        "trait.submit_hour": 2, "trait.submit_time": "02:14", "trait.submit_period": "凌晨", "trait.weekday": "周五",
        "trait.week_slot": "周五夜间", "trait.day_kind": "工作日", "trait.zone": "Asia/Shanghai", "trait.zone_distance": 0.0,
        "trait.workday": True, "trait.delay_minutes": 5, "trait.prior_orders": 2, "trait.returning_customer": True,
        "trait.has_name": False, "trait.has_phone": True, "trait.has_wechat": False, "trait.has_email": True,
        "trait.has_unionid": False, "trait.email_kind": "company", "trait.email_domain": "huayi.com.cn",
        "trait.phone_country": "+86", "trait.phone_prefix": "1380013", "trait.phone_mobile": True,
        "trait.region_known": True, "trait.company_size_band": "中型", "trait.seniority": "经理",
        "trait.demand_length": 13,        "trait.demand_intent": "采购", "trait.unit_price": 10_000.0,
    }  # fmt: skip


def test_a_bare_lead_has_only_what_is_certain() -> None:
    """Missing data gives no trait at all, so rules see unknown instead of a made-up value."""
    assert set(_traits(BARE)) == {
        "trait.submit_hour", "trait.submit_time", "trait.submit_period", "trait.weekday", "trait.week_slot",
        "trait.region_known",
        "trait.has_name", "trait.has_phone", "trait.has_wechat", "trait.has_email", "trait.has_unionid",
    }  # fmt: skip


@pytest.mark.parametrize("name", sorted(name for name in FIELDS if name.startswith("trait.")))
def test_a_trait_that_is_wanted_alone_is_the_same_as_among_all(name: str) -> None:
    """What nobody reads may be left out to save its work; what somebody reads never is."""
    known: dict[str, Any] = {"is_workday": True, "prior_orders": 2}
    for lead in (FULL, BARE):
        assert _traits(lead, wanted=frozenset({name}), **known).get(name) == _traits(lead, **known).get(name)
    assert len(_traits(FULL, wanted=frozenset(), **known)) < len(_traits(FULL, **known))


def test_every_trait_is_in_the_catalogue_with_its_kind() -> None:
    """A trait that no condition may name would be of no use, and one that nobody derives a trap."""
    derived = set(_traits(FULL, is_workday=True, prior_orders=0))
    known = {name for name in FIELDS if name.startswith("trait.")}
    assert derived == known - {"trait.score", "trait.grade"}
    assert known == set(CLOSED_TRAITS) | FLAG_TRAITS | NUMBER_TRAITS | TEXT_TRAITS | {"trait.grade"}


@pytest.mark.parametrize(
    ("hour", "period"),
    [
        (0, "凌晨"),
        (4, "凌晨"),
        (5, "早晨"),
        (8, "早晨"),
        (9, "上午"),
        (11, "上午"),
        (12, "中午"),
        (13, "中午"),
        (14, "下午"),
        (17, "下午"),
        (18, "晚上"),
        (21, "晚上"),
        (22, "深夜"),
        (23, "深夜"),
    ],
)
def test_the_day_has_seven_periods(hour: int, period: str) -> None:
    """An hour belongs to one period; borders begin the later one."""
    lead = replace(BARE, submitted_at=datetime(2026, 11, 20, hour, 59, tzinfo=SHANGHAI))
    assert _traits(lead)["trait.submit_period"] == period


def test_hours_are_those_of_the_policys_zone() -> None:
    """02:20 in Shanghai is 00:20 in Urumqi, and still yesterday in New York."""
    urumqi = traits_of(BARE, received_at=RECEIVED_AT, zone=ZoneInfo("Asia/Urumqi"))
    new_york = traits_of(BARE, received_at=RECEIVED_AT, zone=ZoneInfo("America/New_York"))
    assert urumqi["trait.submit_time"] == "00:20"
    assert (new_york["trait.submit_time"], new_york["trait.weekday"]) == ("13:20", "周四")


@pytest.mark.parametrize(
    ("size", "band"),
    [
        (0, "微型"),
        (19, "微型"),
        (20, "小型"),
        (199, "小型"),
        (200, "中型"),
        (999, "中型"),
        (1000, "大型"),
        (9999, "大型"),
        (10_000, "特大型"),
    ],
)
def test_company_sizes_fall_into_bands(size: int, band: str) -> None:
    """A border begins the larger band."""
    assert _traits(replace(BARE, company_size=size))["trait.company_size_band"] == band


@pytest.mark.parametrize(
    ("title", "rank"),
    [
        ("总经理", "高管"),
        ("公司CEO", "高管"),
        ("副总经理", "总监"),
        ("Vice President", "总监"),
        ("President", "高管"),
        ("采购总监", "总监"),
        ("采购经理", "经理"),
        ("设备科科长", "经理"),
        ("Factory worker", "其他"),
        ("Ownership advisor", "其他"),
        ("医生", "其他"),
        ("Sales Manager", "经理"),
        ("采购专员", "专员"),
        ("Software Engineer", "专员"),
    ],
)
def test_a_title_tells_the_rank(title: str, rank: str) -> None:
    """Deputies are not heads, and no CTO hides in a factory."""
    assert _traits(replace(BARE, title=title))["trait.seniority"] == rank


@pytest.mark.parametrize(
    ("demand", "intent"),
    [
        ("你们的报价太高, 我要投诉", "投诉"),
        ("设备坏了", "售后"),
        ("想了解报价", "询价"),
        ("申请试用", "试用"),
        ("请问有货吗", "咨询"),
        ("想做华东代理", "合作"),
        ("Please send a quote", "询价"),
        ("你好", "其他"),
        ("应聘销售", "求职"),
        ("计划招标采购三台", "采购"),
    ],
)
def test_the_need_tells_the_intent(demand: str, intent: str) -> None:
    """The first class that fits counts, complaints before everything."""
    assert _traits(replace(BARE, demand=demand))["trait.demand_intent"] == intent


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("a@qq.com", "free"),
        ("a@163.com", "free"),
        ("A@GMAIL.com", "free"),
        ("a@huayi.com", "company"),
        ("a@pku.edu.cn", "education"),
        ("a@mit.edu", "education"),
        ("a@nmpa.gov.cn", "government"),
        ("a@notedu.cn", "company"),
        ("a@myqq.com", "company"),
    ],
)
def test_an_address_tells_whose_mailbox_it_is(address: str, kind: str) -> None:
    """A free mailbox says little about the company; a company's own says its domain."""
    assert email_kind(address) == kind
    assert ("trait.email_domain" in _traits(replace(BARE, email=address))) is (kind != "free")


@pytest.mark.parametrize(
    ("budget", "quantity", "attributes", "price"),
    [
        (1000.0, 4.0, {}, 250.0),
        (1000.0, 4.0, {"unit_price": 99}, 99),
        (1000.0, 0.0, {}, None),
        (None, 4.0, {}, None),
        (1000.0, None, {"unit_price": "cheap"}, None),
        (1000.0, 4.0, {"unit_price": True}, 250.0),
    ],
)
def test_the_unit_price_is_given_or_divided(
    budget: float | None, quantity: float | None, attributes: dict[str, Any], price: float | None
) -> None:
    """`attributes.unit_price` goes before budget ÷ quantity; nothing is divided by nothing."""
    lead = replace(BARE, budget=budget, quantity=quantity, attributes=attributes)
    assert _traits(lead).get("trait.unit_price") == price


@pytest.mark.parametrize(
    ("phone", "country", "mobile"),
    [
        ("+8613800138000", "+86", True),
        ("+861062501234", "+86", False),
        ("+8617000000000", "+86", True),
        ("+15550100000", None, None),
    ],
)
def test_a_chinese_number_tells_its_prefix(phone: str, country: str | None, mobile: bool | None) -> None:
    """Seven digits name the region of a number without naming a person."""
    traits = _traits(replace(BARE, phone=phone))
    assert (traits.get("trait.phone_country"), traits.get("trait.phone_mobile")) == (country, mobile)
    assert len(str(traits.get("trait.phone_prefix", "1234567"))) == 7


def test_prior_orders_are_never_invented() -> None:
    """None is not known; zero is known to be none."""
    assert "trait.prior_orders" not in _traits(BARE)
    assert _traits(BARE, prior_orders=0)["trait.returning_customer"] is False


def test_no_trait_holds_what_identifies_a_person() -> None:
    """Traits are stored with decisions."""
    values = {str(value) for value in _traits(replace(FULL, name="王芳", wechat="wf_88")).values()}
    assert not values & {"王芳", "wf_88", "+8613800138000", "13800138000", "fang.wang@huayi.com.cn"}


@pytest.mark.parametrize(
    ("day", "is_workday", "kind"),
    [
        (20, True, "工作日"),
        (20, False, "节假日"),
        (21, True, "调休"),
        (21, False, "周末"),
        (22, False, "周末"),
        (20, None, None),
    ],
)
def test_the_kind_of_day_tells_holidays_from_weekends(day: int, is_workday: bool | None, kind: str | None) -> None:
    """A day off from Monday to Friday is a holiday, a workday on a weekend is made up for one."""
    lead = replace(BARE, submitted_at=datetime(2026, 11, day, 12, tzinfo=SHANGHAI))
    assert _traits(lead, is_workday=is_workday).get("trait.day_kind") == kind


@pytest.mark.parametrize(
    ("hour", "quarter"),
    [(0, "夜间"), (7, "夜间"), (8, "上午"), (12, "上午"), (13, "下午"), (17, "下午"), (18, "晚上"), (23, "晚上")],
)
def test_a_week_has_28_slots(hour: int, quarter: str) -> None:
    """Thursday afternoon is one of them; a border begins the later quarter."""
    lead = replace(BARE, submitted_at=datetime(2026, 11, 19, hour, 59, tzinfo=SHANGHAI))
    assert _traits(lead)["trait.week_slot"] == f"周四{quarter}"
    assert len(CLOSED_TRAITS["trait.week_slot"]) == 28


@pytest.mark.parametrize(
    ("known", "zone", "hours"),
    [
        ({"province": "新疆维吾尔自治区"}, "Asia/Urumqi", -2.0),
        ({"province": "广东省"}, "Asia/Shanghai", 0.0),
        ({"province": "香港特别行政区"}, "Asia/Hong_Kong", 0.0),
        ({"phone": "+8613800138000"}, "Asia/Shanghai", 0.0),
        ({"phone": "+85261234567"}, "Asia/Hong_Kong", 0.0),
        ({"phone": "+819012345678"}, "Asia/Tokyo", 1.0),
        ({"phone": "+919876543210"}, "Asia/Kolkata", -2.5),
        ({"phone": "+442079460000"}, "Europe/London", -8.0),
        ({"phone": "+819012345678", "province": "新疆维吾尔自治区"}, "Asia/Urumqi", -2.0),
        ({"phone": "+12025550123"}, None, None),  # a country of many zones
        ({}, None, None),
    ],
)
def test_the_distance_of_clocks_comes_from_province_or_country(
    known: dict[str, str], zone: str | None, hours: float | None
) -> None:
    """In hours ahead of the policy's zone; a place in several zones, or none, is unknown."""
    traits = _traits(replace(BARE, **known))  # type: ignore[arg-type]
    assert (traits.get("trait.zone"), traits.get("trait.zone_distance")) == (zone, hours)


def test_the_distance_of_clocks_is_that_of_the_moment() -> None:
    """London is an hour nearer in summer."""
    summer = replace(BARE, phone="+442079460000", submitted_at=datetime(2026, 7, 1, 12, tzinfo=SHANGHAI))
    assert _traits(summer)["trait.zone_distance"] == -7.0


SEVENTEEN: tuple[tuple[str, dict[str, Any], object], ...] = (
    ("trait.submit_hour", {}, 2),
    ("trait.day_kind", {}, "工作日"),
    ("behaviour.dwell_seconds", {"behaviour": {"dwell_seconds": 186}}, 186),
    ("behaviour.pages", {"behaviour": {"pages": 12}}, 12),
    ("behaviour.pricing_page_visits_7d", {"behaviour": {"pricing_page_visits_7d": 3}}, 3),
    ("behaviour.visits_30d", {"behaviour": {"visits_30d": 9}}, 9),
    ("behaviour.form_seconds", {"behaviour": {"form_seconds": 41}}, 41),
    ("channel", {"channel": "官网表单"}, "官网表单"),
    ("campaign", {"campaign": "2026-春季"}, "2026-春季"),
    ("behaviour.device", {"behaviour": {"device": "mobile"}}, "mobile"),
    ("trait.demand_intent", {"demand": "想了解报价"}, "询价"),
    ("trait.seniority", {"title": "采购总监"}, "总监"),
    ("trait.company_size_band", {"company_size": 800}, "中型"),
    ("company_listed", {"company_listed": True}, True),
    ("industry", {"industry": "医疗器械"}, "医疗器械"),
    ("trait.zone_distance", {"province": "新疆维吾尔自治区"}, -2.0),
    ("trait.prior_orders", {"attributes": {"prior_orders": 2}}, 2),
)


@pytest.mark.parametrize(("name", "given", "value"), SEVENTEEN, ids=[name for name, _, _ in SEVENTEEN])
def test_b11_each_of_seventeen_traits_is_known_with_its_data_and_unknown_without(
    name: str, given: dict[str, Any], value: object
) -> None:
    """B-11: a rule on it holds, or is unknown; it is never made up from nothing."""
    assert FIELDS[name].name == name
    lead = replace(BARE, **given)
    orders = lead.attributes.get("prior_orders")
    facts = {**facts_of(lead), **_traits(lead, is_workday=True, prior_orders=orders)}
    assert facts[name] == value
    bare = {**facts_of(BARE), **_traits(BARE)}
    assert name not in bare or name == "trait.submit_hour"  # the moment of arrival stands in for that of submission
    policy = load_policy(f"version: 1\nrules: [{{name: a, when: {{{name}: {_yaml(value)}}}}}, {{name: b}}]\n").policy
    condition = policy.rules[0].when
    assert condition is not None
    assert condition.holds(facts) is True
    assert condition.holds({}) is None


def _yaml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else f'"{value}"' if isinstance(value, str) else str(value)


def test_b10_every_fact_that_conditions_may_read_is_in_the_reference() -> None:
    """B-10, B-11: more than the 24 dimensions; each is named where an operator looks for it."""
    page = (Path(__file__).parents[2] / "docs" / "policy-reference.md").read_text(encoding="utf-8")
    assert [name for name in FIELDS if f"`{name}`" not in page] == []
    assert len(FIELDS) >= 24
