"""Tables of what happens after 接单: what people are told in one go, and what reps have done with the pool."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, Index, Integer, Table, Text

from store.column_types import Json, Moment
from store.table_making import NEVER_AGAIN, ONE_TREE, RowId, metadata

#: What one person is to be told in one go: reminders of several leads, leads lost. Told when the person is on duty.
notice = Table(
    "notice",
    metadata,
    Column("notice_id", RowId, primary_key=True),
    Column("to_member", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("lead_id", BigInteger, nullable=False),
    Column("detail", Json, nullable=False),
    Column("noted_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    **NEVER_AGAIN,
)
Index("ix_notice_due_at", notice.c.due_at, notice.c.to_member)
Index("ix_notice_to_member", notice.c.to_member, notice.c.notice_id)

#: What each rep has done with the pool on one local day.
pool_use = Table(
    "pool_use",
    metadata,
    Column("rep_id", Text, primary_key=True),
    Column("used_on", Date, nullable=False),
    Column("claims", Integer, nullable=False),
    Column("views", Integer, nullable=False),
    **ONE_TREE,
)
