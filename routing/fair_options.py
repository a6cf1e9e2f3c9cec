"""What `choose` may add to fair shares: a ramp for joiners, and a balance of value beside counts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ramp:
    """How a joiner's share grows: from `start`, in millionths of the usual one, to the whole after `work_days`."""

    work_days: int
    start: int = 250_000


@dataclass(frozen=True, slots=True)
class Balance:
    """Fairness in expected value beside counts.

    Attributes:
        value: the fact whose figure says what a lead is worth.
        usual: the figure of a usual lead.
        full: the figure from which on a lead is worth a whole.
        slack: who may have a lead: those within this much value of whoever it suits best, in millionths of a whole.
    """

    value: str
    usual: int
    full: int = 100
    slack: int = 500_000
