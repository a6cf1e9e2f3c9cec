"""Two thousand answers to 为什么不是我, each tried; test_why_not.py has the same in short."""

from __future__ import annotations

import pytest

from tests.routing.why_not_cases import check_many
from tests.soak.lengths import length, say, seed


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_two_thousand_answers_are_true() -> None:
    """Every change that is stated flips its decision when decided again, and no smaller one of its kind does."""
    number = seed()
    found = check_many(number, length(2000))
    kinds = ", ".join(f"{kind} {count}" for kind, count in found.kinds.most_common())
    say(
        f"why not: seed {number}, {length(2000)} decisions, {found.stated} single changes ({kinds}), "
        f"{found.pairs} pairs, {found.nothing} without either: all true"
    )
    assert found.stated > length(2000) // 2
