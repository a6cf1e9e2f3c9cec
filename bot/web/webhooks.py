"""`POST /webhooks/{source}`: a lead comes in; 202 once it is committed, else problem details that name the field."""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from aiohttp import web

from bot.lead_sources.delivery import read_delivery
from bot.lead_sources.fields import field_of
from bot.lead_sources.problems import Refused, TooMany, Unauthenticated, Unfit
from bot.lead_sources.source import Source
from bot.services.desk import Desk
from bot.services.receive import Incoming, KeyReused
from bot.web.app_keys import SERVICES, Services
from bot.web.problem_details import (
    answer_problems,
    json_response,
    locale_of,
    not_found,
    problem,
    problem_response,
)
from store import deliveries

log = structlog.get_logger()


async def receive_lead(request: web.Request) -> web.StreamResponse:
    """Verify, clean, commit, answer. Nothing is answered 2xx before the commit; every answer is counted."""
    services = request.app[SERVICES]
    started = asyncio.get_running_loop().time()
    # The net below all handlers is put up here already, so that what it answers is counted like the rest.
    answer = await answer_problems(request, _receive)
    name = request.match_info["source"]
    services.metrics.webhooks.labels(name if name in services.sources else "unknown", answer.status).inc()
    services.metrics.webhook_seconds.observe(asyncio.get_running_loop().time() - started)
    return answer


async def _receive(request: web.Request) -> web.Response:
    services = request.app[SERVICES]
    source = services.sources.get(request.match_info["source"])
    if source is None:
        return not_found(request)
    body = await request.read()
    now = services.clock.now()
    try:
        delivery = read_delivery(
            source,
            headers=request.headers,
            path_token=request.match_info.get("token"),
            body=body,
            content_type=request.headers.get("Content-Type"),
            now=now,
            admit=lambda: services.limits.admit(source, now),
        )
    except Refused as refused:
        return await _refuse(request, services, source, body, refused)
    incoming = Incoming(delivery.lead, delivery.delivery_key, delivery.body_hash)
    answer = await services.intake.submit(incoming)
    if isinstance(answer, KeyReused):
        zh = ("这个投递编号已用于另一份内容", "新内容请换一个 webhook-id 或 Idempotency-Key")
        en = ("this delivery key came before with another body", "use a new webhook-id or Idempotency-Key")
        return problem(request, 409, "key_reused", zh, en)
    return _accepted(source, answer)


def _accepted(source: Source, answer: dict[str, Any]) -> web.Response:
    headers = {"Paidan-Lead-Id": str(answer["lead_id"])}
    if source.answer is not None:
        return json_response(dict(source.answer), headers=headers)
    return json_response(answer, status=202, headers=headers)


async def _refuse(
    request: web.Request, services: Services, source: Source, body: bytes, refused: Refused
) -> web.Response:
    """Say what to mend, and keep what an authenticated sender posted, sealed: nothing is lost by our refusal.

    What is only too much now is not kept: its sender comes again, and a flood must not fill the disk.
    """
    details = refused.problem_details(locale_of(request))
    if not isinstance(refused, Unauthenticated | TooMany):
        fields = [_name_to_keep(item.field, source) for item in refused.problems] if isinstance(refused, Unfit) else []
        kept: dict[str, Any] = {"kind": refused.kind, "status": refused.status, "fields": fields}

        def keep(desk: Desk) -> None:
            deliveries.refuse(desk.tx.connection, source.name, kept, body, desk.tx.keys, desk.now)

        await services.runner.run(keep)
    log.info("delivery_refused", source=source.name, kind=refused.kind, status=refused.status)
    return problem_response(details, _headers(refused))


def _headers(refused: Refused) -> dict[str, str] | None:
    match refused:
        case Unauthenticated():
            return {"WWW-Authenticate": "Bearer"}
        case TooMany():
            return {"Retry-After": str(refused.retry_after)}
    return None


def _name_to_keep(name: str, source: Source) -> str:
    """Give a field's name as far as it is one of ours or of the sources file: a sender's own keys may be personal."""
    first, _, rest = name.replace("[", ".").partition(".")
    known = first == "$" or field_of(first) is not None or any(first == path[0] for path in source.fields.values())
    return (first if known else "*") + (".*" if rest else "")
