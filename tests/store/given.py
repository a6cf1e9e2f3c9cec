"""Rows to be stored, complete enough that a forgotten column shows."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

from routing.lead import Lead
from store.leads import identity_of
from store.outbox import NewMessage, Urgency
from store.rows import DecisionRow, LeadRow, OfferRow, StandingRow
from store.sealed_fields import KeyRing

#: A Monday morning in Shanghai.
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
KEYS = KeyRing({"k1": bytes(range(32))})
MINUTE = timedelta(minutes=1)

#: Words that must not be found anywhere in a database file.
MARKED_NAME, MARKED_PHONE, MARKED_MAIL = "张标记三", "+8613900009999", "marked.person@example.com"
MARKED_WECHAT, MARKED_TEXT = "wx_marked_person", "请勿外传的话"


def a_lead(lead_id: int, **changes: Any) -> LeadRow:
    """Give a lead that has just come in."""
    content: dict[str, Any] = {
        "source": "website",
        "external_id": f"form-{lead_id}",
        "name": f"客户{lead_id}",
        "phone": f"+86138{lead_id:08d}",
        "email": f"buyer{lead_id}@example.com",
        "company": f"远航{lead_id}号仪器有限公司",
        "industry": "医疗器械",
        "province": "上海市",
        "demand": "想了解价格和交货期，本周内请联系。" * 3,
        "submitted_at": NOW - MINUTE,
        "attributes": {"hospital_level": "三甲", "beds": 800},
        "behaviour": {"dwell_seconds": 186, "pricing_visits": 3},
    }
    content |= changes.pop("content", {})
    lead = Lead(**content)
    values: dict[str, Any] = {
        "lead_id": lead_id,
        "source": lead.source,
        "lead": lead,
        "received_at": NOW,
        "waiting_since": NOW,
        "external_key": KEYS.index("external", f"{lead.source}\0{lead.external_id}") if lead.external_id else None,
        **identity_of(lead, KEYS),
    }
    return LeadRow(**(values | changes))


def an_offer(lead_id: int, offer_no: int = 1, rep_id: str = "rep001", **changes: Any) -> OfferRow:
    """Give a running offer that has not been delivered yet."""
    values: dict[str, Any] = {
        "lead_id": lead_id,
        "offer_no": offer_no,
        "round": 1,
        "rep_id": rep_id,
        "policy_version": 1,
        "within_seconds": 600,
        "remind_seconds": [300, 480],
        "on_duty_clock": True,
        "offered_at": NOW,
        "offered_on": date(2026, 3, 2),
    }
    return OfferRow(**(values | changes))


def a_decision(decision_id: int, lead_id: int, **changes: Any) -> DecisionRow:
    """Give a decision that chose a rep."""
    values: dict[str, Any] = {
        "decision_id": decision_id,
        "lead_id": lead_id,
        "decision_no": 1,
        "decided_at": NOW,
        "outcome": "chosen",
        "rule": "医疗",
        "rep_id": "rep001",
        "policy_version": 1,
        "roster_version": 1,
        "record": bytes(range(256)) * 4,
    }
    return DecisionRow(**(values | changes))


def a_message(to_member: str = "rep001", **changes: Any) -> NewMessage:
    """Give a card to be sent."""
    values: dict[str, Any] = {"kind": "offer_card", "urgency": Urgency.CARD, "payload": {"rung": 0}}
    return NewMessage(to_member, **(values | changes))


def a_standing(rep_id: str, seed: int = 0) -> StandingRow:
    """Give a standing in which no column has its default."""
    draw = random.Random(f"{rep_id}{seed}")
    return StandingRow(
        rep_id, open=draw.randint(1, 9), today=draw.randint(1, 9), today_on=date(2026, 3, 2), resting=True,
        resting_since=NOW, answered_bits=2**62 + 5, answered_count=20, timeouts_in_row=2, offline=True,
        paused_until=NOW + MINUTE, pause_reason="timeouts", paused_by="boss",
        unreachable_since=NOW, wins=4, closed=7, won_month="2026-03", won_amount=12_000_00,
    )  # fmt: skip
