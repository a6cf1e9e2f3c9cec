"""Claim races (B-18, invariant 1): one set of offers, one winner, whatever comes in between."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from bot.messaging import MemberUnreachable
from bot.services import answer, manage, presence
from bot.services.answer import Answer, Answered
from bot.services.desk import Desk
from bot.services.receive import Incoming, receive
from routing.lead import Lead
from store.rows import OfferRow
from tests.bot.services.surging_floor import (
    accepts,
    by_hand,
    declines,
    deficits,
    hot,
    opened,
    running,
    surging_floor,
    switches,
)
from tests.soak.lengths import length, say
from tests.support.office import Company


@pytest.fixture
async def floor(database_url: str) -> AsyncIterator[Company]:
    """Five reps, and a breaker that opens at the third hot lead."""
    async with surging_floor(database_url) as opened:
        yield opened


async def test_b18_the_lead_that_makes_a_surge_is_raced_for(floor: Company) -> None:
    """B-18: open within the same commit; three offers in one round, three minutes, one message, one row with the numbers."""
    first = [await hot(floor), await hot(floor)]
    assert [len(await running(floor, lead_id)) for lead_id in first] == [1, 1]
    lead_id = await hot(floor)
    made = await running(floor, lead_id)
    assert [(offer.offer_no, offer.round, offer.race) for offer in made] == [(1, 1, 1), (2, 1, 1), (3, 1, 1)]
    assert len({offer.rep_id for offer in made}) == 3
    assert {(offer.within_seconds, tuple(offer.remind_seconds)) for offer in made} == {(180, (90, 144))}
    assert len({offer.decision_id for offer in made}) == 1
    told = [text for text in floor.texts(floor.messenger.shown, "lijing") if "熔断已开启" in text]
    assert len(told) == 1
    assert "3 条热线索" in told[0]
    (row,) = await switches(floor)
    assert (row.before, row.after, row.cause, row.actor) == ("closed", "open", "surge", "system")
    assert row.numbers["count"] == row.numbers["surge_from"] == 3
    cold = await floor.lead()
    assert [offer.race for offer in await running(floor, cold)] == [None]


async def test_b18_the_first_to_accept_wins_and_the_others_are_told(floor: Company) -> None:
    """One owner; the cards of the others say 已被领取, and so does a late tap; nothing is counted against them."""
    lead_id = await opened(floor)
    made = await running(floor, lead_id)
    before = [await floor.standing(offer.rep_id) for offer in made]
    assert [standing.open for standing in before] == [1, 1, 1]
    shown = len(floor.messenger.shown)
    winner, *losers = made[::-1]
    assert await accepts(floor, winner) is Answered.ACCEPTED
    row = await floor.row(lead_id)
    assert (row.state, row.owner, row.round) == ("owned", winner.rep_id, 1)
    after = {offer.rep_id: offer for offer in await floor.offers(lead_id)}
    for loser in losers:
        assert (after[loser.rep_id].state, after[loser.rep_id].end_reason) == ("withdrawn", "lost_race")
        standing = await floor.standing(loser.rep_id)
        assert (standing.open, standing.today, standing.answered_count, standing.timeouts_in_row) == (0, 0, 0, 0)
        assert floor.texts(floor.messenger.shown[shown:], loser.rep_id) == ["ClosedCard"]
        late = await floor.taps(loser.rep_id, f"1:accept:L{lead_id}:{loser.offer_no}")
        assert [getattr(item.message, "text", "") for item in late] == ["已被领取"]
        assert await floor.says(loser.rep_id, f"接单 L{lead_id}") == [f"L{lead_id} 已被领取：别的销售先接了。"]
    assert (await floor.row(lead_id)).owner == winner.rep_id
    shares = await deficits(floor)
    assert {rep: share for rep, share in shares.items() if rep.startswith("r")} == {
        rep: 200_000 - 1_000_000 * (rep == winner.rep_id) for rep in ("r1", "r2", "r3", "r4", "r5")
    }


async def test_whoever_has_no_code_is_told_in_words(floor: Company) -> None:
    """A card that can't be rewritten must not leave somebody waiting for a lead that is gone."""
    lead_id = await opened(floor)
    made = await running(floor, lead_id)
    await floor.do(lambda desk: desk.tx.connection.exec_driver_sql("UPDATE offer SET send_code = NULL"))
    await accepts(floor, made[0])
    assert floor.texts(floor.messenger.shown, made[1].rep_id)[-1] == f"L{lead_id} 已被领取：别的销售先接了。"


async def test_a_race_that_everybody_lets_pass_uses_up_one_round(floor: Company) -> None:
    """A decline and two time-outs are one round; those asked are not asked again, and parts of a lead stay counted."""
    lead_id = await opened(floor)
    made = await running(floor, lead_id)
    await declines(floor, made[0])
    row = await floor.row(lead_id)
    assert (row.state, row.round, len(await running(floor, lead_id))) == ("offered", 1, 2)
    await floor.goes(minutes=3, seconds=1)
    again = await running(floor, lead_id)
    assert {(offer.round, offer.race) for offer in again} == {(2, 4)}
    assert not {offer.rep_id for offer in again} & {offer.rep_id for offer in made}
    shares = await deficits(floor)
    assert sum(shares.values()) == 0
    await floor.goes(minutes=3, seconds=1)
    row = await floor.row(lead_id)
    assert (row.state, row.review_reason, row.round) == ("review", "rounds_used_up", 2)


async def test_a_racer_who_leaves_lets_the_others_race_on(floor: Company) -> None:
    """下线 takes one offer out; when the last one leaves too, the round is as if it had never been, and so are the accounts."""
    lead_id = await opened(floor)
    made = await running(floor, lead_id)
    await floor.do(lambda desk: presence.go_offline(desk, made[0].rep_id))
    assert [offer.offer_no for offer in await running(floor, lead_id)] == [2, 3]
    await floor.do(lambda desk: presence.go_offline(desk, made[1].rep_id))
    await floor.do(lambda desk: presence.pause(desk, made[2].rep_id, None, by="lijing"))
    await floor.deliver()
    again = await running(floor, lead_id)
    assert {(offer.round, offer.race) for offer in again} == {(1, 4)}
    assert not any((await deficits(floor)).values()), "a race of the two who are left gives and takes a half each"


async def test_a_racer_who_leaves_after_a_decline_leaves_the_round_used(floor: Company) -> None:
    """Somebody has let it pass: the next offer is the next round, whoever ended the race."""
    lead_id = await opened(floor)
    made = await running(floor, lead_id)
    await declines(floor, made[1])
    for offer in (made[0], made[2]):
        await floor.do(lambda desk, rep=offer.rep_id: presence.go_offline(desk, rep))  # type: ignore[misc]
    assert {offer.round for offer in await running(floor, lead_id)} == {2}


async def test_a_card_that_never_arrives_takes_only_its_rep_out(floor: Company) -> None:
    """The others race on; nothing is counted against whoever could not be reached."""
    await by_hand(floor, "开")
    floor.messenger.failures[:] = [MemberUnreachable("message/send", code=60111)]
    lead_id = await hot(floor)
    gone, *others = await floor.offers(lead_id)
    assert [offer.state for offer in (gone, *others)] == ["withdrawn", "open", "open"]
    await accepts(floor, others[0])
    assert [offer.state for offer in await floor.offers(lead_id)] == ["withdrawn", "accepted", "withdrawn"]
    shares = await deficits(floor)
    assert (shares[gone.rep_id], shares[others[0].rep_id], shares[others[1].rep_id]) == (200_000, -800_000, 200_000)


async def test_b01_a_manager_takes_a_raced_lead_and_gives_it_back(floor: Company) -> None:
    """改派 and 撤回 end every offer of the race; 撤销 asks anew whoever may have it."""
    lead_id = await opened(floor)
    made = await running(floor, lead_id)
    free = ({"r1", "r2", "r3", "r4", "r5"} - {offer.rep_id for offer in made}).pop()
    await floor.do(lambda desk: manage.give(desk, desk.tx.lead(lead_id), free, by="lijing"))
    now = await running(floor, lead_id)
    assert [(offer.rep_id, offer.race, offer.round) for offer in now] == [(free, None, 1)]
    assert [(await floor.standing(offer.rep_id)).open for offer in made] == [0, 0, 0]
    other = await hot(floor)
    await floor.says("lijing", f"撤回 L{other}")
    await floor.says("lijing", "确认")
    assert (await floor.row(other)).state == "review"
    assert not await running(floor, other)
    await floor.says("lijing", "撤销")
    row = await floor.row(other)
    assert (row.state, row.round) == ("offered", 1)
    assert len(await running(floor, other)) == 3


async def test_updates_and_questions_reach_everybody_who_races(floor: Company) -> None:
    """Who is asked may ask why; managers see all names; news of the lead goes to each of them."""
    await by_hand(floor, "开")
    lead = Lead(source="web", external_id="same", phone="+8613800001111", company="远航", company_size=900)
    posted = await floor.do(lambda desk: receive(desk, [Incoming(lead, None, b"")]))
    await floor.deliver()
    lead_id = int(str(posted[0]["lead_id"]).removeprefix("L"))  # type: ignore[index]
    made = await running(floor, lead_id)
    assert len(made) == 3
    for offer in made:
        answers = await floor.says(offer.rep_id, f"为什么 L{lead_id}")
        assert "抢单" in answers[0]
    newer = Lead(source="web", external_id="same", phone="+8613800001111", company="远航", title="采购经理")
    shown = len(floor.messenger.shown)
    await floor.do(lambda desk: receive(desk, [Incoming(newer, None, b"")]))
    await floor.deliver()
    told = {item.to for item in floor.messenger.shown[shown:]}
    assert told == {offer.rep_id for offer in made}


async def race_at_once(floor: Company, trial: int) -> bool:
    """Let all who race tap twice in the same moment, some to decline; now and then a manager takes the lead back too."""
    lead_id = await hot(floor)
    made = await running(floor, lead_id)

    def tap(offer: OfferRow, *, declines: bool) -> Callable[[Desk], Answered]:
        said, verb = Answer(offer.rep_id, lead_id, offer.offer_no), answer.decline if declines else answer.accept
        return lambda desk: verb(desk, said).answered

    def taken_back(desk: Desk) -> Answered:
        manage.recall(desk, desk.tx.lead(lead_id), by="lijing")
        return Answered.MOVED_ON

    taps = [tap(offer, declines=(trial + at) % 5 == 0) for at, offer in enumerate(made)] * 2
    if trial % 7 == 0:
        taps.append(taken_back)
    answers = await asyncio.gather(*(floor.runner.run(each) for each in taps))
    accepted = [row.rep_id for row in await floor.offers(lead_id) if row.state == "accepted"]
    row = await floor.row(lead_id)
    assert answers.count(Answered.ACCEPTED) == len(accepted) <= 1
    assert row.owner is None or [row.owner] == accepted
    if row.owner is not None:
        await floor.says(row.owner, f"无效 L{lead_id} 测试")
    elif row.state == "offered":
        await floor.do(lambda desk: manage.recall(desk, desk.tx.lead(lead_id), by="lijing"))
    floor.later(seconds=1)
    return row.owner is not None


async def test_d09_of_those_who_tap_at_once_exactly_one_wins(floor: Company) -> None:
    """Invariants 1 and 4: on both engines, each tap twice, with declines and a manager's 撤回 in the same moment."""
    await by_hand(floor, "开")
    assert sum([await race_at_once(floor, trial) for trial in range(12)]) >= 8


@pytest.mark.soak
@pytest.mark.timeout(3600)
async def test_a_thousand_races_have_one_winner_each(floor: Company) -> None:
    """The same a thousand times; the breaker is opened anew whenever it has closed."""
    trials, won = length(1_000), 0
    for trial in range(trials):
        if trial % 25 == 0:
            await floor.goes(minutes=1)
            await by_hand(floor, "开")
            await floor.sound()
        won += await race_at_once(floor, trial)
    say(f"races: {trials}, won {won}")
    assert won > trials // 2
