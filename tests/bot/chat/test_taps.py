"""Taps on buttons: the first one counts, and whoever comes later is told the truth."""

from datetime import timedelta

import pytest

from bot.chat import texts, texts_leads
from bot.messaging import AcceptedCard, ClosedCard, ReasonVote, ReviewCard
from bot.services.deadlines import run_due
from tests.support.office import Company
from tests.support.recording_messenger import Shown


def _card(shown: list[Shown], to: str) -> object:
    return next(item.message for item in reversed(shown) if item.to == to)


async def _offer(company: Company, rep: str = "zhangsan") -> tuple[int, int]:
    lead_id = await company.offered(rep)
    return lead_id, (await company.row(lead_id)).offer_no


async def _pass(company: Company, **length: float) -> list[Shown]:
    company.later(**length)
    await company.do(lambda desk: run_due(desk, limit=100))
    return await company.deliver()


async def test_accept_shows_the_whole_number_on_the_card_to_the_owner_only(company: Company) -> None:
    """接单 is the disclosure."""
    lead_id, number = await _offer(company)
    shown = await company.taps("zhangsan", f"1:accept:L{lead_id}:{number}")
    assert [(item.to, item.code) for item in shown] == [("zhangsan", "tap")]
    card = shown[0].message
    assert isinstance(card, AcceptedCard)
    assert card.phone == (await company.row(lead_id)).lead.phone.removeprefix("+86")  # type: ignore[union-attr]
    again = await company.taps("zhangsan", f"1:accept:L{lead_id}:{number}", code="second")
    assert isinstance(_card(again, "zhangsan"), AcceptedCard)
    assert (await company.standing("zhangsan")).open == 1


async def test_b17_a_late_accept_is_told_that_the_lead_has_moved_on(company: Company) -> None:
    """At the deadline it goes to the next one; a tap after that changes nothing, and reps do not hear who has it."""
    lead_id = await company.lead()
    first = await company.running(lead_id)
    assert first is not None
    await _pass(company, minutes=10, seconds=1)
    second = await company.running(lead_id)
    assert second is not None
    assert second.rep_id != first.rep_id
    shown = await company.taps(first.rep_id, f"1:accept:L{lead_id}:1")
    card = _card(shown, first.rep_id)
    assert isinstance(card, ClosedCard)
    assert card.text == "已改派"
    assert second.rep_id not in repr(card)
    assert (await company.row(lead_id)).owner is None
    assert "late_answer" in [fact.event for fact in await company.facts(lead_id)]


async def test_a_manager_hears_who_has_the_lead_now(small: Company) -> None:
    """Only managers do."""
    lead_id = await small.owned("zhangsan", province="北京市")
    number = (await small.row(lead_id)).offer_no
    shown = await small.taps("root.admin", f"1:accept:L{lead_id}:{number}")
    assert "张三" in repr(_card(shown, "root.admin"))
    shown = await small.taps("lisi", f"1:accept:L{lead_id}:{number}")
    assert "张三" not in repr(_card(shown, "lisi"))


async def test_decline_asks_why_and_passes_on_at_once(company: Company) -> None:
    """The decline stands without a reason; the vote closes the card."""
    lead_id, number = await _offer(company)
    shown = await company.taps("zhangsan", f"1:decline:L{lead_id}:{number}")
    assert isinstance(_card(shown, "zhangsan"), ReasonVote)
    assert (await company.row(lead_id)).state in {"offered", "review"}
    again = await company.taps("zhangsan", f"1:decline:L{lead_id}:{number}", code="second")
    assert isinstance(_card(again, "zhangsan"), ReasonVote)
    voted = await company.taps("zhangsan", f"1:reason:L{lead_id}:{number}", chosen=["busy"])
    assert isinstance(_card(voted, "zhangsan"), ClosedCard)
    told = [fact for fact in await company.facts(lead_id) if fact.event == "decline_reason"]
    assert [fact.private for fact in told] == [{"reason": "busy"}]
    third = await company.taps("zhangsan", f"1:decline:L{lead_id}:{number}", code="third")
    assert isinstance(_card(third, "zhangsan"), ClosedCard)


@pytest.mark.parametrize("chosen", [[], ["no such reason"], ["x" * 500]])
async def test_a_vote_without_a_known_reason_keeps_none(small: Company, chosen: list[str]) -> None:
    """What a client sends is not taken on trust."""
    lead_id, number = await _offer(small)
    await small.taps("zhangsan", f"1:decline:L{lead_id}:{number}")
    shown = await small.taps("zhangsan", f"1:reason:L{lead_id}:{number}", chosen=chosen)
    assert isinstance(_card(shown, "zhangsan"), ClosedCard)
    assert "decline_reason" not in [fact.event for fact in await small.facts(lead_id)]


async def test_a_vote_on_somebody_elses_offer_is_refused(small: Company) -> None:
    """Nobody gives reasons for others."""
    lead_id, number = await _offer(small)
    await small.taps("zhangsan", f"1:decline:L{lead_id}:{number}")
    await small.taps("lisi", f"1:reason:L{lead_id}:{number}", chosen=["busy"])
    await small.taps("lisi", f"1:reason:L{lead_id}:{number}")
    assert "decline_reason" not in [fact.event for fact in await small.facts(lead_id)]


async def test_snooze_says_how_long_is_left_in_whole_minutes(company: Company) -> None:
    """Seconds that have passed since the card arrived are nobody's business."""
    lead_id, number = await _offer(company)
    company.later(seconds=3)
    shown = await company.taps("zhangsan", f"1:snooze:L{lead_id}:{number}")
    assert "还有约 10 分钟，" in company.texts(shown, "zhangsan")[0]
    company.later(seconds=512)
    assert "还剩 85 秒" in (await company.says("zhangsan", "我的线索"))[0]


async def test_snooze_drops_one_reminder_and_never_moves_the_deadline(company: Company) -> None:
    """It says how long is left."""
    lead_id, number = await _offer(company)
    before = await company.running(lead_id)
    company.later(minutes=1)
    shown = await company.taps("zhangsan", f"1:snooze:L{lead_id}:{number}")
    assert company.texts(shown, "zhangsan") == [texts_leads.SNOOZED.say("zh", lead=f"L{lead_id}", left="9 分钟")]
    after = await company.running(lead_id)
    assert before is not None
    assert after is not None
    assert after.deadline_at == before.deadline_at
    shown = await _pass(company, minutes=4, seconds=1)
    assert company.texts(shown, "zhangsan") == []
    shown = await _pass(company, minutes=3)
    assert len(company.texts(shown, "zhangsan")) == 1


@pytest.mark.parametrize(
    "key",
    [
        "",
        "x",
        "1:accept:L1001",
        "2:accept:L1001:1",
        "1:steal:L1001:1",
        "1:accept:C1:1",
        "1:confirm:L1001:0",
        "\x00",
        "1" * 2000,
        "1:accept:L999999999999999999999:1",
        "1:choose:C99999999999999999999:0:zhangsan",
    ],
)
async def test_a_key_that_means_nothing_is_answered_in_one_sentence(small: Company, key: str) -> None:
    """A button of another version, or of nobody's making, changes nothing."""
    await small.offered("zhangsan")
    shown = await small.taps("zhangsan", key)
    assert len(company_texts := small.texts(shown, "zhangsan")) == 1
    assert len(shown) == 1
    assert company_texts[0]


async def test_a_tap_without_a_code_is_answered_in_words(small: Company) -> None:
    """Some clients send none, and then no card can be rewritten."""
    lead_id, number = await _offer(small)
    shown = await small.taps("lisi", f"1:accept:L{lead_id}:{number}", code=None)
    assert small.texts(shown, "lisi") == [texts_leads.NOT_YOURS.zh.format(lead=f"L{lead_id}")]


async def test_the_button_of_a_closed_card_says_how_things_stand(small: Company) -> None:
    """To each as much as may be known."""
    lead_id = await small.owned("zhangsan")
    key = f"1:closed:L{lead_id}:1"
    assert "跟进中" in small.texts(await small.taps("zhangsan", key), "zhangsan")[0]
    assert "张三" in small.texts(await small.taps("lijing", key), "lijing")[0]
    assert "张三" not in small.texts(await small.taps("lisi", key), "lisi")[0]
    assert small.texts(await small.taps("lisi", "1:closed:C1001:0"), "lisi") == [texts.UNKNOWN_BUTTON.zh]


async def _in_review(company: Company) -> tuple[int, int]:
    lead_id = await company.owned("zhangsan")
    await company.says("lijing", f"撤回 L{lead_id}")
    await company.says("lijing", "确认")
    return lead_id, (await company.row(lead_id)).offer_no


async def test_the_first_manager_to_act_on_a_review_wins(company: Company) -> None:
    """The second one is told who has the lead now, and changes nothing."""
    lead_id, number = await _in_review(company)
    cards = [item for item in company.messenger.shown if isinstance(item.message, ReviewCard)]
    assert {item.to for item in cards} == {"lijing"}
    shown = await company.taps("lijing", f"1:assign:L{lead_id}:{number}:lisi")
    closed = next(item.message for item in shown if isinstance(item.message, ClosedCard))
    assert "李四" in (closed.detail or "")
    running = await company.running(lead_id)
    assert running is not None
    assert running.rep_id == "lisi"
    late = await company.taps("root.admin", f"1:assign:L{lead_id}:{number}:zhangsan")
    assert "李四" in repr(_card(late, "root.admin"))
    later = await company.taps("root.admin", f"1:later:L{lead_id}:{number}", code=None)
    assert "李四" in company.texts(later, "root.admin")[0]
    running = await company.running(lead_id)
    assert running is not None
    assert running.rep_id == "lisi"


async def test_an_older_review_card_of_a_lead_that_waits_again_changes_nothing(small: Company) -> None:
    """Somebody was tried since: the manager is told, and finds the newer card."""
    lead_id, number = await _in_review(small)
    await small.taps("lijing", f"1:assign:L{lead_id}:{number}:lisi")
    await small.says("lisi", f"转出 L{lead_id} 不熟")
    assert (await small.row(lead_id)).state == "review"
    shown = await small.taps("lijing", f"1:assign:L{lead_id}:{number}:smith")
    assert isinstance(_card(shown, "lijing"), ClosedCard)
    assert (await small.row(lead_id)).state == "review"


async def test_later_leaves_a_review_where_it_is(small: Company) -> None:
    """The ladder goes on."""
    lead_id, number = await _in_review(small)
    await small.taps("lijing", f"1:later:L{lead_id}:{number}")
    assert (await small.row(lead_id)).state == "review"


@pytest.mark.parametrize(
    ("user", "rep"),
    [
        ("lisi", "lisi"),
        ("chenmin", "zhaoliu"),
        ("lijing", "zhaoliu"),
        ("lijing", "lijing"),
        ("lijing", "nobody"),
    ],
)
async def test_nobody_decides_a_review_for_others_teams(small: Company, user: str, rep: str) -> None:
    """A review card can be forged as well as any other."""
    lead_id, number = await _in_review(small)
    shown = await small.taps(user, f"1:assign:L{lead_id}:{number}:{rep}")
    assert len(small.texts(shown, user)) == 1
    assert (await small.row(lead_id)).state == "review"


async def test_a_tap_counts_before_its_delivery_is_known(small: Company) -> None:
    """WeCom shows the card before its answer has reached us."""
    async with small.undelivered():
        lead_id = await small.lead()
    offer = await small.running(lead_id)
    assert offer is not None
    assert offer.delivered_at is None
    await small.taps(offer.rep_id, f"1:accept:L{lead_id}:{offer.offer_no}")
    assert (await small.row(lead_id)).owner == offer.rep_id
    assert small.clock.now() - (await small.offers(lead_id))[0].offered_at == timedelta(0)
