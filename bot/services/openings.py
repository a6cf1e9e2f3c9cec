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


def next_opening(desk: Desk, board: Board) -> datetime | None:
    """Say when somebody may come free without anybody's doing: duty, rest, a pause, a new day, a send slot."""
    moments = [board.next_duty_change(), board.next_rest_end(), board.next_pause_end(), board.next_day()]
    if board.lacks_slots:
        moments.append(desk.now + SLOTS_AFTER)
    return min((moment for moment in moments if moment is not None), default=None)


def look_again(desk: Desk, board: Board) -> None:
    """See to it that the pool is looked at when time alone may let somebody take a lead; one timer does for all of them."""
    if "looks_again" in desk.notes:
        return
    desk.notes["looks_again"] = True
    moment = next_opening(desk, board)
    if moment is None:
        return
    # Timers of later moments stay when an earlier one is set, and need not be set again after it.
    kept = versions.state(desk.tx.connection, NEXT_DRAINS) or []
    ahead = [known for known in kept if datetime.fromisoformat(known) > desk.now]
    if any(datetime.fromisoformat(known) <= moment for known in ahead):
        return
    versions.set_state(desk.tx.connection, NEXT_DRAINS, [*ahead, moment.isoformat()], desk.now)
    desk.tx.timer("drain", moment)
