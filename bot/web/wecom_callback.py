"""`/wecom/callback`: what members do in WeCom. 200 only after the effect is committed; 503 asks WeCom to come again."""

from __future__ import annotations

import asyncio

import structlog
from aiohttp import web

from bot.web.app_keys import SERVICES, Services
from bot.wecom.callbacks import Other, read_callback
from bot.wecom.crypto import CallbackCrypto, CallbackRefused, Senseless
from store.errors import Overloaded, StoreError

log = structlog.get_logger()

#: WeCom drops the connection after 5 s; a commit that takes longer than this is answered 503, so that WeCom retries.
ANSWER_WITHIN = 3.0


async def verify_address(request: web.Request) -> web.Response:
    """Answer WeCom's check of the callback address with the decrypted echo."""
    services, crypto = _crypto(request)
    try:
        plain = crypto.verify_address(request.query, now=services.clock.now())
    except CallbackRefused as refused:
        return _refused(services, refused)
    except Senseless:
        services.metrics.callbacks.labels("senseless").inc()
        return web.Response()
    services.metrics.callbacks.labels("verified").inc()
    return web.Response(text=plain)


async def take_callback(request: web.Request) -> web.Response:
    """Take one tap, text or event. The effect and its reply are committed together before the 200."""
    services, crypto = _crypto(request)
    started = asyncio.get_running_loop().time()
    try:
        settings = services.settings
        xml = crypto.open(request.query, await request.read(), now=services.clock.now())
        item = read_callback(xml, corp_id=settings.wecom_corp_id or "", agent_id=settings.wecom_agent_id or 0)
    except web.HTTPRequestEntityTooLarge:
        return _refused(services, CallbackRefused("body too big"))
    except CallbackRefused as refused:
        return _refused(services, refused)
    except Senseless as senseless:
        services.metrics.callbacks.labels("senseless").inc()
        log.info("callback_senseless", reason=str(senseless))
        return web.Response()
    if isinstance(item, Other):
        services.metrics.callbacks.labels("ignored").inc()
        return web.Response()
    try:
        async with asyncio.timeout(ANSWER_WITHIN):
            await services.inbox.submit(item)
    except (TimeoutError, Overloaded, StoreError):
        services.metrics.callbacks.labels("late").inc()
        return web.Response(status=503)
    except Exception:  # WeCom comes again; what failed is in the log
        log.exception("callback_failed")
        services.metrics.callbacks.labels("failed").inc()
        return web.Response(status=503)
    services.metrics.callbacks.labels("taken").inc()
    services.metrics.callback_seconds.observe(asyncio.get_running_loop().time() - started)
    return web.Response()


def _crypto(request: web.Request) -> tuple[Services, CallbackCrypto]:
    services = request.app[SERVICES]
    if services.crypto is None:
        raise web.HTTPNotFound
    return services, services.crypto


def _refused(services: Services, refused: CallbackRefused) -> web.Response:
    services.metrics.callbacks.labels("refused").inc()
    log.warning("callback_refused", reason=str(refused))
    return web.Response(status=403)
