"""Which rule holds first: rules that ask for a word the lead has not are passed over without being asked.

Most policies deal leads out by one field (province, industry, channel), and each rule names a few words of it. The rules
are laid out once by the words of the field that most of them name; a lead is then asked only the rules of its own word
and those that do not name the field. The outcome is that of asking all of them in order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from routing.condition_tree import LANGUAGE_FIELDS, Compare, ConditionNode, Every, Operator
from routing.lead import Facts

Holds = Callable[[Facts], bool | None]
#: A rule's condition, compiled and as a tree; without a condition it holds for every lead.
When = tuple[Holds | None, ConditionNode | None]

_LISTS = frozenset({Operator.EQ, Operator.IN})


class RuleIndex:
    """The rules of one policy, laid out by the words of one field. Immutable."""

    def __init__(self, rules: Sequence[When]) -> None:
        """Choose the field that most rules name, and lay the rules out."""
        demands = [_demanded_words(tree) for _, tree in rules]
        named = Counter(field for words in demands for field in sorted(words))
        self._field = named.most_common(1)[0][0] if named else ""
        wanted = [words.get(self._field) for words in demands]
        conditions = [(number, holds) for number, (holds, _) in enumerate(rules)]
        #: For leads without the field, or with a word that no rule names.
        self._others = [item for item, words in zip(conditions, wanted, strict=True) if words is None]
        self._by_word = {
            word: [item for item, words in zip(conditions, wanted, strict=True) if words is None or word in words]
            for word in {word for words in wanted if words is not None for word in words}
        }

    def first(self, facts: Facts) -> int:
        """Give the number of the first rule that holds, -1 if none does."""
        word = facts.get(self._field)
        # Text is compared exactly, and only with text: whatever is no text can't be a word that a rule names.
        asked = self._by_word.get(word, self._others) if isinstance(word, str) else self._others
        for number, holds in asked:
            if holds is None or holds(facts) is True:
                return number
        return -1


def _demanded_words(node: ConditionNode | None) -> dict[str, frozenset[str]]:
    """Give field -> words of which a lead must have one if the condition is to hold; a field that is not here may be anything."""
    if isinstance(node, Every):
        found: dict[str, frozenset[str]] = {}
        for part in node.parts:
            found = _demanded_words(part) | found
        return found
    if not isinstance(node, Compare) or node.operator not in _LISTS or node.field in LANGUAGE_FIELDS:
        return {}
    listed = node.expected if isinstance(node.expected, tuple) else (node.expected,)
    words = frozenset(word for word in listed if isinstance(word, str))
    return {node.field: words} if len(words) == len(set(listed)) else {}
