"""Conditions: what they mean under three-valued logic, how they are read, and how they are explained."""

from typing import Any

import pytest
from hypothesis import given, settings

from routing.condition_reading import ConditionReader
from routing.condition_tree import Compare, ConditionNode, Every, Negated, Operator, Some, fields_of
from routing.conditions import compile_condition, compile_node, explain, unknown_fields
from routing.findings import Findings
from routing.lead import Facts, Scalar
from routing.policy import Condition
from tests.routing.condition_strategies import FACTS, NODES


def _read(data: Any) -> Condition:
    findings = Findings()
    condition = ConditionReader(findings).read(data, ("when",))
    assert findings.errors() == ()
    assert condition is not None
    return condition


def _mistakes(data: Any) -> list[str]:
    findings = Findings()
    assert ConditionReader(findings).read(data, ("when",)) is None
    return [f"{problem.path}: {problem.message}; {problem.mend}" for problem in findings.errors()]


MEANING: list[tuple[dict[str, Any], dict[str, Scalar], bool | None]] = [
    ({"industry": "医疗器械"}, {"industry": "医疗器械"}, True),
    ({"industry": "医疗设备"}, {"industry": "医疗器械"}, True),  # an alias of the one normaliser
    ({"industry": "医疗器械"}, {"industry": "工业"}, False),
    ({"industry": "医疗器械"}, {}, None),
    ({"province": ["江苏", "上海"]}, {"province": "上海市"}, True),
    ({"province": ["江苏", "上海"]}, {"province": "浙江省"}, False),
    ({"province": {"not_in": ["江苏"]}}, {"province": "浙江省"}, True),
    ({"province": {"not_in": ["江苏"]}}, {}, None),
    ({"province": {"not_in": ["江苏", "上海"]}}, {"province": "上海市"}, False),
    ({"province": {"not_in": ["江苏", "上海"]}}, {}, None),
    ({"attributes.beds": {"not_in": ["1", "2"]}}, {"attributes.beds": 3}, None),
    ({"budget": {"gte": 5}}, {"budget": 5}, True),
    ({"budget": {"gt": 5}}, {"budget": 5.0}, False),
    ({"budget": {"lte": 5}}, {"budget": 5}, True),
    ({"budget": {"lt": 5}}, {"budget": 5}, False),
    ({"budget": {"gte": 5, "lt": 9}}, {"budget": 9}, False),
    ({"budget": {"eq": 5}}, {"budget": 5.0}, True),
    ({"budget": {"not": 5}}, {"budget": 6}, True),
    ({"behaviour.pages": {"gte": 3}}, {"behaviour.pages": "many"}, None),
    ({"behaviour.pages": {"gte": 1}}, {"behaviour.pages": True}, None),
    ({"attributes.beds": 1}, {"attributes.beds": True}, None),
    ({"attributes.beds": "3"}, {"attributes.beds": 3}, None),
    ({"attributes.vip": True}, {"attributes.vip": True}, True),
    ({"attributes.vip": True}, {"attributes.vip": 1}, None),
    ({"company_listed": False}, {"company_listed": False}, True),
    ({"title": {"contains": "ceo"}}, {"title": "集团CEO助理"}, True),
    ({"title": {"contains_any": ["采购", "负责人"]}}, {"title": "项目负责人"}, True),
    ({"title": {"contains_any": ["采购", "负责人"]}}, {"title": "医生"}, False),
    ({"company": {"matches_prefix": "ACME"}}, {"company": "Acme China"}, True),
    ({"company": {"matches_prefix": ["x", "acm"]}}, {"company": "Acme China"}, True),
    ({"company": {"contains": "a.c"}}, {"company": "abc"}, False),
    ({"language": "zh"}, {"language": "zh-cn"}, True),
    ({"language": "zh"}, {"language": "zha"}, False),
    ({"language": {"not": "zh"}}, {"language": "zh-cn"}, False),
    ({"language": {"not": "zh"}}, {"language": "en"}, True),
    ({"language": {"not": "zh"}}, {}, None),
    ({"language": "zh-CN"}, {"language": "zh"}, False),
    ({"demand": {"exists": False}}, {}, True),
    ({"demand": {"exists": True}}, {}, False),
    ({"not": {"demand": {"exists": True}}}, {}, True),
    ({"not": {"industry": "工业"}}, {}, None),
    ({"not": {"industry": "工业"}}, {"industry": "教育"}, True),
    ({"any": [{"industry": "工业"}, {"budget": {"gte": 5}}]}, {"budget": 9}, True),
    ({"any": [{"industry": "工业"}, {"budget": {"gte": 5}}]}, {"budget": 1}, None),
    ({"all": [{"industry": "工业"}, {"budget": {"gte": 5}}]}, {"budget": 1}, False),
    ({"industry": "工业", "budget": {"gte": 5}}, {"budget": 9}, None),
    ({"phone": {"exists": True}}, {"trait.has_phone": True}, True),
    ({"trait.grade": ["A", "B"]}, {"trait.grade": "B"}, True),
]


@pytest.mark.parametrize(("written", "facts", "result"), MEANING)
def test_a_condition_means_what_is_written(written: dict[str, Any], facts: Facts, result: bool | None) -> None:
    """Every operator, with a fact that is there, absent, or of another kind: an absent one is unknown, not false."""
    assert _read(written).holds(facts) is result


MISTAKES: list[tuple[Any, str]] = [
    ([], "when: a condition is a mapping; write it as {field: value}"),
    ({}, "when: the condition is empty; write {field: value}; a catch-all has no `when` at all"),
    ({"any": []}, "when.any: «any» needs a list of conditions; write any: [{field: value}, …]"),
    ({"any": {"industry": "x"}}, "when.any: «any» needs a list of conditions; write any: [{field: value}, …]"),
    ({"not": [{"industry": "x"}]}, "when.not: a condition is a mapping; write it as {field: value}"),
    ({"gte": 3}, "when.gte: the operator «gte» stands where a field is expected; write field: {gte: …}"),
    ({"seniority": "高管"}, "when.seniority: there is no field «seniority»; did you mean «trait.seniority»?"),
    ({"trait.senority": "高管"}, "when.trait.senority: there is no field «trait.senority»; did you mean"),
    ({"beds": 3}, "when.beds: there is no field «beds»; for a field of your own write attributes.beds"),
    ({"attributes.": 3}, "when.attributes.: there is no field «attributes.»; write the field's name after the dot"),
    ({"submitted_at": 3}, "when.submitted_at: «submitted_at» is not compared; use trait.submit_hour"),
    ({"budget": None}, "when.budget: there is no value; for an absent field write budget: {exists: false}"),
    ({"budget": {}}, "when.budget: no operator is given; write {gte: 3}, {not: x} or {exists: true}"),
    ({"budget": {"contains": "3"}}, "when.budget.contains: «budget» is a number, there is no text to"),
    ({"title": {"gte": 3}}, "when.title.gte: «title» is text, it has no more and less; use eq, in or contains"),
    ({"title": {"contains": ""}}, "when.title.contains: the text is empty, so everything"),
    ({"title": {"contains": ["a"]}}, "when.title.contains: «contains» takes one value; use contains_any: […]"),
    ({"title": {"contains_any": "a"}}, "when.title.contains_any: «contains_any» needs a list with"),
    ({"budget": {"gte": True}}, "when.budget.gte: «budget» is compared with a number, not true; write 3 or 2.5"),
    ({"attributes.x": [1, "a"]}, "when.attributes.x: the list mixes text, numbers and true/false; put"),
    ({"demand": {"exists": "yes"}}, "when.demand.exists: «exists» is true or false; write exists: true"),
    ({"name": "王芳"}, "when.name: «name» identifies a person and is not compared; use name: {exists: true}"),
    ({"email": {"contains": "@qq.com"}}, "when.email.contains: «email» identifies a person and is not compared"),
    ({"trait.grade": "E"}, "when.trait.grade: «E» is no value of «trait.grade»; use one of A, B, C, D"),
    ({"language": 3}, 'when.language: «language» is text, not 3; put it in quotes: "3"'),
]  # fmt: skip


@pytest.mark.parametrize(("written", "told"), MISTAKES)
def test_a_mistake_is_told_once_with_its_mend(written: Any, told: str) -> None:
    """One slip gives one message, which names the place and what to write."""
    mistakes = _mistakes(written)
    assert len(mistakes) == 1
    assert mistakes[0].startswith(told)


def test_a_behaviour_that_looks_misspelt_is_doubtful() -> None:
    """`behaviour.*` is open, yet a name one letter off a known one is hardly meant."""
    findings = Findings()
    assert ConditionReader(findings).read({"behaviour.dwel_seconds": {"gte": 3}}, ("when",)) is not None
    assert [warning.mend for warning in findings.warnings()] == ["did you mean «behaviour.dwell_seconds»?"]


def test_the_trace_shows_every_clause_with_what_the_lead_has() -> None:
    """为什么 is answered clause by clause: nothing is cut short after the first that failed."""
    condition = _read({"industry": "工业", "any": [{"budget": {"gte": 5}}, {"not": {"city": "苏州"}}]})
    clauses = [(each.depth, each.field, each.operator, each.expected, each.actual, each.result)
               for each in explain(condition, {"industry": "教育", "budget": 3})]  # fmt: skip
    assert clauses == [
        (0, "", "all", None, None, False),
        (1, "industry", "eq", "工业", "教育", False),
        (1, "", "any", None, None, None),
        (2, "budget", "gte", 5, 3, False),
        (2, "", "not", None, None, None),
        (3, "city", "eq", "苏州市", None, None),
    ]


def test_the_fields_that_keep_a_condition_unknown_are_named() -> None:
    """Unknown hits are counted per field, so that a source that stopped sending one is noticed."""
    condition = _read({"industry": "工业", "budget": {"gte": 5}, "city": {"exists": False}})
    assert unknown_fields(condition, {"budget": 9}) == {"industry"}
    assert unknown_fields(condition, {"budget": 1}) == frozenset()


def _kind(value: object) -> str:
    return "flag" if isinstance(value, bool) else "text" if isinstance(value, str) else "number"


def _plainly(node: ConditionNode, facts: Facts) -> bool | None:
    """Judge a tree by the words of the documentation, without a thought of speed."""
    if isinstance(node, Negated):
        inner = _plainly(node.part, facts)
        return None if inner is None else not inner
    if isinstance(node, Every):
        results = [_plainly(part, facts) for part in node.parts]
        return False if False in results else None if None in results else True
    if isinstance(node, Some):
        results = [_plainly(part, facts) for part in node.parts]
        return True if True in results else None if None in results else False
    return _leaf_plainly(node, facts.get(node.field))


def _leaf_plainly(node: Compare, value: Scalar | None) -> bool | None:
    if node.operator is Operator.EXISTS:
        return (value is not None) is node.expected
    words = node.expected if isinstance(node.expected, tuple) else (node.expected,)
    if value is None or _kind(value) != _kind(words[0]):
        return None
    match node.operator:
        case Operator.GTE | Operator.GT | Operator.LTE | Operator.LT:
            number, bound = float(value), float(words[0])
            return {"gte": number >= bound, "gt": number > bound, "lte": number <= bound, "lt": number < bound}[
                node.operator.value
            ]
        case Operator.CONTAINS_ANY:
            return any(str(word) in str(value) for word in words)
        case Operator.MATCHES_PREFIX:
            return any(str(value).startswith(str(word)) for word in words)
        case _:
            among = value in words or (node.field == "language" and any(str(value).startswith(f"{w}-") for w in words))
            return among is (node.operator in (Operator.EQ, Operator.IN))


@settings(max_examples=500)
@given(NODES, FACTS)
def test_compiled_conditions_agree_with_a_plain_reading(node: ConditionNode, facts: Facts) -> None:
    """The fast form may differ from the documented meaning in nothing, whatever the facts hold."""
    assert compile_node(node)(facts) is _plainly(node, facts)


@given(NODES, FACTS)
def test_the_trace_ends_in_the_same_result(node: ConditionNode, facts: Facts) -> None:
    """What we tell people is what was decided by."""
    condition = compile_condition(node)
    assert explain(condition, facts)[0].result is condition.holds(facts)
    assert condition.fields == fields_of(node)


@given(NODES, NODES, FACTS)
def test_the_laws_of_three_valued_logic_hold(one: ConditionNode, other: ConditionNode, facts: Facts) -> None:
    """Order does not matter, double negation changes nothing, and De Morgan holds, with unknown as with the others."""
    a, b = compile_node(one)(facts), compile_node(other)(facts)
    assert compile_node(Every((one, other)))(facts) is compile_node(Every((other, one)))(facts)
    assert compile_node(Some((one, other)))(facts) is compile_node(Some((other, one)))(facts)
    assert compile_node(Negated(Negated(one)))(facts) is a
    both = compile_node(Negated(Every((one, other))))(facts)
    assert both is compile_node(Some((Negated(one), Negated(other))))(facts)
    assert compile_node(Every((one, other)))(facts) is (
        False if a is False or b is False else None if None in (a, b) else True
    )
