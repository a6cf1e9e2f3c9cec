"""In which order waiting leads go: class by class, the oldest first within a class, and nobody starves. Pure.

A policy names up to three classes that go before all others (`pool.first`); a lead that has waited longer than
`LIFTED_AFTER` counts one class higher. Since those lifted into a class are all older than those that belong there, the
order is a plain sequence of stretches, each of which an index reads.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from routing.lead import Facts
from routing.policy import Policy

#: Leads that nothing puts before others are of the class behind all that the policy names; there are never more classes.
LAST_CLASS: Final = 3
LIFTED_AFTER: Final = timedelta(minutes=30)
#: The stretches of the queue in the order in which they go: a class, and whether its leads have waited long.
STRETCHES: Final[tuple[tuple[int, bool], ...]] = (
    (0, True),
    *(stretch for number in range(LAST_CLASS) for stretch in ((number + 1, True), (number, False))),
    (LAST_CLASS, False),
)


def queue_class(policy: Policy, facts: Facts) -> int:
    """Give the class in which a lead waits: 0 goes first.

    Args:
        policy: the version in force; without `pool.first` leads of the best grade go before all others.
        facts: of the lead, score and grade included.
    """
    if not policy.goes_first:
        grades = policy.scoring.grades
        return 0 if grades and facts.get("trait.grade") == grades[0][0] else 1
    found = (place for place, condition in enumerate(policy.goes_first) if condition.holds(facts))
    return next(found, len(policy.goes_first))
