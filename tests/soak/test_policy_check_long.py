"""B-13: a policy of 500 rules is checked in under two seconds, whatever its rules are like."""

import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from routing.errors import FileRefused
from routing.policy_check_history import LeadsOfLate
from routing.policy_file import Surroundings, load_policy
from routing.team_file import load_team

pytestmark = pytest.mark.soak

SEED = 20261122
RULES = 500
_SECONDS = 2.0
_PROVINCES = ("上海", "江苏", "浙江", "安徽", "北京", "天津", "广东", "新疆", "四川", "湖北")
_TEAM = load_team((Path(__file__).parents[2] / "examples" / "team.yaml").read_text(encoding="utf-8")).roster


def _usual(number: int, random: Random) -> str:
    """Give what a company with many products writes: regions, industries, budgets, a word in the title."""
    provinces = ", ".join(random.sample(_PROVINCES, 2))
    least = random.randrange(0, 50_000, 100)
    return (
        f"province: [{provinces}], industry: 行业{number % 40}, budget: {{gte: {least}, lt: {least + 5_000}}}, "
        f"any: [{{channel: c{number % 7}}}, {{title: {{contains: 采购{number % 5}}}}}]"
    )


def _overlapping(number: int, random: Random) -> str:
    """Give wide ranges of three numbers, each of which overlaps with nearly all others."""
    del number
    ranges = (
        f"{name}: {{gte: {random.randrange(100)}, lt: {random.randrange(5_000, 9_000)}}}"
        for name in ("budget", "quantity", "company_size")
    )
    return ", ".join(ranges)


def _alternatives(number: int, random: Random) -> str:
    """Give many alternatives of many alternatives."""

    def some(field: str) -> str:
        return "{any: [" + ", ".join(f"{{{field}{place}: w{random.randrange(9)}}}" for place in range(4)) + "]}"

    return f"attributes.n: {number % 50}, all: [" + ", ".join(some(f"attributes.{letter}") for letter in "abc") + "]"


def _texts(number: int, random: Random) -> str:
    """Give a search of free text that no other rule has, and one that many have."""
    return f"title: {{contains_any: [词{number}, 采购, 词{random.randrange(900)}]}}, demand: {{matches_prefix: 要{number % 9}}}"


def _excluding(number: int, random: Random) -> str:
    """Give what must not be: long lists of words and their opposites."""
    words = ", ".join(f"p{random.randrange(600)}" for _ in range(20))
    return f"product: {{not_in: [{words}]}}, not: {{industry: [a{number}, b{number}]}}, budget: {{not: {number}}}"


@pytest.mark.parametrize(
    "written", [_usual, _overlapping, _alternatives, _texts, _excluding], ids=lambda each: each.__name__.strip("_")
)
def test_five_hundred_rules_are_checked_in_under_two_seconds(written: Callable[[int, Random], str]) -> None:
    """The whole check: file, conditions, reach of every rule, team, a thousand leads of late."""
    random = Random(SEED)
    rules = "".join(
        f"  - {{name: r{number}, when: {{{written(number, random)}}}, teams: [east]}}\n" for number in range(RULES)
    )
    text = f"version: 1\nrules:\n{rules}  - {{name: 其余}}\ngeofence:\n  - {{provinces: [新疆, 青海], teams: [northwest]}}\n"
    late = LeadsOfLate([{"province": "上海市", "budget": number, "title": "采购经理"} for number in range(1_000)])

    began = time.process_time()
    try:
        problems = load_policy(text, surroundings=Surroundings(_TEAM, of_late=late)).warnings
    except FileRefused as refused:
        problems = refused.problems
    took = time.process_time() - began

    print(f"{written.__name__}: {RULES} rules in {took:.2f} s, {len(problems)} problems")  # noqa: T201  the figure
    assert took < _SECONDS
