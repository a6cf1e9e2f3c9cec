"""Scores and grades, and what the card says of them."""

import pytest

from routing.lead import Scalar
from routing.policy import Scoring
from routing.policy_file import load_policy
from routing.score import grade_of, score_of, with_score

SCORING = load_policy("""\
version: 1
scoring:
  base: 20
  add:
    - {name: 大型企业, when: {company_size: {gte: 1000}}, points: 25}
    - {name: 看价格, when: {behaviour.pricing_page_visits_7d: {gte: 3}}, points: 20}
    - {name: 有预算, when: {budget: {gte: 100000}}, points: 25}
    - {name: 个人邮箱, when: {trait.email_kind: free}, points: -30}
    - {name: 三甲, when: {attributes.hospital_level: 三甲}, points: 90}
  grades: {A: 80, B: 60, C: 40, D: 0}
rules: [{name: 其余}]
""").policy.scoring


@pytest.mark.parametrize(
    ("facts", "score", "grade", "reasons"),
    [
        ({}, 20, "D", []),
        ({"company_size": 1000}, 45, "C", ["大型企业"]),
        ({"company_size": 999}, 20, "D", []),
        ({"company_size": 1000, "budget": 100000.0}, 70, "B", ["大型企业", "有预算"]),
        (
            {"company_size": 5000, "budget": 10**6, "behaviour.pricing_page_visits_7d": 3},
            90,
            "A",
            ["大型企业", "有预算", "看价格"],
        ),
        ({"trait.email_kind": "free"}, 0, "D", ["个人邮箱"]),
        ({"attributes.hospital_level": "三甲", "company_size": 1000}, 100, "A", ["三甲", "大型企业"]),
        ({"company_size": 2000, "trait.email_kind": "free"}, 15, "D", ["个人邮箱", "大型企业"]),
    ],
)
def test_points_add_up_clamped_and_the_weightiest_reason_comes_first(
    facts: dict[str, Scalar], score: int, grade: str, reasons: list[str]
) -> None:
    """Only lines that hold count; unknown gives nothing; the card shows the three that weigh most."""
    scored = score_of(SCORING, facts)
    assert (scored.score, scored.grade, [name for name, _ in scored.reasons]) == (score, grade, reasons)


@pytest.mark.parametrize(
    ("score", "grade"), [(100, "A"), (80, "A"), (79, "B"), (60, "B"), (40, "C"), (39, "D"), (0, "D")]
)
def test_a_grade_begins_at_its_least_score(score: int, grade: str) -> None:
    """Borders belong to the better grade."""
    assert grade_of(Scoring(), score) == grade


def test_rules_see_the_score_beside_the_facts() -> None:
    """The facts that were scored stay as they were."""
    facts: dict[str, Scalar] = {"company_size": 1000}
    assert with_score(facts, score_of(SCORING, facts)) == {"company_size": 1000, "trait.score": 45, "trait.grade": "C"}
    assert facts == {"company_size": 1000}
