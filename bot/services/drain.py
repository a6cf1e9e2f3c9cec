"""The pool empties by itself: whenever capacity may have come free, the oldest waiting leads are decided again."""

from __future__ import annotations

from bot.services.assign import Ask, assign, exclude_asked
from bot.services.desk import Desk
from store import leads

#: How many waiting leads one drain looks at; the rest follow in the next transaction.
PAGE = 300
WAITING = "waiting"


def drain(desk: Desk, *, skip: int = 0) -> int:
    """Offer waiting leads to whoever may take them now, oldest first; gives how many found somebody.

    A page in which nobody found anybody does not stop the drain: those behind may belong to a team that has room.
    """
    if desk.office is None:
        return 0
    ids = leads.waiting(desk.tx.connection, "pooled", limit=PAGE, skip=skip, pool_reason=WAITING)
    if not ids:
        return 0
    desk.tx.standings()
    rows = [row for row in desk.tx.leads(ids) if row.state == "pooled"]
    decisions = assign(desk, [Ask(row, excluded=exclude_asked(desk, row), keep_quiet=True) for row in rows])
    placed = sum(decision.chosen >= 0 for decision in decisions)
    if len(ids) == PAGE:
        desk.tx.timer("drain", desk.now, subject=str(skip + PAGE - placed))
    return placed


def wake(desk: Desk) -> None:
    """Say that capacity may have come free: a drain follows at once, in a transaction of its own."""
    if "drain_now" not in desk.notes and leads.waiting(desk.tx.connection, "pooled", limit=1, pool_reason=WAITING):
        desk.tx.timer("drain", desk.now)
    desk.notes["drain_now"] = True
