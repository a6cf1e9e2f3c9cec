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

from bench.deciding import figures

REPS, RULES = 200, 50
RESULTS = Path(__file__).parent / "results"
_SIZES = ((10, 5), (200, 50), (1000, 200))


def one_run(kind: str, clients: int, count: int) -> dict[str, Any]:
    """Start a service (or the floor) on a fresh database, load it from another process, give what the clients saw."""
    with tempfile.TemporaryDirectory(prefix="paidan-bench-") as folder:
        command = [sys.executable, "-m", "bench.server", folder, kind, str(REPS), str(RULES)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
            assert server.stdout is not None
            port = server.stdout.readline().strip()
            if not port:
                msg = f"the {kind} did not start; run: {' '.join(command)}"
                raise RuntimeError(msg)
            _load(port, 8, 300, first=10_000_000)  # fills caches and opens every statement once
            seen = _load(port, clients, count, first=0)
            server.terminate()
            seen["memory_mb"] = int(server.stdout.readline())
    if list(seen["statuses"]) != ["202"]:
        msg = f"{kind}: not every answer was 202: {seen['statuses']}"
        raise RuntimeError(msg)
    return seen


def _load(port: str, clients: int, count: int, *, first: int) -> dict[str, Any]:
    words = [sys.executable, "-m", "bench.load", port, str(clients), str(count), str(first), str(RULES)]
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
        task = progress.add_task("deciding", total=len(_SIZES))
        decided = []
        for reps, rules in _SIZES:
            decided.append(figures(reps, rules))
            progress.advance(task)
    at = datetime.now(UTC)
    result = {
        "at": at.isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "intake": taken,
        "deciding": decided,
        "peak_memory_mb_of_deciding": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    _show(console, taken, decided)
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{at:%Y-%m-%dT%H%M%S}.json"
    path.write_bytes(orjson.dumps(result, option=orjson.OPT_INDENT_2))
    console.print(f"written to {path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path}")


def _show(console: Console, taken: list[dict[str, Any]], decided: list[dict[str, Any]]) -> None:
    table = Table(title=f"Intake: signature to commit, {REPS} reps, {RULES} rules, SQLite, synchronous=FULL")
    for heading in ("clients", "floor/s", "leads/s", "× floor", "p50 ms", "p95 ms", "p99 ms", "MB"):
        table.add_column(heading, justify="right")
    for row in taken:
        table.add_row(*(str(row[key]) for key in ("clients", "floor_per_second", "leads_per_second", "ratio", "p50_ms",
                                                  "p95_ms", "p99_ms", "memory_mb")))  # fmt: skip
    console.print(table)
    table = Table(title="Deciding alone, one core")
    keys = ("reps", "rules", "decide_p50_us", "decide_p99_us", "pack_p50_us", "pack_p99_us", "largest_record_bytes")
    for key in keys:
        table.add_column(key.replace("_", " "), justify="right")
    for row in decided:
        table.add_row(*(str(row[key]) for key in keys))
    console.print(table)


if __name__ == "__main__":
    main()
