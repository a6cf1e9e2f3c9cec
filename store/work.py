"""What both engines mean by a piece of work."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

T = TypeVar("T")
#: A plain function over a connection; whoever runs it begins and ends the transaction.
Work = Callable[[Connection], T]

#: An execution option of connections that must not write.
_READ_ONLY = "paidan_read_only"


def read_only(connection: Connection) -> Connection:
    """Mark a connection as one that must not write; gives the connection."""
    return connection.execution_options(**{_READ_ONLY: True})


def is_read_only(connection: Connection) -> bool:
    """Say whether a connection must not write: PostgreSQL refuses to lock rows over it, and nobody need."""
    return bool(connection.get_execution_options().get(_READ_ONLY, False))


#: How many pieces of work may wait to be written before new ones are refused.
MAX_WAITING = 4096
