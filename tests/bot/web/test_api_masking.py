"""No address shows a whole number, and what is revealed is on the record."""

from typing import Any

from store import people
from tests.bot.web.web_world import World

MARKED: dict[str, Any] = {
    "phone": "13912345678",
    "name": "张标记三",
    "wechat": "wx_marked_person",
    "email": "marked.person@example.com",
    "demand": "请打 139 1234 5678 或 marked.person@example.com，座机 0512-6612 3456",
    "external_id": "form-13912345678",
    "channel": "13912345678 的名片",
    "attributes": {"备用电话": "139-1234-5678", "tel": 13912345678, "hospital_level": "三甲"},
    "behaviour": {"note": "call 13912345678"},
    "unknown_field": "13912345678",
}
SECRETS = ("13912345678", "139 1234 5678", "139-1234-5678", "66123456", "6612 3456", "标记三", "marked_person",
           "marked.person")  # fmt: skip


async def everything_readable(world: World, lead: str) -> list[Any]:
    """Ask every address that could show something of a lead."""
    decision = (await world.get(f"/api/v1/leads/{lead}")).json["decision_id"]
    return [
        await world.get(f"/api/v1/leads/{lead}"),
        await world.get("/api/v1/leads"),
        await world.get("/api/v1/leads?phone=13912345678"),
        await world.get("/api/v1/reps"),
        await world.get(f"/api/v1/decisions/{decision}?trace=true"),
        await world.call("POST", "/api/v1/decide?trace=true", json=MARKED),
        await world.call(
            "POST", "/api/v1/decide?trace=true", json=MARKED | {"phone": None, "email": None, "wechat": "wx_new"}
        ),
        await world.get("/readyz"),
        await world.get("/metrics"),
    ]


async def test_no_answer_holds_a_whole_number(world: World) -> None:
    """Not in a field of its own, nor in free text, attributes, keys, or the source's own id; before and after 接单."""
    lead = await world.post_lead(**MARKED)
    answers = await everything_readable(world, lead)
    await world.accept(lead)
    answers += await everything_readable(world, lead)

    assert all(answer.status == 200 for answer in answers)
    assert answers[6].json["decision"]["facts"]["trait.has_wechat"] is True
    assert not [secret for secret in SECRETS for answer in answers if secret in answer.text]


async def test_revealing_shows_all_and_is_recorded(either_world: World) -> None:
    """`reveal=true` gives the fields as they were cleaned; who saw them stands in the lead's disclosures."""
    world = either_world
    lead = await world.post_lead(**MARKED)
    shown = (await world.get(f"/api/v1/leads/{lead}?reveal=true")).json
    listed = (await world.get("/api/v1/leads?reveal=true&limit=1")).json["items"][0]
    masked = (await world.get(f"/api/v1/leads/{lead}")).json

    assert (shown["phone"], shown["name"], shown["email"]) == ("+8613912345678", MARKED["name"], MARKED["email"])
    assert shown["demand"] == MARKED["demand"]
    assert shown["attributes"]["tel"] == 13912345678
    assert listed["phone"] == "+8613912345678"
    assert masked["phone"] == "139****5678"
    assert [(seen["to"], seen["how"]) for seen in masked["disclosures"]] == [("api", "api"), ("api", "api")]
    kept = await world.service.database.read(lambda connection: people.disclosures_of(connection, int(lead[1:])))
    assert len(kept) == 2


async def test_only_leads_that_were_shown_count_as_disclosed(world: World) -> None:
    """A page of one lead discloses one lead, not the one behind it by which the next page is known."""
    first, second = await world.post_lead(), await world.post_lead()
    await world.get("/api/v1/leads?reveal=true&limit=1")

    assert (await world.get(f"/api/v1/leads/{first}")).json["disclosures"] == []
    assert len((await world.get(f"/api/v1/leads/{second}")).json["disclosures"]) == 1


async def test_accepting_on_the_card_is_a_disclosure(world: World) -> None:
    """The whole number stands on the card at 接单, so the owner is listed."""
    lead = await world.post_lead()
    rep = await world.accept(lead)

    assert [(seen["to"], seen["how"]) for seen in (await world.get(f"/api/v1/leads/{lead}")).json["disclosures"]] == [
        (rep, "card")
    ]
