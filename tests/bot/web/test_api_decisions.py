"""`/api/v1/decisions/{id}` and `/api/v1/decide`."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, select, update

from bot.services.presence import take_leave
from bot.services.publish import import_team, publish_policy
from store.tables import decision, metadata
from tests.bot.web.web_world import POLICY, World, serving


def _counts(connection: Connection) -> dict[str, int]:
    return {
        table.name: int(connection.execute(select(func.count()).select_from(table)).scalar_one())
        for table in metadata.sorted_tables
    }


async def test_a_decision_tells_every_rep_and_the_reason(either_world: World) -> None:
    """From the stored record: who was chosen, by which numbers, and why nobody else."""
    lead = await either_world.post_lead(attributes={"hospital_level": "三甲"})
    number = (await either_world.get(f"/api/v1/leads/{lead}")).json["decision_id"]
    told = (await either_world.get(f"/api/v1/decisions/{number}")).json
    reps = {one["rep"]: one for one in told["candidates"]}

    assert (told["id"], told["lead_id"], told["outcome"], told["why"], told["rule"]) == (
        number,
        lead,
        "offer",
        "chosen",
        "其余",
    )
    assert told["reproduced"] is True
    assert (told["chosen"], told["candidates"][0]["rep"]) == ("wangwu", "wangwu")
    assert (reps["wangwu"]["fit"], reps["zhangsan"]["fit"]) == (90, 50)
    assert (reps["wangwu"]["propensity"], reps["zhangsan"]["propensity"]) == (1, 0)
    assert (reps["wangwu"]["share"], reps["wangwu"]["deficit"]) == (0.5, 0)
    assert (reps["zhaoliu"]["reason"], reps["zhaoliu"]["layer"], reps["zhaoliu"]["text"]) == (
        "off_shift",
        "duty",
        "不在班次内",
    )
    assert (told["facts"], reps["wangwu"]["factors"]) == (None, None)


async def test_a_trace_also_gives_facts_and_factors(world: World) -> None:
    """What the decision was told, and what each factor brought; never what names a person."""
    await world.post_lead(attributes={"hospital_level": "三甲"}, name="王芳")
    told = (await world.get("/api/v1/decisions/1001?trace=true")).json

    assert told["facts"]["attributes.hospital_level"] == "三甲"
    assert told["candidates"][0]["factors"] == {"医院等级": 90}
    assert not {"name", "phone"} & told["facts"].keys()


@pytest.mark.parametrize("name", ["D999999", "L1001", "x", "D" + "9" * 18])
async def test_an_unknown_decision_is_not_found(world: World, name: str) -> None:
    """404, as for leads."""
    await world.post_lead()
    assert (await world.get(f"/api/v1/decisions/{name}")).status == 404


async def test_a_record_that_was_tampered_with_is_told(world: World) -> None:
    """A changed outcome shows as not reproduced, a broken record as a problem of its own; neither as another truth."""
    await world.post_lead()
    await world.service.database.write(lambda connection: connection.execute(update(decision).values(rep_id="zhaoliu")))
    changed = await world.get("/api/v1/decisions/D1001")
    await world.service.database.write(
        lambda connection: connection.execute(update(decision).values(record=b"\x01\x00ab"))
    )
    broken = await world.get("/api/v1/decisions/D1001")

    assert (changed.status, changed.json["reproduced"]) == (200, False)
    assert (broken.status, broken.json["type"]) == (500, "urn:paidan:problem:record")


async def test_a_preview_says_what_then_happens_and_writes_nothing(either_world: World) -> None:
    """The preview names the rep whom the very same lead goes to afterwards; before that, no table has moved."""
    world = either_world
    await world.post_lead()
    lead: dict[str, Any] = {
        "phone": "13700001111",
        "province": "上海",
        "attributes": {"hospital_level": "三甲"},
        "budget": 200_000,
    }
    before = await world.service.database.read(_counts)
    told = (await world.call("POST", "/api/v1/decide", json=lead)).json
    after = await world.service.database.read(_counts)
    posted = await world.post_lead(**lead)

    assert before == after
    assert (told["outcome"], told["score"], told["grade"]) == ("offer", 70, "A")
    assert told["score_reasons"] == [{"name": "预算明确", "points": 30}]
    assert told["decision"]["candidates"][0]["chosen"] is True
    assert (await world.get(f"/api/v1/leads/{posted}")).json["offers"][0]["rep"] == told["chosen"]


async def test_a_preview_knows_customers_and_updates(world: World) -> None:
    """Somebody who is being served is merged, the source's own id is an update, a test lead goes to nobody."""
    lead = await world.post_lead(external_id="web-7", phone="13900001111")

    async def told(path: str, **content: object) -> tuple[object, object]:
        answer = (await world.call("POST", path, json=content)).json
        return answer["outcome"], answer["lead_id"]

    assert await told("/api/v1/decide", phone="139 0000 1111") == ("merged", lead)
    assert await told("/api/v1/decide?source=landing", external_id="web-7", phone="13700002222") == ("update", lead)
    assert await told("/api/v1/decide?source=other", external_id="web-7", phone="13700002222") == ("offer", None)
    assert await told("/api/v1/decide", phone="13700002222", is_test=True) == ("invalid", None)


async def test_nobody_who_could_take_it_is_told_as_such(world: World) -> None:
    """A lead that only an absent team may take waits in the pool, and the reasons say why."""
    told = (await world.call("POST", "/api/v1/decide", json={"phone": "13700002222", "province": "西藏"})).json

    assert (told["outcome"], told["chosen"], told["decision"]["why"]) == ("pool", None, "nobody_on_duty")
    assert {one["rep"]: one["reason"] for one in told["decision"]["candidates"]} == {
        "zhaoliu": "off_shift", "wangwu": "team", "zhangsan": "team",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("body", "status", "fields"),
    [
        (b"{", 400, []),
        (b"[]", 422, []),
        (b'{"name": "x"}', 422, ["phone"]),
        (b'{"phone": "13800000001", "budget": "viel", "quantity": []}', 422, ["budget", "quantity"]),
        (b'{"phone": "13800000001", "demand": "' + b"x" * 300_000 + b'"}', 413, []),
    ],
)
async def test_what_is_no_lead_is_refused_as_a_webhook_would(
    world: World, body: bytes, status: int, fields: list[str]
) -> None:
    """The same problem details, with every field named."""
    reply = await world.call("POST", "/api/v1/decide", data=body, headers={"Content-Type": "application/json"})

    assert reply.status == status
    assert sorted(error["field"] for error in reply.json.get("errors", []) if error["field"] != "") >= fields


async def test_before_a_policy_nothing_can_be_previewed(sqlite_url: str, tmp_path: Path) -> None:
    """409 says what comes first."""
    async with serving(sqlite_url, tmp_path, in_force=False) as world:
        reply = await world.call("POST", "/api/v1/decide", json={"phone": "13800000001"})
        assert (reply.status, reply.json["type"]) == (409, "urn:paidan:problem:nothing_in_force")


async def test_b08_the_record_tells_layer_rule_and_value_of_every_rep(sqlite_url: str, tmp_path: Path) -> None:
    """B-08: six reps, four of them out for four reasons, the two others ranked by fit; each product is there (B-04)."""
    async with serving(sqlite_url, tmp_path, in_force=False) as world:
        runner = world.service.services.runner
        await runner.run(lambda desk: import_team(desk, _SIX, author="test"))
        await runner.run(lambda desk: publish_policy(desk, _MEDICAL, author="test", reason="test"))
        for number in range(2):
            await world.post_lead(phone=f"1370000222{number}", province="新疆", language="ug")
        lead = await world.post_lead(
            province="上海", industry="医疗器械", language="zh", attributes={"hospital_level": "三甲"}
        )
        number = (await world.get(f"/api/v1/leads/{lead}")).json["decision_id"]
        told = (await world.get(f"/api/v1/decisions/{number}?trace=true")).json
        asked = {"phone": "13700003333", "province": "上海", "industry": "医疗器械"}
        twice = [(await world.call("POST", "/api/v1/decide?trace=true", json=asked)).text for _ in range(2)]
    reps = {one["rep"]: one for one in told["candidates"]}

    assert (told["rule"], told["reproduced"], told["detail"]) == ("医疗", True, "all")
    assert {rep: (one["layer"], one["reason"]) for rep, one in reps.items()} == {
        "r1": ("rule", "team"), "r2": ("rule", "skill"), "r3": ("capacity", "full"), "r4": (None, "eligible"),
        "r5": (None, "eligible"), "r6": ("duty", "off_shift"),
    }  # fmt: skip
    assert reps["r2"]["text"] == "技能不足：医疗器械 1 < 2"
    assert (reps["r3"]["open"], reps["r3"]["cap"], reps["r3"]["today"], reps["r3"]["day_cap"]) == (2, 2, 2, 30)
    assert (reps["r1"]["open"], reps["r1"]["cap"]) == (0, 20)
    assert (reps["r4"]["fit"], reps["r4"]["factors"]) == (76, {"等级": 36, "语言": 40})
    assert (reps["r5"]["fit"], reps["r5"]["chosen"], reps["r4"]["chosen"]) == (40, False, True)
    assert twice[0] == twice[1]


_SIX = """
teams:
  - {id: east, name: 华东, timezone: Asia/Shanghai}
  - {id: west, name: 西部, timezone: Asia/Shanghai}
shifts: {night: {everyday: ["20:00-22:00"]}}
reps:
  - {id: r1, name: 甲, team: west, skills: {医疗器械: 3}, capacity: {per_day: 30}}
  - {id: r2, name: 乙, team: east, skills: {医疗器械: 1}}
  - {id: r3, name: 丙, team: east, skills: {医疗器械: 3}, languages: [ug], capacity: {open: 2}}
  - {id: r4, name: 丁, team: east, skills: {医疗器械: 2}, tiers: {三甲: 60}, languages: [zh]}
  - {id: r5, name: 戊, team: east, skills: {医疗器械: 2}, tiers: {三甲: 0}, languages: [zh]}
  - {id: r6, name: 己, team: east, skills: {医疗器械: 3}, shift: night}
"""
_MEDICAL = """
version: 1
timezone: Asia/Shanghai
scoring: {base: 40, grades: {A: 80, B: 60, C: 40, D: 0}}
rules:
  - {name: 医疗, when: {industry: 医疗器械}, teams: [east], require: {skills: {医疗器械: 2}}}
  - {name: 维语, when: {province: 新疆}, require: {language: true}}
  - {name: 其余, teams: [east, west]}
fit:
  factors:
    - {name: 等级, weight: 60, match: attributes.hospital_level, with: tiers}
    - {name: 语言, weight: 40, match: language, with: languages}
choose: {by: fair_fit, explore: 0%, share: equal}
capacity: {open: 20, per_day: 30}
"""


GATED = (
    POLICY
    + """
review:
  best_share: 5%
  always: [{name: 上市公司采购, when: {company_listed: true, title: {contains_any: [采购]}}}]
  falls_back_after: work 15m
"""
)


async def test_b19_a_preview_tells_that_a_manager_would_look_first(either_world: World) -> None:
    """B-19: what waits for a manager on duty is told, and who would have it if none acts; nothing is written."""
    lead: dict[str, Any] = {"phone": "13700002222", "company_listed": True, "title": "采购经理"}
    world, runner = either_world, either_world.service.services.runner
    await runner.run(lambda desk: publish_policy(desk, GATED, author="test", reason="test"))
    before = await world.service.database.read(_counts)
    waits = (await world.call("POST", "/api/v1/decide", json=lead)).json
    passes = (await world.call("POST", "/api/v1/decide", json={"phone": "13700002222"})).json
    assert (await world.service.database.read(_counts)) == before
    assert (waits["outcome"], waits["review"]) == ("review", {"reasons": ["always:上市公司采购"], "waits": True})
    assert (waits["decision"]["outcome"], waits["chosen"]) == ("offer", waits["decision"]["chosen"])
    assert (passes["outcome"], passes["review"]) == ("offer", None)
    posted = (await world.get(f"/api/v1/leads/{await world.post_lead(**lead)}")).json
    assert (posted["state"], posted["review_reason"]) == ("review", "always:上市公司采购")
    # The manager goes on leave: nobody waits for somebody who is not there.
    until = world.clock.now() + timedelta(hours=1)
    await runner.run(lambda desk: take_leave(desk, "lijing", desk.now, until, entered_by="lijing"))
    skipped = (await world.call("POST", "/api/v1/decide", json=lead | {"phone": "13700003333"})).json
    assert (skipped["outcome"], skipped["review"]["waits"]) == ("offer", False)
