"""`/openapi.json` and what the service really answers are the same thing."""

from typing import Any

import pytest
from pydantic import BaseModel

from bot.web.app import build_app
from bot.web.operations import OPERATIONS, Operation
from tests.bot.web.web_world import SOURCE_TOKEN, Reply, World

LEAD = {"phone": "13800000077", "province": "上海"}


def _of(method: str, path: str) -> Operation:
    return next(one for one in OPERATIONS if (one.method, one.path) == (method.lower(), path))


def _fits(operation: Operation, reply: Reply) -> None:
    """The status is one that is described, and the body is what is described for it, field by field."""
    assert reply.status in operation.answers, (operation.method, operation.path, reply.status)
    model = operation.answers[reply.status]
    media = reply.headers.get("Content-Type", "").partition(";")[0]
    if isinstance(model, type):
        assert issubclass(model, BaseModel)
        assert model.model_validate_json(reply.text).model_dump(mode="json").keys() >= reply.json.keys()
        assert media == ("application/problem+json" if model.__name__ == "Problem" else "application/json")
    elif model is not None:
        assert media == model


async def test_every_route_is_described_and_nothing_else(world: World) -> None:
    """A route without a description, or the other way round, turns this red; pages of the console are for people."""
    routes = {
        (route.method.lower(), route.resource.canonical)
        for route in build_app(world.service.services).router.routes()
        if route.resource is not None and route.method not in {"HEAD", "*"}
    }
    described = {(one.method, one.path) for one in OPERATIONS}

    assert {(method, path) for method, path in routes if not path.startswith("/console")} == described


async def test_the_description_is_whole(world: World) -> None:
    """Every reference leads to a schema, every path parameter is described, every operation has a name of its own."""
    document = (await world.get("/openapi.json", token=None)).json
    schemas = document["components"]["schemas"]
    operations = [one for path in document["paths"].values() for one in path.values()]

    assert document["openapi"].startswith("3.1")
    assert {reference.rpartition("/")[2] for reference in _references(document)} <= schemas.keys()
    assert len({one["operationId"] for one in operations}) == len(operations) == len(OPERATIONS)
    for path, methods in document["paths"].items():
        for one in methods.values():
            named = {parameter["name"] for parameter in one["parameters"] if parameter["in"] == "path"}
            assert {part.strip("{}") for part in path.split("/") if part.startswith("{")} == named
    assert {"Lead", "LeadPage", "RepList", "Decision", "DecidePreview", "Problem", "LeadAccepted"} <= schemas.keys()


def _references(part: Any) -> set[str]:
    if isinstance(part, dict):
        own = {part["$ref"]} if isinstance(part.get("$ref"), str) else set()
        return own.union(*(_references(value) for value in part.values()))
    return set().union(*(_references(value) for value in part)) if isinstance(part, list) else set()


CALLS: list[tuple[str, str, str, dict[str, Any]]] = [
    ("POST", "/webhooks/{source}", "/webhooks/landing", {"json": LEAD, "token": SOURCE_TOKEN}),
    ("POST", "/webhooks/{source}", "/webhooks/landing", {"json": LEAD, "token": "wrong"}),
    ("POST", "/webhooks/{source}", "/webhooks/landing", {"json": {"name": "x"}, "token": SOURCE_TOKEN}),
    ("POST", "/webhooks/{source}", "/webhooks/landing", {"data": b"{", "token": SOURCE_TOKEN}),
    ("POST", "/webhooks/{source}", "/webhooks/landing", {"data": b"x" * 300_000, "token": SOURCE_TOKEN}),
    ("POST", "/webhooks/{source}", "/webhooks/nobody", {"json": LEAD}),
    ("POST", "/webhooks/{source}/{token}", "/webhooks/landing/x", {"json": LEAD, "token": None}),
    ("GET", "/api/v1/leads/{id}", "/api/v1/leads/L1001", {}),
    ("GET", "/api/v1/leads/{id}", "/api/v1/leads/L1001?reveal=true", {}),
    ("GET", "/api/v1/leads/{id}", "/api/v1/leads/L1001?reveal=x", {}),
    ("GET", "/api/v1/leads/{id}", "/api/v1/leads/L999", {}),
    ("GET", "/api/v1/leads/{id}", "/api/v1/leads/L1001", {"token": "wrong"}),
    ("GET", "/api/v1/leads", "/api/v1/leads?limit=1", {}),
    ("GET", "/api/v1/leads", "/api/v1/leads?state=sold", {}),
    ("GET", "/api/v1/reps", "/api/v1/reps", {}),
    ("GET", "/api/v1/reps", "/api/v1/reps?x=1", {}),
    ("GET", "/api/v1/decisions/{id}", "/api/v1/decisions/D1001?trace=1", {}),
    ("GET", "/api/v1/decisions/{id}", "/api/v1/decisions/D999", {}),
    ("POST", "/api/v1/decide", "/api/v1/decide?trace=1", {"json": LEAD}),
    ("POST", "/api/v1/decide", "/api/v1/decide", {"json": []}),
    ("POST", "/api/v1/decide", "/api/v1/decide", {"data": b"x", "headers": {"Content-Type": "image/png"}}),
    ("GET", "/l/{id}", "/l/L1001", {}),
    ("POST", "/l/{id}", "/l/L1001", {"data": b"t=x"}),
    ("GET", "/d/{id}", "/d/L1001", {}),
    ("POST", "/d/{id}", "/d/L1001", {"data": b"t=x"}),
    ("GET", "/d/{id}/file", "/d/L1001/file", {}),
    ("GET", "/wecom/callback", "/wecom/callback", {}),
    ("POST", "/wecom/callback", "/wecom/callback", {"data": b"<xml/>"}),
    ("GET", "/healthz", "/healthz", {}),
    ("GET", "/readyz", "/readyz", {}),
    ("GET", "/metrics", "/metrics", {}),
    ("GET", "/openapi.json", "/openapi.json", {}),
]


def test_every_operation_is_driven() -> None:
    """What follows leaves none out."""
    assert {(method.lower(), path) for method, path, _, _ in CALLS} == {(one.method, one.path) for one in OPERATIONS}


@pytest.mark.parametrize(("method", "path", "address", "more"), CALLS)
async def test_answers_are_as_described(
    world: World, method: str, path: str, address: str, more: dict[str, Any]
) -> None:
    """Good and bad answers alike have a described status and exactly the described fields."""
    await world.post_lead()
    await world.accept("L1001")
    await world.post_lead(company="华医", company_size=800, quantity=2, budget=1000, behaviour={"pages": 3})

    _fits(_of(method, path), await world.call(method, address, **more))
