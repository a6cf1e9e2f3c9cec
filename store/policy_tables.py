"""Tables of policies, beside those of `store.tables`."""

from __future__ import annotations

from sqlalchemy import Column, Integer, MetaData, Table, Text

from store.column_types import Json, Moment


def scheduled_policies(metadata: MetaData) -> Table:
    """Give the table of policies to come: each waits until `due_at`, then is published, refused, or was cancelled before."""
    return Table(
        "scheduled_policy",
        metadata,
        Column("number", Integer, primary_key=True, autoincrement=False),
        Column("state", Text, nullable=False),
        Column("due_at", Moment, nullable=False),
        Column("asked_at", Moment, nullable=False),
        Column("author", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("source_text", Text, nullable=False),
        Column("ended_at", Moment),
        Column("ended_by", Text),
        Column("version", Integer),
        Column("problems", Json, nullable=False),
    )
