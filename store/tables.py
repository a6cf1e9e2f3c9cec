"""All tables and constraints, by name. Columns ending in `_at` are moments, `_on` dates, `sealed` is encrypted.

Personal data (names, phones, e-mail, WeChat ids, free text) stands in `sealed` columns only; what must be found again
has a blind index beside it. Deficits and shares are integers in millionths of a lead.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from store.column_types import Bytes, Json, Moment
from store.follow_up_tables import notice, pool_use
from store.review_tables import document_file, manager_card, review_item, score_day
from store.table_making import NEVER_AGAIN, ONE_TREE, RowId, metadata, partial_index
from store.version_tables import policy_version, roster_version, scheduled_policy, service_state

__all__ = [
    "COUNTS_AS_KNOWN", "LOOKED_AFTER", "OPEN", "PARKED", "QUEUE", "UNDELIVERED", "UNTOUCHED", "WAITING", "RowId",
    "callback", "command", "credit", "decision", "delivery", "disclosure", "document_file", "fact", "fairness_accounts",
    "id_block", "lead", "leave", "manager_card", "metadata", "notice", "offer", "outbox", "policy_version",
    "pool_use", "refused_delivery", "rep_rate", "rep_standing", "review_item", "roster_version", "scheduled_policy",
    "score_day", "send_budget", "service_state", "timer",
]  # fmt: skip

#: Conditions of partial indexes; questions repeat them in these words, so that both planners see that the index holds.
OPEN = "state = 'open'"
UNDELIVERED = "state = 'open' AND delivered_at IS NULL"
#: Leads by which a customer is known; one person's visits may be merged by the thousand.
COUNTS_AS_KNOWN = "state <> 'merged' AND state <> 'invalid'"
QUEUE = "state = 'pooled' AND pool_reason = 'waiting'"
LOOKED_AFTER = "look_at IS NOT NULL"
PARKED = "parked_until IS NOT NULL"
#: Owned leads without a first contact.
UNTOUCHED = "state = 'owned' AND first_contact_at IS NULL"
WAITING = "state = 'received' OR state = 'pooled' OR state = 'review'"

id_block = Table(
    "id_block",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("next_id", BigInteger, nullable=False),
)

leave = Table(
    "leave",
    metadata,
    Column("leave_id", RowId, primary_key=True),
    Column("rep_id", Text, nullable=False),
    Column("starts_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("entered_by", Text, nullable=False),
    Column("entered_at", Moment, nullable=False),
    Column("cancelled_at", Moment),
    **NEVER_AGAIN,
)
partial_index("ix_leave_running", "cancelled_at IS NULL", leave.c.ends_at)

#: Where everybody stands: the counters that decisions move, and the states that take a rep off duty.
rep_standing = Table(
    "rep_standing",
    metadata,
    Column("rep_id", Text, primary_key=True),
    Column("open", Integer, nullable=False, server_default="0"),
    Column("today", Integer, nullable=False, server_default="0"),
    Column("today_on", Date),
    Column("resting", Boolean, nullable=False, server_default=text("false")),
    Column("resting_since", Moment),
    Column("answered_bits", BigInteger, nullable=False, server_default="0"),
    Column("answered_count", Integer, nullable=False, server_default="0"),
    Column("timeouts_in_row", Integer, nullable=False, server_default="0"),
    Column("offline", Boolean, nullable=False, server_default=text("false")),
    Column("paused_until", Moment),
    Column("pause_reason", Text),
    Column("paused_by", Text),
    Column("unreachable_since", Moment),
    Column("wins", Integer, nullable=False, server_default="0"),
    Column("closed", Integer, nullable=False, server_default="0"),
    Column("won_month", Text),
    Column("won_amount", BigInteger, nullable=False, server_default="0"),
    **ONE_TREE,
)

#: The fairness accounts of everybody in one row per team group, packed; see store/accounts.py.
fairness_accounts = Table(
    "fairness_accounts",
    metadata,
    Column("team_group", Text, primary_key=True),
    Column("rep_ids", Json, nullable=False),
    Column("columns", Bytes, nullable=False),
    Column("waiting", Json, nullable=False),
    Column("changed_at", Moment, nullable=False),
)

rep_rate = Table(
    "rep_rate",
    metadata,
    Column("rep_id", Text, primary_key=True),
    Column("segment", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("wins", Integer, nullable=False),
    Column("closed", Integer, nullable=False),
)

credit = Table(
    "credit",
    metadata,
    Column("credit_id", RowId, primary_key=True),
    Column("rep_id", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("given_by", Text, nullable=False),
    Column("given_at", Moment, nullable=False),
    Column("used_by_decision", BigInteger),
    **NEVER_AGAIN,
)
partial_index("ix_credit_unused", "used_by_decision IS NULL", credit.c.credit_id)
partial_index("ix_credit_used_by", "used_by_decision IS NOT NULL", credit.c.used_by_decision)
Index("ix_credit_rep", credit.c.rep_id, credit.c.given_at)

lead = Table(
    "lead",
    metadata,
    Column("lead_id", RowId, primary_key=True, autoincrement=False),
    Column("source", Text, nullable=False),
    Column("external_key", Bytes),
    Column("state", Text, nullable=False),
    Column("owner", Text),
    Column("offer_no", Integer, nullable=False),
    Column("round", Integer, nullable=False),
    Column("decision_no", Integer, nullable=False),
    Column("decision_id", BigInteger),
    Column("rule", Text),
    Column("score", SmallInteger, nullable=False),
    Column("grade", Text, nullable=False),
    Column("pool_reason", Text),
    Column("review_reason", Text),
    Column("responsible", Text),
    Column("close_reason", Text),
    Column("amount", BigInteger),
    Column("merged_into", BigInteger),
    Column("phone_index", Bytes),
    Column("wechat_index", Bytes),
    Column("email_index", Bytes),
    Column("company_index", Bytes),
    Column("sealed", Bytes, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("waiting_since", Moment, nullable=False),
    Column("owned_at", Moment),
    Column("first_contact_at", Moment),
    Column("last_follow_up_at", Moment),
    Column("remind_again_at", Moment),
    Column("closed_at", Moment),
    Column("quiet_since", Moment),
    Column("parked_until", Moment),
    Column("parked_seconds", BigInteger, nullable=False, server_default="0"),
    Column("look_at", Moment),
    Column("looked_at", Moment),
    Column("recycles", SmallInteger, nullable=False, server_default="0"),
    Column("queue_class", SmallInteger, nullable=False, server_default="1"),
    UniqueConstraint("source", "external_key"),
)
#: When time alone will do something with a lead next: an owned one by its follow-up clocks, a recycled one when nobody
#: has claimed it.
partial_index("ix_lead_look", LOOKED_AFTER, lead.c.look_at, lead.c.lead_id)
partial_index("ix_lead_parked", PARKED, lead.c.owner, lead.c.lead_id)
partial_index("ix_lead_untouched", UNTOUCHED, lead.c.owned_at, lead.c.lead_id, lead.c.owner)
#: Most leads never wait, or no longer do: what drains the pool looks at the few that are.
partial_index("ix_lead_waiting", WAITING, lead.c.state, lead.c.waiting_since, lead.c.lead_id)
partial_index("ix_lead_queue", QUEUE, lead.c.queue_class, lead.c.waiting_since, lead.c.lead_id)
Index("ix_lead_state", lead.c.state, lead.c.lead_id)
Index("ix_lead_source", lead.c.source, lead.c.lead_id)
partial_index("ix_lead_owner", "owner IS NOT NULL", lead.c.owner, lead.c.state, lead.c.lead_id)
#: A search by phone finds merged visits too.
partial_index("ix_lead_phone_index", "phone_index IS NOT NULL", lead.c.phone_index, lead.c.lead_id)
for _column in (lead.c.phone_index, lead.c.wechat_index, lead.c.email_index, lead.c.company_index):
    _known = f"{_column.name} IS NOT NULL AND {COUNTS_AS_KNOWN}"
    partial_index(f"ix_lead_known_{_column.name.removesuffix('_index')}", _known, _column, lead.c.lead_id)

offer = Table(
    "offer",
    metadata,
    Column("lead_id", BigInteger, ForeignKey("lead.lead_id"), primary_key=True, autoincrement=False),
    Column("offer_no", Integer, primary_key=True, autoincrement=False),
    Column("round", Integer, nullable=False),
    Column("rep_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("race", Integer),
    Column("offered_by", Text, nullable=False),
    Column("decision_id", BigInteger),
    Column("policy_version", Integer, nullable=False),
    Column("why", Text, nullable=False),
    Column("fit", SmallInteger),
    Column("within_seconds", Integer, nullable=False),
    Column("remind_seconds", Json, nullable=False),
    Column("remind_at", Json, nullable=False),
    Column("reminders_sent", SmallInteger, nullable=False),
    Column("on_duty_clock", Boolean, nullable=False),
    Column("offered_at", Moment, nullable=False),
    Column("offered_on", Date, nullable=False),
    Column("delivered_at", Moment),
    Column("deadline_at", Moment),
    Column("answered_at", Moment),
    Column("ended_at", Moment),
    Column("end_reason", Text),
    Column("snoozed", Boolean, nullable=False),
    Column("send_code", Bytes),
    Column("send_code_at", Moment),
    **ONE_TREE,
)
partial_index("ix_offer_open", OPEN, offer.c.rep_id, offer.c.offered_at, offer.c.lead_id)
partial_index("ix_offer_deadline", OPEN, offer.c.deadline_at)
partial_index("ix_offer_undelivered", UNDELIVERED, offer.c.offered_at)

decision = Table(
    "decision",
    metadata,
    Column("decision_id", RowId, primary_key=True, autoincrement=False),
    Column("lead_id", BigInteger, ForeignKey("lead.lead_id"), nullable=False),
    Column("decision_no", Integer, nullable=False),
    Column("decided_at", Moment, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("rule", Text),
    Column("rep_id", Text),
    Column("policy_version", Integer, nullable=False),
    Column("roster_version", Integer, nullable=False),
    Column("reversed_at", Moment),
    Column("record", Bytes, nullable=False),
)
Index("ix_decision_lead", decision.c.lead_id, decision.c.decision_no)

#: What happened to a lead, never changed afterwards. `detail` holds codes and ids, no personal data.
fact = Table(
    "fact",
    metadata,
    Column("fact_id", RowId, primary_key=True),
    Column("lead_id", BigInteger, ForeignKey("lead.lead_id"), nullable=False),
    Column("happened_at", Moment, nullable=False),
    Column("event", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("offer_no", Integer),
    Column("detail", Json, nullable=False),
    Column("sealed", Bytes),
    **NEVER_AGAIN,
)
Index("ix_fact_lead", fact.c.lead_id, fact.c.fact_id)

#: Every switch of the breaker for hot leads, with the numbers by which it switched; never changed afterwards.
breaker_switch = Table(
    "breaker_switch",
    metadata,
    Column("switch_id", RowId, primary_key=True),
    Column("team_group", Text, nullable=False),
    Column("switched_at", Moment, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("policy_version", Integer, nullable=False),
    Column("numbers", Json, nullable=False),
    **NEVER_AGAIN,
)

#: A deadline to be kept. Fenced by `offer_no`: a timer of an older offer does nothing.
timer = Table(
    "timer",
    metadata,
    Column("timer_id", RowId, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("lead_id", BigInteger),
    Column("offer_no", Integer),
    Column("subject", Text),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    **NEVER_AGAIN,
)
Index("ix_timer_due", timer.c.due_at, timer.c.timer_id)
Index("ix_timer_lead", timer.c.lead_id, timer.c.offer_no, timer.c.kind)

#: A message to be sent, or an earlier card to be rewritten. `payload` refers to rows and holds no personal data; the
#: body is rendered once, at the first attempt, and kept sealed, so that a retry is byte-identical.
outbox = Table(
    "outbox",
    metadata,
    Column("message_id", RowId, primary_key=True),
    Column("to_member", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("urgency", SmallInteger, nullable=False),
    Column("lead_id", BigInteger),
    Column("offer_no", Integer),
    Column("payload", Json, nullable=False),
    Column("sealed_payload", Bytes),
    Column("sealed_body", Bytes),
    Column("queued_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("lease_until", Moment),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("last_error", Text),
    Column("done_at", Moment),
    Column("outcome", Text),
    **NEVER_AGAIN,
)
partial_index("ix_outbox_waiting", "done_at IS NULL", outbox.c.urgency, outbox.c.message_id)
partial_index("ix_outbox_due", "done_at IS NULL", outbox.c.due_at)
partial_index("ix_outbox_member", "done_at IS NULL", outbox.c.to_member, outbox.c.urgency)

#: How much has been sent to one member of the WeCom app lately; the state is that of `routing`-free pure arithmetic.
send_budget = Table(
    "send_budget",
    metadata,
    Column("member", Text, primary_key=True),
    Column("state", Json, nullable=False),
    Column("push_free_at", Moment, nullable=False),
    **ONE_TREE,
)

#: Keys of deliveries seen, with the answer given: the same webhook again gets the same answer.
delivery = Table(
    "delivery",
    metadata,
    Column("source", Text, primary_key=True),
    Column("delivery_key", Bytes, primary_key=True),
    Column("body_hash", Bytes, nullable=False),
    Column("lead_id", BigInteger, nullable=False),
    Column("answer", Json, nullable=False),
    Column("seen_at", Moment, nullable=False),
    **ONE_TREE,
)
Index("ix_delivery_seen_at", delivery.c.seen_at)

refused_delivery = Table(
    "refused_delivery",
    metadata,
    Column("refused_id", RowId, primary_key=True),
    Column("source", Text, nullable=False),
    Column("refused_at", Moment, nullable=False),
    Column("problem", Json, nullable=False),
    Column("sealed", Bytes, nullable=False),
    **NEVER_AGAIN,
)
Index("ix_refused_delivery_refused_at", refused_delivery.c.refused_at)

#: Callbacks seen: WeCom repeats them, and a repeat has no second effect.
callback = Table(
    "callback",
    metadata,
    Column("callback_key", Bytes, primary_key=True),
    Column("seen_at", Moment, nullable=False),
    **ONE_TREE,
)
Index("ix_callback_seen_at", callback.c.seen_at)

#: Commands of people, for the record and for 撤销; `awaiting` ones wait for 确认.
command = Table(
    "command",
    metadata,
    Column("command_id", RowId, primary_key=True, autoincrement=False),
    Column("actor", Text, nullable=False),
    Column("verb", Text, nullable=False),
    Column("given_at", Moment, nullable=False),
    Column("state", Text, nullable=False),
    Column("arguments", Json, nullable=False),
    Column("undo", Json),
    Column("sealed", Bytes),
)
Index("ix_command_actor", command.c.actor, command.c.command_id)

disclosure = Table(
    "disclosure",
    metadata,
    Column("disclosure_id", RowId, primary_key=True),
    Column("lead_id", BigInteger, ForeignKey("lead.lead_id"), nullable=False),
    Column("shown_to", Text, nullable=False),
    Column("shown_at", Moment, nullable=False),
    Column("how", Text, nullable=False),
    **NEVER_AGAIN,
)
Index("ix_disclosure_lead", disclosure.c.lead_id)
