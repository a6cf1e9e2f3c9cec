"""Passing over rules changes nothing: the first rule that holds is the one that asking all of them in order finds."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.condition_tree import Compare, ConditionNode, Every, Negated, Operator, Some
from routing.conditions import compile_condition
from routing.eligibility import matching_rule
from routing.lead import Facts
from routing.policy import Condition, Rule
from tests.routing import given as given_

_WORDS = st.sampled_from(["上海市", "江苏省", "zh", "zh-cn", "工业", ""])
_VALUES = st.one_of(_WORDS, st.integers(-1, 2), st.booleans(), st.floats(0, 2))
_FIELDS = st.sampled_from(["province", "industry", "language", "company_size"])
_COMPARISONS = st.one_of(
    st.builds(Compare, _FIELDS, st.sampled_from([Operator.EQ, Operator.NOT]), _VALUES),
    st.builds(
        Compare,
        _FIELDS,
        st.sampled_from([Operator.IN, Operator.NOT_IN]),
        st.one_of(st.lists(_WORDS, min_size=1, max_size=3), st.lists(st.integers(0, 2), min_size=1, max_size=2)).map(
            tuple
        ),
    ),
    st.builds(Compare, _FIELDS, st.just(Operator.EXISTS), st.booleans()),
)
_TREES: st.SearchStrategy[ConditionNode] = st.recursive(
    _COMPARISONS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: Every(tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: Some(tuple(parts))),
        inner.map(Negated),
    ),
    max_leaves=5,
)
_WHENS = st.lists(st.one_of(st.none(), _TREES.map(compile_condition)), min_size=1, max_size=8)


def _asked_in_order(rules: tuple[Rule, ...], facts: Facts) -> int:
    holding = (no for no, rule in enumerate(rules) if rule.when is None or rule.when.holds(facts) is True)
    return next(holding, -1)


@settings(max_examples=400)
@given(whens=_WHENS, facts=st.dictionaries(_FIELDS, _VALUES, max_size=4))
def test_the_first_rule_that_holds_is_found_whatever_is_passed_over(
    whens: list[Condition | None], facts: dict[str, str | int | float | bool]
) -> None:
    """Rules are tried in the order of the file; the layout by words must not change which is first."""
    rules = tuple(Rule(f"r{no}", when, None) for no, when in enumerate(whens))
    assert matching_rule(given_.policy(*rules), facts) == _asked_in_order(rules, facts)


_SHANGHAI = Compare("province", Operator.EQ, "上海市")
_NOT_SHANGHAI = Compare("province", Operator.NOT_IN, ("上海市",))
_BIG = Compare("company_size", Operator.GTE, 100)


@pytest.mark.parametrize(
    ("trees", "facts", "first"),
    [
        pytest.param([_BIG, _SHANGHAI], {"province": "上海市", "company_size": 200}, 0, id="not named, known word"),
        pytest.param([_SHANGHAI, None], {"province": "上海市"}, 0, id="named before one for everybody"),
        pytest.param([None, _SHANGHAI], {"province": "上海市"}, 0, id="one for everybody before it is named"),
        pytest.param([_SHANGHAI, _BIG], {"province": "江苏省", "company_size": 200}, 1, id="word that no rule names"),
        pytest.param([_SHANGHAI, _BIG], {"company_size": 200}, 1, id="no word"),
        pytest.param([_SHANGHAI, _NOT_SHANGHAI], {"province": "江苏省"}, 1, id="named to be kept out"),
        pytest.param([Some((_SHANGHAI, _BIG))], {"province": "江苏省", "company_size": 200}, 0, id="one way of two"),
        pytest.param([Negated(_SHANGHAI)], {"province": "江苏省"}, 0, id="named in a negation"),
        pytest.param([Every((_BIG, Every((_SHANGHAI,))))], {"province": "上海市", "company_size": 200}, 0, id="deep"),
        pytest.param([Compare("language", Operator.IN, ("zh",))], {"language": "zh-cn"}, 0, id="a narrower language"),
        pytest.param([Compare("industry", Operator.IN, (1, 2))], {"industry": 2}, 0, id="numbers are not words"),
    ],
)
def test_what_a_rule_demands_is_read_right(
    trees: list[ConditionNode | None], facts: dict[str, str | int], first: int
) -> None:
    """A rule may be passed over only if it surely does not hold."""
    rules = (Rule(f"r{no}", compile_condition(tree) if tree else None, None) for no, tree in enumerate(trees))
    assert matching_rule(given_.policy(*rules), facts) == first


def test_a_rule_of_another_word_is_not_asked() -> None:
    """Deciding stays fast with hundreds of rules: those of other provinces cost nothing."""
    asked: list[str] = []

    def rule(word: str) -> Rule:
        tree = Every((Compare("province", Operator.IN, (word,)), Compare("budget", Operator.GTE, 1)))
        compiled = compile_condition(tree)

        def holds(facts: Facts) -> bool | None:
            asked.append(word)
            return compiled.holds(facts)

        return Rule(word, Condition(holds, compiled.fields, tree=tree), None)

    policy = given_.policy(*(rule(word) for word in ("上海市", "江苏省", "浙江省")))

    assert matching_rule(policy, {"province": "江苏省", "budget": 5}) == 1
    assert matching_rule(policy, {"province": "福建省", "budget": 5}) == -1
    assert matching_rule(policy, {"budget": 5}) == -1
    assert asked == ["江苏省"]
