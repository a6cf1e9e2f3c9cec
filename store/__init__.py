"""Remembers: facts, counters, messages to be sent and deadlines to be kept, on SQLite or PostgreSQL."""

from sqlalchemy import Connection

__all__ = ["Connection"]
