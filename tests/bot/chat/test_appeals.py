"""B-16: a rep's 申诉 opens a review item with the decision attached; nothing changes until a manager has looked."""

from bot.chat import texts_appeals as words
from bot.chat.texts import NO_SUCH_LEAD
from bot.messaging import ReviewItemCard
from bot.services.appeals import Appealed
from bot.services.deadlines import run_due
from store import review_items
from tests.support.office import Company


async def _taken(company: Company) -> tuple[int, str, str]:
    """Post a lead that somebody of the east accepts; gives the lead, the owner and somebody else there."""
    lead_id = await company.lead()
    offer = await company.running(lead_id)
    assert offer is not None
    await company.says(offer.rep_id, f"接单 L{lead_id}")
    return lead_id, offer.rep_id, "lisi" if offer.rep_id != "lisi" else "zhangsan"


async def test_b16_an_appeal_puts_the_decision_before_the_manager(company: Company) -> None:
    """B-16: the manager gets a card, the rep's words, and the decision worked out again; the owner keeps the lead."""
    lead_id, owner, other = await _taken(company)
    shown = await company.gives([company.text(other, f"申诉 L{lead_id} 这是我的老客户")])
    assert company.texts(shown, other) == [words.ANSWERS[Appealed.OPENED].zh.format(lead=f"L{lead_id}")]
    cards = [item.message for item in shown if isinstance(item.message, ReviewItemCard)]
    assert [(card.why, card.lead_id) for card in cards] == [(f"{other} 申诉", f"L{lead_id}")]
    told = [text for text in company.texts(shown, "lijing") if text != "ReviewItemCard"]
    assert "这是我的老客户" in told[0]
    assert any("规则：其余" in text for text in told)
    assert any("为什么不是" in text for text in told)
    row = await company.row(lead_id)
    assert (row.state, row.owner) == ("owned", owner)
    (fact,) = [fact for fact in await company.facts(lead_id) if fact.event == "appealed"]
    assert (fact.actor, fact.detail["decision"]) == (other, f"D{row.decision_id}")
    assert f"L{lead_id}" in (await company.says("lijing", "复核"))[0]


async def test_b16_the_rep_hears_what_the_manager_has_decided(company: Company) -> None:
    """Confirmed: it stays. 改派 to whoever appealed: the item is closed with it."""
    lead_id, owner, other = await _taken(company)
    await company.says(other, f"申诉 L{lead_id}")
    shown = await company.taps("lijing", f"1:keep:L{lead_id}:1")
    assert any("维持原来的派单" in text for text in company.texts(shown, other))
    assert (await company.row(lead_id)).owner == owner
    again, _, loser = await _taken(company)
    await company.says(loser, f"appeal L{again} mine")
    await company.says("lijing", f"改派 L{again} {loser}")
    shown = await company.gives([company.text("lijing", "确认")])
    assert any("已经结束" in text for text in company.texts(shown, loser))
    assert (await company.running(again)) is not None


async def test_b16_an_appeal_waits_however_long(company: Company) -> None:
    """No fall-back closes it: the rep was promised that somebody looks."""
    lead_id, _, other = await _taken(company)
    await company.says(other, f"申诉 L{lead_id}")
    company.later(days=3)
    await company.do(lambda desk: run_due(desk, limit=100))
    found = await company.runner.look(lambda desk: review_items.open_of(desk.tx.connection, lead_id))
    assert [item.reason for item in found] == [f"appeal:{other}"]


async def test_b16_what_can_not_be_appealed_is_said(small: Company) -> None:
    """Once for a lead and a rep; not for one's own, and not where nobody has it."""
    lead_id, owner, other = await _taken(small)
    lead = f"L{lead_id}"
    await small.says(other, f"申诉 {lead}")
    assert await small.says(other, f"申诉 {lead}") == [words.ANSWERS[Appealed.ALREADY].zh.format(lead=lead)]
    assert await small.says(owner, f"申诉 {lead}") == [words.ANSWERS[Appealed.OWN].zh.format(lead=lead)]
    await small.says(owner, f"输单 {lead} 贵")
    assert (await small.says("smith", f"appeal {lead}"))[0].startswith(f"Nobody has {lead}")
    assert await small.says(other, "申诉 L99999") == [NO_SUCH_LEAD.zh.format(lead="L99999")]
    assert (await small.says(other, "申诉"))[0].startswith("请这样写")
