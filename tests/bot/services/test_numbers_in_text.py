"""Customers write their number wherever there is room; nobody but the owner reads it there."""

from dataclasses import asdict

from bot.messaging import AcceptedCard
from tests.support.office import Company

_SECRETS = ("13812345678", "138 1234 5678", "13912345678", "wang.fang@example.com")


async def test_a_number_inside_other_fields_is_masked_until_accepted(floor: Company) -> None:
    """A whole phone number is shown to the owner alone: also the one in the demand, the name or the company."""
    lead_id = await floor.lead(
        name="王先生13912345678",
        company="华医 13812345678",
        demand="预算1500000，急，请打 138 1234 5678 或写 wang.fang@example.com",
    )
    offer = await floor.running(lead_id)
    assert offer is not None
    await floor.says(offer.rep_id, "我的线索")
    await floor.goes(minutes=5)
    before = [str(asdict(item.message)) for item in floor.messenger.shown]

    await floor.taps(offer.rep_id, f"1:accept:L{lead_id}:{offer.offer_no}")
    accepted = [item.message for item in floor.messenger.shown if isinstance(item.message, AcceptedCard)]

    assert [secret for secret in _SECRETS for text in before if secret in text] == []
    assert any("1500000" in text for text in before)
    assert accepted[-1].profile.need is not None
    assert "138 1234 5678" in accepted[-1].profile.need
