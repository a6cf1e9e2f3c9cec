"""Scenes of the breaker for hot leads and of the races that it starts; importing this module enters them."""

from bot.services.publish import publish_policy
from tests.bot.services.scenes import POLICY, lead, scene
from tests.support.office import Company

_HOT = (
    "{score: 60, opens: {count: 2, within: 5m}, or_slow: {p90_acknowledge: 1m, over: 1}, "
    "while_open: {race: 2, acknowledge: 3m}, closes: {calm_for: 10m, at_most: 20m}}"
)


@scene(choose="{by: best_fit}", hot=_HOT)
async def a_surge_of_hot_leads(floor: Company) -> None:
    """The breaker opens for every cause and closes for every cause; somebody loses a race, on the card and in words."""
    await lead(floor, "Acme", company_size=500)
    await _race_won(floor, await lead(floor, "Bolt", company_size=500))
    other = await lead(floor, "Coil", company_size=500)
    await floor.do(lambda desk: desk.tx.connection.exec_driver_sql("UPDATE offer SET send_code = NULL"))
    await _race_won(floor, other)
    for _ in range(3):
        await floor.goes(minutes=5)
    await floor.says("mia", "breaker on")
    await floor.says("mia", "confirm")
    for number in range(12):
        await _race_won(floor, await lead(floor, f"Dash {number}", company_size=500))
        await floor.goes(minutes=2)
    await floor.goes(minutes=20)
    slow = await lead(floor, "Echo", company_size=500)
    await floor.goes(minutes=2)
    await _race_won(floor, slow)
    for word in ("breaker off", "confirm", "breaker on", "confirm"):
        await floor.says("mia", word)
    await floor.do(lambda desk: publish_policy(desk, POLICY, author="test", reason="a test"))
    await floor.deliver()


async def _race_won(floor: Company, lead_id: int) -> None:
    offer = await floor.running(lead_id)
    if offer is not None:
        await floor.says(offer.rep_id, f"accept L{lead_id}")
