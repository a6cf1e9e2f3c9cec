"""What the breaker for hot leads has done: one row for each switch, with its numbers."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from store.tables import breaker_switch as table

#: Name in `service_state` of what the breaker knows.
STATE = "breaker"
#: The installation has one breaker.
GROUP = ""


@dataclass(frozen=True, slots=True)
class SwitchRow:
    """One switch; `actor` is `system`, or who did it by hand, `numbers` what the breaker saw then."""

    switched_at: datetime
    before: str
    after: str
    cause: str
    actor: str
    policy_version: int
    numbers: dict[str, int | None]


def add(connection: Connection, row: SwitchRow) -> None:
    """Write a switch down."""
    connection.execute(insert(table), [{"team_group": GROUP, **asdict(row)}])


def latest(connection: Connection, *, limit: int = 20) -> list[SwitchRow]:
    """Give the latest switches, newest first."""
    columns = [table.c[name] for name in SwitchRow.__slots__]
    found = connection.execute(select(*columns).order_by(table.c.switch_id.desc()).limit(limit))
    return [SwitchRow(*record) for record in found]
