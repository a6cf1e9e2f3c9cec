"""What stands out about a lead is said on the card in the language of whoever reads it."""

import pytest

from routing.lead import Scalar
from routing.trait_texts import trait_phrases

FACTS: dict[str, Scalar] = {
    "trait.submit_time": "02:14",
    "behaviour.dwell_seconds": 186,
    "behaviour.pricing_page_visits_7d": 3.0,
    "behaviour.visits_30d": 0,
    "behaviour.pages": "many",
    "behaviour.form_seconds": True,
}


@pytest.mark.parametrize(
    ("locale", "told", "more"),
    [
        ("zh", ("02:14 提交", "停留 186 秒", "7 天看价 3 次"), ("上市公司", "非工作日")),
        ("en", ("sent 02:14", "stayed 186 s", "prices 3× in 7 d"), ("listed company", "on a day off")),
    ],
)
def test_b11_the_card_says_what_stands_out(locale: str, told: tuple[str, ...], more: tuple[str, ...]) -> None:
    """In the order a rep reads it; what is absent, zero or no number is left out."""
    assert trait_phrases(FACTS, locale=locale) == told
    further = {**FACTS, "company_listed": True, "trait.workday": False}
    assert trait_phrases(further, locale=locale)[len(told) :] == more
    assert trait_phrases({}, locale=locale) == ()


@pytest.mark.parametrize(
    ("name", "value", "zh", "en"),
    [
        ("trait.zone_distance", -2.0, ("当地时间晚 2 小时",), ("2 h behind us",)),
        ("trait.zone_distance", 5.5, ("当地时间早 5.5 小时",), ("5.5 h ahead of us",)),
        ("trait.zone_distance", 0.0, (), ()),
        ("trait.demand_intent", "询价", ("意向：询价",), ("asks for a price",)),
        ("trait.demand_intent", "咨询", (), ()),
        ("trait.demand_intent", "其他", (), ()),
    ],
)
def test_another_clock_and_a_telling_need_are_said(
    name: str, value: Scalar, zh: tuple[str, ...], en: tuple[str, ...]
) -> None:
    """Whom it is too early to call, and whether the customer means to buy; what says little is left out."""
    assert trait_phrases({name: value}, locale="zh") == zh
    assert trait_phrases({name: value}, locale="en") == en
