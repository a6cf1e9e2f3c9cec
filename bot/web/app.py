"""The aiohttp application: routes and middlewares, nothing else."""

from __future__ import annotations

from aiohttp import web

from bot.web import api, health, webhooks, wecom_callback
from bot.web.app_keys import SERVICES, Services
from bot.web.problem_details import answer_problems

#: No body is read beyond this; sources have their own, smaller limits.
MOST_BODY_BYTES = 1024 * 1024


def build_app(services: Services) -> web.Application:
    """Give the application of one service."""
    app = web.Application(middlewares=[answer_problems], client_max_size=MOST_BODY_BYTES)
    app[SERVICES] = services
    app.router.add_post("/webhooks/{source}", webhooks.receive_lead)
    app.router.add_post("/webhooks/{source}/{token}", webhooks.receive_lead)
    app.router.add_get("/wecom/callback", wecom_callback.verify_address, allow_head=False)
    app.router.add_post("/wecom/callback", wecom_callback.take_callback)
    app.router.add_get("/healthz", health.healthz)
    app.router.add_get("/readyz", health.readyz)
    app.router.add_get("/metrics", health.metrics)
    api.add_routes(app)
    return app
