"""What the figures are held against, and whether a run measured what it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

CLIENTS = 64
LEAST_RATIO = 0.5
#: Where the machine is so fast that the floor reaches this many leads a second, the service has to reach that many.
FAST_FLOOR, LEAST_PER_SECOND = 3000, 1500
DECIDING_SIZE = (1000, 200)
MOST_DECIDE_P99_MS = 2


@dataclass(frozen=True, slots=True)
class Verdict:
    """One target: whether it applied on this machine, and whether it was met; `met` is None where it did not apply."""

    target: str
    applied: bool
    why: str
    measured: float
    met: bool | None


def verdicts(intake: Sequence[Mapping[str, Any]], deciding: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Hold the figures against their targets."""
    many = next(row for row in intake if row["clients"] == CLIENTS)
    floor, service, ratio = many["floor_per_second"], many["leads_per_second"], many["ratio"]
    fast = floor >= FAST_FLOOR
    compared = f"the floor at {CLIENTS} clients made {floor}/s, {'at least' if fast else 'fewer than'} {FAST_FLOOR}/s"
    large = next(row for row in deciding if (row["reps"], row["rules"]) == DECIDING_SIZE)
    p99_ms = large["decide_p99_us"] / 1000
    reps, rules = DECIDING_SIZE
    return [asdict(verdict) for verdict in (
        Verdict(f"intake of {CLIENTS} clients is at least {LEAST_RATIO} of the floor", applied=True, why="always",
                measured=ratio, met=ratio >= LEAST_RATIO),
        Verdict(f"intake of {CLIENTS} clients is at least {LEAST_PER_SECOND}/s where the floor is {FAST_FLOOR}/s or more",
                applied=fast, why=compared, measured=service, met=service >= LEAST_PER_SECOND if fast else None),
        Verdict(f"p99 of deciding among {reps} reps under {rules} rules is below {MOST_DECIDE_P99_MS} ms", applied=True,
                why="always", measured=round(p99_ms, 3), met=p99_ms < MOST_DECIDE_P99_MS),
    )]  # fmt: skip


def refuse_other_work(kind: str, seen: Mapping[str, Any], stored: Mapping[str, int], expected: int) -> None:
    """Raise where a run did something else than offer every lead: pooling is quicker work, and another.

    Raises:
        RuntimeError: an answer was not 202, or a lead was not offered to anybody.
    """
    if list(seen["statuses"]) != ["202"]:
        msg = f"{kind}: not every answer was 202: {seen['statuses']}"
        raise RuntimeError(msg)
    if stored != {"offered": expected}:
        msg = f"{kind}: {expected} leads were to be offered, and this is what became of them: {dict(stored)}"
        raise RuntimeError(msg)
