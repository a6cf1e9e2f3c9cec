"""The API: leads, reps, decisions. A bearer token opens it; personal fields are masked until revealed."""

from __future__ import annotations

from aiohttp import web

from bot.web.api_access import guarded
from bot.web.api_decisions import decide_lead, one_decision
from bot.web.api_leads import many_leads, one_lead
from bot.web.api_reps import all_reps
from bot.web.document_page import document_file, document_page, open_document_page
from bot.web.lead_page import lead_page, open_lead_page
from bot.web.openapi import describe


def add_routes(app: web.Application) -> None:
    """Add the API's routes."""
    app.router.add_get("/api/v1/leads", guarded(many_leads))
    app.router.add_get("/api/v1/leads/{id}", guarded(one_lead))
    app.router.add_get("/api/v1/reps", guarded(all_reps))
    app.router.add_get("/api/v1/decisions/{id}", guarded(one_decision))
    app.router.add_post("/api/v1/decide", guarded(decide_lead))
    app.router.add_get("/openapi.json", describe)
    app.router.add_get("/l/{id}", lead_page, allow_head=False)
    app.router.add_post("/l/{id}", open_lead_page)
    app.router.add_get("/d/{id}", document_page, allow_head=False)
    app.router.add_post("/d/{id}", open_document_page)
    app.router.add_get("/d/{id}/file", document_file, allow_head=False)
