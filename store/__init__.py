"""Remembers: facts, counters, messages to be sent and deadlines to be kept, on SQLite or PostgreSQL."""
