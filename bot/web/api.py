"""The API: leads, reps, decisions. A bearer token opens it; personal fields are masked until revealed."""

from __future__ import annotations

from aiohttp import web

from bot.web.api_access import guarded
from bot.web.api_leads import many_leads, one_lead


def add_routes(app: web.Application) -> None:
    """Add the API's routes."""
    app.router.add_get("/api/v1/leads", guarded(many_leads))
    app.router.add_get("/api/v1/leads/{id}", guarded(one_lead))
