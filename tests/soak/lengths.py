"""How long a soak is: in full where PAIDAN_SOAK=full, else a tenth; and the seed it runs with."""

import os
import secrets

FULL = os.environ.get("PAIDAN_SOAK") == "full"


def length(full: int) -> int:
    """Give the full size, or a tenth of it."""
    return full if FULL else max(full // 10, 1)


def seed() -> int:
    """Give the seed of PAIDAN_SOAK_SEED, else a new one; whoever uses it prints it."""
    return int(os.environ.get("PAIDAN_SOAK_SEED") or secrets.randbits(31))


def say(line: str) -> None:
    """Print a result: the figures of a soak are what it is for (`make soak` runs pytest with -s)."""
    print(f"\n[soak] {line}", flush=True)  # noqa: T201
