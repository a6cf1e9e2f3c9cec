"""Who is there: 上线, 下线, 请假, 暂停, 恢复. Going off duty hands running offers to others at once; no round is used up."""

from __future__ import annotations

from datetime import datetime

from bot.services import drain_passes, rounds
from bot.services.assign import board_of
from bot.services.desk import Desk
from routing.standing import Away
from store import people, standings
from store.people import LeaveRow
from store.rows import StandingRow


def go_online(desk: Desk, rep_id: str) -> str | None:
    """Lift 下线 and a pause for silence; gives what was lifted: `offline`, `silent`, or None. A manager's pause stays."""
    standing = _standing(desk, rep_id)
    lifted = None
    if standing.offline:
        standing.offline, lifted = False, "offline"
    if standing.pause_reason == "silent" and _is_paused(desk, standing):
        _lift(standing)
        lifted = "silent"
    standing.unreachable_since = None
    standing.timeouts_in_row = 0
    drain_passes.wake(desk, at_once=True)
    return lifted


def go_offline(desk: Desk, rep_id: str) -> int:
    """Take a rep off duty until 上线; gives how many running offers went to others."""
    standing = _standing(desk, rep_id)
    standing.offline = True
    board_of(desk).mark_away(rep_id, Away.OFFLINE)
    return rounds.withdraw_all(desk, rep_id, "offline", actor=rep_id)


def take_leave(desk: Desk, rep_id: str, starts_at: datetime, ends_at: datetime, *, entered_by: str) -> tuple[int, int]:
    """Enter a leave; gives its id and how many running offers went to others, if it has begun."""
    row = LeaveRow(0, rep_id, starts_at, ends_at)
    leave_id = people.add_leave(desk.tx.connection, row, entered_by=entered_by, now=desk.now)
    if starts_at > desk.now:
        desk.tx.timer("leave_begins", starts_at, subject=rep_id)
        return leave_id, 0
    board_of(desk).mark_away(rep_id, Away.LEAVE)
    return leave_id, rounds.withdraw_all(desk, rep_id, "leave", actor=entered_by)


def cancel_leave(desk: Desk, leave_id: int) -> bool:
    """Cancel a leave; False when it is over or cancelled already."""
    done = people.cancel_leave(desk.tx.connection, leave_id, desk.now)
    if done:
        drain_passes.wake(desk, at_once=True)
    return done


def pause(desk: Desk, rep_id: str, until: datetime | None, *, by: str) -> int:
    """Take a rep off duty by a manager's word, until a moment or until 恢复; gives how many running offers went to others."""
    standing = _standing(desk, rep_id)
    standing.paused_until = until or rounds.for_ever(desk.now)
    standing.pause_reason = "manager"
    standing.paused_by = by
    board_of(desk).mark_away(rep_id, Away.PAUSED)
    return rounds.withdraw_all(desk, rep_id, "paused", actor=by)


def resume(desk: Desk, rep_id: str) -> bool:
    """Lift any pause; False when there was none."""
    standing = _standing(desk, rep_id)
    if not _is_paused(desk, standing) and standing.unreachable_since is None:
        return False
    _lift(standing)
    standing.unreachable_since = None
    standing.timeouts_in_row = 0
    drain_passes.wake(desk, at_once=True)
    return True


def _standing(desk: Desk, rep_id: str) -> StandingRow:
    """Give the stored standing; somebody who has none yet, such as a manager who takes no leads, gets one."""
    rows = desk.tx.standings()
    if rep_id not in rows:
        standings.ensure(desk.tx.connection, [rep_id])
        rows.add(rep_id)
    return rows[rep_id]


def _is_paused(desk: Desk, standing: StandingRow) -> bool:
    return standing.paused_until is not None and standing.paused_until > desk.now


def _lift(standing: StandingRow) -> None:
    standing.paused_until = standing.pause_reason = standing.paused_by = None
