"""Tables of what is in force: policy and roster versions, policies to come, and small facts about the installation."""

from __future__ import annotations

from sqlalchemy import Column, Integer, Table, Text

from store.column_types import Bytes, Json, Moment
from store.table_making import metadata

#: Small facts about the installation: versions in force, the circuit, the key check.
service_state = Table(
    "service_state",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Json, nullable=False),
    Column("changed_at", Moment, nullable=False),
)

policy_version = Table(
    "policy_version",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("published_at", Moment, nullable=False),
    Column("author", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("secret", Bytes, nullable=False),
    Column("source_text", Text, nullable=False),
)

#: Policies to come: each waits until `due_at`, then is published, refused, or was cancelled before.
scheduled_policy = Table(
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

roster_version = Table(
    "roster_version",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("imported_at", Moment, nullable=False),
    Column("author", Text, nullable=False),
    Column("changes", Json, nullable=False),
    Column("document", Json, nullable=False),
)
