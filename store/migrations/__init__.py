"""Brings the schema up to date, step by step, with Alembic. Only `store.schema.upgrade` comes here."""
