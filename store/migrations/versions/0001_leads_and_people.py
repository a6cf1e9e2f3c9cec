"""The installation, its people, leads and their history.

Revision ID: 0001
"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

#: Microseconds since 1970, UTC.
MOMENT = sa.BigInteger()
#: A JSON document.
JSON = sa.Text()
#: SQLite numbers rows by itself only for a column typed exactly INTEGER.
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _create_installation()
    _create_people()
    _create_standings()
    _create_leads()
    _create_offers()
    _create_history()
    _seed()


def _index(name: str, table: str, columns: list[str], where: str | None = None) -> None:
    condition = None if where is None else sa.text(where)
    op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)


def _create_installation() -> None:
    """What holds for the whole installation: ids, versions, small facts."""
    op.create_table(
        "id_block",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("next_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", name="pk_id_block"),
    )
    op.create_table(
        "service_state",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", JSON, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_service_state"),
    )
    op.create_table(
        "policy_version",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("source_text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_policy_version"),
    )
    op.create_table(
        "roster_version",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("imported_at", MOMENT, nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("changes", JSON, nullable=False),
        sa.Column("document", JSON, nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_roster_version"),
    )


def _create_people() -> None:
    """Who is away, and who is owed a turn."""
    op.create_table(
        "leave",
        sa.Column("leave_id", ROW_ID, nullable=False),
        sa.Column("rep_id", sa.Text(), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column("entered_at", MOMENT, nullable=False),
        sa.Column("cancelled_at", MOMENT),
        sa.PrimaryKeyConstraint("leave_id", name="pk_leave"),
        sqlite_autoincrement=True,
    )
    _index("ix_leave_running", "leave", ["ends_at"], "cancelled_at IS NULL")
    op.create_table(
        "credit",
        sa.Column("credit_id", ROW_ID, nullable=False),
        sa.Column("rep_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.Column("used_by_decision", sa.BigInteger()),
        sa.PrimaryKeyConstraint("credit_id", name="pk_credit"),
        sqlite_autoincrement=True,
    )
    _index("ix_credit_rep", "credit", ["rep_id", "given_at"])
    _index("ix_credit_unused", "credit", ["credit_id"], "used_by_decision IS NULL")
    _index("ix_credit_used_by", "credit", ["used_by_decision"], "used_by_decision IS NOT NULL")


def _create_standings() -> None:
    """Where everybody stands, and what they have won."""
    op.create_table(
        "rep_standing",
        sa.Column("rep_id", sa.Text(), nullable=False),
        sa.Column("open", sa.Integer(), server_default="0", nullable=False),
        sa.Column("today", sa.Integer(), server_default="0", nullable=False),
        sa.Column("today_on", sa.Date()),
        sa.Column("resting", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("resting_since", MOMENT),
        sa.Column("answered_bits", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("answered_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("timeouts_in_row", sa.Integer(), server_default="0", nullable=False),
        sa.Column("offline", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("paused_until", MOMENT),
        sa.Column("pause_reason", sa.Text()),
        sa.Column("paused_by", sa.Text()),
        sa.Column("unreachable_since", MOMENT),
        sa.Column("wins", sa.Integer(), server_default="0", nullable=False),
        sa.Column("closed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("won_month", sa.Text()),
        sa.Column("won_amount", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("rep_id", name="pk_rep_standing"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rep_rate",
        sa.Column("rep_id", sa.Text(), nullable=False),
        sa.Column("segment", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("wins", sa.Integer(), nullable=False),
        sa.Column("closed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("rep_id", "segment", "value", name="pk_rep_rate"),
    )
    op.create_table(
        "fairness_accounts",
        sa.Column("team_group", sa.Text(), nullable=False),
        sa.Column("rep_ids", JSON, nullable=False),
        sa.Column("columns", sa.LargeBinary(), nullable=False),
        sa.Column("waiting", JSON, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("team_group", name="pk_fairness_accounts"),
    )


def _create_leads() -> None:
    """Leads, and how they are found."""
    op.create_table(
        "lead",
        sa.Column("lead_id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_key", sa.LargeBinary()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text()),
        sa.Column("offer_no", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("decision_no", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.BigInteger()),
        sa.Column("rule", sa.Text()),
        sa.Column("score", sa.SmallInteger(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("pool_reason", sa.Text()),
        sa.Column("review_reason", sa.Text()),
        sa.Column("responsible", sa.Text()),
        sa.Column("close_reason", sa.Text()),
        sa.Column("amount", sa.BigInteger()),
        sa.Column("merged_into", sa.BigInteger()),
        sa.Column("phone_index", sa.LargeBinary()),
        sa.Column("wechat_index", sa.LargeBinary()),
        sa.Column("email_index", sa.LargeBinary()),
        sa.Column("company_index", sa.LargeBinary()),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("waiting_since", MOMENT, nullable=False),
        sa.Column("owned_at", MOMENT),
        sa.Column("first_contact_at", MOMENT),
        sa.Column("last_follow_up_at", MOMENT),
        sa.Column("remind_again_at", MOMENT),
        sa.Column("closed_at", MOMENT),
        sa.PrimaryKeyConstraint("lead_id", name="pk_lead"),
        sa.UniqueConstraint("source", "external_key", name="uq_lead_source_external_key"),
    )
    _index("ix_lead_company_index", "lead", ["company_index", "lead_id"], "company_index IS NOT NULL")
    _index("ix_lead_email_index", "lead", ["email_index", "lead_id"], "email_index IS NOT NULL")
    _index("ix_lead_owner", "lead", ["owner", "state", "lead_id"], "owner IS NOT NULL")
    _index("ix_lead_phone_index", "lead", ["phone_index", "lead_id"], "phone_index IS NOT NULL")
    _index("ix_lead_source", "lead", ["source", "lead_id"])
    _index("ix_lead_state", "lead", ["state", "lead_id"])
    _index(
        "ix_lead_waiting",
        "lead",
        ["state", "waiting_since", "lead_id"],
        "state = 'received' OR state = 'pooled' OR state = 'review'",
    )
    _index("ix_lead_wechat_index", "lead", ["wechat_index", "lead_id"], "wechat_index IS NOT NULL")


def _create_offers() -> None:
    """Offers of leads to reps."""
    op.create_table(
        "offer",
        sa.Column("lead_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("offer_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("rep_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("offered_by", sa.Text(), nullable=False),
        sa.Column("decision_id", sa.BigInteger()),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("fit", sa.SmallInteger()),
        sa.Column("within_seconds", sa.Integer(), nullable=False),
        sa.Column("remind_seconds", JSON, nullable=False),
        sa.Column("remind_at", JSON, nullable=False),
        sa.Column("reminders_sent", sa.SmallInteger(), nullable=False),
        sa.Column("on_duty_clock", sa.Boolean(), nullable=False),
        sa.Column("offered_at", MOMENT, nullable=False),
        sa.Column("offered_on", sa.Date(), nullable=False),
        sa.Column("delivered_at", MOMENT),
        sa.Column("deadline_at", MOMENT),
        sa.Column("answered_at", MOMENT),
        sa.Column("end_reason", sa.Text()),
        sa.Column("snoozed", sa.Boolean(), nullable=False),
        sa.Column("send_code", sa.LargeBinary()),
        sa.Column("send_code_at", MOMENT),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.lead_id"], name="fk_offer_lead_id"),
        sa.PrimaryKeyConstraint("lead_id", "offer_no", name="pk_offer"),
        sqlite_with_rowid=False,
    )
    _index("ix_offer_deadline", "offer", ["deadline_at"], "state = 'open'")
    _index("ix_offer_open", "offer", ["rep_id", "offered_at", "lead_id"], "state = 'open'")
    _index("ix_offer_undelivered", "offer", ["offered_at"], "state = 'open' AND delivered_at IS NULL")


def _create_history() -> None:
    """What was decided, what happened, who was shown a whole number."""
    op.create_table(
        "decision",
        sa.Column("decision_id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("lead_id", sa.BigInteger(), nullable=False),
        sa.Column("decision_no", sa.Integer(), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text()),
        sa.Column("rep_id", sa.Text()),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("roster_version", sa.Integer(), nullable=False),
        sa.Column("reversed_at", MOMENT),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.lead_id"], name="fk_decision_lead_id"),
        sa.PrimaryKeyConstraint("decision_id", name="pk_decision"),
    )
    _index("ix_decision_lead", "decision", ["lead_id", "decision_no"])
    op.create_table(
        "fact",
        sa.Column("fact_id", ROW_ID, nullable=False),
        sa.Column("lead_id", sa.BigInteger(), nullable=False),
        sa.Column("happened_at", MOMENT, nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("offer_no", sa.Integer()),
        sa.Column("detail", JSON, nullable=False),
        sa.Column("sealed", sa.LargeBinary()),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.lead_id"], name="fk_fact_lead_id"),
        sa.PrimaryKeyConstraint("fact_id", name="pk_fact"),
        sqlite_autoincrement=True,
    )
    _index("ix_fact_lead", "fact", ["lead_id", "fact_id"])
    op.create_table(
        "disclosure",
        sa.Column("disclosure_id", ROW_ID, nullable=False),
        sa.Column("lead_id", sa.BigInteger(), nullable=False),
        sa.Column("shown_to", sa.Text(), nullable=False),
        sa.Column("shown_at", MOMENT, nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.lead_id"], name="fk_disclosure_lead_id"),
        sa.PrimaryKeyConstraint("disclosure_id", name="pk_disclosure"),
        sqlite_autoincrement=True,
    )
    _index("ix_disclosure_lead", "disclosure", ["lead_id"])


def _seed() -> None:
    """Start ids and accounts, and name the installation, so that messages of two never look the same to WeCom."""
    id_block = sa.table("id_block", sa.column("kind"), sa.column("next_id"))
    op.bulk_insert(id_block, [{"kind": kind, "next_id": 1001} for kind in ("lead", "decision", "command")])
    accounts = sa.table(
        "fairness_accounts",
        *(sa.column(name) for name in ("team_group", "rep_ids", "columns", "waiting", "changed_at")),
    )
    op.bulk_insert(accounts, [{"team_group": "all", "rep_ids": "[]", "columns": b"", "waiting": "[]", "changed_at": 0}])
    state = sa.table("service_state", sa.column("name"), sa.column("value"), sa.column("changed_at"))
    op.bulk_insert(state, [{"name": "installation", "value": f'"{secrets.token_hex(4)}"', "changed_at": 0}])
