"""What the figures are held against, and whether a run measured what it says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

CLIENTS = 64
LEAST_RATIO = 0.5
#: Where the machine is so fast that the floor reaches this many leads a second, the service has to reach that many.
FAST_FLOOR, LEAST_PER_SECOND = 3000, 1500
#: (reps, rules) -> the most a decision may take under 24 dimensions, milliseconds: half of them, and all but one in a hundred.
MOST_DECIDE_MS = {(1_000, 200): (0.3, 1.0), (10_000, 200): (None, 5.0)}


MOST_BATCH_SECONDS = 1


@dataclass(frozen=True, slots=True)
class Verdict:
    """One target: whether it applied on this machine, and whether it was met; `met` is None where it did not apply."""

    target: str
    applied: bool
    why: str
    measured: float
    met: bool | None


def verdicts(
    intake: Sequence[Mapping[str, Any]], deciding: Sequence[Mapping[str, Any]], batches: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Hold the figures against their targets."""
    many = next(row for row in intake if row["clients"] == CLIENTS)
    floor, service, ratio = many["floor_per_second"], many["leads_per_second"], many["ratio"]
    fast = floor >= FAST_FLOOR
    compared = f"the floor at {CLIENTS} clients made {floor}/s, {'at least' if fast else 'fewer than'} {FAST_FLOOR}/s"
    return [asdict(verdict) for verdict in (
        Verdict(f"intake of {CLIENTS} clients is at least {LEAST_RATIO} of the floor", applied=True, why="always",
                measured=ratio, met=ratio >= LEAST_RATIO),
        Verdict(f"intake of {CLIENTS} clients is at least {LEAST_PER_SECOND}/s where the floor is {FAST_FLOOR}/s or more",
                applied=fast, why=compared, measured=service, met=service >= LEAST_PER_SECOND if fast else None),
        *_deciding(deciding),
        *(Verdict(f"dealing out {row['leads']} leads among {row['reps']} reps takes less than {MOST_BATCH_SECONDS} s, cap "
                  f"{row['cap']}", applied=True, why="always", measured=row["seconds"],
                  met=row["seconds"] < MOST_BATCH_SECONDS) for row in batches),
    )]  # fmt: skip


def _deciding(deciding: Sequence[Mapping[str, Any]]) -> Iterator[Verdict]:
    for row in deciding:
        limits = MOST_DECIDE_MS.get((row["reps"], row["rules"]), (None, None))
        for part, most in zip(("p50", "p99"), limits, strict=True):
            if most is not None:
                taken = row[f"decide_{part}_us"] / 1000
                size = f"{row['reps']} reps under {row['rules']} rules"
                yield Verdict(f"{part} of deciding among {size} is below {most} ms", applied=True, why="always",
                              measured=round(taken, 3), met=taken < most)  # fmt: skip


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
