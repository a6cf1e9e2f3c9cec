"""The auditor: apart from the timers it looks for what they should have done, repairs a limited number, and counts them."""

from __future__ import annotations

from datetime import timedelta

from bot.services import deadlines, drain
from bot.services.desk import Desk
from bot.services.receive import decide_waiting
from store import offers, timers

#: How late a deadline may be handled before the auditor steps in.
GRACE = timedelta(seconds=30)
MOST = 100


def audit(desk: Desk) -> dict[str, int]:
    """Find and repair what slipped through; gives the counts by kind, all zero on a good day."""
    if desk.office is None:
        return {"overdue": 0, "unwatched": 0, "undecided": 0}
    overdue = offers.overdue(desk.tx.connection, desk.now - GRACE, limit=MOST)
    unwatched = [
        offer
        for offer in offers.undelivered(desk.tx.connection, desk.now - 3 * GRACE, limit=MOST)
        if not timers.exists(desk.tx.connection, "undelivered", offer.lead_id, offer.offer_no)
    ]
    desk.tx.standings()
    rows = {row.lead_id: row for row in desk.tx.leads([offer.lead_id for offer in (*overdue, *unwatched)])}
    for found in overdue:
        row = rows[found.lead_id]
        offer = desk.tx.running_offer(row)
        if offer is not None and offer.offer_no == found.offer_no:
            deadlines.step(desk, row, offer)
    for found in unwatched:
        desk.tx.timer("undelivered", desk.now, lead_id=found.lead_id, offer_no=found.offer_no)
    undecided = decide_waiting(desk, limit=MOST)
    drain.wake(desk)
    counts = {"overdue": len(overdue), "unwatched": len(unwatched), "undecided": undecided}
    if overdue or unwatched:
        desk.alarm("auditor", f"the auditor repaired {len(overdue)} overdue and {len(unwatched)} unwatched offers")
    return counts
