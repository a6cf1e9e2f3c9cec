"""B-19: a trigger after somebody has the lead: the owner keeps it, a manager looks at it; and cards that say what was done."""

import pytest

from bot.messaging import ChoiceCard, ClosedCard, ConfirmCard, ReviewCard, ReviewItemCard
from bot.services import follow_up, manage
from bot.services.delivery import settle, take
from bot.services.retention import forget_old
from routing.lead import Lead
from store import manager_cards, review_items
from tests.bot.services.given import SHIFTS, accept, at_work, number, policy, post, running, shanghai
from tests.support.office import Company
from tests.support.recording_messenger import Shown

TWO = SHIFTS.replace("managers: [lijing]", "managers: [lijing, chenmin]")
RULES = policy(
    rules="[{name: 其余, teams: [east]}]",
    review="{always: [{name: 反复看价格, when: {company_listed: true, title: {contains_any: [采购]}, "
    "behaviour.pricing_page_visits_7d: {gte: 3}}}], falls_back_after: work 15m}",
)


async def _visit(floor: Company, visits: int, *, external_id: str | None = "x") -> int:
    lead = Lead(source="web", external_id=external_id, phone="+8613800001111", company_listed=True, title="采购经理",
                behaviour={"pricing_page_visits_7d": visits})  # fmt: skip
    return number((await post(floor, lead))[0])


async def _owned(floor: Company) -> tuple[int, str]:
    lead_id = await _visit(floor, 2)
    await floor.deliver()
    rep = (await running(floor, lead_id)).rep_id
    await accept(floor, rep, lead_id)
    await floor.deliver()
    return lead_id, rep


def _items(shown: list[Shown]) -> list[tuple[str, str, str | None]]:
    cards = [(item.to, item.message) for item in shown if isinstance(item.message, ReviewItemCard)]
    return [(to, card.why, card.holder) for to, card in cards]


def _closed(shown: list[Shown]) -> list[tuple[str, str, str]]:
    """Give who sees a card closed, what it says, and by which kind of code."""
    return [
        (item.to, item.message.text, (item.code or "").partition("-")[0])
        for item in shown
        if isinstance(item.message, ClosedCard)
    ]


async def _outcomes(floor: Company, lead_id: int) -> list[bool]:
    found = await floor.runner.look(lambda desk: review_items.of_leads(desk.tx.connection, [lead_id]))
    return [item.is_open for item in found.get(lead_id, [])]


@pytest.mark.parametrize("external_id", ["x", "another visit", None])
async def test_b19_the_third_visit_puts_an_owned_lead_before_the_manager(
    database_url: str, external_id: str | None
) -> None:
    """B-19: even if already assigned; the owner keeps it, the state stays `owned`, the card has 确认 and 改派."""
    async with at_work(database_url, at=shanghai(10), rules=RULES) as floor:
        lead_id, rep = await _owned(floor)
        await _visit(floor, 3, external_id=external_id)
        row = await floor.row(lead_id)
        assert (row.state, row.owner) == ("owned", rep)
        name = {"e1": "东一", "e2": "东二"}[rep]
        assert _items(await floor.deliver()) == [("lijing", "反复看价格", name)]
        # Once for a lead and a reason.
        await _visit(floor, 4)
        assert _items(await floor.deliver()) == []


async def test_a_lead_that_somebody_is_being_asked_about_stays_there_too(database_url: str) -> None:
    """Semantics 27: an update never moves an offered lead; the manager looks at it meanwhile."""
    async with at_work(database_url, at=shanghai(10), rules=RULES) as floor:
        lead_id = await _visit(floor, 2)
        await floor.deliver()
        rep = (await running(floor, lead_id)).rep_id
        await _visit(floor, 3)
        assert (await running(floor, lead_id)).rep_id == rep
        assert [to for to, _, _ in _items(await floor.deliver())] == ["lijing"]


async def test_b19_confirming_leaves_everything_and_the_other_manager_s_card_says_so(database_url: str) -> None:
    """Semantics 24: all get the card, the first to act wins."""
    async with at_work(database_url, at=shanghai(10), team=TWO, rules=RULES) as floor:
        lead_id, rep = await _owned(floor)
        await _visit(floor, 3)
        assert [to for to, _, _ in _items(await floor.deliver())] == ["lijing", "chenmin"]
        shown = await floor.taps("lijing", f"1:keep:L{lead_id}:1")
        assert _closed(shown) == [("lijing", "已确认", "tap"), ("chenmin", "已确认", "sent")]
        assert (await floor.row(lead_id)).owner == rep
        assert await _outcomes(floor, lead_id) == [False]
        late = await floor.taps("chenmin", f"1:keep:L{lead_id}:1")
        assert _closed(late) == [("chenmin", "已处理", "tap")]


async def test_b19_reassigning_asks_to_whom_and_closes_the_item_when_the_lead_has_moved(database_url: str) -> None:
    """Semantics 23, 54: 改派 makes an offer by the manager, after 确认; until then nothing has changed."""
    async with at_work(database_url, at=shanghai(10), team=TWO, rules=RULES) as floor:
        lead_id, rep = await _owned(floor)
        other = "e2" if rep == "e1" else "e1"
        await _visit(floor, 3)
        await floor.deliver()
        shown = await floor.taps("lijing", f"1:move:L{lead_id}:1")
        (choice,) = [item.message for item in shown if isinstance(item.message, ChoiceCard)]
        assert [option.id for option in choice.options] == [other]
        asked = await floor.taps("lijing", f"1:choose:{choice.choice_id}:0:{other}")
        assert await _outcomes(floor, lead_id) == [True]
        (confirm,) = [item.message for item in asked if isinstance(item.message, ConfirmCard)]
        done = await floor.taps("lijing", f"1:confirm:{confirm.confirm_id}:0")
        assert (await running(floor, lead_id)).rep_id == other
        assert await _outcomes(floor, lead_id) == [False]
        assert {(to, text) for to, text, code in _closed(done) if code == "sent" and to != rep} == {
            ("lijing", "已处理"), ("chenmin", "已处理"),
        }  # fmt: skip


async def test_b19_an_item_that_nobody_looks_at_lapses_in_working_time(database_url: str) -> None:
    """B-19: after 15 minutes of the manager's work, over lunch; the owner keeps the lead, the card says so."""
    async with at_work(database_url, at=shanghai(11, 50), rules=RULES) as floor:
        lead_id, rep = await _owned(floor)
        await _visit(floor, 3)
        await floor.deliver()
        floor.clock.moment = shanghai(13, 4)
        assert _closed(await floor.ticks()) == []
        shown = await floor.goes(minutes=1)
        assert _closed(shown) == [("lijing", "未复核", "sent")]
        assert (await floor.row(lead_id)).owner == rep
        closed = [fact.detail for fact in await floor.facts(lead_id) if fact.event == "review_item_closed"]
        assert closed == [{"outcome": "review_timeout"}]


async def test_a_closed_lead_leaves_nothing_to_look_at(database_url: str) -> None:
    """The owner has closed it; the card says so, and 复核 lists it no more."""
    async with at_work(database_url, at=shanghai(10), rules=RULES) as floor:
        lead_id, rep = await _owned(floor)
        await _visit(floor, 3)
        await floor.deliver()
        (listed,) = await floor.says("lijing", "复核")
        assert f"L{lead_id}" in listed
        assert "反复看价格" in listed
        await floor.do(lambda desk: follow_up.close_lost(desk, desk.tx.lead(lead_id), "贵", by=rep))
        assert _closed(await floor.deliver()) == [("lijing", "已处理", "sent")]
        assert await floor.says("lijing", "复核") == ["没有等您复核的线索。"]


async def _recalled(floor: Company) -> int:
    lead_id = await floor.lead()
    await floor.do(lambda desk: manage.recall(desk, desk.tx.lead(lead_id), by="root.admin"))
    shown = await floor.deliver()
    assert [item.to for item in shown if isinstance(item.message, ReviewCard)] == ["lijing", "chenmin"]
    return lead_id


async def test_when_one_manager_has_picked_by_card_the_other_s_card_says_so(database_url: str) -> None:
    """Semantics 24, 32: an untouched card is rewritten by its send code; the tapped one by the code of the tap, once."""
    async with at_work(database_url, at=shanghai(10), team=TWO, rules=RULES) as floor:
        lead_id = await _recalled(floor)
        shown = await floor.taps("lijing", f"1:assign:L{lead_id}:1:e2")
        assert _closed(shown) == [("lijing", "已处理", "tap"), ("chenmin", "已处理", "sent")]
        details = [
            item.message.detail for item in shown if isinstance(item.message, ClosedCard) and item.to == "chenmin"
        ]
        assert details == ["已派给东二，等待接单。"]
        late = await floor.taps("chenmin", f"1:assign:L{lead_id}:1:e1")
        assert _closed(late) == [("chenmin", "已处理", "tap")]
        assert (await running(floor, lead_id)).rep_id == "e2"


async def test_whoever_assigns_by_typing_has_the_own_card_rewritten_as_well(database_url: str) -> None:
    """Semantics 32: nothing was tapped, so that every card is rewritten by its send code."""
    async with at_work(database_url, at=shanghai(10), team=TWO, rules=RULES) as floor:
        lead_id = await _recalled(floor)
        async with floor.undelivered():
            await floor.says("lijing", f"派单 L{lead_id} e2")
        assert _closed(await floor.deliver()) == [("lijing", "已处理", "sent"), ("chenmin", "已处理", "sent")]


async def test_a_card_that_arrives_too_late_is_rewritten_at_once(database_url: str) -> None:
    """It was on its way when another manager acted."""
    async with at_work(database_url, at=shanghai(10), team=TWO, rules=RULES) as floor:
        lead_id = await floor.lead()
        await floor.do(lambda desk: manage.recall(desk, desk.tx.lead(lead_id), by="root.admin"))
        parcels = await floor.do(lambda desk: take(desk, floor.messenger, limit=100).parcels)
        results = [await floor.carry(parcel) for parcel in parcels]
        await floor.do(lambda desk: manage.give(desk, desk.tx.lead(lead_id), "e2", by="lijing"))
        await floor.do(lambda desk: settle(desk, results))
        closed = _closed(await floor.deliver())
        assert {to for to, text, code in closed if (text, code) == ("已处理", "sent")} == {"lijing", "chenmin"}


async def test_codes_that_rewrite_nothing_any_more_are_forgotten(database_url: str) -> None:
    """WeCom takes a code for 72 hours."""
    async with at_work(database_url, at=shanghai(10), team=TWO, rules=RULES) as floor:
        lead_id = await _recalled(floor)
        floor.later(hours=72, microseconds=1)
        await floor.do(forget_old)
        found = await floor.do(
            lambda desk: manager_cards.take(desk.tx.connection, lead_id, "review_card", desk.tx.keys)
        )
        assert found == []


async def test_a_known_owner_has_the_limits_of_the_rule_that_would_match(database_url: str) -> None:
    """No rule decides a lead for a known owner, but how long there is to answer is the matching rule's."""
    rules = policy(
        rules="[{name: 急, when: {province: [上海]}, teams: [east], acknowledge: {within: 3m, remind: [1m], rounds: 1}}, "
        "{name: 其余, teams: [east]}]"
    )
    async with at_work(database_url, at=shanghai(10), rules=rules) as floor:
        first = number((await post(floor, Lead(source="web", phone="+8613800001111", province="北京市")))[0])
        await floor.deliver()
        rep = (await running(floor, first)).rep_id
        await accept(floor, rep, first)
        await floor.do(lambda desk: follow_up.close_lost(desk, desk.tx.lead(first), "贵", by=rep))
        again = number((await post(floor, Lead(source="web", phone="+8613800001111", province="上海市")))[0])
        offer = await running(floor, again)
        assert (offer.rep_id, offer.why, offer.within_seconds, offer.remind_seconds) == (rep, "only", 180, [60])
        await floor.deliver()
        await floor.goes(minutes=3)
        # One round, by the same rule.
        assert (await floor.row(again)).review_reason == "rounds_used_up"
