"""Policy and roster versions: immutable, numbered from 1; `service_state` names the ones in force."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from store.errors import NotFound
from store.kept_rows import forget, keeps, kept
from store.prepared import Prepared
from store.version_tables import policy_version, roster_version, service_state

#: Names in `service_state`.
POLICY_IN_FORCE = "policy_in_force"
ROSTER_IN_FORCE = "roster_in_force"
RATES = "rates"
CIRCUIT = "circuit"
KEY_CHECK = "key_check"
INSTALLATION = "installation"
_KEPT = "service_state"
_ALL_STATES = select(service_state.c.name, service_state.c.value)
_SET_STATE = Prepared(
    update(service_state)
    .where(service_state.c.name == bindparam("of_name"))
    .values(value=bindparam("new_value"), changed_at=bindparam("now"))
)
_STATES = Prepared(
    select(service_state.c.name, service_state.c.value).where(
        service_state.c.name.in_(bindparam("names", expanding=True))
    )
)


@dataclass(frozen=True, slots=True)
class StoredPolicy:
    """A policy version as it was published; `secret` keys its draws."""

    version: int
    published_at: datetime
    author: str
    reason: str
    secret: bytes
    source_text: str


@dataclass(frozen=True, slots=True)
class StoredRoster:
    """A roster version: the normalised document of the team file."""

    version: int
    imported_at: datetime
    author: str
    changes: list[str]
    document: dict[str, Any]


def state(connection: Connection, name: str) -> Any:
    """Give one value of `service_state`, or None."""
    return states(connection, name).get(name)


def states(connection: Connection, *names: str) -> dict[str, Any]:
    """Give several values of `service_state` in one statement; absent ones are left out."""
    if not keeps(connection):
        return dict(_STATES.rows(connection, names=names))
    known = kept(connection, _KEPT, lambda: {record[0]: record[1] for record in connection.execute(_ALL_STATES)})
    return {name: known[name] for name in names if name in known}


def set_state(connection: Connection, name: str, value: object, now: datetime) -> None:
    """Set one value of `service_state`."""
    if _SET_STATE.change(connection, of_name=name, new_value=value, now=now) == 0:
        connection.execute(insert(service_state).values(name=name, value=value, changed_at=now))
    forget(connection, _KEPT)


def publish_policy(connection: Connection, source_text: str, *, author: str, reason: str, now: datetime) -> int:
    """Store a policy as the next version and put it into force; the caller has checked it."""
    version = int(connection.execute(select(func.coalesce(func.max(policy_version.c.version), 0))).scalar_one()) + 1
    values = {
        "version": version, "published_at": now, "author": author, "reason": reason, "secret": os.urandom(16),
        "source_text": source_text,
    }  # fmt: skip
    connection.execute(insert(policy_version).values(values))
    set_state(connection, POLICY_IN_FORCE, version, now)
    return version


def policy(connection: Connection, version: int) -> StoredPolicy:
    """Give a policy version; raises NotFound."""
    record = connection.execute(select(policy_version).where(policy_version.c.version == version)).first()
    if record is None:
        msg = f"policy version {version}"
        raise NotFound(msg)
    return StoredPolicy(*record)


def policies(connection: Connection, *, limit: int = 50) -> list[StoredPolicy]:
    """Give the newest policy versions, newest first."""
    statement = select(policy_version).order_by(policy_version.c.version.desc()).limit(limit)
    return [StoredPolicy(*record) for record in connection.execute(statement)]


def import_roster(
    connection: Connection, document: dict[str, Any], *, author: str, changes: list[str], now: datetime
) -> int:
    """Store a roster as the next version and put it into force."""
    version = int(connection.execute(select(func.coalesce(func.max(roster_version.c.version), 0))).scalar_one()) + 1
    values = {"version": version, "imported_at": now, "author": author, "changes": changes, "document": document}
    connection.execute(insert(roster_version).values(values))
    set_state(connection, ROSTER_IN_FORCE, version, now)
    return version


def roster(connection: Connection, version: int) -> StoredRoster:
    """Give a roster version; raises NotFound."""
    record = connection.execute(select(roster_version).where(roster_version.c.version == version)).first()
    if record is None:
        msg = f"roster version {version}"
        raise NotFound(msg)
    return StoredRoster(*record)
