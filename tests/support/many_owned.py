"""A database full of owned leads, quickly: as after years of work."""

from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection, insert, update

from bot.services.claims import WHY_CLAIMED
from routing.lead import Lead
from store import standings
from store.kept_rows import forget_all
from store.leads import pack_lead
from store.sealed_fields import KeyRing
from store.tables import id_block, lead, offer, rep_standing

FIRST = 1001
COLD = timedelta(days=45)
_CONTENT = pack_lead(Lead("website", company="远航仪器有限公司", name="王芳", demand="想了解价格和交货期。" * 5))
_AT_ONCE = 20_000


def fill(connection: Connection, keys: KeyRing, now: datetime, *, reps: int, leads: int, due: int) -> None:
    """Store leads that reps own, the first `due` of them cold for 45 days and a little, all others for less than 38."""
    rows = ((_lead(number, keys, now, reps, due), _offer(number, now, reps)) for number in range(leads))
    while chunk := list(islice(rows, _AT_ONCE)):
        connection.execute(insert(lead), [each for each, _ in chunk])
        connection.execute(insert(offer), [each for _, each in chunk])
    connection.execute(update(id_block).where(id_block.c.kind == "lead").values(next_id=FIRST + leads))
    standings.ensure(connection, [_rep(number, reps) for number in range(reps)])
    for number in range(reps):
        held = leads // reps + int(number < leads % reps)
        connection.execute(update(rep_standing).where(rep_standing.c.rep_id == _rep(number, reps)).values(open=held))
    forget_all(connection)


def _rep(number: int, reps: int) -> str:
    return f"rep{number % reps:04d}"


def _lead(number: int, keys: KeyRing, now: datetime, reps: int, due: int) -> dict[str, Any]:
    quiet = COLD + timedelta(seconds=number % 600) if number < due else timedelta(hours=1 + number % 900)
    since = now - quiet
    return {
        "lead_id": FIRST + number, "source": "website", "state": "owned", "owner": _rep(number, reps), "offer_no": 1,
        "round": 1, "decision_no": 1, "rule": "其余", "score": 50, "grade": "C",
        "phone_index": keys.index("phone", f"+8615{number:09d}"),
        "sealed": keys.seal(_CONTENT, f"lead.sealed.{FIRST + number}"),
        "received_at": since, "waiting_since": since, "owned_at": since, "first_contact_at": since,
        "last_follow_up_at": since, "quiet_since": since, "looked_at": max(since, now - timedelta(hours=1)),
        "look_at": since + (COLD if number < due else timedelta(days=38)),
    }  # fmt: skip


def _offer(number: int, now: datetime, reps: int) -> dict[str, Any]:
    since = now - COLD
    return {
        "lead_id": FIRST + number, "offer_no": 1, "round": 1, "rep_id": _rep(number, reps), "policy_version": 1,
        "state": "accepted", "offered_by": "system", "within_seconds": 600, "remind_seconds": [], "remind_at": [],
        "reminders_sent": 0, "on_duty_clock": False, "offered_at": since, "offered_on": since.date(), "why": WHY_CLAIMED,
        "delivered_at": since, "deadline_at": since, "answered_at": since, "snoozed": False,
    }  # fmt: skip
