"""B-24 at length: a quarter of a floor of 200 reps and 50 rules, tried through the command line as an operator would."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from store import schema
from tests.soak.lengths import length, say, seed
from tests.support.lived_quarter import ENDS, Quarter, policy_text, team_file, write
from tests.support.office import KEYS, company

REPS, RULES = 200, 50
#: The key of `tests.support.office.KEYS`, as the setting says it.
_DATA_KEY = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
_MOST_MEGABYTES = 1000
#: Prints the largest resident size of the process and of those that read for it, in kB, behind what the command prints.
_MEASURED = """
import resource, runpy, sys
sys.argv = sys.argv[1:]
try:
    runpy.run_module("bot", run_name="__main__", alter_sys=True)
finally:
    print("kilobytes", *(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))
"""


async def _lived(url: str, leads: int, first: int, cap: int, in_hand: float) -> int:
    await asyncio.to_thread(schema.upgrade, url)
    async with company(url, team=team_file(REPS), policy=policy_text(RULES, cap=cap)) as opened:
        opened.clock.moment = ENDS
        office = await opened.do(lambda desk: desk.open_office)
        quarter = Quarter(office, leads, seed=first, in_hand=in_hand, rules=RULES)
        return await asyncio.to_thread(write, url, quarter, KEYS)


def _preview(url: str, folder: Path, cap: int) -> tuple[str, float, list[int]]:
    """Give what the command prints, how many seconds it took, and its sizes in MB."""
    file = folder / f"cap{cap}.yaml"
    file.write_text(policy_text(RULES, cap=cap), encoding="utf-8")
    arguments = ["bot", "policy", "preview", str(file), "--days", "3660", "--html", str(folder / f"cap{cap}.html")]
    settings = {"PAIDAN_DATABASE_URL": url, "PAIDAN_DATA_KEY": _DATA_KEY}
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED, *arguments], capture_output=True, text=True, check=False,
        env=os.environ | settings, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    seconds = time.perf_counter() - started
    assert done.returncode == 0, done.stderr
    sizes = re.search(r"kilobytes (\d+) (\d+)", done.stdout)
    assert sizes is not None
    return done.stdout, seconds, [int(size) // 1024 for size in sizes.groups()]


@pytest.mark.soak
@pytest.mark.timeout(7200)
@pytest.mark.parametrize(("leads", "cap", "in_hand"), [(20_000, 8, 6.0), (1_000_000, 20, 10.0)])
def test_a_quarter_is_tried(tmp_path: Path, leads: int, cap: int, in_hand: float) -> None:
    """B-24: the unchanged policy gives no difference, another cap does; seconds and megabytes are printed."""
    url, first, count = f"sqlite:///{tmp_path}/paidan.db", seed(), length(leads)
    started = time.perf_counter()
    decisions = asyncio.run(_lived(url, count, first, cap, in_hand))
    say(f"what-if: seed {first}, {count} leads, {decisions} decisions lived in {time.perf_counter() - started:.0f} s")
    for tried in (cap, cap + 2, cap - 3):
        told, seconds, sizes = _preview(url, tmp_path, tried)
        changed = re.search(r"([\d,]+)\s*条线索（", told)
        say(
            f"what-if: cap {cap} -> {tried}: {seconds:.1f} s, {sizes[0]} MB and {sizes[1]} MB for reading ahead, "
            f"{changed[1] if changed else 0} leads would go to somebody else"
        )
        # A higher cap helps nobody where none was reached.
        assert tried > cap or ("没有一处不同" in told) == (tried == cap)
        assert sum(sizes) < _MOST_MEGABYTES
