"""Policies that are to come into force at a moment to come.

Revision ID: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

#: Microseconds since 1970, UTC.
MOMENT = sa.BigInteger()
#: A JSON document.
JSON = sa.Text()


def upgrade() -> None:
    op.create_table(
        "scheduled_policy",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("source_text", sa.Text(), nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("ended_by", sa.Text()),
        sa.Column("version", sa.Integer()),
        sa.Column("problems", JSON, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_scheduled_policy"),
    )


def downgrade() -> None:
    op.drop_table("scheduled_policy")
