"""When the pool may find somebody by time alone: one timer stands for the next such moment."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.services.board import Board
from bot.services.desk import Desk
from store import versions

#: Name in `service_state` of the moments that drain timers stand for.
NEXT_DRAINS = "next_drains"
#: Slots of the send budget come free within seconds; nobody knows when exactly, since other messages wait for them too.
SLOTS_AFTER = timedelta(seconds=5)
#: Subject of the timer of a moment that many wait for, such as the beginning of a shift: the pool is looked at then, and
#: not only when the rest after the last look is over.
AT_ONCE = "at_once"


def next_opening(desk: Desk, board: Board) -> tuple[datetime, bool] | None:
    """Say when somebody may come free without anybody's doing: duty, a pause, a new day, a rest, a send slot.

    Gives the moment, and whether it is one of the first three; these are few, the others may come every few seconds.
    """
    few = [board.next_duty_change(), board.next_pause_end(), board.next_day()]
    many = [board.next_rest_end(), desk.now + SLOTS_AFTER if board.lacks_slots else None]
    moments = [*((moment, True) for moment in few), *((moment, False) for moment in many)]
    return min(
        ((moment, at_once) for moment, at_once in moments if moment is not None),
        key=lambda found: (found[0], not found[1]),
        default=None,
    )


def look_again(desk: Desk, board: Board) -> None:
    """See to it that the pool is looked at when time alone may let somebody take a lead; one timer does for all of them."""
    if "looks_again" in desk.notes:
        return
    desk.notes["looks_again"] = True
    found = next_opening(desk, board)
    if found is None:
        return
    moment, at_once = found
    # Timers of later moments stay when an earlier one is set, and need not be set again after it.
    kept = versions.state(desk.tx.connection, NEXT_DRAINS) or []
    ahead = [known for known in kept if datetime.fromisoformat(known) > desk.now]
    if any(datetime.fromisoformat(known) <= moment for known in ahead):
        return
    versions.set_state(desk.tx.connection, NEXT_DRAINS, [*ahead, moment.isoformat()], desk.now)
    desk.tx.timer("drain", moment, subject=AT_ONCE if at_once else None)
