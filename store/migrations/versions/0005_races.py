"""A hot lead may be offered to several reps at once, and the breaker for hot leads writes down when it switches.

Revision ID: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("offer", sa.Column("race", sa.Integer()))
    op.create_table(
        "breaker_switch",
        sa.Column("switch_id", _ROW_ID, nullable=False),
        sa.Column("team_group", sa.Text(), nullable=False),
        sa.Column("switched_at", sa.BigInteger(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("numbers", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("switch_id", name="pk_breaker_switch"),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("breaker_switch")
    op.drop_column("offer", "race")
