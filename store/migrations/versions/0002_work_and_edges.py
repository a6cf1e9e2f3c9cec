"""Work to be done, and what has come in at the edges.

Revision ID: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

#: Microseconds since 1970, UTC.
MOMENT = sa.BigInteger()
#: A JSON document.
JSON = sa.Text()
#: SQLite numbers rows by itself only for a column typed exactly INTEGER.
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _create_work()
    _create_edges()


def _index(name: str, table: str, columns: list[str], where: str | None = None) -> None:
    condition = None if where is None else sa.text(where)
    op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)


def _create_work() -> None:
    """What is still to be done: deadlines, messages, send budgets."""
    op.create_table(
        "timer",
        sa.Column("timer_id", ROW_ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("lead_id", sa.BigInteger()),
        sa.Column("offer_no", sa.Integer()),
        sa.Column("subject", sa.Text()),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("timer_id", name="pk_timer"),
        sqlite_autoincrement=True,
    )
    _index("ix_timer_due", "timer", ["due_at", "timer_id"])
    _index("ix_timer_lead", "timer", ["lead_id", "offer_no", "kind"])
    op.create_table(
        "outbox",
        sa.Column("message_id", ROW_ID, nullable=False),
        sa.Column("to_member", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("urgency", sa.SmallInteger(), nullable=False),
        sa.Column("lead_id", sa.BigInteger()),
        sa.Column("offer_no", sa.Integer()),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("sealed_payload", sa.LargeBinary()),
        sa.Column("sealed_body", sa.LargeBinary()),
        sa.Column("queued_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("lease_until", MOMENT),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("last_error", sa.Text()),
        sa.Column("done_at", MOMENT),
        sa.Column("outcome", sa.Text()),
        sa.PrimaryKeyConstraint("message_id", name="pk_outbox"),
        sqlite_autoincrement=True,
    )
    _index("ix_outbox_due", "outbox", ["due_at"], "done_at IS NULL")
    _index("ix_outbox_member", "outbox", ["to_member", "urgency"], "done_at IS NULL")
    _index("ix_outbox_waiting", "outbox", ["urgency", "message_id"], "done_at IS NULL")
    op.create_table(
        "send_budget",
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("state", JSON, nullable=False),
        sa.Column("push_free_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("member", name="pk_send_budget"),
        sqlite_with_rowid=False,
    )


def _create_edges() -> None:
    """What has come in at the edges: deliveries, callbacks, commands."""
    op.create_table(
        "delivery",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("delivery_key", sa.LargeBinary(), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.Column("lead_id", sa.BigInteger(), nullable=False),
        sa.Column("answer", JSON, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("source", "delivery_key", name="pk_delivery"),
        sqlite_with_rowid=False,
    )
    _index("ix_delivery_seen_at", "delivery", ["seen_at"])
    op.create_table(
        "refused_delivery",
        sa.Column("refused_id", ROW_ID, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("refused_at", MOMENT, nullable=False),
        sa.Column("problem", JSON, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("refused_id", name="pk_refused_delivery"),
        sqlite_autoincrement=True,
    )
    _index("ix_refused_delivery_refused_at", "refused_delivery", ["refused_at"])
    op.create_table(
        "callback",
        sa.Column("callback_key", sa.LargeBinary(), nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("callback_key", name="pk_callback"),
        sqlite_with_rowid=False,
    )
    _index("ix_callback_seen_at", "callback", ["seen_at"])
    op.create_table(
        "command",
        sa.Column("command_id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("arguments", JSON, nullable=False),
        sa.Column("undo", JSON),
        sa.Column("sealed", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("command_id", name="pk_command"),
    )
    _index("ix_command_actor", "command", ["actor", "command_id"])
