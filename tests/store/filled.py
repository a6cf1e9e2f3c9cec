"""A database as full as after some months, quickly: enough rows that a planner must prefer indexes."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, insert, text

from routing.lead import Lead
from store.leads import pack_lead
from store.tables import (
    callback,
    credit,
    decision,
    delivery,
    fact,
    lead,
    leave,
    notice,
    offer,
    outbox,
    rep_standing,
    timer,
)
from tests.store.given import KEYS, NOW

LEADS = 12_000
FIRST = 1001
#: What is in the works; everything older is closed.
RECENT = 300
_CONTENT = pack_lead(Lead("website", demand="想了解价格和交货期。" * 15))
_STATES = ("offered", "offered", "owned", "owned", "pooled", "review")


def fill(connection: Connection) -> None:
    """Store leads with their offers, decisions, facts, messages and timers."""
    numbers = range(LEADS)
    connection.execute(insert(rep_standing), [{"rep_id": f"rep{number:03}"} for number in range(200)])
    connection.execute(insert(lead), [_lead(number) for number in numbers])
    connection.execute(insert(offer), [_offer(number) for number in numbers])
    connection.execute(insert(decision), [_decision(number) for number in numbers])
    connection.execute(insert(fact), [_fact(number, event) for number in numbers for event in ("received", "offered")])
    connection.execute(insert(outbox), [_message(number) for number in numbers])
    connection.execute(insert(timer), [_timer(number) for number in numbers])
    connection.execute(insert(delivery), [_delivery(number) for number in numbers])
    connection.execute(insert(callback), [{"callback_key": number.to_bytes(16), "seen_at": NOW} for number in numbers])
    connection.execute(insert(notice), [_notice(number) for number in numbers])
    connection.execute(insert(leave), [_leave(number) for number in range(2000)])
    connection.execute(insert(credit), [_credit(number) for number in range(2000)])


def analyze(connection: Connection) -> None:
    """Let the planner know what is there."""
    connection.execute(text("ANALYZE"))


def phone(number: int) -> str:
    """Give the phone of a lead of this database."""
    return f"+86138{number:08}"


def _is_open(number: int) -> bool:
    return number >= LEADS - RECENT


def _lead(number: int) -> dict[str, Any]:
    state = _STATES[number % len(_STATES)] if _is_open(number) else ("won", "lost")[number % 2]
    source = f"source{number % 7}"
    return {
        "lead_id": FIRST + number, "source": source, "external_key": KEYS.index("external", f"{source}\0{number}"),
        "state": state, "owner": None if state in {"offered", "pooled", "review"} else f"rep{number % 200:03}",
        "offer_no": 1, "round": 1, "decision_no": 1, "decision_id": number, "score": 50, "grade": "B",
        "pool_reason": "waiting" if state == "pooled" else None, "phone_index": KEYS.index("phone", phone(number)),
        "email_index": KEYS.index("email", f"{number}@example.com"), "company_index": number.to_bytes(16),
        "wechat_index": number.to_bytes(16),
        "sealed": KEYS.seal(_CONTENT, f"lead.sealed.{FIRST + number}"),
        "received_at": NOW, "rule": "医疗",
        "waiting_since": NOW - timedelta(minutes=LEADS - number),
        "look_at": NOW + timedelta(minutes=number - 100) if state == "owned" or number % 2 else None,
        "parked_until": NOW + timedelta(days=30) if state == "owned" and number % 7 == 0 else None,
    }  # fmt: skip


def _offer(number: int) -> dict[str, Any]:
    delivered = None if number % 3 == 0 else NOW
    return {
        "lead_id": FIRST + number, "offer_no": 1, "round": 1, "rep_id": f"rep{number % 200:03}", "policy_version": 1,
        "state": "open" if _is_open(number) and number % 6 < 2 else "accepted", "offered_by": "system",
        "decision_id": number, "within_seconds": 600, "remind_seconds": [300], "remind_at": [], "reminders_sent": 0,
        "on_duty_clock": False, "offered_at": NOW - timedelta(minutes=LEADS - number), "offered_on": NOW.date(),
        "delivered_at": delivered, "deadline_at": delivered and delivered + timedelta(seconds=number), "snoozed": False,
        "why": "",
    }  # fmt: skip


def _decision(number: int) -> dict[str, Any]:
    return {
        "decision_id": FIRST + number, "lead_id": FIRST + number, "decision_no": 1, "decided_at": NOW,
        "outcome": "chosen", "policy_version": 1, "roster_version": 1, "record": b"r" * 500,
    }  # fmt: skip


def _fact(number: int, event: str) -> dict[str, Any]:
    return {"lead_id": FIRST + number, "happened_at": NOW, "event": event, "actor": "system", "detail": {"n": number}}


def _message(number: int) -> dict[str, Any]:
    done = None if _is_open(number) else NOW
    return {
        "to_member": f"rep{number % 200:03}", "kind": "offer_card", "urgency": number % 5, "lead_id": FIRST + number,
        "offer_no": 1, "payload": {}, "queued_at": NOW, "due_at": NOW + timedelta(seconds=number - LEADS + 100),
        "done_at": done,
    }  # fmt: skip


def _timer(number: int) -> dict[str, Any]:
    return {
        "kind": "look", "due_at": NOW + timedelta(seconds=LEADS - number - 100), "lead_id": FIRST + number,
        "offer_no": 1,
    }  # fmt: skip


def _notice(number: int) -> dict[str, Any]:
    return {
        "to_member": f"rep{number % 200:03}", "kind": "remind", "lead_id": FIRST + number, "detail": {}, "noted_at": NOW,
        "due_at": NOW + timedelta(seconds=LEADS - number - 100),
    }  # fmt: skip


def _delivery(number: int) -> dict[str, Any]:
    return {
        "source": f"source{number % 7}", "delivery_key": number.to_bytes(16), "body_hash": b"h" * 32,
        "lead_id": FIRST + number, "answer": {"status": 202}, "seen_at": NOW + timedelta(seconds=number),
    }  # fmt: skip


def _leave(number: int) -> dict[str, Any]:
    return {
        "rep_id": f"rep{number % 200:03}", "starts_at": NOW, "ends_at": NOW + timedelta(hours=number - 1990),
        "entered_by": "boss", "entered_at": NOW, "cancelled_at": NOW if number % 2 else None,
    }  # fmt: skip


def _credit(number: int) -> dict[str, Any]:
    used = None if number > 1990 else number
    return {"rep_id": f"rep{number % 200:03}", "reason": "x", "given_by": "boss", "given_at": NOW,
            "used_by_decision": used}  # fmt: skip
