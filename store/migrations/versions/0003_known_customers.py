"""A customer is found among the leads that count, not among all the visits that were merged into them.

Revision ID: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_IDENTITIES = ("phone", "wechat", "email", "company")
#: A search by phone finds merged visits too, so that its index stays beside the new one.
_SEARCHED = "phone"


def upgrade() -> None:
    for identity in _IDENTITIES:
        if identity != _SEARCHED:
            op.drop_index(f"ix_lead_{identity}_index", "lead")
        known = f"{identity}_index IS NOT NULL AND state <> 'merged' AND state <> 'invalid'"
        _index(f"ix_lead_known_{identity}", identity, known)


def downgrade() -> None:
    for identity in _IDENTITIES:
        op.drop_index(f"ix_lead_known_{identity}", "lead")
        if identity != _SEARCHED:
            _index(f"ix_lead_{identity}_index", identity, f"{identity}_index IS NOT NULL")


def _index(name: str, identity: str, condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, "lead", [f"{identity}_index", "lead_id"], sqlite_where=where, postgresql_where=where)
