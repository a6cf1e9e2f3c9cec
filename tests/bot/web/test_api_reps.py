"""`/api/v1/reps`."""

from pathlib import Path

from tests.bot.web.web_world import World, serving


async def test_reps_say_where_they_stand(either_world: World) -> None:
    """Duty with its reason, load and caps, and the account in leads, which sums to nothing over everybody."""
    for _ in range(3):
        await either_world.post_lead()
    items = (await either_world.get("/api/v1/reps")).json["items"]
    reps = {item["id"]: item for item in items}

    assert list(reps) == ["wangwu", "zhangsan", "zhaoliu"]
    assert reps["zhangsan"]["on_duty"] is True
    assert (reps["zhaoliu"]["on_duty"], reps["zhaoliu"]["away"]) == (False, "off_shift")
    assert (reps["zhangsan"]["open_cap"], reps["zhangsan"]["day_cap"], reps["wangwu"]["open_cap"]) == (20, 30, None)
    assert sum(item["open"] for item in items) == sum(item["today"] for item in items) == 3
    assert sum(item["deficit"] for item in items) == 0
    assert reps["zhaoliu"]["deficit"] == 0
    assert abs(reps["wangwu"]["deficit"]) == 0.5
    assert reps["wangwu"]["response_rate"] is None


async def test_the_reason_is_told_in_the_readers_language(world: World) -> None:
    """Chinese first, English where it is asked for."""
    chinese = (await world.get("/api/v1/reps")).json["items"][2]
    english = (await world.get("/api/v1/reps", headers={"Accept-Language": "en-GB"})).json["items"][2]

    assert (chinese["away_text"], english["away_text"]) == ("不在班次内", "off shift")


async def test_before_a_team_there_is_nobody(sqlite_url: str, tmp_path: Path) -> None:
    """An empty installation answers, with an empty list."""
    async with serving(sqlite_url, tmp_path, in_force=False) as world:
        assert (await world.get("/api/v1/reps")).json == {"items": [], "next": None}
