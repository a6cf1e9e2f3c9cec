"""What strangers can make the service keep: nothing."""

import pytest
from sqlalchemy import func, select

from store.tables import refused_delivery
from tests.bot.web.web_world import SOURCE_TOKEN, World

_TOO_LARGE = b'{"phone": "13800000001", "demand": "' + b"x" * 300_000 + b'"}'


async def _kept(world: World) -> int:
    statement = select(func.count()).select_from(refused_delivery)
    return await world.service.database.read(lambda connection: connection.execute(statement).scalar_one())


@pytest.mark.parametrize(("token", "status", "kept"), [(None, 401, 0), ("wrong", 401, 0), (SOURCE_TOKEN, 413, 1)])
async def test_a_body_that_is_too_large_is_kept_only_for_who_proved_where_it_comes_from(
    world: World, token: str | None, status: int, kept: int
) -> None:
    """Anybody can find the address of a source; without its secret nobody may fill the disk."""
    answer = await world.call("POST", "/webhooks/landing", token=token, data=_TOO_LARGE)

    assert (answer.status, await _kept(world)) == (status, kept)
