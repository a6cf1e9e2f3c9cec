"""D-12 in the service: the accounts of value move with offers and withdrawals, and a trial and 为什么 know of them."""

from __future__ import annotations

from bot.services import presence
from bot.services.publish import publish_policy
from store import accounts
from tests.bot.services.given import policy
from tests.support.office import Company
from tests.support.tried import tried

SCORING = "{base: 20, add: [{name: 大, when: {company_size: {gte: 500}}, points: 60}]}"
BALANCED = policy(choose="{by: fair_fit, explore: 0%, balance: {usual: 50}}", scoring=SCORING)
COUNTED = policy(choose="{by: fair_fit, explore: 0%}", scoring=SCORING)


async def value_of(floor: Company) -> dict[str, int]:
    """Give everybody's account of value."""
    found = await floor.runner.look(lambda desk: accounts.load(desk.tx.connection, lock=False))
    return dict(zip(found.rep_ids, found.columns[4].tolist(), strict=True))


async def days_work(floor: Company, count: int) -> None:
    """Let leads come, every third a good one, each accepted by whoever is asked."""
    for number in range(count):
        lead_id = await floor.lead(company_size=1000 if number % 3 == 0 else 10)
        offer = await floor.running(lead_id)
        assert offer is not None
        await floor.goes(seconds=30)
        await floor.says(offer.rep_id, f"接单 L{lead_id}")


async def test_value_is_balanced_and_a_trial_finds_no_difference(floor: Company) -> None:
    """B-24 with the option on; without it the same leads are dealt out otherwise."""
    await floor.do(lambda desk: publish_policy(desk, BALANCED, author="t", reason="t"))
    await days_work(floor, 16)
    await floor.goes(minutes=5)

    same, counted = [await tried(floor, text) for text in (BALANCED, COUNTED)]

    assert (same.decisions, same.differences) == (16, 0)
    assert counted.differences > 0
    value = await value_of(floor)
    assert sum(value.values()) == 0
    assert 0 < max(map(abs, value.values())) < 1_000_000


async def test_a_withdrawn_offer_gives_its_value_back_whatever_is_in_force(floor: Company) -> None:
    """下线 takes the offer back from everybody who was eligible, also where the balance has been switched off since."""
    await floor.do(lambda desk: publish_policy(desk, BALANCED, author="t", reason="t"))
    lead_id = await floor.lead(company_size=1000)
    offer = await floor.running(lead_id)
    assert offer is not None
    moved = await value_of(floor)
    assert moved[offer.rep_id] == -225_000  # 0.3 above a usual one, less a quarter of it
    await floor.do(lambda desk: publish_policy(desk, COUNTED, author="t", reason="t"))

    await floor.do(lambda desk: presence.go_offline(desk, offer.rep_id))

    assert set((await value_of(floor)).values()) == {0}


async def test_why_tells_the_balance_in_words(floor: Company) -> None:
    """为什么: a better lead went to those to whom most value is owed, a poorer one to those to whom least is."""
    await floor.do(lambda desk: publish_policy(desk, BALANCED, author="t", reason="t"))
    better, poorer = await floor.lead(company_size=1000), await floor.lead(company_size=10)

    told = "\n".join([text for lead in (better, poorer) for text in await floor.says("root.admin", f"为什么 L{lead}")])

    assert "价值均衡：这条线索比平常好 30 分，在价值欠得最多的 4 人中选" in told
    assert "价值均衡：这条线索比平常差 30 分，在价值欠得最少的" in told
