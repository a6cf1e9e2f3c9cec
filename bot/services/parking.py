"""«客户约 3 月再谈»: a lead that is parked until a date counts in no load, is not reminded of and not recycled."""

from __future__ import annotations

from datetime import datetime

from bot.services import follow_up_clocks, notices
from bot.services.assign import board_of
from bot.services.desk import Desk
from store.rows import LeadRow


def park(desk: Desk, row: LeadRow, until: datetime, *, by: str) -> None:
    """Leave the customer alone until a moment; somebody has talked to the customer, so it counts as a follow-up."""
    desk.tx.standings()
    follow_up_clocks.heard(desk, row)
    if row.parked_until is None:
        board_of(desk).release(row.owner or "")
    row.parked_until, row.remind_again_at = until, None
    desk.tx.fact(row.lead_id, "parked", by, until=until.isoformat())
    follow_up_clocks.wind(desk, row)


def end(desk: Desk, row: LeadRow, *, by: str = "system") -> None:
    """The lead is its owner's concern again, as if it had been heard of just now."""
    desk.tx.standings()
    board_of(desk).take(row.owner or "")
    row.parked_seconds += max(int((desk.now - (row.quiet_since or desk.now)).total_seconds()), 0)
    row.parked_until = None
    row.quiet_since = row.looked_at = desk.now
    desk.tx.fact(row.lead_id, "parking_ended", by)
    follow_up_clocks.wind(desk, row)


def come_back(desk: Desk, row: LeadRow) -> None:
    """The day has come until which a lead was parked: its owner is told."""
    end(desk, row)
    notices.note(desk, row.owner or "", "back", row)
