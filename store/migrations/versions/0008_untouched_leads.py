"""Which owned leads nobody has contacted yet is found without going through all owned ones.

Revision ID: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_UNTOUCHED = sa.text("state = 'owned' AND first_contact_at IS NULL")


def upgrade() -> None:
    op.create_index(
        "ix_lead_untouched", "lead", ["owned_at", "lead_id", "owner"],
        sqlite_where=_UNTOUCHED, postgresql_where=_UNTOUCHED,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_lead_untouched", "lead")
