"""`/api/v1/leads`."""

from tests.bot.web.web_world import World


async def test_a_lead_is_shown_with_its_offers_and_its_history(either_world: World) -> None:
    """The documented shape, from the offer to the owner."""
    lead = await either_world.post_lead()

    offered = (await either_world.get(f"/api/v1/leads/{lead}")).json
    print(offered)
