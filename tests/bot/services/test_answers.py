"""接单, 转出, 稍后: early, late, twice, forged, out of order; exactly one owner, and everybody is told the truth."""

from datetime import timedelta

import pytest

from bot.messaging import AcceptedCard, Action, ButtonKey, ClosedCard, TryLater
from bot.services import answer, manage
from bot.services.answer import Answer, Answered
from bot.services.delivery import settle, take
from routing.lead import Lead
from store import people
from tests.bot.services.given import MICROSECOND, accept, decline, number, post, running, states, tick
from tests.support.office import Company


async def test_a_tap_on_an_open_offer_counts_before_the_card_is_known_to_have_arrived(floor: Company) -> None:
    """Semantics 18: a tap counts even before `delivered_at`; the card that arrives afterwards shows what it should."""
    floor.messenger.failures[:] = [TryLater("slow", retry_after=20)]
    lead_id = await floor.lead()
    offer = await running(floor, lead_id)
    assert offer.delivered_at is None
    assert await accept(floor, offer.rep_id, lead_id, 1) == Answered.ACCEPTED
    assert (await floor.row(lead_id)).owner == offer.rep_id
    shown = await floor.goes(seconds=30)
    assert not [item for item in shown if type(item.message).__name__ == "OfferCard"]


async def test_a_card_that_arrives_after_the_rep_accepted_by_typing_becomes_the_accepted_one(floor: Company) -> None:
    """Semantics 32, 33: no live buttons are left behind on a card that was in flight."""
    lead_id = number((await post(floor, Lead(source="web", phone="+8613800138000")))[0])
    parcels = await floor.do(lambda desk: take(desk, floor.messenger, limit=10).parcels)
    rep = (await running(floor, lead_id)).rep_id
    await floor.do(lambda desk: answer.accept(desk, Answer(rep, lead_id)))
    results = [await floor.carry(parcel) for parcel in parcels]
    await floor.do(lambda desk: settle(desk, results))
    shown = await floor.deliver()
    assert any(isinstance(item.message, AcceptedCard) and item.code == "sent-1" for item in shown)


@pytest.mark.parametrize("after", [timedelta(0), MICROSECOND, timedelta(seconds=5)])
async def test_b17_a_tap_after_the_deadline_counts_until_the_tick_and_never_after_it(
    floor: Company, after: timedelta
) -> None:
    """B-17: after the tick the click is refused with 已改派 and counted; before it the offer is still open, and held."""
    first, second = await floor.lead(), await floor.lead()
    one, two = await running(floor, first), await running(floor, second)
    assert one.deadline_at is not None
    floor.clock.moment = one.deadline_at + after
    assert await accept(floor, one.rep_id, first, 1) == Answered.ACCEPTED
    await tick(floor)
    assert (await floor.row(first)).owner == one.rep_id
    assert await accept(floor, two.rep_id, second, 1) == Answered.MOVED_ON
    assert [fact.event for fact in await floor.facts(second)][-1] == "late_answer"
    assert (await floor.row(second)).owner is None


async def test_an_answer_after_the_deadline_is_not_one_in_time(floor: Company) -> None:
    """Semantics 20: answered before the deadline; in a row resets on any answer."""
    in_time, late = await floor.lead(), await floor.lead()
    one, two = await running(floor, in_time), await running(floor, late)
    assert one.deadline_at is not None
    floor.clock.moment = one.deadline_at - MICROSECOND
    await accept(floor, one.rep_id, in_time)
    floor.clock.moment = one.deadline_at
    await accept(floor, two.rep_id, late)
    assert (await floor.standing(one.rep_id)).answered_bits == 1
    assert (await floor.standing(two.rep_id)).answered_bits == 0
    assert (await floor.standing(two.rep_id)).timeouts_in_row == 0


async def test_the_same_tap_twice_has_the_effect_of_one(floor: Company) -> None:
    """Invariant 4: one fact, one disclosure, one lead more in hand."""
    lead_id = await floor.lead()
    rep = (await running(floor, lead_id)).rep_id
    assert await accept(floor, rep, lead_id, 1) == Answered.ACCEPTED
    assert await accept(floor, rep, lead_id, 1) == Answered.ALREADY_YOURS
    assert [fact.event for fact in await floor.facts(lead_id)].count("accepted") == 1
    assert (await floor.standing(rep)).open == 1
    assert (await floor.standing(rep)).answered_count == 1


async def test_a_decline_before_an_accept_stands_and_an_accept_before_a_decline_stands(floor: Company) -> None:
    """Invariant 4: out of order, the first to be committed counts, and the other one hears what is true."""
    given_up, taken = await floor.lead(), await floor.lead()
    one, two = await running(floor, given_up), await running(floor, taken)
    assert await decline(floor, one.rep_id, given_up, 1) == Answered.DECLINED
    assert await accept(floor, one.rep_id, given_up, 1) == Answered.MOVED_ON
    assert (await running(floor, given_up)).rep_id != one.rep_id
    assert await accept(floor, two.rep_id, taken, 1) == Answered.ACCEPTED
    assert await decline(floor, two.rep_id, taken, 1) == Answered.ALREADY_YOURS
    assert (await floor.row(taken)).owner == two.rep_id


async def test_an_owner_who_taps_an_old_button_or_snoozes_hears_that_the_lead_is_still_theirs(floor: Company) -> None:
    """Invariant 3: no reply says what is not so: a late tap on 转出, or 稍后, takes nothing away from the owner."""
    lead_id = await floor.lead()
    rep = (await running(floor, lead_id)).rep_id
    await accept(floor, rep, lead_id, 1)
    await floor.deliver()
    said = await floor.says(rep, f"稍后 L{lead_id}")
    assert "不再是" not in "".join(said)
    shown = await floor.taps(rep, str(ButtonKey(Action.DECLINE, f"L{lead_id}", 1)), code="late")
    assert [type(item.message) for item in shown] == [AcceptedCard]
    assert (await floor.row(lead_id)).owner == rep


async def test_somebody_else_s_tap_changes_nothing_and_is_kept(floor: Company) -> None:
    """Forged: a button key says what was tapped, never who may."""
    lead_id = await floor.lead()
    rep = (await running(floor, lead_id)).rep_id
    forger = next(name for name in ("zhangsan", "lisi", "smith") if name != rep)
    for verb in (answer.accept, answer.decline, answer.snooze):
        outcome = await floor.do(lambda desk, verb=verb: verb(desk, Answer(forger, lead_id, 1)))  # type: ignore[misc]
        assert outcome.answered == Answered.NOT_YOURS
    assert (await running(floor, lead_id)).rep_id == rep
    assert (await floor.facts(lead_id))[-1].event == "answer_refused"
    assert (await floor.do(lambda desk: answer.accept(desk, Answer(rep, 99_999, 1)))).answered == Answered.UNKNOWN


async def test_typed_answers_mean_the_running_offer_where_a_lead_came_back(floor: Company) -> None:
    """A lead that was taken away and came back: the old card is dead, the newest offer counts."""
    lead_id = await floor.lead()
    rep = (await running(floor, lead_id)).rep_id
    other = "zhaoliu"
    for to in (other, rep):
        await floor.do(lambda desk, to=to: manage.give(desk, desk.tx.lead(lead_id), to, by="root.admin"))  # type: ignore[misc]
    assert await accept(floor, rep, lead_id, 1) == Answered.MOVED_ON
    assert await accept(floor, other, lead_id) == Answered.MOVED_ON
    assert await accept(floor, rep, lead_id) == Answered.ACCEPTED
    assert [state for _, state, _ in await states(floor, lead_id)] == ["withdrawn", "withdrawn", "accepted"]


async def test_the_whole_number_is_shown_to_the_owner_only_and_each_time_on_the_record(floor: Company) -> None:
    """Invariant 8, semantics 36: after 改派 the former owner's card is rewritten, and a queued one is not sent."""
    lead_id = await floor.lead(phone="+8613900001111")
    rep = (await running(floor, lead_id)).rep_id
    await accept(floor, rep, lead_id)
    await floor.do(lambda desk: manage.give(desk, desk.tx.lead(lead_id), "zhaoliu", by="root.admin"))
    shown = await floor.deliver()
    assert not [item for item in shown if "13900001111" in repr(item.message)]
    await accept(floor, "zhaoliu", lead_id)
    cards = [(item.to, item.message) for item in await floor.deliver()]
    numbers = [(to, str(card.phone)) for to, card in cards if isinstance(card, AcceptedCard)]
    assert [(to, "1390000" in number) for to, number in numbers] == [("zhaoliu", True)]
    await floor.do(lambda desk: manage.recall(desk, desk.tx.lead(lead_id), by="root.admin"))
    closed = [item for item in await floor.deliver() if isinstance(item.message, ClosedCard)]
    assert [item.to for item in closed] == ["zhaoliu"]
    seen = await floor.runner.look(lambda desk: people.disclosures_of(desk.tx.connection, lead_id))
    assert [item.shown_to for item in seen] == [rep, "zhaoliu"]


async def test_nothing_personal_stands_in_facts_messages_or_timers(floor: Company) -> None:
    """House rule, semantics 46: details, payloads and subjects are codes and ids."""
    marked = {"name": "张标记", "phone": "+8613900009999", "email": "marked@example.com", "company": "标记有限公司",
              "demand": "标记的需求"}  # fmt: skip
    lead_id = await floor.lead(**marked)
    offer = await running(floor, lead_id)
    await floor.do(lambda desk: answer.decline(desk, Answer(offer.rep_id, lead_id, 1)))
    await floor.do(lambda desk: answer.give_reason(desk, Answer(offer.rep_id, lead_id, 1), "标记的理由"))
    await floor.goes(minutes=40)
    for table, columns in (
        ("fact", "event, actor, detail"),
        ("outbox", "kind, payload, last_error"),
        ("timer", "kind, subject"),
    ):
        rows = await floor.runner.look(
            lambda desk, table=table, columns=columns: repr(  # type: ignore[misc]
                desk.tx.connection.exec_driver_sql(f"SELECT {columns} FROM {table}").all()
            )
        )
        assert "标记" not in rows
        assert "13900009999" not in rows
        assert "marked" not in rows
