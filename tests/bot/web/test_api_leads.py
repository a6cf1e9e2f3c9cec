"""`/api/v1/leads`: what became of a lead, and leads by filters."""

from datetime import datetime, timedelta

import pytest

from bot.services import parking, recycling
from tests.bot.web.web_world import World

DOCUMENTED = {"id", "external_id", "state", "owner", "score", "grade", "phone", "offers", "decision_id", "timeline"}
OF_AN_OFFER = {"offer_no", "round", "race", "rep", "state", "offered_at", "deadline_at", "answered_at"}


async def test_a_lead_is_shown_with_its_offers_and_its_history(either_world: World) -> None:
    """The documented shape: state, offers and timeline move on when the rep accepts."""
    lead = await either_world.post_lead(budget=200_000)
    offered = (await either_world.get(f"/api/v1/leads/{lead}")).json
    either_world.clock.pass_(minutes=3)
    rep = await either_world.accept(lead)
    owned = (await either_world.get(f"/api/v1/leads/{lead}")).json

    assert offered.keys() >= DOCUMENTED
    assert offered["offers"][0].keys() >= OF_AN_OFFER
    assert (offered["state"], offered["owner"], offered["phone"]) == ("offered", None, "138****0001")
    assert (offered["score"], offered["grade"], offered["external_id"]) == (70, "A", "web-1")
    assert (owned["state"], owned["owner"]) == ("owned", rep)
    assert [(one["rep"], one["state"], one["race"], one["round"]) for one in owned["offers"]] == [
        (rep, "accepted", False, 1)
    ]
    assert [event["event"] for event in owned["timeline"]] == ["received", "offered", "accepted"]
    assert [event["at"] for event in owned["timeline"]] == [
        "2026-11-20T10:30:00+08:00", "2026-11-20T10:30:00+08:00", "2026-11-20T10:33:00+08:00",
    ]  # fmt: skip
    assert datetime.fromisoformat(owned["owned_at"]).utcoffset() == timedelta(hours=8)
    assert owned["decision_id"] in owned["decision_ids"]


@pytest.mark.parametrize("spelling", ["L{}", "l{}", "{}"])
async def test_an_id_may_be_typed_as_people_type_it(world: World, spelling: str) -> None:
    """L1024, l1024 and 1024 are the same lead."""
    lead = await world.post_lead()

    assert (await world.get("/api/v1/leads/" + spelling.format(lead[1:]))).json["id"] == lead


@pytest.mark.parametrize("name", ["L99999", "D1001", "LL1", "-1", "1e3", "١٢٣", "9" * 19, "%00", "L" + "9" * 18])
async def test_what_is_no_lead_is_not_found(world: World, name: str) -> None:
    """An unknown or senseless id is a 404 problem, never a failure."""
    await world.post_lead()
    reply = await world.get(f"/api/v1/leads/{name}")

    assert (reply.status, reply.headers["Content-Type"]) == (404, "application/problem+json")
    assert reply.json["type"].endswith("not_found")


async def test_pages_are_complete_and_stay_so_while_leads_come_in(either_world: World) -> None:
    """Each lead that was there at the beginning comes exactly once, whatever comes in between the pages."""
    there = [await either_world.post_lead() for _ in range(7)]
    seen, cursor = [], ""
    while True:
        page = (await either_world.get(f"/api/v1/leads?limit=3{cursor}")).json
        seen += [item["id"] for item in page["items"]]
        await either_world.post_lead()
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"

    assert seen == there[::-1]


async def test_a_page_that_ends_exactly_has_no_next(world: World) -> None:
    """A cursor that leads to nothing would make callers ask once too often, or for ever."""
    for _ in range(3):
        await world.post_lead()

    assert (await world.get("/api/v1/leads?limit=3")).json["next"] is None
    assert (await world.get("/api/v1/leads?limit=2")).json["next"] is not None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("phone=13800000002", ["L1002"]),
        ("phone=%2B86 138-0000-0002", ["L1002"]),
        ("phone=+8613800000002", ["L1002"]),
        ("phone=１３８００００００02", ["L1002"]),
        ("source=other", ["L1003"]),
        ("source=landing&external_id=web-1", ["L1001"]),
        ("source=other&external_id=web-1", []),
        ("external_id=web-3", ["L1003"]),
        ("external_id=web-9", []),
        ("state=owned", ["L1001"]),
        ("state=offered&source=landing", ["L1002"]),
        ("owner=nobody", []),
        ("external_id=web-1&state=offered", []),
        ("", ["L1003", "L1002", "L1001"]),
    ],
)
async def test_leads_are_found_by_filters(world: World, query: str, found: list[str]) -> None:
    """Every filter narrows; a phone is found in any spelling, an owner in any case, an external id without its source."""
    await world.post_lead()
    await world.post_lead()
    await world.post_lead("other")
    rep = await world.accept("L1001")

    reply = await world.get(f"/api/v1/leads?{query}")
    assert [item["id"] for item in reply.json["items"]] == found
    assert [item["id"] for item in (await world.get(f"/api/v1/leads?owner={rep.upper()}")).json["items"]] == ["L1001"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=many", "limit"),
        ("limit=-1", "limit"),
        ("cursor=xyz", "cursor"),
        ("cursor=" + "9" * 30, "cursor"),
        ("state=sold", "state"),
        ("phone=abc", "phone"),
        ("reveal=perhaps", "reveal"),
        ("phnoe=13800000001", "phnoe"),
    ],
)
async def test_a_wrong_parameter_is_named(world: World, query: str, field: str) -> None:
    """A misspelt filter must not quietly give everything."""
    reply = await world.get(f"/api/v1/leads?{query}", headers={"Accept-Language": "en"})

    assert reply.status == 400
    assert [error["field"] for error in reply.json["errors"]] == [field]
    assert reply.json["mend"]


async def test_an_update_and_a_merged_visit_are_told(world: World) -> None:
    """A merged lead says into which one; the surviving one says who visited again."""
    first = await world.post_lead(phone="13900001111")
    merged_into = await world.post_lead(phone="13900001111")
    page = (await world.get("/api/v1/leads?state=merged")).json

    assert merged_into == first
    assert [item["merged_into"] for item in page["items"]] == [first]
    assert "visited_again" in [event["event"] for event in (await world.get(f"/api/v1/leads/{first}")).json["timeline"]]


async def test_b05_the_api_tells_who_owned_a_lead_when_for_how_long_and_why_no_more(either_world: World) -> None:
    """B-05: the history of ownership; a parked lead says until when, a recycled one how often."""
    world, runner = either_world, either_world.service.services.runner
    lead = await world.post_lead()
    number = int(lead[1:])
    rep = await world.accept(lead)
    until = world.clock.now() + timedelta(days=100)
    await runner.run(lambda desk: parking.park(desk, desk.tx.lead(number), until, by=rep))
    parked = (await world.get(f"/api/v1/leads/{lead}")).json
    assert (parked["recycles"], datetime.fromisoformat(parked["parked_until"])) == (0, until)
    world.clock.pass_(days=3)
    await runner.run(lambda desk: recycling.recycle(desk, desk.tx.lead(number), "cold_45d", "pool"))
    recycled = (await world.get(f"/api/v1/leads/{lead}")).json
    assert (recycled["state"], recycled["owner"], recycled["recycles"], recycled["parked_until"]) == (
        "pooled", None, 1, None,
    )  # fmt: skip
    (owned,) = recycled["offers"]
    assert (owned["rep"], owned["state"], owned["ended_because"]) == (rep, "accepted", "cold_45d")
    length = datetime.fromisoformat(owned["ended_at"]) - datetime.fromisoformat(owned["answered_at"])
    assert length == timedelta(days=3)
