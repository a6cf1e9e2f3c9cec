"""B-11, B-12: a rule chooses call script and documents; they follow the card, and what is missing keeps nothing back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.messaging import AcceptedCard, OfferCard, TextMessage
from bot.services.document_store import DocumentFile
from bot.services.message_content import outgoing
from bot.services.publish import publish_policy
from routing.lead import Lead
from store.rows import MessageRow
from tests.bot.services.given import at_work, number, policy, post, running, shanghai
from tests.support.office import Company
from tests.support.recording_messenger import Shown

TEAM = """
teams: [{id: medical, name: 医疗, managers: [lijing], timezone: Asia/Shanghai}]
admins: [root.admin]
reps:
  - {id: a1, name: 甲, team: medical, certificates: [{name: 备案, valid: 2025-01-01..2026-03-31}]}
  - {id: b1, name: 乙, team: medical, certificates: [{name: 备案, valid: 2025-01-01..2027-03-31}]}
  - {id: lijing, name: 李静, team: medical, role: manager}
"""
RULES = policy(
    scoring="{base: 50, add: [{name: 大医院, when: {company_size: {gte: 1000}}, points: 30}]}",
    rules="[{name: 高价值, when: {industry: 医疗器械, any: [{budget: {gte: 50000}}, {trait.score: {gte: 80}}]}, require: {certificates: [备案]}, "
    "documents: [合规, 说明], script: 医院采购首呼, acknowledge: {within: 5m, remind: [2m, 4m]}}, {name: 其余}]",
    documents="[{name: 合规, file: old.pdf, version: '1', in_force: 2025-01-01..2026-12-31}, "
    "{name: 合规, file: new.pdf, version: '2', in_force: 2026-01-01..2026-12-31}, "
    "{name: 合规, file: lapsed.pdf, version: '3', in_force: 2026-02-01..2026-03-31}, "
    "{name: 说明, file: guide.pdf, version: '1', in_force: 2026-01-01..2026-12-31}]",
)
FILES = [
    DocumentFile("合规", "1", "old.pdf", b"%PDF-1"),
    DocumentFile("合规", "2", "new.pdf", b"%PDF-2"),
    DocumentFile("合规", "3", "lapsed.pdf", b"%PDF-3"),
]
DAY_AFTER = shanghai(10, day=1) + timedelta(days=31)


def lead(last: int = 1) -> Lead:
    """Give a lead that the rule is for."""
    return Lead(source="web", phone=f"+86138000{last:05d}", industry="医疗器械", budget=80_000)


def _texts(shown: list[Shown], person: str) -> list[str]:
    return [item.message.text for item in shown if item.to == person and isinstance(item.message, TextMessage)]


async def _publish(floor: Company, files: list[DocumentFile]) -> None:
    await floor.do(lambda desk: publish_policy(desk, RULES + "\n", author="test", reason="a test", documents=files))


async def test_b12_the_day_after_a_certificate_ends_the_other_rep_gets_lead_and_documents(database_url: str) -> None:
    """B-12: A is excluded, B has the card and then the newest version in force; what is missing is said and told."""
    async with at_work(database_url, at=DAY_AFTER, team=TEAM, rules=RULES) as floor:
        await _publish(floor, FILES)
        (answer,) = await post(floor, lead())
        shown = await floor.deliver()
        offer = await running(floor, number(answer))
        assert (offer.rep_id, offer.within_seconds, offer.remind_seconds) == ("b1", 300, [120, 240])
        cards = [item.message for item in shown if isinstance(item.message, OfferCard)]
        assert [(card.script, card.documents) for card in cards] == [("医院采购首呼", ("合规 2", "说明（缺）"))]
        # The version of February has lapsed; without a public address the file has only its name.
        assert _texts(shown, "b1") == [f"📎 L{number(answer)} 的资料：合规（2 版），文件 new.pdf。"]
        (told,) = _texts(shown, "lijing")
        assert "「说明」" in told
        events = [(fact.event, fact.detail.get("document")) for fact in await floor.facts(number(answer))]
        assert events[-2:] == [("document_sent", "合规"), ("document_missing", "说明")]


@pytest.mark.parametrize(
    ("budget", "size", "for_the_certified"), [(50_000, 5, True), (49_999, 1_000, True), (49_999, 999, False)]
)
async def test_b12_a_high_value_or_a_high_score_asks_for_the_certificate(
    database_url: str, budget: int, size: int, for_the_certified: bool
) -> None:
    """B-12: medical and from 50,000 on, or from 80 points on; a lead below both goes by the rule after it."""
    async with at_work(database_url, at=DAY_AFTER, team=TEAM, rules=RULES) as floor:
        reps = set()
        for last in range(4):
            (answer,) = await post(floor, replace(lead(last), budget=budget, company_size=size))
            assert (await floor.row(number(answer))).rule == ("高价值" if for_the_certified else "其余")
            reps.add((await running(floor, number(answer))).rep_id)
        assert reps == ({"b1"} if for_the_certified else {"a1", "b1"})


async def test_b12_documents_go_after_the_card_and_only_to_whoever_still_has_the_lead(database_url: str) -> None:
    """Semantics 31: cards go before documents; a document of a lead that has moved on says nothing to anybody."""
    async with at_work(database_url, at=shanghai(10), team=TEAM, rules=RULES) as floor:
        await _publish(floor, FILES)
        (answer,) = await post(floor, lead())
        shown = await floor.deliver()
        rep = (await running(floor, number(answer))).rep_id
        kinds = [type(item.message).__name__ for item in shown if item.to == rep]
        assert kinds == ["OfferCard", "TextMessage"]
        # On this day the version that came into force last is another.
        assert "合规（3 版）" in _texts(shown, rep)[0]
        async with floor.undelivered():
            await floor.says(rep, f"转出 L{number(answer)} 忙")
        other = (await running(floor, number(answer))).rep_id
        assert len(_texts(await floor.deliver(), other)) == 1


async def test_a_document_that_waits_is_dropped_when_the_lead_has_gone(database_url: str) -> None:
    """A message that has lost its meaning is not sent; the owner's is sent, however late."""
    async with at_work(database_url, at=shanghai(10), team=TEAM, rules=RULES) as floor:
        await _publish(floor, FILES)
        (answer,) = await post(floor, lead())
        await floor.deliver()
        rep, lead_id = (await running(floor, number(answer))).rep_id, number(answer)
        named: dict[str, object] = {"name": "合规", "version": "2"}
        late = MessageRow(1, rep, "document", 3, lead_id, 1, named, {}, None, DAY_AFTER, DAY_AFTER, 0)
        assert await floor.runner.look(lambda desk: outgoing(desk, late)) is not None
        await floor.says(rep, f"转出 L{lead_id} 忙")
        assert await floor.runner.look(lambda desk: outgoing(desk, late)) is None


async def test_b11_the_owner_s_card_names_the_call_script(database_url: str) -> None:
    """B-11: the script that the rule names stands on the card before and after 接单."""
    async with at_work(database_url, at=shanghai(10), team=TEAM, rules=RULES) as floor:
        await _publish(floor, FILES)
        (answer,) = await post(floor, lead())
        await floor.deliver()
        offer = await running(floor, number(answer))
        shown = await floor.taps(offer.rep_id, f"1:accept:L{number(answer)}:1")
        assert [item.message.script for item in shown if isinstance(item.message, AcceptedCard)] == ["医院采购首呼"]


async def test_b12_managers_hear_of_a_missing_document_once_an_hour(database_url: str) -> None:
    """It is missing for every lead of the rule; a message for each would hide the cards."""
    async with at_work(database_url, at=shanghai(10), team=TEAM, rules=RULES) as floor:
        await post(floor, *(lead(last) for last in range(3)))
        # Both documents are missing: no file was published.
        assert len(_texts(await floor.deliver(), "lijing")) == 2
        floor.later(minutes=59)
        await post(floor, lead(4))
        assert not any("资料" in text for text in _texts(await floor.deliver(), "lijing"))
        floor.later(minutes=1)
        await post(floor, lead(5))
        assert sum("资料" in text for text in _texts(await floor.deliver(), "lijing")) == 2


async def test_a_lead_of_another_rule_gets_neither(database_url: str) -> None:
    """Script and documents are the rule's."""
    async with at_work(database_url, at=shanghai(10), team=TEAM, rules=RULES) as floor:
        await _publish(floor, FILES)
        await floor.lead(industry="化工")
        cards = [item.message for item in floor.messenger.shown if isinstance(item.message, OfferCard)]
        assert [(card.script, card.documents) for card in cards] == [(None, ())]
        assert not any(isinstance(item.message, TextMessage) for item in floor.messenger.shown)
