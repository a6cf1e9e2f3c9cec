"""A company whose rules look at 24 different things about a lead: what deciding costs at its widest."""

from __future__ import annotations

from typing import Any

import yaml

from bench.scenario import BAND, BUDGETS, CHANNELS, INDUSTRIES, PROVINCES, TEAMS, policy_file

#: One line of a condition each; the number of the rule picks the value, so that no two rules of one kind are alike.
DIMENSIONS = (
    "province", "city", "district", "industry", "product", "channel", "campaign", "source", "language", "company_size",
    "company_listed", "budget", "quantity", "behaviour.pricing_page_visits_7d", "behaviour.visits_30d",
    "behaviour.dwell_seconds", "behaviour.pages", "behaviour.form_seconds", "behaviour.device",
    "attributes.hospital_level", "trait.submit_hour", "trait.weekday", "trait.seniority", "trait.score",
)  # fmt: skip
_CITIES = ("上海市", "南京市", "杭州市", "合肥市", "北京市", "广州市", "成都市", "武汉市", "乌鲁木齐市", "济南市")
_LEAST = frozenset(
    ("company_size", "budget", "quantity", "behaviour.pricing_page_visits_7d", "behaviour.visits_30d",
     "behaviour.dwell_seconds", "behaviour.pages", "behaviour.form_seconds", "trait.submit_hour", "trait.score")
)  # fmt: skip
_WORDS: dict[str, tuple[Any, ...]] = {
    "province": PROVINCES,
    "city": _CITIES,
    "industry": INDUSTRIES,
    "channel": CHANNELS,
    "language": ("zh", "en", "ja"),
    "company_listed": (True, False),
    "behaviour.device": ("mobile", "desktop"),
    "attributes.hospital_level": ("三甲", "二级"),
    "trait.weekday": ("周一", "周二", "周三", "周四", "周五"),
    "trait.seniority": ("高管", "总监", "经理"),
}


def wide_policy_file(rules: int) -> str:
    """Give the policy of `policy_file` with rules that read three of the 24 dimensions each, all of them in turn."""
    document = yaml.safe_load(policy_file(1))
    listed: list[dict[str, Any]] = [
        {
            "name": f"规则{number}",
            "when": _when(number, rules),
            "teams": [f"team{number % TEAMS}", f"team{(number + 3) % TEAMS}"],
        }
        for number in range(rules - 1)
    ]
    document["rules"] = [*listed, document["rules"][-1]]
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False)


def _when(number: int, rules: int) -> dict[str, Any]:
    """One line that must hold, one of two others, and the band that sets this rule apart from every other."""
    count = len(DIMENSIONS)
    first, second, third = (DIMENSIONS[place % count] for place in (number, number * 5 + 7, number * 11 + 3))
    when = {first: _line(first, number)}
    apart, width = (("company_size", BAND), ("budget", BUDGETS // rules))[number % 2]
    when[apart] = {"gte": width * number, "lt": width * (number + 1)}
    when["any"] = [{field: _line(field, number)} for field in (second, third)]
    return when


def _line(field: str, number: int) -> Any:
    if field in _LEAST:
        return {"gte": number % 10}
    words = _WORDS.get(field)
    return words[number % len(words)] if words is not None else f"{field}{number % 50}"
