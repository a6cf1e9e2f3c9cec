"""Run every benchmark, print a table, and write JSON: `make bench`, or `python -m bench --quick`."""

from __future__ import annotations

import argparse
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from bench.batching import batches
from bench.cost import costs, draw, sizes
from bench.verdicts import refuse_other_work, verdicts

REPS, RULES = 200, 50
RESULTS = Path(__file__).parent / "results"
_WARM_UP = 300


def one_run(kind: str, clients: int, count: int, *, reps: int = REPS, rules: int = RULES) -> dict[str, Any]:
    """Start a service (or the floor) on a fresh database, load it from another process, give what the clients saw.

    Raises:
        RuntimeError: it did not start, or did something else than offer every lead.
    """
    with tempfile.TemporaryDirectory(prefix="paidan-bench-") as folder:
        command = [sys.executable, "-m", "bench.server", folder, kind, str(reps), str(rules)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
            assert server.stdout is not None
            port = server.stdout.readline().strip()
            if not port:
                msg = f"the {kind} did not start; run: {' '.join(command)}"
                raise RuntimeError(msg)
            _load(port, 8, _WARM_UP, first=10_000_000, rules=rules)  # fills caches and opens every statement once
            seen = _load(port, clients, count, first=0, rules=rules)
            server.terminate()
            left: dict[str, Any] = orjson.loads(server.stdout.readline())
    refuse_other_work(kind, seen, left["states"], _WARM_UP + count)
    return seen | left


def _load(port: str, clients: int, count: int, *, first: int, rules: int) -> dict[str, Any]:
    words = [sys.executable, "-m", "bench.load", port, str(clients), str(count), str(first), str(rules)]
    result: dict[str, Any] = orjson.loads(subprocess.run(words, check=True, capture_output=True).stdout)
    return result


def intake(clients: int, count: int, rounds: int, progress: Progress) -> dict[str, Any]:
    """Measure service and floor in turn, so that both meet the same moods of the machine; gives medians and ratio."""
    task = progress.add_task(f"intake, {clients} clients", total=rounds * 2)
    runs: dict[str, list[dict[str, Any]]] = {"floor": [], "service": []}
    for _ in range(rounds):
        for kind, kept in runs.items():
            kept.append(one_run(kind, clients, count))
            progress.advance(task)
    floor, service = (statistics.median(run["per_second"] for run in runs[kind]) for kind in ("floor", "service"))
    ratios = [
        mine["per_second"] / least["per_second"] for mine, least in zip(runs["service"], runs["floor"], strict=True)
    ]
    best = max(runs["service"], key=lambda run: run["per_second"])
    return {"clients": clients, "floor_per_second": round(floor), "leads_per_second": round(service),
            "ratio": round(statistics.median(ratios), 3), "p50_ms": round(best["p50_ms"], 2),
            "p95_ms": round(best["p95_ms"], 2), "p99_ms": round(best["p99_ms"], 2), "memory_mb": best["memory_mb"],
            "runs": runs}  # fmt: skip


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer leads and one round: a look, no verdict")
    arguments = parser.parse_args()
    count, rounds = (2_000, 1) if arguments.quick else (10_000, 3)
    console = Console()
    with Progress(console=console, transient=True) as progress:
        taken = [intake(clients, count if clients > 1 else count // 5, rounds, progress) for clients in (1, 64)]
        task = progress.add_task("deciding", total=len(list(sizes())))
        decided = costs(lambda: progress.advance(task))
        dealt = batches()
    at = datetime.now(UTC)
    judged = verdicts(taken, decided, dealt)
    result = {
        "at": at.isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "quick": arguments.quick,
        "verdicts": judged,
        "intake": taken,
        "deciding": decided,
        "batches": dealt,
        "peak_memory_mb_of_deciding": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    _show(console, taken, decided, dealt)
    _show_verdicts(console, judged, quick=arguments.quick)
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{at:%Y-%m-%dT%H%M%S}.json"
    path.write_bytes(orjson.dumps(result, option=orjson.OPT_INDENT_2))
    for written in (path, *draw(decided, RESULTS, path.stem)):
        console.print(
            f"written to {written.relative_to(Path.cwd()) if written.is_relative_to(Path.cwd()) else written}"
        )


def _show(
    console: Console, taken: list[dict[str, Any]], decided: list[dict[str, Any]], dealt: list[dict[str, Any]]
) -> None:
    table = Table(title=f"Intake: signature to commit, {REPS} reps, {RULES} rules, SQLite, synchronous=FULL")
    for heading in ("clients", "floor/s", "leads/s", "× floor", "p50 ms", "p95 ms", "p99 ms", "MB"):
        table.add_column(heading, justify="right")
    for row in taken:
        table.add_row(*(str(row[key]) for key in ("clients", "floor_per_second", "leads_per_second", "ratio", "p50_ms",
                                                  "p95_ms", "p99_ms", "memory_mb")))  # fmt: skip
    console.print(table)
    table = Table(title="Deciding alone, one core, rules over 24 dimensions")
    keys = ("reps", "rules", "decide_p50_us", "decide_p99_us", "pack_p50_us", "pack_p99_us", "largest_record_bytes")
    for key in keys:
        table.add_column(key.replace("_", " "), justify="right")
    for row in decided:
        table.add_row(*(str(row[key]) for key in keys))
    console.print(table)
    table = Table(title="A backlog dealt out together")
    for key in dealt[0]:
        table.add_column(key.replace("_", " "), justify="right")
    for row in dealt:
        table.add_row(*(str(value) for value in row.values()))
    console.print(table)


def _show_verdicts(console: Console, judged: list[dict[str, Any]], *, quick: bool) -> None:
    table = Table(title="Targets" + (" (one quick round: a look, no verdict)" if quick else ""))
    for heading in ("target", "applied", "measured", "met"):
        table.add_column(heading)
    for one in judged:
        applied = "yes" if one["applied"] else f"no: {one['why']}"
        met = "–" if one["met"] is None else "yes" if one["met"] else "NO"
        table.add_row(one["target"], applied, str(one["measured"]), met)
    console.print(table)


if __name__ == "__main__":
    main()
