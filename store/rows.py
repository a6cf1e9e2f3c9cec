"""Rows as values: what a transaction loads, changes and writes back. Mutable on purpose; they never leave it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date, datetime

from routing.lead import Lead


@dataclass(slots=True)
class LeadRow:
    """A lead with its state; `lead` is the cleaned content, opened from the sealed column.

    `quiet_since`, `parked_until` and `parked_seconds` are the owner's clocks (see `routing.follow_up`), `look_at` is when
    time will do something next, `looked_at` until when everything that was due has been done.
    `queue_class` is the class in which it waits in the pool, see `routing.queue_order`.
    """

    lead_id: int
    source: str
    lead: Lead
    received_at: datetime
    waiting_since: datetime
    state: str = "received"
    external_key: bytes | None = None
    owner: str | None = None
    offer_no: int = 0
    round: int = 0
    decision_no: int = 0
    decision_id: int | None = None
    rule: str | None = None
    score: int = 0
    grade: str = ""
    pool_reason: str | None = None
    review_reason: str | None = None
    responsible: str | None = None
    close_reason: str | None = None
    amount: int | None = None
    merged_into: int | None = None
    phone_index: bytes | None = None
    wechat_index: bytes | None = None
    email_index: bytes | None = None
    company_index: bytes | None = None
    owned_at: datetime | None = None
    first_contact_at: datetime | None = None
    last_follow_up_at: datetime | None = None
    remind_again_at: datetime | None = None
    closed_at: datetime | None = None
    quiet_since: datetime | None = None
    parked_until: datetime | None = None
    parked_seconds: int = 0
    look_at: datetime | None = None
    looked_at: datetime | None = None
    recycles: int = 0
    queue_class: int = 1

    @property
    def name(self) -> str:
        """Give the id that people type, as L1024."""
        return f"L{self.lead_id}"


@dataclass(slots=True)
class OfferRow:
    """One offer of a lead to one rep; `offered_by` is `system` or the manager's id, `fit` is in tenths of a point.

    `race` is the number of the first offer of a claim race, None for an offer to one rep alone.
    `remind_at` holds the moments of the reminders in ISO 8601, UTC, from the delivery on; `reminders_sent` counts those
    behind us, sent or dropped. An accepted offer is an ownership, which may have ended (`ended_at`, `end_reason`).
    """

    lead_id: int
    offer_no: int
    round: int
    rep_id: str
    policy_version: int
    within_seconds: int
    remind_seconds: list[int]
    on_duty_clock: bool
    offered_at: datetime
    offered_on: date
    state: str = "open"
    why: str = ""
    fit: int | None = None
    offered_by: str = "system"
    decision_id: int | None = None
    delivered_at: datetime | None = None
    deadline_at: datetime | None = None
    remind_at: list[str] = field(default_factory=list)
    reminders_sent: int = 0
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: str | None = None
    snoozed: bool = False
    send_code: bytes | None = None
    send_code_at: datetime | None = None
    race: int | None = None


@dataclass(slots=True)
class StandingRow:
    """Where one rep stands; see the table for the meaning of each column. Deficits are millionths of a lead."""

    rep_id: str
    open: int = 0
    today: int = 0
    today_on: date | None = None
    resting: bool = False
    resting_since: datetime | None = None
    answered_bits: int = 0
    answered_count: int = 0
    timeouts_in_row: int = 0
    offline: bool = False
    paused_until: datetime | None = None
    pause_reason: str | None = None
    paused_by: str | None = None
    unreachable_since: datetime | None = None
    wins: int = 0
    closed: int = 0
    won_month: str | None = None
    won_amount: int = 0


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A stored decision; `record` is what replay needs, at most 4 kB."""

    decision_id: int
    lead_id: int
    decision_no: int
    decided_at: datetime
    outcome: str
    rule: str | None
    rep_id: str | None
    policy_version: int
    roster_version: int
    record: bytes
    reversed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TimerRow:
    """A deadline that has come due."""

    timer_id: int
    kind: str
    due_at: datetime
    lead_id: int | None
    offer_no: int | None
    subject: str | None
    attempts: int


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message claimed from the outbox; `body` is None until it has been rendered for the first time."""

    message_id: int
    to_member: str
    kind: str
    urgency: int
    lead_id: int | None
    offer_no: int | None
    payload: dict[str, object]
    private: dict[str, object]
    body: bytes | None
    queued_at: datetime
    due_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class FactRow:
    """One line of a lead's history; `private` is what the reps wrote, opened from its sealed column."""

    lead_id: int
    happened_at: datetime
    event: str
    actor: str
    offer_no: int | None
    detail: dict[str, object] = field(default_factory=dict)
    private: dict[str, object] | None = None


def column_names(row_type: type) -> tuple[str, ...]:
    """Give the field names of a row type, which are the names of its columns."""
    return tuple(item.name for item in fields(row_type))
