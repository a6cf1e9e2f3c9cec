"""In which class a lead waits, and which stretch of the queue goes before which."""

from itertools import product

import pytest

from routing.errors import FileRefused
from routing.policy_file import load_policy
from routing.queue_order import LAST_CLASS, STRETCHES, queue_class

RULES = "version: 1\nscoring: {base: 50}\nrules: [{name: 其余}]\n"
FIRST = """pool:
  first:
    - {name: VIP, when: {attributes.vip: true}}
    - {name: 急, when: {any: [{attributes.urgent: true}, {trait.score: {gte: 80}}]}}
"""


@pytest.mark.parametrize(
    ("facts", "place"),
    [
        ({"trait.grade": "A"}, 0),
        ({"trait.grade": "B"}, 1),
        ({}, 1),
    ],
)
def test_b09_without_a_word_of_the_policy_the_best_grade_goes_first(facts: dict[str, str], place: int) -> None:
    """B-09: the most valuable leads leave the queue before others."""
    assert queue_class(load_policy(RULES).policy, facts) == place


@pytest.mark.parametrize(
    ("facts", "place"),
    [
        ({"attributes.vip": True, "attributes.urgent": True}, 0),
        ({"attributes.urgent": True}, 1),
        ({"trait.score": 80, "trait.grade": "A"}, 1),
        ({"trait.score": 79, "trait.grade": "A"}, 2),
        ({"attributes.vip": False}, 2),
    ],
)
def test_b09_the_first_entry_that_holds_gives_the_class(facts: dict[str, str | int | bool], place: int) -> None:
    """B-09: VIP before urgent before the rest; an absent field is unknown and puts nobody first."""
    assert queue_class(load_policy(RULES + FIRST).policy, facts) == place


def test_a_mistake_in_a_condition_of_the_queue_is_refused_by_line() -> None:
    """It is a condition like any other."""
    with pytest.raises(FileRefused, match=r"line 6: pool\.first\[0\]\.when"):
        load_policy(RULES + FIRST.replace("attributes.vip: true", "no_field: true"))


def test_b09_whoever_has_waited_long_counts_one_class_higher() -> None:
    """B-09, the starvation guard: long waiting makes one class, and of equals those go first that have waited longer."""
    every = list(product(range(LAST_CLASS + 1), (True, False)))
    assert sorted(every, key=lambda stretch: (stretch[0] - stretch[1], not stretch[1])) == list(STRETCHES)
