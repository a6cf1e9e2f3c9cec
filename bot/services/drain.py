"""The pool empties by itself: whenever somebody may have come free, the oldest waiting leads are decided again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from bot.services import openings
from bot.services.assign import Ask, assign, board_of, exclude_asked_of
from bot.services.board import Board
from bot.services.desk import Desk
from routing.reps_table import FINE
from store.pool import Place, anything_waits, waiting_leads

#: How many waiting leads one transaction looks at; the rest follow in the next one, so that intake gets its turn.
PAGE = 200
#: How many are looked at before new leads are decided, so that nobody jumps the queue.
BEFORE_NEW = 20


@dataclass(frozen=True, slots=True)
class Pass:
    """How far one look through the pool has come.

    Attributes:
        after: the place of the last lead looked at; None begins with the oldest.
        everything: also leads for whose rule nobody is free; for when rules or people have changed.
    """

    after: Place | None = None
    everything: bool = False

    @classmethod
    def read(cls, text: str | None) -> Pass:
        """Read what `written` gave; None is a new look."""
        mode, _, place = (text or "").partition(" ")
        moment, _, lead_id = place.partition(" ")
        after = (datetime.fromisoformat(moment), int(lead_id)) if lead_id else None
        return cls(after, everything=mode == "everything")

    @property
    def written(self) -> str:
        """Give this as the subject of a timer."""
        mode = "everything" if self.everything else "free"
        return mode if self.after is None else f"{mode} {self.after[0].isoformat()} {self.after[1]}"


def drain(desk: Desk, *, look: Pass = Pass(), limit: int = PAGE) -> int:
    """Offer waiting leads to whoever may take them now, oldest first; gives how many found somebody.

    Only leads whose rule somebody is free for are looked at, and a page in which nobody found anybody does not stop the
    drain: those behind may belong to a team that has room.
    """
    if desk.office is None or not anything_waits(desk.tx.connection):
        return 0
    board = board_of(desk)
    rules = None if look.everything else _rules_with_room(desk, board)
    ids: list[int] = []
    if rules is None or rules:
        ids = waiting_leads(desk.tx.connection, limit=limit, after=look.after, rules=rules)
    rows = [row for row in desk.tx.leads(ids) if row.state == "pooled"]
    asked = exclude_asked_of(desk, rows)
    decisions = assign(desk, [Ask(row, excluded=asked[row.lead_id], keep_quiet=True) for row in rows])
    placed = sum(decision.chosen >= 0 for decision in decisions)
    if len(ids) == limit and limit == PAGE:
        last = rows[-1] if rows else None
        if last is not None:
            behind = Pass((last.waiting_since, last.lead_id), look.everything)
            desk.tx.timer("drain", desk.now, subject=behind.written)
    if placed < len(rows) or not rows:
        openings.look_again(desk, board)
    return placed


def _rules_with_room(desk: Desk, board: Board) -> list[str]:
    """Give the rules for which somebody could take one more lead now, as far as team, level and skills go."""
    table, free = board.table, board.could_take()
    if not free.any():
        return []
    open_to = np.flatnonzero(((table.rule_codes == FINE) & free).any(axis=1))
    return [desk.open_office.policy.rules[number].name for number in open_to.tolist()]


def wake(desk: Desk, *, everything: bool = False) -> None:
    """Say that somebody may have come free: a drain follows at once, in a transaction of its own."""
    key = "wakes_everything" if everything else "wakes"
    if key not in desk.notes and anything_waits(desk.tx.connection):
        desk.tx.timer("drain", desk.now, subject=Pass(everything=everything).written)
        desk.notes[key] = True
