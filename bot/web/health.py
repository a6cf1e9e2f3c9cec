"""`/healthz`, `/readyz`, `/metrics`: for supervisors and monitoring."""

from __future__ import annotations

import hmac

from aiohttp import web

from bot.services.desk import Desk
from bot.web.app_keys import SERVICES
from bot.web.problem_details import json_response, unauthenticated
from store import schema, versions

_WECOM = "WeCom can't be reached"


async def healthz(request: web.Request) -> web.Response:
    """Say that the process answers."""
    del request
    return json_response({"status": "ok"})


async def readyz(request: web.Request) -> web.Response:
    """Say whether leads can be taken and decided, and if not, why. Without a policy leads are taken, and wait."""
    services = request.app[SERVICES]
    try:
        missing = await services.runner.look(_missing)
    except Exception as error:  # noqa: BLE001  whatever is wrong with the database is the answer
        return json_response({"status": "not ready", "why": [f"database: {type(error).__name__}"]}, status=503)
    why = [*services.problems, *missing]
    # While WeCom is out of reach leads are still taken, and wait: a balancer must not turn them away.
    unready = [reason for reason in why if not reason.startswith(_WECOM)]
    return json_response({"status": "not ready" if unready else "ready", "why": why}, status=503 if unready else 200)


def _missing(desk: Desk) -> list[str]:
    connection = desk.tx.connection
    found = versions.states(connection, versions.POLICY_IN_FORCE, versions.ROSTER_IN_FORCE, versions.CIRCUIT)
    why = []
    if not schema.is_current(connection):
        why.append("the schema is not current: paidan db upgrade")
    if versions.ROSTER_IN_FORCE not in found:
        why.append("no team yet: paidan team import team.yaml")
    if versions.POLICY_IN_FORCE not in found:
        why.append("no policy in force: paidan policy publish policy.yaml")
    circuit = found.get(versions.CIRCUIT)
    if circuit:
        why.append(f"{_WECOM}: {circuit.get('reason')} (errcode {circuit.get('code')})")
    return why


async def metrics(request: web.Request) -> web.Response:
    """Give the counters to Prometheus; behind a token where one is set."""
    services = request.app[SERVICES]
    token = services.settings.metrics_token
    if token is not None and not has_bearer(request, token.get_secret_value()):
        return unauthenticated(request, "PAIDAN_METRICS_TOKEN")
    return web.Response(body=services.metrics.page(), content_type="text/plain")


def has_bearer(request: web.Request, token: str) -> bool:
    """Compare the bearer token in constant time."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    # Bytes that are no UTF-8 come as surrogates.
    sent = given.strip().encode("utf-8", "surrogateescape")
    return scheme.lower() == "bearer" and hmac.compare_digest(sent, token.encode())
