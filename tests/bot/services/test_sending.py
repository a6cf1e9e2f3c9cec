"""The outbox: order, budgets, faults of one member and of everybody, cards that come too late, alarms that do not repeat."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.messaging import AppBroken, ClosedCard, MemberUnreachable, MessageRefused, OfferCard, TextMessage, TryLater
from bot.services import manage, presence
from bot.services.delivery import settle, take
from bot.services.desk import ALERT_ADDRESS, Desk
from bot.wecom.rate_limits import MemberBudget
from bot.wording import Words
from routing.lead import Lead
from store import outbox
from store.outbox import NewMessage, Urgency
from tests.bot.services.given import accept, number, policy, post, running, states, tick
from tests.support.office import Company, company

LEAD = Lead(source="web", phone="+8613800138000")


async def _posted(floor: Company, last: int = 0) -> int:
    return number((await post(floor, Lead(source="web", phone=f"+86138001{last:05d}")))[0])


async def _waiting(floor: Company, kind: str) -> int:
    statement = f"SELECT count(*) FROM outbox WHERE done_at IS NULL AND kind = '{kind}'"
    return int(await floor.runner.look(lambda desk: desk.tx.connection.exec_driver_sql(statement).scalar_one()))


async def test_the_clock_starts_when_the_card_has_arrived_and_not_before(floor: Company) -> None:
    """Semantics 18: `deadline_at` is null until the first errcode 0."""
    floor.messenger.failures[:] = [TryLater("busy"), TryLater("busy")]
    lead_id = await floor.lead()
    offer = await running(floor, lead_id)
    assert (offer.delivered_at, offer.deadline_at) == (None, None)
    await floor.goes(seconds=5)
    await floor.goes(seconds=5)
    offer = await running(floor, lead_id)
    assert offer.delivered_at == floor.clock.now()
    assert offer.deadline_at is not None
    assert (offer.deadline_at - floor.clock.now()).total_seconds() == 600


async def test_a_retry_has_the_same_bytes(floor: Company) -> None:
    """Semantics 18: the body is rendered once, at the first attempt; WeCom's duplicate check needs every byte alike."""
    await _posted(floor)
    (first,) = await floor.do(lambda desk: take(desk, floor.messenger, limit=9).parcels)
    floor.later(minutes=1)
    (again,) = await floor.do(lambda desk: take(desk, floor.messenger, limit=9).parcels)
    assert again.body == first.body
    assert (first.again, again.again) == (False, True)


async def test_what_has_lost_its_meaning_is_not_sent(floor: Company) -> None:
    """A card whose offer is over is dropped before it is sent."""
    lead_id = await _posted(floor)
    await floor.do(lambda desk: manage.recall(desk, desk.tx.lead(lead_id), by="root.admin"))
    assert not [item for item in await floor.deliver() if isinstance(item.message, OfferCard)]


async def test_a_card_that_arrives_after_the_lead_moved_on_is_closed_by_its_own_code(floor: Company) -> None:
    """Semantics 32: an untouched card by the send response's code, once."""
    lead_id = await _posted(floor)
    parcels = await floor.do(lambda desk: take(desk, floor.messenger, limit=9).parcels)
    await floor.do(lambda desk: manage.recall(desk, desk.tx.lead(lead_id), by="root.admin"))
    results = [await floor.carry(parcel) for parcel in parcels]
    await floor.do(lambda desk: settle(desk, results))
    closed = [item for item in await floor.deliver() if isinstance(item.message, ClosedCard)]
    assert [item.code for item in closed] == ["sent-1"]
    offer = (await floor.offers(lead_id))[0]
    assert (offer.state, offer.deadline_at, offer.send_code) == ("withdrawn", None, None)


@pytest.mark.parametrize(("hours", "rewritten"), [(71, True), (73, False)])
async def test_a_send_code_rewrites_for_seventy_two_hours(database_url: str, hours: int, rewritten: bool) -> None:
    """B-31: rewritten within 72 h with its response_code."""
    rules = policy(acknowledge="{within: 5d, rounds: 3, clock: always}")
    async with company(database_url, policy=rules) as floor:
        lead_id = await floor.lead()
        floor.later(hours=hours)
        await floor.do(lambda desk: manage.recall(desk, desk.tx.lead(lead_id), by="root.admin"))
        shown = await floor.deliver()
        assert bool([item for item in shown if isinstance(item.message, ClosedCard)]) is rewritten


async def test_a_refused_card_becomes_words_and_the_clock_starts_when_they_arrive(floor: Company) -> None:
    """Semantics 32: 60140: a text instead; semantics 18: never before something has arrived."""
    floor.messenger.failures[:] = [MessageRefused("card", code=60140), TryLater("busy")]
    lead_id = await floor.lead()
    offer = await running(floor, lead_id)
    assert offer.delivered_at is None
    shown = await floor.goes(seconds=10)
    words = [item.message.text for item in shown if item.to == offer.rep_id and isinstance(item.message, TextMessage)]
    assert f"L{lead_id}" in words[0]
    assert (await running(floor, lead_id)).delivered_at == floor.clock.now()


async def test_words_that_are_refused_as_well_move_the_lead_on_without_a_round(floor: Company) -> None:
    """Nothing is lost: a member whom nothing reaches does not keep a lead."""
    floor.messenger.failures[:] = [MessageRefused("card", code=60140), MessageRefused("text", code=40008)]
    lead_id = await floor.lead()
    (first, second) = await states(floor, lead_id)
    assert (first[1:], second[1:]) == (("withdrawn", 1), ("open", 1))
    assert first[0] != second[0]


async def test_a_member_who_is_gone_loses_the_lead_at_once_and_gets_no_more(floor: Company) -> None:
    """Semantics 35: only member-level errors move a lead on; no round is used up, managers and admins hear of it."""
    floor.messenger.failures[:] = [MemberUnreachable("gone", code=60111)]
    lead_id = await floor.lead()
    (first, second) = await states(floor, lead_id)
    assert (first[1:], second[1:]) == (("withdrawn", 1), ("open", 1))
    assert (await floor.standing(first[0])).unreachable_since is not None
    for _ in range(4):
        assert (await running(floor, await floor.lead())).rep_id != first[0]
    assert [item for item in floor.messenger.shown if item.to == "lijing"]
    await floor.do(lambda desk: presence.resume(desk, first[0]))
    assert (await floor.standing(first[0])).unreachable_since is None


async def test_while_nobody_can_be_reached_no_lead_burns_rounds_and_the_order_is_kept(floor: Company) -> None:
    """Semantics 35: the circuit: `undelivered` timers pause, order is kept; time while it was open is no delay of a card."""
    floor.messenger.failures[:] = [AppBroken("address", code=60020, retry_after=60)] * 50
    leads = [await floor.lead() for _ in range(3)]
    for _ in range(20):
        await floor.goes(minutes=1)
        await floor.sound()
    assert [await states(floor, lead_id) for lead_id in leads] == [
        [(rep, "open", 1)] for rep in ("lisi", "lisiguang", "smith")
    ]
    before = len(floor.messenger.shown)
    floor.messenger.failures.clear()
    await floor.goes(minutes=1)
    cards = [item for item in floor.messenger.shown[before:] if isinstance(item.message, OfferCard)]
    assert [card.message.lead_id for card in cards if isinstance(card.message, OfferCard)] == [
        f"L{each}" for each in leads
    ]
    assert all([(await running(floor, lead_id)).deadline_at for lead_id in leads])


async def test_a_card_is_not_late_because_nobody_could_be_reached(floor: Company) -> None:
    """Semantics 35: `undelivered` stands still with the circuit: the five minutes begin when sending does."""
    floor.messenger.failures[:] = [AppBroken("address", code=60020, retry_after=60)] * 100
    first, second = await floor.lead(), await floor.lead()
    for _ in range(20):
        await floor.goes(minutes=1)
    floor.messenger.failures.clear()
    floor.later(minutes=1)
    (probe,) = await floor.do(lambda desk: take(desk, floor.messenger, limit=9).parcels)
    done = await floor.carry(probe)
    await floor.do(lambda desk: settle(desk, [done]))
    floor.messenger.failures[:] = [TryLater("busy", retry_after=100)]
    await floor.ticks()
    for _ in range(4):
        await floor.goes(seconds=30)
    assert [state for _, state, _ in await states(floor, first)] == ["open"]
    assert [state for _, state, _ in await states(floor, second)] == ["open"]
    assert (await running(floor, second)).delivered_at is not None


async def test_whom_nothing_reaches_is_not_chosen_again_although_least_loaded(database_url: str) -> None:
    """Semantics 18: a card that never arrived gives the lead to somebody else, whatever the chooser would say."""
    async with company(database_url, policy=policy(choose="{by: least_loaded}")) as floor:
        for rep in ("zhangsan", "lisi", "lisiguang"):
            given = await floor.lead()
            await floor.do(lambda desk, lead_id=given, rep=rep: manage.give(  # type: ignore[misc]
                desk, desk.tx.lead(lead_id), rep, by="root.admin"))  # fmt: skip
            await accept(floor, rep, given)
        await floor.deliver()
        floor.messenger.failures[:] = [TryLater("busy", retry_after=1000)]
        lead_id = await floor.lead()
        assert (await running(floor, lead_id)).rep_id == "smith"
        for _ in range(12):
            await floor.goes(seconds=30)
        assert (await running(floor, lead_id)).rep_id != "smith"
        await floor.sound()


async def test_alerts_go_out_while_wecom_is_down_once_and_do_not_close_the_circuit(floor: Company) -> None:
    """Semantics 35: alarms also go to the operator's address, since WeCom may be what failed."""
    floor.messenger.failures[:] = [AppBroken("address", code=60020, retry_after=600)] * 50
    await floor.lead()
    parcels = await floor.do(lambda desk: take(desk, floor.messenger, limit=9).parcels)
    assert parcels == []
    alerts = "SELECT outcome FROM outbox WHERE kind = 'alert'"
    sent = await floor.runner.look(lambda desk: desk.tx.connection.exec_driver_sql(alerts).scalars().all())
    assert list(sent) == ["sent"]
    assert await _waiting(floor, "offer_card") == 1
    floor.later(minutes=5)
    assert await floor.do(lambda desk: take(desk, floor.messenger, limit=9).parcels) == []


async def test_one_probe_at_a_time_while_the_circuit_is_open(floor: Company) -> None:
    """Semantics 35: a probe, not a flood: the next one waits for the end of the first."""
    floor.messenger.failures[:] = [AppBroken("address", code=60020, retry_after=60)] * 50
    for last in range(3):
        await _posted(floor, last)
    await floor.deliver()
    floor.later(minutes=1)
    probes = await floor.do(lambda desk: take(desk, floor.messenger, limit=9).parcels)
    assert len([parcel for parcel in probes if parcel.row.to_member != ALERT_ADDRESS]) == 1
    assert await floor.do(lambda desk: take(desk, floor.messenger, limit=9).parcels) == []


async def test_messages_that_mean_nothing_any_more_do_not_use_up_the_probe(floor: Company) -> None:
    """While nobody could be reached offers were withdrawn; their dead cards must not keep the circuit open for hours."""
    floor.messenger.failures[:] = [AppBroken("address", code=60020, retry_after=60)] * 50
    for last in range(8):
        await _posted(floor, last)
    await floor.deliver()
    dead = await floor.runner.look(lambda desk: [row.lead_id for row in desk.tx.leads(range(1001, 1008))])
    for lead_id in dead:
        await floor.do(lambda desk, lead_id=lead_id: manage.recall(desk, desk.tx.lead(lead_id), by="root.admin"))  # type: ignore[misc]
    floor.later(minutes=2)
    (probe,) = await floor.do(lambda desk: take(desk, floor.messenger, limit=9).parcels)
    assert (probe.row.kind, probe.row.lead_id) == ("offer_card", 1008)
    floor.later(seconds=1)
    assert await floor.do(lambda desk: take(desk, floor.messenger, limit=9).parcels) == []


async def test_the_operator_hears_of_trouble_before_a_long_queue_has_gone_out(floor: Company) -> None:
    """Where calls hang, nothing opens the circuit; the alert must not stand behind everybody's cards and texts."""

    def queue(desk: Desk) -> None:
        for member in range(300):
            desk.tell_text(f"member{member}", "早", urgency=Urgency.CARD)
        desk.alarm("trouble", Words("坏了", "broken"))

    await floor.do(queue)
    first = (await floor.do(lambda desk: take(desk, floor.messenger, limit=64).parcels))[0]
    assert first.row.to_member == ALERT_ADDRESS


async def test_a_message_that_can_never_be_made_is_given_up_after_an_hour(floor: Company) -> None:
    """It is tried every five minutes, and nobody is alarmed about it for ever."""
    lead_id = await floor.lead()
    await floor.do(lambda desk: desk.tx.message(NewMessage("lisi", "of the future", Urgency.CARD, lead_id=lead_id)))
    for _ in range(13):
        await floor.deliver()
        assert await _waiting(floor, "of the future") == 1
        floor.later(minutes=5)
    await floor.deliver()
    assert await _waiting(floor, "of the future") == 0


async def _due(floor: Company) -> int:
    parcels = await floor.do(lambda desk: take(desk, floor.messenger, limit=9).parcels)
    return len([parcel for parcel in parcels if parcel.row.to_member != ALERT_ADDRESS])


@pytest.mark.parametrize("pause", [15, 3600])
async def test_a_clock_that_is_set_back_does_not_keep_the_circuit_open(floor: Company, pause: int) -> None:
    """A pause that ends further ahead than it was ever long is over: one probe goes, and then its own time counts."""
    floor.messenger.failures[:] = [AppBroken("address", code=60020, retry_after=pause)] * 50
    for last in range(3):
        await _posted(floor, last)
    await floor.deliver()
    assert await _due(floor) == 0
    floor.later(seconds=-4)
    assert await _due(floor) == 0
    floor.later(hours=-2)
    assert await _due(floor) == 1
    assert await _due(floor) == 0
    floor.later(seconds=30)
    assert await _due(floor) == 1


async def test_a_clock_that_is_set_back_holds_no_message_back(floor: Company) -> None:
    """A lease that ends later than any can is over, and what was queued after now, to go at once, is due."""
    await _posted(floor)
    assert await _due(floor) == 1
    await _posted(floor, 1)
    floor.later(seconds=-30)
    assert await _due(floor) == 0
    floor.later(hours=-2)
    assert await floor.do(lambda desk: outbox.due_for(desk.tx.connection, desk.now, desk.open_office.table.ids))
    assert await _due(floor) == 2
    assert await _due(floor) == 0


async def test_a_message_that_failed_under_a_clock_that_ran_ahead_is_still_tried_with_pauses(floor: Company) -> None:
    """Only what was never tried goes at once after the clock was set back: nobody may be called in a busy loop."""
    await _posted(floor)
    floor.later(hours=-2)
    floor.messenger.failures[:] = [TryLater("busy")]
    await floor.deliver()
    assert await _waiting(floor, "offer_card") == 1
    assert await _due(floor) == 0
    floor.later(minutes=5)
    assert await _due(floor) == 1


async def test_a_clock_that_is_set_back_takes_nobody_s_send_slot(database_url: str) -> None:
    """Who was sent something by the later clock has the slots that the budget says, and is offered leads."""
    rules = policy(rules="[{name: 其余, teams: [north]}]")
    async with company(database_url, policy=rules) as floor:
        floor.messenger.budget = floor.runner.budget = MemberBudget()
        await floor.lead()
        floor.later(hours=-2)
        assert (await floor.row(await floor.lead())).state == "offered"


async def test_equal_alarms_are_told_once_in_ten_minutes_also_before_any_policy(database_url: str) -> None:
    """One fault may touch every lead; the operator hears of it once, and again when it lasts."""
    async with company(database_url, policy=None) as floor:
        # At the end the clock is set back: a mark that lies ahead keeps nothing quiet.
        for minutes in (0, 1, 8, 2, -120, 1):
            floor.later(minutes=minutes)
            await floor.do(lambda desk: desk.alarm("same", Words("坏了", "broken")))
            await floor.do(lambda desk: desk.alarm("other", Words("也坏了", "broken too")))
        count = "SELECT count(*) FROM outbox WHERE kind = 'alert'"
        assert await floor.runner.look(lambda desk: desk.tx.connection.exec_driver_sql(count).scalar()) == 6
        await floor.deliver()
        assert await _waiting(floor, "alert") == 0


async def test_a_card_that_never_gets_through_goes_to_somebody_else_after_five_minutes(floor: Company) -> None:
    """Semantics 18: the timer `undelivered`; nothing is lost, no round used up, and the first rep is not asked next."""
    floor.messenger.failures[:] = [TryLater("busy", retry_after=1000)]
    lead_id = await floor.lead()
    first = await running(floor, lead_id)
    for _ in range(9):
        await floor.goes(seconds=30)
    assert await states(floor, lead_id) == [(first.rep_id, "open", 1)]
    for _ in range(3):
        await floor.goes(seconds=30)
    (_, second) = await states(floor, lead_id)
    assert second[1:] == ("open", 1)
    assert second[0] != first.rep_id


@contextmanager
def _budget(floor: Company) -> Iterator[None]:
    floor.messenger.budget = floor.runner.budget = MemberBudget(pushes_a_minute=3, pushes_an_hour=600)
    yield


async def test_a_rep_without_a_free_slot_is_not_offered_and_the_pool_waits_for_one(database_url: str) -> None:
    """Semantics 31, 56: no slot within 30 s: not eligible, cards of the same batch counted; drained as slots free up."""
    rules = policy(rules="[{name: 其余, teams: [north]}]")
    async with company(database_url, policy=rules) as floor:
        with _budget(floor):
            answers = await post(floor, *(Lead(source="web", phone=f"+86138001{last:05d}") for last in range(5)))
            ids = [number(answer) for answer in answers]
            found = [str((await floor.row(lead_id)).state) for lead_id in ids]
            assert found == ["offered"] * 3 + ["pooled"] * 2
            await floor.deliver()
            later = await _posted(floor, 99)
            assert (await floor.row(later)).state == "pooled"
            for _ in range(9):
                await floor.goes(seconds=5)
                await floor.sound()
            assert [str((await floor.row(lead_id)).state) for lead_id in ids[3:]] == ["offered", "offered"]


async def test_a_card_that_would_wait_longer_than_half_a_minute_for_a_slot_lets_the_lead_go(floor: Company) -> None:
    """Semantics 56: their reps' leads pool, or go to somebody else, if no slot comes in 30 s."""
    lead_id = await _posted(floor)
    rep = (await running(floor, lead_id)).rep_id
    with _budget(floor):
        floor.messenger.budget = MemberBudget(pushes_a_minute=1, pushes_an_hour=600)
        spent = floor.messenger.budget.spend({}, "push", floor.clock.now())
        await floor.do(lambda desk: outbox.save_budgets(desk.tx.connection, {rep: (spent, desk.now)}, new={rep}))
        await floor.deliver()
    offers = await states(floor, lead_id)
    assert offers[0] == (rep, "withdrawn", 1)
    assert (await floor.offers(lead_id))[0].end_reason == "send_limit"
    assert offers[1][0] != rep


async def test_a_message_that_cannot_be_made_holds_up_nobody_else_s(floor: Company) -> None:
    """One bad row must not stop the outbox: it is told, waits, and the others go."""
    await floor.do(lambda desk: desk.tx.message(NewMessage("lisi", "of the future", Urgency.ANSWER, lead_id=1)))
    lead_id = await floor.lead()
    await floor.do(lambda desk: desk.tx.message(NewMessage("lisi", "of the future", Urgency.ANSWER, lead_id=lead_id)))
    other = await floor.lead()
    assert (await running(floor, other)).delivered_at is not None
    assert await _waiting(floor, "of the future") == 1
    await floor.do(lambda desk: desk.tx.connection.exec_driver_sql("DELETE FROM outbox WHERE kind = 'of the future'"))


async def test_reminders_after_the_answer_are_not_sent(floor: Company) -> None:
    """B-30: none after acceptance."""
    lead_id = await floor.lead()
    rep = (await running(floor, lead_id)).rep_id
    floor.later(minutes=5)
    assert await tick(floor) > 0
    await accept(floor, rep, lead_id)
    assert not [text for text in floor.texts(await floor.deliver(), rep) if text.startswith("⏰")]
