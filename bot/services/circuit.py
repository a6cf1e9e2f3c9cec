"""The circuit: while nobody can be reached, nothing is sent but a probe now and then.

That is what credentials, the caller's address and a ceiling of the whole app do. No lead burns rounds, the order is kept,
and the operator hears of it at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.messaging import AppBroken
from bot.services import texts_alarms
from bot.services.desk import CLOCKS_DIFFER, Desk
from store import versions

#: Name in `service_state` of the moment when sending last began again.
CLOSED_AT = "circuit_closed_at"
#: Longer than the slowest call: after this the probe is taken for lost, and another one goes.
PROBE_TAKES = timedelta(seconds=30)


def allowed(desk: Desk, limit: int) -> int:
    """Say how many messages may be taken now: all, one as a probe, or none; say `probed` when one really goes."""
    state = _state(desk)
    if state is None:
        return limit
    ahead = datetime.fromisoformat(state["probe_at"]) - desk.now
    # Further ahead than it was ever set, it is of a clock that has been set back since.
    if timedelta(0) < ahead <= timedelta(seconds=float(state.get("pause", 0))) + CLOCKS_DIFFER:
        return 0
    return 1


def probed(desk: Desk) -> None:
    """Let the next probe wait for the end of this one, even if it takes long; does nothing while the circuit is closed."""
    state = _state(desk)
    if state is not None:
        _set(desk, {**state, **_probe_after(desk, PROBE_TAKES)})


def closed_at(desk: Desk) -> datetime | None:
    """Say when sending last began again."""
    found = versions.state(desk.tx.connection, CLOSED_AT)
    return None if found is None else datetime.fromisoformat(str(found))


def is_open(desk: Desk) -> bool:
    """Say whether sending is stopped for everybody."""
    return _state(desk) is not None


def open_(desk: Desk, error: AppBroken) -> None:
    """Stop sending; the next probe follows after the pause that the failure asks for."""
    before = _state(desk)
    probe = _probe_after(desk, timedelta(seconds=error.retry_after))
    since = before["since"] if before is not None else desk.now.isoformat()
    _set(desk, {"since": since, **probe, "reason": error.reason, "code": error.code})
    if before is None:
        desk.alarm("circuit_open", texts_alarms.CIRCUIT_OPEN, reason=error.reason, code=error.code)


def close(desk: Desk) -> None:
    """Something got through: send as usual again."""
    before = _state(desk)
    if before is not None:
        _set(desk, {})
        versions.set_state(desk.tx.connection, CLOSED_AT, desk.now.isoformat(), desk.now)
        desk.alarm("circuit_closed", texts_alarms.CIRCUIT_CLOSED)


def _probe_after(desk: Desk, pause: timedelta) -> dict[str, str]:
    return {"probe_at": (desk.now + pause).isoformat(), "pause": str(pause.total_seconds())}


def _state(desk: Desk) -> dict[str, str] | None:
    if versions.CIRCUIT not in desk.notes:
        desk.notes[versions.CIRCUIT] = versions.state(desk.tx.connection, versions.CIRCUIT)
    found = desk.notes[versions.CIRCUIT]
    return found if isinstance(found, dict) and found else None


def _set(desk: Desk, state: Mapping[str, object]) -> None:
    desk.notes[versions.CIRCUIT] = dict(state)
    versions.set_state(desk.tx.connection, versions.CIRCUIT, state, desk.now)
