"""Reasoning over conditions: what is called impossible is impossible, what is called shadowed is shadowed."""

from typing import Any

import pytest
from hypothesis import given, settings

from routing.condition_logic import formula_of, implies, terms_of
from routing.condition_reading import ConditionReader
from routing.condition_tree import ConditionNode
from routing.conditions import compile_node
from routing.findings import Findings
from routing.lead import Facts
from routing.policy import Condition
from tests.routing.condition_strategies import FACTS, NODES


def _read(data: Any) -> Condition:
    findings = Findings()
    condition = ConditionReader(findings).read(data, ("when",))
    assert findings.errors() == ()
    assert condition is not None
    return condition


@settings(max_examples=500)
@given(NODES, FACTS)
def test_a_condition_that_reasoning_rules_out_never_holds(node: ConditionNode, facts: Facts) -> None:
    """A rule refused as impossible must be impossible: some alternative is left wherever the condition is true."""
    terms = terms_of(formula_of(node))
    if terms == ():
        assert compile_node(node)(facts) is not True


@settings(max_examples=500)
@given(NODES, NODES, FACTS)
def test_a_rule_called_shadowed_is_shadowed(later: ConditionNode, earlier: ConditionNode, facts: Facts) -> None:
    """`never reached` refuses a file, so there must be no lead that only the later rule would take."""
    terms = terms_of(formula_of(later))
    if terms is not None and all(implies(term, formula_of(earlier)) for term in terms) and compile_node(later)(facts):
        assert compile_node(earlier)(facts) is True


SHADOWS: list[tuple[dict[str, Any], dict[str, Any], bool]] = [
    ({"budget": {"gte": 100}}, {"budget": {"gte": 50}}, True),
    ({"budget": {"gte": 50}}, {"budget": {"gte": 100}}, False),
    ({"budget": {"gt": 50}}, {"budget": {"gte": 50}}, True),
    ({"budget": {"gte": 50}}, {"budget": {"gt": 50}}, False),
    ({"budget": {"lt": 50}}, {"budget": {"gte": 10}}, False),
    ({"budget": {"exists": True}}, {"budget": {"not": 3}}, False),
    ({"budget": {"gte": 50, "lt": 60}}, {"budget": {"lte": 60}}, True),
    ({"budget": 7}, {"budget": {"lt": 8}}, True),
    ({"province": "江苏", "industry": "工业"}, {"province": ["江苏", "上海"]}, True),
    ({"province": ["江苏", "上海"]}, {"province": "江苏"}, False),
    ({"industry": "工业"}, {"industry": {"exists": True}}, True),
    ({"industry": "工业"}, {"not": {"industry": "教育"}}, True),
    ({"not": {"province": ["江苏"]}}, {"province": {"not": "江苏"}}, True),
    ({"title": {"contains": "采购经理"}}, {"title": {"contains_any": ["采购", "负责人"]}}, True),
    ({"title": {"matches_prefix": "采购经理"}}, {"title": {"matches_prefix": "采购"}}, True),
    ({"title": {"contains": "采购经理"}}, {"title": {"matches_prefix": "采购"}}, False),
    ({"language": "zh-cn"}, {"language": "zh"}, True),
    ({"language": "zh"}, {"language": {"not": "zh-cn"}}, False),
    ({"any": [{"budget": {"gte": 9}}, {"budget": 3}]}, {"any": [{"budget": {"gte": 8}}, {"budget": {"lt": 4}}]}, True),
    ({"all": [{"industry": "工业"}, {"any": [{"budget": 1}, {"budget": 2}]}]}, {"budget": {"lt": 3}}, True),
]


@pytest.mark.parametrize(("later", "earlier", "expected"), SHADOWS)
def test_reasoning_finds_what_a_person_would_find(
    later: dict[str, Any], earlier: dict[str, Any], expected: bool
) -> None:
    """Whoever writes a narrower rule behind a wider one is told, whatever words the two use."""
    one, other = _read(later).tree, _read(earlier).tree
    assert one is not None
    assert other is not None
    terms = terms_of(formula_of(one))
    assert terms is not None
    assert all(implies(term, formula_of(other)) for term in terms) is expected


@pytest.mark.parametrize(
    ("written", "possible"),
    [
        ({"budget": {"gte": 5, "lte": 5}}, True),
        ({"budget": {"gte": 5, "lt": 5}}, False),
        ({"budget": {"gt": 5, "lte": 5}}, False),
        ({"budget": {"gte": 5, "not": 6, "in": [6]}}, False),
        ({"all": [{"budget": {"exists": False}}, {"budget": 3}]}, False),
        ({"all": [{"budget": 3}, {"budget": {"exists": False}}]}, False),
        ({"all": [{"attributes.x": 1}, {"attributes.x": True}]}, False),
        ({"province": ["江苏"], "not": {"province": ["江苏", "上海"]}}, False),
        ({"title": {"contains": "a"}, "not": {"title": {"contains": "a"}}}, False),
        ({"all": [{"language": "zh"}, {"language": "zh-cn"}]}, True),
        ({"any": [{"all": [{"budget": 1}, {"budget": 2}]}, {"industry": "工业"}]}, True),
    ],
)
def test_what_excludes_itself_is_found(written: dict[str, Any], possible: bool) -> None:
    """A rule that can never hold is a mistake; one that can must not be refused."""
    tree = _read(written).tree
    assert tree is not None
    assert (terms_of(formula_of(tree)) != ()) is possible
