"""What both engines mean by a piece of work."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

T = TypeVar("T")
#: A plain function over a connection; whoever runs it begins and ends the transaction.
Work = Callable[[Connection], T]

#: How many pieces of work may wait to be written before new ones are refused.
MAX_WAITING = 4096
