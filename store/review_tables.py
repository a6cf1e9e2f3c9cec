"""Tables of what managers review, of the scores by which the best leads are told, and of documents."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Index, Integer, Table, Text

from store.column_types import Bytes, Moment
from store.table_making import NEVER_AGAIN, ONE_TREE, RowId, metadata, partial_index

#: Condition of a partial index; questions repeat it in these words.
OPEN_ITEM = "closed_at IS NULL"

#: Files of documents that policies name, by the name and version written there.
document_file = Table(
    "document_file",
    metadata,
    Column("name", Text, primary_key=True),
    Column("version", Text, primary_key=True),
    Column("file_name", Text, nullable=False),
    Column("stored_at", Moment, nullable=False),
    Column("content", Bytes, nullable=False),
)

#: Why the policy put a lead before its managers, each reason once for a lead. One that is closed from the start was a
#: lead held back; one that is open concerns a lead that somebody has already.
review_item = Table(
    "review_item",
    metadata,
    Column("lead_id", BigInteger, ForeignKey("lead.lead_id"), primary_key=True, autoincrement=False),
    Column("reason", Text, primary_key=True),
    Column("opened_at", Moment, nullable=False),
    Column("closed_at", Moment),
    Column("closed_by", Text),
    Column("outcome", Text),
    **ONE_TREE,
)
partial_index("ix_review_item_open", OPEN_ITEM, review_item.c.opened_at, review_item.c.lead_id)

#: Cards that managers have about a lead, with the code that rewrites each once.
manager_card = Table(
    "manager_card",
    metadata,
    Column("card_id", RowId, primary_key=True),
    Column("lead_id", BigInteger, ForeignKey("lead.lead_id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("review_no", Integer, nullable=False),
    Column("member", Text, nullable=False),
    Column("sent_at", Moment, nullable=False),
    Column("sealed_code", Bytes, nullable=False),
    **NEVER_AGAIN,
)
Index("ix_manager_card_lead", manager_card.c.lead_id)
Index("ix_manager_card_sent_at", manager_card.c.sent_at)

#: How many leads of each local day had which score, packed (store/score_days.py); `before` counts the days of the window
#: that went before.
score_day = Table(
    "score_day",
    metadata,
    Column("on_day", Date, primary_key=True, autoincrement=False),
    Column("counts", Bytes, nullable=False),
    Column("before", Bytes, nullable=False),
    Column("balance", BigInteger, nullable=False),
    **ONE_TREE,
)
