"""From stored rows to what the board's columns are made of."""

from __future__ import annotations

from collections.abc import Container, Sequence

import numpy as np

from bot.services import rates
from bot.services.desk import Desk
from routing.fairness import Reversal
from routing.fit import segment_key
from routing.reps_table import RepsTable
from routing.standing import Away, SegmentRates
from store import Connection, standings
from store.kept_rows import keep, kept
from store.rows import StandingRow
from store.standings import Standings
from store.work import is_read_only


def stored_of(desk: Desk, rep_ids: Sequence[str]) -> Standings:
    """Give everybody's standing; whoever has none yet gets one, since a counter without a row would be lost."""
    stored = desk.tx.standings()
    missing = stored.missing(rep_ids)
    if missing and not is_read_only(desk.tx.connection):
        standings.ensure(desk.tx.connection, missing)
    for rep_id in missing:
        stored.add(rep_id)
    return stored


def why_away(desk: Desk, row: StandingRow, lacking: Container[str], *, on_shift: bool) -> Away:
    """Give the weightiest reason why a rep is not on duty: what the rep or a manager said goes before the clock."""
    now = desk.now
    if row.offline or row.unreachable_since is not None:
        return Away.OFFLINE
    if row.paused_until is not None and row.paused_until > now:
        return Away.SILENT if row.pause_reason == "silent" else Away.PAUSED
    if not on_shift:
        leaves = desk.leaves.get(row.rep_id, ())
        return Away.LEAVE if any(leave.starts_at <= now < leave.ends_at for leave in leaves) else Away.OFF_SHIFT
    return Away.NO_SEND_SLOT if row.rep_id in lacking else Away.NO


def reversal_of(waits: Sequence[object]) -> Reversal:
    """Read a turn that waits to be taken back; earlier releases kept nothing of its value."""
    _, grade_class, deltas, *excess = waits
    given = deltas if isinstance(deltas, dict) else {}
    return Reversal(int(str(grade_class)), given, int(str(excess[0])) if excess else 0)


def segment_rates(connection: Connection, table: RepsTable) -> dict[str, SegmentRates]:
    """Give what has been won and closed in each segment, by rep and in the whole company, leavers included."""
    made_for, found = kept(connection, standings.KEPT_RATES, lambda: (table, _segment_rates(connection, table)))
    if made_for is not table:
        found = _segment_rates(connection, table)
        keep(connection, standings.KEPT_RATES, (table, found))
    return found


def _segment_rates(connection: Connection, table: RepsTable) -> dict[str, SegmentRates]:
    n = len(table)
    wins: dict[str, list[int]] = {}
    closed: dict[str, list[int]] = {}
    company: dict[str, tuple[int, int]] = {}
    uncounted = rates.pending(connection)
    for rep_id, segment, value, won, count in standings.rates(connection):
        if segment in uncounted:
            continue
        key = segment_key(segment, value)
        before = company.get(key, (0, 0))
        company[key] = (before[0] + won, before[1] + count)
        at = table.index.get(rep_id)
        if at is not None:
            wins.setdefault(key, [0] * n)[at] = won
            closed.setdefault(key, [0] * n)[at] = count
    return {
        key: SegmentRates(np.array(wins.get(key, [0] * n)), np.array(closed.get(key, [0] * n)), *company[key])
        for key in company
    }
