"""Any condition over a few fields, and any facts for them, for property tests."""

from hypothesis import strategies as st

from routing.condition_tree import Compare, ConditionNode, Every, Negated, Operator, Some
from routing.lead import Scalar

_FIELDS: dict[str, list[Scalar]] = {
    "attributes.word": ["a", "ab", "b"],
    "attributes.number": [1, 2, 3],
    "attributes.flag": [True, False],
    "language": ["zh", "zh-cn", "en"],
}
_ANY_VALUE: list[Scalar] = ["a", "ab", "b", "zh", "zh-cn", "en", 1, 2, 2.5, 3, True, False]


def _leaf(field: str) -> st.SearchStrategy[ConditionNode]:
    values = st.sampled_from(_FIELDS[field])
    kinds: list[st.SearchStrategy[ConditionNode]] = [
        st.builds(Compare, st.just(field), st.sampled_from([Operator.EQ, Operator.NOT]), values),
        st.builds(
            Compare,
            st.just(field),
            st.sampled_from([Operator.IN, Operator.NOT_IN]),
            st.lists(values, min_size=1, max_size=2, unique=True).map(tuple),
        ),
        st.builds(Compare, st.just(field), st.just(Operator.EXISTS), st.booleans()),
    ]
    if field == "attributes.number":
        orders = [Operator.GTE, Operator.GT, Operator.LTE, Operator.LT]
        kinds.append(st.builds(Compare, st.just(field), st.sampled_from(orders), values))
    if field == "attributes.word":
        texts = st.lists(values, min_size=1, max_size=2).map(tuple)
        kinds.append(
            st.builds(Compare, st.just(field), st.sampled_from([Operator.CONTAINS_ANY, Operator.MATCHES_PREFIX]), texts)
        )
    return st.one_of(kinds)


_LEAVES = st.one_of([_leaf(field) for field in _FIELDS])
NODES: st.SearchStrategy[ConditionNode] = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: Every(tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: Some(tuple(parts))),
        inner.map(Negated),
    ),
    max_leaves=6,
)
FACTS = st.dictionaries(st.sampled_from(list(_FIELDS)), st.sampled_from(_ANY_VALUE))
