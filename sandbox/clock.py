"""The only place of the sandbox that reads a clock; tests may push it forward."""

from __future__ import annotations

import time


class SandboxClock:
    """Wall clock with an offset.

    Windows of hours (72 h for response codes, 24 h for a recall) are reached in a test by ``advance`` instead of
    waiting. Waiting itself (retry spacing, slow answers) always takes real time.
    """

    def __init__(self) -> None:
        self._offset_s = 0.0

    def now(self) -> float:
        """Return the sandbox's time as seconds since the epoch (UTC)."""
        return time.time() + self._offset_s

    def advance(self, seconds: float) -> None:
        """Move the sandbox's time forward by ``seconds``.

        Raises:
            ValueError: If ``seconds`` is negative; time windows here rely on a clock that never goes back.
        """
        if seconds < 0:
            raise ValueError("the sandbox clock only moves forward")
        self._offset_s += seconds


def stopwatch() -> float:
    """Return a monotonic reading in seconds, for latencies."""
    return time.perf_counter()
