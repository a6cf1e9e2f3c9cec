"""Reviews by the policy, cards of managers, scores by day, files of documents, classes of leads that wait in the pool.

Leads that wait already are of the class that the best grade goes before.

Revision ID: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

#: Microseconds since 1970, UTC.
MOMENT = sa.BigInteger()
#: SQLite numbers rows by itself only for a column typed exactly INTEGER.
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OPEN_ITEM = sa.text("closed_at IS NULL")


_QUEUE = sa.text("state = 'pooled' AND pool_reason = 'waiting'")


def upgrade() -> None:
    op.add_column("lead", sa.Column("queue_class", sa.SmallInteger(), server_default="1", nullable=False))
    columns = ["queue_class", "waiting_since", "lead_id"]
    op.create_index("ix_lead_queue", "lead", columns, sqlite_where=_QUEUE, postgresql_where=_QUEUE)
    op.create_table(
        "document_file",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("stored_at", MOMENT, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", "version", name="pk_document_file"),
    )
    _create_reviews()


def _create_reviews() -> None:
    op.create_table(
        "review_item",
        sa.Column("lead_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT),
        sa.Column("closed_by", sa.Text()),
        sa.Column("outcome", sa.Text()),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.lead_id"], name="fk_review_item_lead_id"),
        sa.PrimaryKeyConstraint("lead_id", "reason", name="pk_review_item"),
        sqlite_with_rowid=False,
    )
    columns = ["opened_at", "lead_id"]
    op.create_index("ix_review_item_open", "review_item", columns, sqlite_where=_OPEN_ITEM, postgresql_where=_OPEN_ITEM)
    op.create_table(
        "manager_card",
        sa.Column("card_id", ROW_ID, nullable=False),
        sa.Column("lead_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("review_no", sa.Integer(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("sent_at", MOMENT, nullable=False),
        sa.Column("sealed_code", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.lead_id"], name="fk_manager_card_lead_id"),
        sa.PrimaryKeyConstraint("card_id", name="pk_manager_card"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_manager_card_lead", "manager_card", ["lead_id"])
    op.create_index("ix_manager_card_sent_at", "manager_card", ["sent_at"])
    op.create_table(
        "score_day",
        sa.Column("on_day", sa.Date(), autoincrement=False, nullable=False),
        sa.Column("counts", sa.LargeBinary(), nullable=False),
        sa.Column("before", sa.LargeBinary(), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("on_day", name="pk_score_day"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    for table in ("score_day", "manager_card", "review_item", "document_file"):
        op.drop_table(table)
    op.drop_index("ix_lead_queue", "lead")
    op.drop_column("lead", "queue_class")
