"""What the sandbox writes down for whoever inspects it: drops, refusals, warnings, counts. All of it bounded."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Drop:
    """A message or card update that the member never saw although the caller got errcode 0."""

    at: float
    userid: str
    msgid: str
    task_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """An API call answered with an errcode other than 0."""

    at: float
    endpoint: str
    code: int
    text: str
    injected: bool


@dataclass(frozen=True, slots=True)
class Caution:
    """Something accepted that WeCom discourages, such as a text over its recommended length."""

    at: float
    endpoint: str
    text: str


class Records:
    """Bounded lists and counters of one sandbox."""

    def __init__(self, cap: int) -> None:
        self.drops: deque[Drop] = deque(maxlen=cap)
        self.refusals: deque[Refusal] = deque(maxlen=cap)
        self.warnings: deque[Caution] = deque(maxlen=cap)
        self.requests: Counter[str] = Counter()
        self.errcodes: Counter[int] = Counter()
        self.totals: Counter[str] = Counter()

    def drop(self, drop: Drop) -> None:
        """Remember a silent drop."""
        self.drops.append(drop)
        self.totals["drops"] += 1

    def refuse(self, refusal: Refusal) -> None:
        """Remember a refused call."""
        self.refusals.append(refusal)
        self.errcodes[refusal.code] += 1
        self.totals["refusals"] += 1

    def warn(self, at: float, endpoint: str, text: str) -> None:
        """Remember something discouraged."""
        self.warnings.append(Caution(at, endpoint, text))
        self.totals["warnings"] += 1

    def clear(self) -> None:
        """Forget everything."""
        for record in (self.drops, self.refusals, self.warnings):
            record.clear()
        for counter in (self.requests, self.totals):
            counter.clear()
        self.errcodes.clear()
