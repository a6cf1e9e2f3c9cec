"""The breaker as it is stored: plain JSON, the same bytes for the same state."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from routing.breaker import Breaker, Phase, Usual


def as_json(breaker: Breaker) -> dict[str, Any]:
    """Give the state as JSON values."""
    return {
        "phase": breaker.phase.value,
        "opened_at": breaker.opened_at,
        "calm_since": breaker.calm_since,
        "spent": breaker.spent,
        "arrivals": [list(arrival) for arrival in breaker.arrivals],
        "answers": list(breaker.answers),
        "since": breaker.since,
        "hour": [breaker.hour, breaker.hour_slot, breaker.in_hour],
        "usual": {str(slot): [known.leads, known.weight, known.hour] for slot, known in sorted(breaker.usual.items())},
    }


def from_json(stored: Mapping[str, Any] | None) -> Breaker:
    """Read what `as_json` gave; None is a breaker that has seen nothing yet."""
    if stored is None:
        return Breaker()
    hour, hour_slot, in_hour = stored["hour"]
    return Breaker(
        phase=Phase(stored["phase"]),
        opened_at=stored["opened_at"],
        calm_since=stored["calm_since"],
        spent=stored["spent"],
        arrivals=tuple((moment, count) for moment, count in stored["arrivals"]),
        answers=tuple(stored["answers"]),
        since=stored["since"],
        hour=hour,
        hour_slot=hour_slot,
        in_hour=in_hour,
        usual=MappingProxyType({int(slot): Usual(*values) for slot, values in stored["usual"].items()}),
    )
