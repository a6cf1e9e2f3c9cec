"""Deciding alone: microseconds a decision, without storing anything."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bench.scenario import lead_body, policy_file, team_file
from bench.wide_scenario import wide_policy_file
from bot.lead_sources.bodies import read_body
from bot.lead_sources.generic import read_generic
from bot.lead_sources.source import Bearer, Source
from routing.decide import Question, decide
from routing.decision_record import pack
from routing.lead import Scalar, facts_of
from routing.policy_file import load_policy
from routing.reps_table import reps_table
from routing.score import score_of, with_score
from routing.standing import Standing
from routing.team_file import load_team
from routing.traits import traits_of

_AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def questions(count: int, rules: int) -> list[dict[str, Scalar]]:
    """Give the facts of leads, traits and score included."""
    source = Source("website", "generic", Bearer(()))
    policy = load_policy(policy_file(1)).policy
    found = []
    for number in range(count):
        lead, _ = read_generic(source, read_body(lead_body(number, rules), "application/json"))
        facts = {**facts_of(lead), **traits_of(lead, received_at=_AT, zone=ZoneInfo("Asia/Shanghai"))}
        found.append(with_score(facts, score_of(policy.scoring, facts)))
    return found


def figures(reps: int, rules: int, *, count: int = 3000, wide: bool = False) -> dict[str, Any]:
    """Decide `count` leads one after another, each moving the counters for the next.

    Args:
        reps: how many there are.
        rules: how many.
        count: how many leads.
        wide: the rules look at 24 dimensions in turn, else at the usual four.
    """
    roster = load_team(team_file(reps)).roster
    text = wide_policy_file(rules) if wide else policy_file(rules)
    policy = load_policy(text, roster=roster, version=1, secret=b"bench-secret-000").policy
    table = reps_table(policy, roster)
    standing = Standing.empty(table)
    asked = questions(min(count, 500), rules)
    deciding, packing, sizes = [], [], []
    for number in range(count):
        question = Question(asked[number % len(asked)], number, 1, date(2026, 11, 23))
        started = time.perf_counter()
        decision = decide(policy, table, standing, question)
        between = time.perf_counter()
        record = pack(decision, question, standing, policy, table)
        packing.append(time.perf_counter() - between)
        deciding.append(between - started)
        sizes.append(len(record))
        standing.apply(decision)
    skip = count // 10  # the first ones fill memos
    return {
        "reps": reps,
        "rules": rules,
        **_spread("decide", deciding[skip:]),
        **_spread("pack", packing[skip:]),
        "largest_record_bytes": max(sizes),
    }


def _spread(name: str, seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {
        f"{name}_p50_us": round(ordered[len(ordered) // 2] * 1e6, 1),
        f"{name}_p99_us": round(ordered[len(ordered) * 99 // 100] * 1e6, 1),
    }
