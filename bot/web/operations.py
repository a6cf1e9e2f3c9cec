"""Every operation that the service answers over HTTP, as data: `/openapi.json` is made from this list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, get_args

from pydantic import BaseModel

from bot.web.api_models import (
    DecidePreview,
    Decision,
    Health,
    Lead,
    LeadAccepted,
    LeadPage,
    LeadPost,
    LeadState,
    Problem,
    Readiness,
    RepList,
)

HTML, TEXT, XML, JSON = "text/html", "text/plain", "text/xml", "application/json"
FORM = "application/x-www-form-urlencoded"
_STRING = {"type": "string"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an operation; `where` is path, query or header."""

    name: str
    where: str
    description: str
    schema: Mapping[str, Any] = field(default_factory=lambda: _STRING)
    required: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address.

    Attributes:
        answers: status -> model of the answer's JSON, a media type where it is no JSON, None where there is no body.
        body: model or media type of what is sent.
        opened_by: which bearer token it asks for, if any: `api` or `metrics`.
    """

    method: str
    path: str
    summary: str
    tag: str
    answers: Mapping[int, type[BaseModel] | str | None]
    parameters: tuple[Parameter, ...] = ()
    body: type[BaseModel] | str | None = None
    opened_by: str | None = None


def _answers(good: type[BaseModel] | str | None, *problems: int, status: int = 200) -> Mapping[int, Any]:
    return MappingProxyType({status: good, **dict.fromkeys(problems, Problem)})


def _path(name: str, description: str) -> Parameter:
    return Parameter(name, "path", description, required=True)


_REVEAL = Parameter(
    "reveal", "query", "show personal fields whole; every lead shown is recorded", {"type": "boolean", "default": False}
)
_TRACE = Parameter(
    "trace", "query", "also the facts, and what each factor brought", {"type": "boolean", "default": False}
)
_CLOSED = (401, 403, 503)
_DELIVERY = (
    Parameter("webhook-id", "header", "key of this delivery: the same again gets the stored answer"),
    Parameter("webhook-timestamp", "header", "Unix seconds, at most 5 minutes off (standard_webhooks)"),
    Parameter("webhook-signature", "header", "v1,<base64> (standard_webhooks)"),
    Parameter("Idempotency-Key", "header", "in place of webhook-id"),
    Parameter("Authorization", "header", "Bearer <token> (bearer)"),
    Parameter("X-Signature", "header", "sha256=<hex> of the body (hmac_sha256; the name is configured)"),
)
_SIGNED = tuple(
    Parameter(name, "query", "as WeCom sends it", required=True) for name in ("msg_signature", "timestamp", "nonce")
)
_LEAD_FILTERS = (
    Parameter("source", "query", "name of a source"),
    Parameter("external_id", "query", "the source's own id"),
    Parameter("phone", "query", "in any spelling"),
    Parameter("state", "query", "a lead state", {"type": "string", "enum": list(get_args(LeadState))}),
    Parameter("owner", "query", "a rep's id"),
    Parameter("limit", "query", "most leads", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}),
    Parameter("cursor", "query", "`next` of the page before"),
    _REVEAL,
)
_SOURCE = _path("source", "name of a configured source")
_URL_TOKEN = _path("token", "the source's url token")
_REFUSALS = (400, 401, 404, 409, 413, 415, 422, 429, 503)

OPERATIONS: tuple[Operation, ...] = (
    Operation("post", "/webhooks/{source}", "Take a lead; answered once it is committed", "webhooks",
              _answers(LeadAccepted, *_REFUSALS, status=202), (_SOURCE, *_DELIVERY), LeadPost),
    Operation("post", "/webhooks/{source}/{token}", "Take a lead of a source whose address is its proof", "webhooks",
              _answers(LeadAccepted, *_REFUSALS, status=202), (_SOURCE, _URL_TOKEN), LeadPost),
    Operation("get", "/api/v1/leads/{id}", "One lead with its offers, decisions and timeline", "leads",
              _answers(Lead, 400, *_CLOSED, 404), (_path("id", "L1024, l1024 or 1024"), _REVEAL), opened_by="api"),
    Operation("get", "/api/v1/leads", "Leads by filters, newest first", "leads",
              _answers(LeadPage, 400, *_CLOSED), _LEAD_FILTERS, opened_by="api"),
    Operation("get", "/api/v1/reps", "Where everybody who takes leads stands", "reps",
              _answers(RepList, 400, *_CLOSED), opened_by="api"),
    Operation("get", "/api/v1/decisions/{id}", "A stored decision, replayed: every rep with the reason", "decisions",
              _answers(Decision, 400, *_CLOSED, 404, 500), (_path("id", "D2048 or 2048"), _TRACE), opened_by="api"),
    Operation("post", "/api/v1/decide", "Who would get this lead, and why; writes nothing", "decisions",
              _answers(DecidePreview, 400, *_CLOSED, 409, 413, 415, 422),
              (Parameter("source", "query", "the source it would come from"), _TRACE), LeadPost, opened_by="api"),
    Operation("get", "/l/{id}", "What a signed link leads to: a button that opens the lead's page", "pages",
              MappingProxyType({200: HTML, 403: HTML, 404: Problem, 410: HTML}),
              (_path("id", "L1024"), Parameter("t", "query", "the signature", required=True))),
    Operation("post", "/l/{id}", "A lead's page; the link, whose signature is the form's `t`, works once", "pages",
              MappingProxyType({200: HTML, 403: HTML, 404: Problem, 410: HTML, 413: Problem}),
              (_path("id", "L1024"),), FORM),
    Operation("get", "/d/{id}", "What the link to a document leads to: a button that opens it", "pages",
              MappingProxyType({200: HTML, 403: HTML, 404: Problem, 410: HTML}),
              (_path("id", "L1024"), Parameter("t", "query", "the signature", required=True))),
    Operation("post", "/d/{id}", "Opens a document, which is recorded, and leads on to its file", "pages",
              MappingProxyType({303: None, 403: HTML, 404: Problem, 410: HTML, 413: Problem}),
              (_path("id", "L1024"),), FORM),
    Operation("get", "/d/{id}/file", "The file of a document that was opened just now", "pages",
              MappingProxyType({200: "application/octet-stream", 403: HTML, 404: Problem, 410: HTML}),
              (_path("id", "L1024"), Parameter("t", "query", "the signature", required=True))),
    Operation("get", "/wecom/callback", "WeCom checks the callback address", "wecom",
              MappingProxyType({200: TEXT, 403: None, 404: Problem}),
              (*_SIGNED, Parameter("echostr", "query", "sealed text to be sent back", required=True))),
    Operation("post", "/wecom/callback", "What members do in WeCom", "wecom",
              MappingProxyType({200: None, 403: None, 404: Problem, 503: None}), _SIGNED, XML),
    Operation("get", "/healthz", "The process answers", "operation", _answers(Health)),
    Operation("get", "/readyz", "Leads can be taken and decided", "operation",
              MappingProxyType({200: Readiness, 503: Readiness})),
    Operation("get", "/metrics", "Counters for Prometheus", "operation",
              MappingProxyType({200: TEXT, 401: Problem}), opened_by="metrics"),
    Operation("get", "/openapi.json", "This description", "operation", MappingProxyType({200: JSON})),
)  # fmt: skip
