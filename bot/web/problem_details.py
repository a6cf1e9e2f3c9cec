"""Errors as RFC 9457 problem details, in the reader's language, saying what to mend; the net below all handlers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import orjson
import structlog
from aiohttp import web

from store.errors import Overloaded, StoreError

log = structlog.get_logger()

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def locale_of(request: web.Request) -> str:
    """Give `en` where the caller asks for English first, else `zh`."""
    return "en" if request.headers.get("Accept-Language", "").strip().lower().startswith("en") else "zh"


def problem(request: web.Request, status: int, kind: str, zh: tuple[str, str], en: tuple[str, str]) -> web.Response:
    """Give a problem: (what is wrong, how to mend it) in both languages."""
    detail, mend = en if locale_of(request) == "en" else zh
    members: dict[str, object] = {
        "type": f"urn:paidan:problem:{kind}", "title": detail, "status": status, "detail": detail, "mend": mend,
    }  # fmt: skip
    return problem_response(members)


def problem_response(members: dict[str, object], headers: dict[str, str] | None = None) -> web.Response:
    """Give problem details as an answer."""
    status = members.get("status")
    return web.Response(
        body=orjson.dumps(members),
        status=status if isinstance(status, int) else 500,
        content_type="application/problem+json",
        headers=headers,
    )


def json_response(document: object, *, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """Give a document as JSON."""
    return web.Response(body=orjson.dumps(document), status=status, content_type="application/json", headers=headers)


def not_found(request: web.Request) -> web.Response:
    """Say that there is no such thing."""
    return problem(
        request, 404, "not_found", ("没有这个地址或编号", "请检查拼写"), ("there is no such thing", "check the address")
    )


def unauthenticated(request: web.Request, setting: str) -> web.Response:
    """Say that the bearer token of this setting is missing or wrong."""
    answer = problem(
        request, 401, "unauthenticated", ("缺少或不正确的令牌", f"请带上 Authorization: Bearer <{setting}>"),
        ("the token is missing or wrong", f"send Authorization: Bearer <{setting}>"),
    )  # fmt: skip
    answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def busy(request: web.Request) -> web.Response:
    """Say that nothing was taken and the same may be sent again soon."""
    answer = problem(
        request,
        503,
        "busy",
        ("暂时无法保存", "请稍后原样重发"),
        ("it can't be stored now", "send the same again shortly"),
    )
    answer.headers["Retry-After"] = "2"
    return answer


@web.middleware
async def answer_problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn what went wrong into problem details; nothing that was sent is ever part of the answer or the log."""
    try:
        return await handler(request)
    except web.HTTPRequestEntityTooLarge:
        return problem(
            request,
            413,
            "too_large",
            ("内容过大", "请只发送线索字段"),
            ("the body is too large", "send the lead's fields only"),
        )
    except web.HTTPMethodNotAllowed as error:
        allowed = ", ".join(sorted(error.allowed_methods))
        zh, en = ("不支持这个方法", f"请用 {allowed}"), ("this method is not supported", f"use {allowed}")
        answer = problem(request, 405, "method", zh, en)
        answer.headers["Allow"] = allowed
        return answer
    except web.HTTPNotFound:
        return not_found(request)
    except web.HTTPException:
        raise
    except Overloaded:
        return busy(request)
    except StoreError as error:
        log.exception("store_failed", path=_route(request), error=type(error).__name__)
        return busy(request)
    except ConnectionResetError:
        raise
    except Exception as error:  # the caller gets a clean answer, the operator the traceback
        log.exception("request_failed", path=_route(request), error=type(error).__name__)
        return busy(request)


def _route(request: web.Request) -> str:
    """Give the route's pattern, never the path: it may carry a token."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else ""
