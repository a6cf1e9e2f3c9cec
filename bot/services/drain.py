"""The pool empties by itself: whenever somebody may have come free, the first of the waiting leads are decided again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bot.services import breaker_state, drain_passes, openings
from bot.services.assign import Ask, assign, board_of, exclude_asked_of
from bot.services.board import Board
from bot.services.desk import Desk
from bot.services.lead_facts import put_in_class
from bot.services.together import dealt_out
from routing.policy import Hot
from routing.queue_order import LIFTED_AFTER
from routing.reps_table import FINE
from store.pool import anything_waits
from store.waiting_queue import Place, waiting_leads

#: How many waiting leads one transaction looks at; the rest follow in the next one, so that intake gets its turn.
PAGE = 50
#: How many are looked at before new leads are decided, so that nobody jumps the queue.
BEFORE_NEW = 20


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look at some waiting leads came to.

    Attributes:
        looked: how many were decided.
        placed: how many of them found somebody.
        behind: the place of the last one; from behind it on there may be more.
        at_end: whether there are no more.
    """

    looked: int = 0
    placed: int = 0
    behind: Place | None = None
    at_end: bool = True


def drain(desk: Desk, *, limit: int = PAGE, hot: Hot | None = None) -> int:
    """Offer the first of the waiting leads to whoever may take them now; gives how many found somebody.

    With `hot`, which is what is in force while the breaker is open, only hot leads are offered.
    """
    least_score = 0 if hot is None else hot.score
    return _look(desk, after=None, everything=False, limit=limit, least_score=least_score).placed


def next_page(desk: Desk, name: str) -> None:
    """Do the next page of the pass that this timer is of; the timer of an earlier pass does nothing."""
    known = drain_passes.due(desk, name)
    if known is None:
        return
    hot, everything = breaker_state.hot_while_open(desk), known.mode == "everything"
    if hot is not None:
        _look(desk, after=None, everything=everything, limit=PAGE, least_score=hot.score)
    seen = _look(desk, after=known.after, everything=everything, limit=PAGE)
    in_vain = seen.looked - seen.placed
    if seen.at_end:
        drain_passes.ends(desk, known, in_vain=in_vain)
    else:
        drain_passes.goes_on(desk, known, after=seen.behind, in_vain=in_vain)


def opening(desk: Desk, *, at_once: bool) -> None:
    """A moment has come at which somebody may be free by time alone."""
    if desk.office is not None and anything_waits(desk.tx.connection):
        drain_passes.wake(desk, at_once=at_once)
        # The pass may have to wait a little, and the next such moment may come before.
        openings.look_again(desk, board_of(desk))


def _look(desk: Desk, *, after: Place | None, everything: bool, limit: int, least_score: int = 0) -> Seen:
    """Offer waiting leads to whoever may take them now, in the order of the queue.

    Only leads whose rule somebody is free for are looked at, and a page in which nobody found anybody does not stop the
    pass: those behind may belong to a team that has room.
    """
    if desk.office is None or not anything_waits(desk.tx.connection):
        return Seen()
    board = board_of(desk)
    rules = None if everything else _rules_with_room(desk, board)
    places: dict[int, Place] = {}
    if rules is None or rules:
        found = waiting_leads(
            desk.tx.connection, limit=limit, lifted_before=desk.now - LIFTED_AFTER, after=after, rules=rules,
            least_score=least_score,
        )  # fmt: skip
        places = {place[-1]: place for place in found}
    rows = [row for row in desk.tx.leads(places) if row.state == "pooled"]
    # Where all are gone already, the same page finds others.
    behind = places[rows[-1].lead_id] if rows else after
    asked = exclude_asked_of(desk, rows)
    asks = [Ask(row, excluded=asked[row.lead_id], keep_quiet=True) for row in rows]
    decisions = assign(desk, dealt_out(desk, asks))
    placed = sum(decision.chosen >= 0 for decision in decisions)
    if everything:
        # The policy may be another one, and with it who goes first.
        for row in rows:
            put_in_class(desk, row)
            desk.tx.touch(row)
    if placed < len(rows) or not rows:
        openings.look_again(desk, board)
    return Seen(len(rows), placed, behind, at_end=len(places) < limit)


def _rules_with_room(desk: Desk, board: Board) -> list[str]:
    """Give the rules for which somebody could take one more lead now, as far as team, level and skills go."""
    table, free = board.table, board.could_take()
    if not free.any():
        return []
    open_to = np.flatnonzero(((table.rule_codes == FINE) & free).any(axis=1))
    return [desk.open_office.policy.rules[number].name for number in open_to.tolist()]
