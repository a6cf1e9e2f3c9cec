"""What every API call passes: faults, caller's address, token, frequency, JSON, and WeCom's way of refusing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import orjson
from aiohttp import web

from sandbox.errors import WeComError, error_body
from sandbox.faults import API_ERRORS
from sandbox.json_fields import Json
from sandbox.records import Refusal
from sandbox.state import Sandbox

_BAD_GATEWAY = "<html><head><title>502 Bad Gateway</title></head><body><center>nginx</center></body></html>"
_TOKEN_INVALID, _TOKEN_EXPIRED, _IP_REFUSED = 40014, 42001, 60020
_NO_TOKEN = frozenset({"gettoken"})
_UNCOUNTED = frozenset({"gettoken", "message/send"})


@dataclass(frozen=True, slots=True)
class ApiCall:
    """One API call as the handlers see it.

    Attributes:
        agent_id: The application that the token belongs to; 0 for calls without one.
        body: The request's JSON object, empty when it was malformed.
        raw: The request's bytes.
    """

    endpoint: str
    agent_id: int
    query: Mapping[str, str]
    body: Json
    raw: bytes
    caller_ip: str


ApiHandler = Callable[[Sandbox, ApiCall], dict[str, object]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An API path with its method and handler."""

    method: str
    handler: ApiHandler


class ApiGate:
    """Runs calls of ``/cgi-bin/…`` against one sandbox."""

    def __init__(self, sandbox: Sandbox, endpoints: Mapping[str, Endpoint]) -> None:
        self._sandbox = sandbox
        self._endpoints = endpoints

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one call, or break the connection if a fault says so."""
        sandbox = self._sandbox
        name = request.match_info["endpoint"]
        endpoint = self._endpoints.get(name)
        if endpoint is None:
            return web.Response(status=404, text="<html>404</html>", content_type="text/html")
        sandbox.records.requests[name] += 1
        wait_s, struck = sandbox.faults.strike(name)
        raw = await request.read()
        if wait_s:
            await asyncio.sleep(wait_s)
        if struck == "drop_before":
            return _break_off(request)
        if struck == "bad_gateway":
            return web.Response(status=502, text=_BAD_GATEWAY, content_type="text/html")
        answer = self._answer(request, name, endpoint, raw, struck)
        if struck == "drop_after":
            return _break_off(request)
        encoded = orjson.dumps(answer)
        if struck == "malformed_json":
            encoded = encoded[: len(encoded) // 2]
        return web.Response(body=encoded, content_type="application/json", charset="utf-8")

    def _answer(
        self, request: web.Request, name: str, endpoint: Endpoint, raw: bytes, struck: str
    ) -> dict[str, object]:
        sandbox = self._sandbox
        caller_ip = request.remote or ""
        body, malformed = _parse(raw) if endpoint.method == "POST" else ({}, False)
        try:
            sandbox.limits.enter(name)
            try:
                self._inject(struck, name, request)
                agent_id = self._admit(request, name, endpoint, caller_ip)
                self._caution(name, raw)
                answer = endpoint.handler(sandbox, ApiCall(name, agent_id, request.query, body, raw, caller_ip))
            finally:
                sandbox.limits.leave(name)
        except WeComError as error:
            injected = struck in API_ERRORS and error.code == API_ERRORS[struck]
            now = sandbox.clock.now()
            sandbox.records.refuse(Refusal(now, name, error.code, error.text, injected))
            text = f"{error.text}. Warning: wrong json format. " if malformed else error.text
            return error_body(error.code, text, now=now, caller_ip=caller_ip)
        return {"errcode": 0, "errmsg": "ok", **answer}

    def _inject(self, struck: str, name: str, request: web.Request) -> None:
        """Raise the error of a fault; the faults of tokens really end the token.

        Faults that gettoken cannot have (tokens, trusted addresses) pass it by.
        """
        code = API_ERRORS.get(struck)
        if code is None or (name in _NO_TOKEN and code in (_TOKEN_INVALID, _TOKEN_EXPIRED, _IP_REFUSED)):
            return
        token = request.query.get("access_token", "")
        if code == _TOKEN_EXPIRED:
            self._sandbox.tokens.age_value(token)
        elif code == _TOKEN_INVALID:
            self._sandbox.tokens.revoke_value(token)
        raise WeComError(code)

    def _admit(self, request: web.Request, name: str, endpoint: Endpoint, caller_ip: str) -> int:
        sandbox = self._sandbox
        if name in _NO_TOKEN:
            return 0
        agent_id = sandbox.tokens.check(request.query.get("access_token", ""))
        if sandbox.config.trusted_ips and caller_ip not in sandbox.config.trusted_ips:
            raise WeComError(60020)
        if name not in _UNCOUNTED:
            sandbox.limits.count_call(name)
        if request.method != endpoint.method and endpoint.method == "POST":
            raise WeComError(40058, "POST expected")
        return agent_id

    def _caution(self, name: str, raw: bytes) -> None:
        if b"\\u" in raw:
            self._sandbox.records.warn(self._sandbox.clock.now(), name, "\\uxxxx escapes in the request (40033)")


def _parse(raw: bytes) -> tuple[Json, bool]:
    """Return the JSON object, and whether it was malformed: WeCom then carries on without parameters."""
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return {}, True
    return (body, False) if isinstance(body, dict) else ({}, True)


def _break_off(request: web.Request) -> web.Response:
    """Reset the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
