"""The auditor: apart from the timers it looks for what they should have done, repairs a limited number, and counts them."""

from __future__ import annotations

from datetime import timedelta

from bot.services import deadlines, drain_passes, hot_leads, review, review_gate, texts_alarms
from bot.services.assign import Ask, assign, exclude_asked
from bot.services.desk import Desk
from bot.services.receive import decide_waiting
from store import offers, timers
from store.lost_leads import stranded_leads

#: How late a deadline may be handled before the auditor steps in.
GRACE = timedelta(seconds=30)
MOST = 100


def audit(desk: Desk) -> dict[str, int]:
    """Find and repair what slipped through; gives the counts by kind, all zero on a good day."""
    if desk.office is None:
        return {"overdue": 0, "unwatched": 0, "undecided": 0, "stranded": 0}
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
        for offer in desk.tx.running_offers(row):
            if offer.offer_no == found.offer_no:
                deadlines.step(desk, row, offer)
    for found in unwatched:
        desk.tx.timer("undelivered", desk.now, lead_id=found.lead_id, offer_no=found.offer_no)
    undecided = decide_waiting(desk, limit=MOST)
    stranded = _move_stranded(desk)
    hot_leads.look(desk)
    drain_passes.wake(desk)
    counts = {"overdue": len(overdue), "unwatched": len(unwatched), "undecided": undecided, "stranded": stranded}
    if overdue or unwatched or stranded:
        desk.alarm("auditor", texts_alarms.AUDITED, **counts)
    return counts


def _move_stranded(desk: Desk) -> int:
    """Put leads back on their way that nothing else will move: offered to nobody, or in a review that asks nobody."""
    moved = 0
    for lost in stranded_leads(desk.tx.connection, desk.now, limit=MOST):
        row = desk.tx.lead(lost.lead_id)
        if lost.state == "review" and row.state == "review":
            # Whoever waited for a manager has waited long enough.
            if not review_gate.go_on(desk, row):
                review.ask_anew(desk, row)
            moved += 1
        elif lost.missing == "running_offer" and row.state == "offered" and not desk.tx.running_offers(row):
            assign(desk, [Ask(row, excluded=exclude_asked(desk, row))])
            moved += 1
    return moved
