"""Short ways to write down a policy, a roster and a question for tests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from routing.decide import Question
from routing.lead import Facts
from routing.policy import (
    Acknowledge,
    Calendar,
    Capacity,
    Choose,
    Condition,
    Duration,
    Factor,
    Fence,
    Hot,
    KnownCustomer,
    MakeUp,
    Policy,
    Rule,
    Scoring,
)
from routing.roster import Rep, Roster, Team

TODAY = date(2026, 3, 31)
EVERYBODY = Rule("其余", None, None)


def when(**wanted: str | int) -> Condition:
    """Give a condition that compares fields; unknown where one is absent. `__` stands for a dot."""
    fields = {name.replace("__", "."): value for name, value in wanted.items()}

    def holds(facts: Facts) -> bool | None:
        if any(name in facts and facts[name] != value for name, value in fields.items()):
            return False
        return True if all(name in facts for name in fields) else None

    return Condition(holds, frozenset(fields))


def policy(
    *rules: Rule,
    choose: Choose | None = None,
    capacity: Capacity | None = None,
    factors: tuple[Factor, ...] = (),
    fences: tuple[Fence, ...] = (),
    low_share_times: int = 1_000_000,
    version: int = 1,
    hot: Hot | None = None,
) -> Policy:
    """Give a policy with these rules, else one that lets everybody take everything."""
    return Policy(
        version=version,
        secret=b"a secret of the tests",
        timezone="Asia/Shanghai",
        calendar=Calendar(),
        scoring=Scoring(),
        rules=rules or (EVERYBODY,),
        fences=fences,
        price_bands=(1_000, 10_000, 100_000),
        factors=factors,
        choose=choose or Choose(),
        capacity=capacity or Capacity(),
        acknowledge=Acknowledge(low_share_times=low_share_times),
        first_contact=Duration(timedelta(hours=24), at_work=True),
        known_customer=KnownCustomer(),
        make_up=MakeUp(),
        hot=hot,
    )


def roster(*reps: Rep, version: int = 1) -> Roster:
    """Give a roster of these reps; their teams are made as they come."""
    teams = {rep.team: Team(rep.team, rep.team) for rep in reps}
    return Roster(version, teams, {}, tuple(sorted(reps, key=lambda rep: rep.id)))


def reps(count: int, team: str = "east", **attributes: object) -> tuple[Rep, ...]:
    """Give r0000, r0001, ... of one team."""
    return tuple(Rep(f"r{number:04}", f"销售{number}", team, **attributes) for number in range(count))  # type: ignore[arg-type]


def question(no: int = 1, facts: Mapping[str, str | int | float] | None = None, **more: object) -> Question:
    """Ask for lead `no` in its first decision."""
    return Question(facts or {}, no, no, TODAY, **more)  # type: ignore[arg-type]
