"""Faults that can be switched on, singly or mixed, for one endpoint or all, drawn from a seeded generator."""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass

API_ERRORS: dict[str, int] = {
    "busy": -1,
    "token_expired": 42001,
    "token_invalid": 40014,
    "rate_limited": 45009,
    "too_many_concurrent": 45033,
    "ip_refused": 60020,
}
API_BREAKS = frozenset({"drop_before", "drop_after", "bad_gateway", "malformed_json"})
API_FAULTS = frozenset(API_ERRORS) | API_BREAKS | {"slow"}
CALLBACK_FAULTS = frozenset({"duplicate_callback", "delayed_callback", "reordered_callback", "lost_callback"})
EVERYWHERE = "*"


@dataclass(slots=True)
class Fault:
    """One switched-on fault.

    Attributes:
        kind: One of ``API_FAULTS`` or ``CALLBACK_FAULTS``.
        endpoint: API path such as ``message/send``, or ``*``; not used by callback faults.
        probability: Chance that it strikes when it could.
        count: How many times it strikes before it switches itself off; None for ever.
        delay_s: For ``slow`` and ``delayed_callback``.
    """

    kind: str
    endpoint: str = EVERYWHERE
    probability: float = 1.0
    count: int | None = None
    delay_s: float = 2.0
    fault_id: int = 0
    hits: int = 0

    def as_json(self) -> dict[str, object]:
        """Return the fault for the control API."""
        return asdict(self)


class Faults:
    """The faults switched on at the moment."""

    def __init__(self, seed: int) -> None:
        self._generator = random.Random(seed)
        self._faults: dict[int, Fault] = {}
        self._next_id = 1
        self.hits: dict[str, int] = {}

    def seed(self, seed: int) -> None:
        """Start the generator anew."""
        self._generator.seed(seed)

    def add(
        self,
        kind: str,
        endpoint: str = EVERYWHERE,
        *,
        probability: float = 1.0,
        count: int | None = None,
        delay_s: float = 2.0,
    ) -> Fault:
        """Switch a fault on.

        Raises:
            ValueError: For an unknown kind, or a probability outside 0..1.
        """
        if kind not in API_FAULTS | CALLBACK_FAULTS:
            raise ValueError(f"unknown fault {kind!r}; known: {', '.join(sorted(API_FAULTS | CALLBACK_FAULTS))}")
        if not 0 <= probability <= 1:
            raise ValueError("probability must lie between 0 and 1")
        fault = Fault(kind, endpoint, probability, count, delay_s, self._next_id)
        self._faults[fault.fault_id] = fault
        self._next_id += 1
        return fault

    def remove(self, fault_id: int) -> None:
        """Switch one fault off."""
        self._faults.pop(fault_id, None)

    def clear(self, kind: str | None = None) -> None:
        """Switch all faults off, or all of one kind."""
        self._faults = {key: fault for key, fault in self._faults.items() if kind not in (None, fault.kind)}

    def active(self) -> list[Fault]:
        """Return the faults switched on."""
        return list(self._faults.values())

    def strike(self, endpoint: str) -> tuple[float, str]:
        """Draw what happens to one API call.

        Returns:
            Seconds to wait first, and the kind of one further fault or an empty string.
        """
        if not self._faults:
            return 0.0, ""
        wait_s, struck = 0.0, ""
        for fault in self.active():
            if fault.kind not in API_FAULTS or fault.endpoint not in (EVERYWHERE, endpoint):
                continue
            if fault.kind == "slow":
                wait_s += fault.delay_s if self._draw(fault) else 0.0
            elif not struck and self._draw(fault):
                struck = fault.kind
        return wait_s, struck

    def strike_callback(self) -> dict[str, Fault]:
        """Draw what happens to one callback: the faults that strike, by kind."""
        if not self._faults:
            return {}
        return {fault.kind: fault for fault in self.active() if fault.kind in CALLBACK_FAULTS and self._draw(fault)}

    def _draw(self, fault: Fault) -> bool:
        if fault.probability < 1 and self._generator.random() >= fault.probability:
            return False
        fault.hits += 1
        self.hits[fault.kind] = self.hits.get(fault.kind, 0) + 1
        if fault.count is not None and fault.hits >= fault.count:
            self.remove(fault.fault_id)
        return True
