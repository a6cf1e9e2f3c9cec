"""What rules ask for and leads lack."""

from __future__ import annotations

import pytest

from routing.lead import Facts
from routing.policy_file import load_policy
from routing.unknown_fields import fields_asked, unknown_fields

POLICY = """\
version: 1
rules:
  - {name: 地区不明, when: {province: {exists: false}}, teams: [north]}
  - {name: 医疗, when: {industry: 医疗器械, any: [{budget: {gte: 50000}}, {trait.score: {gte: 80}}], not: {channel: 抖音}}, teams: [east]}
  - {name: 海外, require: {language: true}, when: {attributes.abroad: true}}
  - {name: 其余}
geofence:
  - {polygon: [[100, 20], [110, 20], [110, 30], [100, 30]], teams: [east]}
"""


def test_b09_fields_that_rules_compare_are_asked_for_and_those_whose_absence_they_name_are_not() -> None:
    """`exists` alone asks nothing; a fence asks for the place, a demand for the language."""
    policy = load_policy(POLICY).policy
    assert fields_asked(policy) == (
        "attributes.abroad", "budget", "channel", "industry", "language", "province", "trait.score",
    )  # fmt: skip
    without_fence = load_policy(POLICY.partition("geofence")[0]).policy
    assert "province" not in fields_asked(without_fence)


@pytest.mark.parametrize(
    ("facts", "missing"),
    [
        ({}, ["attributes.abroad", "budget", "channel", "industry", "language", "province"]),
        ({"province": "上海市", "attributes.abroad": False, "budget": 1, "channel": "x", "industry": "y", "language": "zh"}, []),
        ({"attributes.longitude": 105.0, "attributes.latitude": 25.0, "budget": 1, "channel": "x", "industry": "y",
          "language": "zh", "attributes.abroad": False}, []),
        ({"attributes.longitude": 5.0, "attributes.latitude": 25.0, "budget": 1, "channel": "x", "industry": "y",
          "language": "zh", "attributes.abroad": False}, ["province"]),
    ],
)  # fmt: skip
def test_b20_a_lead_lacks_its_place_unless_province_or_polygon_tell_it(facts: Facts, missing: list[str]) -> None:
    """Every lead has a score; coordinates inside a fence are a place."""
    policy = load_policy(POLICY).policy
    assert unknown_fields(fields_asked(policy), policy, facts) == missing
