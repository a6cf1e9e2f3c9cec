"""What happens after 接单: follow-up clocks of owned leads, ownerships that end, notices told in one go, use of the pool.

Leads that are owned already are looked at once, and their clocks run from the last follow-up, else from 接单.

Revision ID: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

#: Microseconds since 1970, UTC.
MOMENT = sa.BigInteger()
#: SQLite numbers rows by itself only for a column typed exactly INTEGER.
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_CLOCKS = ("quiet_since", "parked_until", "look_at", "looked_at")
_HEARD = """
    UPDATE lead SET quiet_since =
        CASE WHEN last_follow_up_at > owned_at THEN last_follow_up_at ELSE COALESCE(owned_at, received_at) END
    WHERE state = 'owned'
"""


def upgrade() -> None:
    for name in _CLOCKS:
        op.add_column("lead", sa.Column(name, MOMENT))
    op.add_column("lead", sa.Column("parked_seconds", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("lead", sa.Column("recycles", sa.SmallInteger(), server_default="0", nullable=False))
    op.add_column("offer", sa.Column("ended_at", MOMENT))
    op.execute(_HEARD)
    op.execute("UPDATE lead SET looked_at = quiet_since, look_at = quiet_since WHERE state = 'owned'")
    # The look at the lead itself does now what these were for.
    op.execute("DELETE FROM timer WHERE kind = 'follow_up'")
    _index("ix_lead_look", "lead", ["look_at", "lead_id"], "look_at IS NOT NULL")
    _index("ix_lead_parked", "lead", ["owner", "lead_id"], "parked_until IS NOT NULL")
    _create_tables()


def _create_tables() -> None:
    op.create_table(
        "notice",
        sa.Column("notice_id", ROW_ID, nullable=False),
        sa.Column("to_member", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("lead_id", sa.BigInteger(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("noted_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("notice_id", name="pk_notice"),
        sqlite_autoincrement=True,
    )
    _index("ix_notice_due_at", "notice", ["due_at", "to_member"])
    _index("ix_notice_to_member", "notice", ["to_member", "notice_id"])
    op.create_table(
        "pool_use",
        sa.Column("rep_id", sa.Text(), nullable=False),
        sa.Column("used_on", sa.Date(), nullable=False),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("views", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("rep_id", name="pk_pool_use"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("pool_use")
    op.drop_table("notice")
    for name in ("ix_lead_parked", "ix_lead_look"):
        op.drop_index(name, "lead")
    op.drop_column("offer", "ended_at")
    for name in ("recycles", "parked_seconds", *reversed(_CLOCKS)):
        op.drop_column("lead", name)


def _index(name: str, table: str, columns: list[str], where: str | None = None) -> None:
    condition = None if where is None else sa.text(where)
    op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)
