"""B-10: 200 rules over 24 dimensions and 1,000 reps stay under 300 MB, and the very same file serves eight people."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from bench.deciding import questions
from bench.scenario import team_file
from bench.wide_scenario import DIMENSIONS, wide_policy_file
from routing.decide import Question, decide
from routing.decision import Outcome
from routing.policy_file import load_policy
from routing.reps_table import reps_table
from routing.standing import Standing
from routing.team_file import load_team
from tests.architecture.project_files import ROOT

DAY = date(2026, 11, 23)
#: Measured in a process of its own: this one holds whatever all other tests have loaded. And not as `ru_maxrss`, which
#: a process takes over from the one that started it.
_MEASURED = """
import re
from pathlib import Path
from bench.deciding import figures
figures(1000, 200, count=400, wide=True)
print(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""


@pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="the largest size of a process is read as Linux tells it"
)
def test_b10_two_hundred_rules_and_a_thousand_reps_need_less_than_300_mb() -> None:
    """B-10: the whole process at its largest, interpreter and numpy included."""
    assert len(DIMENSIONS) >= 24
    command = [sys.executable, "-c", _MEASURED]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
    assert int(done.stdout) < 300 * 1024


def test_b10_the_same_file_with_one_rule_and_eight_people_needs_no_other_setting() -> None:
    """B-10: nothing has to be turned for a small company; the reps of the file are the only difference."""
    for reps, rules in ((8, 1), (8, 200), (1000, 1)):
        roster = load_team(team_file(reps)).roster
        policy = load_policy(wide_policy_file(rules), roster=roster, version=1, secret=b"bench-secret-000").policy
        table = reps_table(policy, roster)
        standing = Standing.empty(table)
        for number, facts in enumerate(questions(20, rules)):
            decision = decide(policy, table, standing, Question(facts, number, 1, DAY))
            assert decision.outcome is Outcome.OFFER
            standing.apply(decision)
