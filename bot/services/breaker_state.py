"""What the breaker for hot leads knows, as one transaction sees and changes it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.services.desk import Desk
from routing.breaker import At, Breaker, Phase
from routing.breaker_state import as_json, from_json
from routing.policy import Hot
from store import breaker_switches, versions

_NOTE = "breaker"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)


def load(desk: Desk) -> Breaker:
    """Give the state, under the locks of the standings, which everybody who moves it holds."""
    known = desk.notes.get(_NOTE)
    if not isinstance(known, Breaker):
        known = from_json(versions.state(desk.tx.connection, breaker_switches.STATE))
        desk.notes[_NOTE] = known
    return known


def is_known_open(desk: Desk) -> bool:
    """Say whether it was open at the last commit; takes no lock, so that a quiet day costs nothing."""
    stored = versions.state(desk.tx.connection, breaker_switches.STATE)
    return from_json(stored).phase is not Phase.CLOSED


def keep(desk: Desk, breaker: Breaker) -> None:
    """Store the state with whatever moved it."""
    desk.notes[_NOTE] = breaker
    versions.set_state(desk.tx.connection, breaker_switches.STATE, as_json(breaker), desk.now)


def phase_of(desk: Desk) -> Phase:
    """Say how far the breaker is open; closed where the policy in force has none."""
    if desk.office is None or desk.office.policy.hot is None:
        return Phase.CLOSED
    return load(desk).phase


def hot_while_open(desk: Desk) -> Hot | None:
    """Give the policy's `hot` while the breaker is open, half open included, else None."""
    return desk.open_office.policy.hot if phase_of(desk) is not Phase.CLOSED else None


def at(desk: Desk) -> At:
    """Give the moment of the transaction as the breaker counts it: whole seconds, and the hour of the policy's week."""
    local = desk.now.astimezone(desk.open_office.zone)
    return At((desk.now - _EPOCH) // _SECOND, local.weekday() * 24 + local.hour)


def moment_of(seconds: int) -> datetime:
    """Give the moment of a number of seconds."""
    return _EPOCH + seconds * _SECOND
