"""Reasoning over conditions: what is called impossible is impossible, what is called taken is taken, and nothing is missed."""

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.condition_boxes import Taken, World
from routing.condition_logic import formula_of
from routing.condition_reading import ConditionReader
from routing.condition_tree import Compare, ConditionNode, Every, Negated, Operator, Some
from routing.conditions import compile_node
from routing.findings import Findings
from routing.lead import Facts, Scalar
from routing.policy import Condition
from tests.routing.condition_strategies import FACTS, NODES

_STRINGS = ["".join(signs) for length in (1, 2, 3, 4) for signs in product("abx", repeat=length)]


def _kind(text: str) -> tuple[bool, ...]:
    """Give everything that the comparisons of these tests can see of a text."""
    words = ("a", "ab", "b")
    return (*(text == word for word in words), *(word in text for word in words), *(map(text.startswith, words)))


#: For each field of the strategies one value of every kind that can be told apart, and None for none.
_DOMAINS: dict[str, list[Scalar | None]] = {
    "attributes.word": [None, True, 1, *{_kind(text): text for text in _STRINGS}.values()],
    "attributes.number": [None, False, "a", 0, 1, 1.5, 2, 2.5, 3, 4],
    "attributes.flag": [None, True, False, 1, "a"],
    "language": [None, "zh", "zh-x", "zh-cn", "zh-cn-x", "en", "en-x", "fr"],
}


def _read(data: Any) -> Condition:
    findings = Findings()
    condition = ConditionReader(findings).read(data, ("when",))
    assert findings.errors() == ()
    assert condition is not None
    return condition


def _anything_left(later: ConditionNode, *earlier: ConditionNode) -> bool | None:
    """Say whether reasoning leaves the later condition anything; None where it does not conclude."""
    world = World([formula_of(node) for node in (later, *earlier)], "ABCD")
    taken = Taken(world, 1 + len(earlier))
    for number, node in enumerate(earlier):
        taken.add(str(number), world.alternatives(formula_of(node)))
    wanted = world.alternatives(formula_of(later))
    rests = [taken.left_of(box)[0] for box in wanted.boxes]
    return None if not wanted.complete or None in rests else any(rests)


def _is_left(later: ConditionNode, earlier: list[ConditionNode]) -> bool:
    """Try every lead that can be told from another."""
    fields = sorted({leaf for node in (later, *earlier) for leaf in _fields(node)})
    wanted, others = compile_node(later), [compile_node(node) for node in earlier]
    for values in product(*(_DOMAINS[field] for field in fields)):
        facts = {field: value for field, value in zip(fields, values, strict=True) if value is not None}
        if wanted(facts) is True and not any(other(facts) is True for other in others):
            return True
    return False


def _fields(node: ConditionNode) -> set[str]:
    if isinstance(node, Compare):
        return {node.field}
    return set().union(*(_fields(part) for part in ([node.part] if isinstance(node, Negated) else node.parts)))


@settings(max_examples=150)
@given(NODES, st.lists(NODES, max_size=3))
def test_b13_reasoning_says_what_trying_every_lead_says(later: ConditionNode, earlier: list[ConditionNode]) -> None:
    """B-13: «never reached» refuses a file, so it must be right; and what is never reached must be found."""
    said = _anything_left(later, *earlier)
    if said is not None:
        assert said is _is_left(later, earlier)


@settings(max_examples=300)
@given(NODES, FACTS)
def test_a_condition_that_reasoning_rules_out_never_holds(node: ConditionNode, facts: Facts) -> None:
    """A rule refused as impossible must be impossible, whatever else a source may write into a field."""
    if _anything_left(node) is False:
        facts = {name: value for name, value in facts.items() if name != "language" or isinstance(value, str)}
        assert compile_node(node)(facts) is not True


def test_more_texts_than_can_be_told_apart_lead_to_no_wrong_conclusion() -> None:
    """Bounded work: with hundreds of texts looked for in one field, equal searches are still seen, others may be."""
    field = "title"
    looked_for = [Compare(field, Operator.CONTAINS_ANY, (f"词{number}",)) for number in range(40)]
    one, other, *_ = looked_for

    assert _anything_left(one, *looked_for) is False
    assert _anything_left(one, *looked_for[1:]) is True
    assert _anything_left(Every((one, Negated(one))), *looked_for[1:]) is False
    assert _anything_left(Every((one, other)), Some((other, looked_for[5])), *looked_for[10:]) is False


@pytest.mark.parametrize(
    ("later", "earlier", "left"),
    [
        # Two rules together take what neither takes alone.
        ({"budget": {"exists": True}}, [{"budget": {"lt": 5}}, {"budget": {"gte": 5}}], False),
        ({"budget": {"exists": True}}, [{"budget": {"lt": 5}}, {"budget": {"gt": 5}}], True),
        ({"budget": {"gte": 1, "lte": 9}}, [{"budget": {"lte": 4}}, {"budget": {"gt": 3, "lt": 8}}, {"budget": {"gt": 7}}], False),
        # Whole numbers have nothing between 4 and 5; prices have.
        ({"company_size": {"exists": True}}, [{"company_size": {"lte": 4}}, {"company_size": {"gte": 5}}], False),
        ({"budget": {"exists": True}}, [{"budget": {"lte": 4}}, {"budget": {"gte": 5}}], True),
        ({"trait.score": {"gt": 100}}, [], False),
        # Every lead has a score and a part of the day, not every lead a province.
        ({"industry": "工业"}, [{"trait.score": {"lt": 80}}, {"trait.score": {"gte": 80}}], False),
        ({"industry": "工业"}, [{"province": {"not": "江苏"}}, {"province": "江苏"}], True),
        ({"trait.grade": ["C", "D"]}, [{"trait.grade": {"not_in": ["A", "B"]}}], False),
        ({"trait.grade": {"exists": True}}, [{"trait.grade": ["A", "B"]}, {"trait.grade": ["C", "D"]}], False),
        # Across fields: a square is cut into four.
        (
            {"industry": ["工业", "教育"], "province": ["江苏", "上海"]},
            [{"industry": "工业", "province": "江苏"}, {"industry": "教育"}, {"province": "上海"}],
            False,
        ),
        ({"industry": ["工业", "教育"], "province": ["江苏", "上海"]}, [{"industry": "教育"}, {"province": "上海"}], True),
    ],
)  # fmt: skip
def test_rules_are_taken_together(later: dict[str, Any], earlier: list[dict[str, Any]], left: bool) -> None:
    """A rule that no single earlier one takes whole may still never be reached."""
    trees = [_read(data).tree for data in (later, *earlier)]
    assert all(tree is not None for tree in trees)
    assert _anything_left(*(tree for tree in trees if tree is not None)) is left


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
    assert _anything_left(one, other) is not expected


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
    assert _anything_left(tree) is possible
