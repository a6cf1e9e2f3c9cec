"""`/openapi.json`: the OpenAPI 3.1 description, made from the list of operations and the models of the answers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from typing import Any

import orjson
from aiohttp import web
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from bot.web.api_models import Problem
from bot.web.operations import JSON, OPERATIONS, Operation, Parameter

#: Of the description, as `/api/v1` says it; it moves when answers change their meaning.
API_VERSION = "1.0"
_REF = "#/components/schemas/{model}"
_ABOUT = (
    "Leads come in by webhook and reach a rep's chat; here is how to send them and how to read what became of them. "
    "Times are ISO 8601 with the offset of the policy's zone. Errors are problem details (RFC 9457), in English where "
    "`Accept-Language` begins with `en`."
)
_TOKENS = {
    "api": {
        "type": "http",
        "scheme": "bearer",
        "description": "PAIDAN_API_TOKEN; without that setting all is closed (403)",
    },
    "metrics": {"type": "http", "scheme": "bearer", "description": "PAIDAN_METRICS_TOKEN, where it is set"},
}


async def describe(request: web.Request) -> web.Response:
    """Give the description."""
    del request
    return web.Response(body=description(), content_type="application/json")


@cache
def description() -> bytes:
    """Make the description; it depends on nothing but the program."""
    document = {
        "openapi": "3.1.0",
        "info": {"title": "paidan", "version": API_VERSION, "description": _ABOUT},
        "paths": _paths(),
        "components": {"schemas": _schemas(), "securitySchemes": _TOKENS},
    }
    return orjson.dumps(document)


def _schemas() -> Mapping[str, Any]:
    models: set[type[BaseModel]] = set()
    for operation in OPERATIONS:
        models |= {model for model in (*operation.answers.values(), operation.body) if isinstance(model, type)}
    wanted = sorted(models, key=lambda model: model.__name__)
    _, schemas = models_json_schema([(model, "serialization") for model in wanted], ref_template=_REF)
    found: Mapping[str, Any] = schemas["$defs"]
    return found


def _paths() -> dict[str, dict[str, Any]]:
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _operation(operation)
    return paths


def _operation(operation: Operation) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": f"{operation.method}{operation.path.translate(_NAMES)}",
        "summary": operation.summary,
        "tags": [operation.tag],
        "parameters": [_parameter(parameter) for parameter in operation.parameters],
        "responses": {str(status): _answer(status, model) for status, model in operation.answers.items()},
    }
    if operation.body is not None:
        told["requestBody"] = {"required": True, "content": _content(operation.body)}
    if operation.opened_by is not None:
        told["security"] = [{operation.opened_by: []}]
    return told


_NAMES = str.maketrans({"/": "_", "{": "", "}": "", ".": "_"})


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name, "in": parameter.where, "required": parameter.required,
        "description": parameter.description, "schema": parameter.schema,
    }  # fmt: skip


def _answer(status: int, model: type[BaseModel] | str | None) -> dict[str, Any]:
    told: dict[str, Any] = {"description": HTTPStatus(status).phrase}
    if model is not None:
        told["content"] = _content(model)
    return told


def _content(model: type[BaseModel] | str) -> dict[str, Any]:
    if isinstance(model, str):
        return {model: {"schema": {"type": "object" if model == JSON else "string"}}}
    media = "application/problem+json" if model is Problem else JSON
    return {media: {"schema": {"$ref": _REF.format(model=model.__name__)}}}
