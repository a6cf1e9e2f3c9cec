"""The floor of intake: the same HTTP handling and the same rows in the same group commit, without deciding."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import cycle
from typing import Any

from bot.services.desk import Desk
from bot.services.receive import Incoming
from store.outbox import NewMessage, Urgency
from store.rows import DecisionRow, LeadRow, OfferRow

#: As long as the records that deciding stores among 200 reps.
RECORD = bytes(range(256)) * 3


class Floor:
    """Writes what intake writes, with a rep taken in turn and a record that says nothing."""

    def __init__(self, rep_ids: Sequence[str]) -> None:
        """Take the reps."""
        self._reps = cycle(rep_ids)
        self._reps_in_order = list(rep_ids)

    def take(self, desk: Desk, batch: list[Incoming]) -> list[dict[str, Any]]:
        """Store a batch of leads as offered."""
        tx = desk.tx
        tx.standings()
        accounts = tx.accounts()
        positions = accounts.positions(self._reps_in_order)
        accounts.columns[:, positions] += 1
        tx.touch_accounts()
        leads, decisions = tx.reserve("lead", len(batch)), tx.reserve("decision", len(batch))
        return [self._one(desk, *item) for item in zip(batch, leads, decisions, strict=True)]

    def _one(self, desk: Desk, item: Incoming, lead_id: int, decision_id: int) -> dict[str, Any]:
        tx, rep_id = desk.tx, next(self._reps)
        keys = tx.keys
        tx.standings()[rep_id].open += 1
        external_key = keys.index("external", f"{item.lead.source}\0{item.lead.external_id}")
        row = LeadRow(lead_id, item.lead.source, item.lead, received_at=desk.now, waiting_since=desk.now,
                      state="offered", external_key=external_key, offer_no=1,
                      round=1, decision_no=1, decision_id=decision_id, rule="其余", score=40, grade="C",
                      phone_index=keys.index("phone", item.lead.phone),
                      company_index=keys.index("company", item.lead.company))  # fmt: skip
        tx.add_lead(row)
        tx.fact(lead_id, "received", item.lead.source)
        tx.add_decision(DecisionRow(decision_id, lead_id, 1, desk.now, "offer", "其余", rep_id, 1, 1, RECORD))
        tx.add_offer(OfferRow(lead_id, 1, 1, rep_id, 1, 600, [300, 480], on_duty_clock=True, offered_at=desk.now,
                              offered_on=desk.now.date(), why="chosen", fit=500, decision_id=decision_id))  # fmt: skip
        tx.fact(lead_id, "offered", offer_no=1, rep=rep_id, round=1, why="chosen", decision=f"D{decision_id}")
        tx.message(NewMessage(rep_id, "offer_card", Urgency.CARD, lead_id, 1))
        tx.timer("undelivered", desk.now + timedelta(seconds=60), lead_id=lead_id, offer_no=1)
        answer = {"lead_id": f"L{lead_id}", "state": "offered", "owner": None, "duplicate": False}
        tx.keep_delivery(source=item.lead.source, delivery_key=keys.index("delivery", item.delivery_key),
                         lead_id=lead_id, body_hash=item.body_hash, answer=answer, seen_at=desk.now)  # fmt: skip
        return answer
