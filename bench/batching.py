"""Leads dealt out together: how long it takes, and what it brings beside one by one."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

from bench.deciding import questions
from bench.scenario import policy_file, team_file
from routing.batch import deal
from routing.decide import Question
from routing.policy import MILLION
from routing.policy_file import load_policy
from routing.reps_table import reps_table
from routing.standing import Standing
from routing.team_file import load_team

LEADS, REPS, RULES = 1_000, 200, 50
#: Room for all, for hardly all, and for four in five.
_CAPS = (900_000, 5, 4)


def batches(rounds: int = 3) -> list[dict[str, Any]]:
    """Deal out a backlog under three caps; gives seconds (the best of a few rounds), leads placed, and the mean fit."""
    roster = load_team(team_file(REPS)).roster
    asked = [Question(facts, number, 1, date(2026, 11, 23)) for number, facts in enumerate(questions(LEADS, RULES))]
    found = []
    for cap in _CAPS:
        text = policy_file(RULES).replace("open: 900000", f"open: {cap}")
        policy = load_policy(text, roster=roster, version=1, secret=b"bench-secret-000").policy
        table = reps_table(policy, roster)
        (dealt,) = deal(policy, table, Standing.empty(table), asked)
        seconds = []
        for _ in range(rounds):
            started = time.perf_counter()
            deal(policy, table, Standing.empty(table), asked)
            seconds.append(time.perf_counter() - started)
        alone, alone_fit = dealt.one_by_one
        found.append({"leads": LEADS, "reps": REPS, "cap": cap, "seconds": round(min(seconds), 3), "placed": dealt.placed,
                      "placed_one_by_one": alone, "mean_fit": round(dealt.fit / MILLION / dealt.placed, 2),
                      "mean_fit_one_by_one": round(alone_fit / MILLION / alone, 2)})  # fmt: skip
    return found
