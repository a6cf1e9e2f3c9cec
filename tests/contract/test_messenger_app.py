"""The application messenger against the stand-in WeCom over HTTP: what the rep sees, and what each failure becomes."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings

from bot.chat.cards import template_card
from bot.messaging import (
    AcceptedCard,
    Action,
    AppBroken,
    ButtonKey,
    CardMessage,
    ClosedCard,
    MemberUnreachable,
    MessageRefused,
    MessagingError,
    Option,
    ReasonVote,
    Rewritten,
    TextMessage,
    TryLater,
    parse_button_key,
)
from sandbox.config import RepeatAnswer, TokenMode
from tests.bot.chat.wild_messages import MESSAGES, OFFERS
from tests.contract.wecom_world import CONFIG, World, connected, offer

_HOURS = 3600
_INSTALLATIONS = count()


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """Give a stand-in and a messenger."""
    async with connected() as both:
        yield both


async def test_an_offer_arrives_as_the_card_that_was_drawn(world: World) -> None:
    """Live buttons, keys that we read back, a code for later."""
    body = world.messenger.render(offer(), to="ZhangSan")
    sent = await world.messenger.send(body, again=False)
    assert sent.delivered
    assert not sent.already
    assert sent.response_code
    assert sent.msgid
    seen = world.sandbox.card("ZhangSan", "offer-L1024-1-t1")
    assert seen.content == template_card(offer(), task_id="offer-L1024-1-t1")
    callback = world.sandbox.tap("ZhangSan", "1:accept:L1024:1", task_id="offer-L1024-1-t1")
    assert parse_button_key(callback.event_key) == ButtonKey(Action.ACCEPT, "L1024", 1)
    assert not world.sandbox.records.warnings


@pytest.mark.parametrize("repeat_answer", ["ok", "task_id"])
async def test_a_repeat_after_a_lost_answer_is_seen_once_and_known_as_delivered(repeat_answer: RepeatAnswer) -> None:
    """WeCom took it, the answer was lost: whichever of two answers the repeat gets, the card is there once."""
    async with connected() as world:
        world.sandbox.messages.repeat_answer = repeat_answer
        world.sandbox.faults.add("drop_after", "message/send", count=1)
        body = world.messenger.render(offer(), to="ZhangSan")
        with pytest.raises(TryLater):
            await world.messenger.send(body, again=False)
        sent = await world.messenger.send(body, again=True)
        assert sent.delivered
        assert sent.response_code is None
        assert sent.already == (repeat_answer == "task_id")
        assert len(world.sandbox.cards("ZhangSan")) == 1


async def test_a_task_id_clash_on_the_first_attempt_is_no_delivery(world: World) -> None:
    """Another database with the same tag had used the task: the rep never saw this lead, and nobody may think so."""
    await world.messenger.send(world.messenger.render(offer(), to="lisi"), again=False)
    body = world.messenger.render(offer(), to="ZhangSan")
    with pytest.raises(MessageRefused) as refused:
        await world.messenger.send(body, again=False)
    assert refused.value.code == 42014


async def test_the_same_words_for_two_occasions_arrive_twice_and_for_one_once(world: World) -> None:
    """WeCom swallows what it has seen; the key of a text tells a repeat from a second message."""
    for key in ("outbox-1", "outbox-1", "outbox-2"):
        await world.messenger.send(world.messenger.render(TextMessage("还剩 3 分钟", key), to="lisi"), again=False)
    assert world.sandbox.reads("lisi") == ["还剩 3 分钟", "还剩 3 分钟"]


async def test_fifty_cold_sends_fetch_one_token(world: World) -> None:
    """A start under load asks gettoken once."""
    bodies = [world.messenger.render(offer(number), to="ZhangSan") for number in range(1, 51)]
    await asyncio.gather(*(world.messenger.send(body, again=False) for body in bodies))
    assert world.tokens_issued == 1
    assert len(world.sandbox.cards("ZhangSan")) == 50


@pytest.mark.parametrize("how", ["age", "revoke"])
@pytest.mark.parametrize("mode", ["same", "new"])
async def test_a_token_that_ends_under_fifty_sends_is_fetched_once_more(how: str, mode: TokenMode) -> None:
    """42001 and 40014 alike; all fifty arrive, nobody twice."""
    async with connected(replace(CONFIG, token_mode=mode)) as world:
        await world.client.check_credentials()
        getattr(world.sandbox.tokens, how)()
        bodies = [world.messenger.render(offer(number), to="ZhangSan") for number in range(1, 51)]
        await asyncio.gather(*(world.messenger.send(body, again=False) for body in bodies))
        assert world.tokens_issued == 2
        assert len(world.sandbox.cards("ZhangSan")) == 50


@pytest.mark.parametrize(
    ("fault", "failure", "least_pause", "code"),
    [
        ("busy", TryLater, 0.0, -1),
        ("too_many_concurrent", TryLater, 1.0, 45033),
        ("rate_limited", AppBroken, 30.0, 45009),
        ("ip_refused", AppBroken, 15.0, 60020),
        ("token_expired", AppBroken, 5.0, 42001),
        ("token_invalid", AppBroken, 5.0, 40014),
        ("drop_before", TryLater, 0.0, None),
        ("drop_after", TryLater, 0.0, None),
        ("bad_gateway", TryLater, 0.0, None),
        ("malformed_json", TryLater, 0.0, None),
        ("slow", TryLater, 0.0, None),
    ],
)
async def test_each_fault_becomes_the_failure_of_its_family(
    fault: str, failure: type[TryLater | AppBroken], least_pause: float, code: int | None
) -> None:
    """And when it is over the same bytes arrive, once."""
    async with connected(patience=0.3) as world:
        world.sandbox.faults.add(fault, "message/send", delay_s=0.6)
        body = world.messenger.render(offer(), to="ZhangSan")
        with pytest.raises(failure) as failed:
            await world.messenger.send(body, again=False)
        assert type(failed.value) is failure
        assert failed.value.retry_after == least_pause
        assert failed.value.code == code
        assert world.sandbox.records.requests["message/send"] <= 2
        assert world.tokens_issued <= 2
        world.sandbox.faults.clear()
        await asyncio.sleep(0.4 if fault == "slow" else 0)
        assert (await world.messenger.send(body, again=True)).delivered
        assert len(world.sandbox.cards("ZhangSan")) == 1


async def test_a_single_token_fault_is_not_noticed_by_the_sender(world: World) -> None:
    """One new token, one repeat."""
    world.sandbox.faults.add("token_expired", "message/send", count=1)
    assert (await world.messenger.send(world.messenger.render(offer(), to="ZhangSan"), again=False)).delivered


async def test_a_wrong_secret_is_offered_once() -> None:
    """WeCom shuts the caller out for an hour after some; twenty waiting sends must not be twenty tries."""
    async with connected(secret="wrong") as world:
        bodies = [world.messenger.render(offer(number), to="lisi") for number in range(1, 21)]
        ends = await asyncio.gather(
            *(world.messenger.send(body, again=False) for body in bodies), return_exceptions=True
        )
        assert {type(end) for end in ends} == {AppBroken}
        assert world.tokens_issued == 1
        with pytest.raises(AppBroken) as later:
            await world.client.check_credentials()
        assert later.value.code == 40001
        assert 100 < later.value.retry_after <= 120
        assert world.tokens_issued == 1


@pytest.mark.parametrize("fault", ["busy", "drop_before", "bad_gateway", "malformed_json"])
async def test_a_gettoken_that_fails_for_a_moment_is_tried_later(world: World, fault: str) -> None:
    """Nothing is known to be wrong with the credentials."""
    world.sandbox.faults.add(fault, "gettoken")
    with pytest.raises(TryLater):
        await world.client.check_credentials()


@pytest.mark.parametrize("member", ["hidden", "gone", "nobody"])
async def test_a_member_who_can_not_be_reached_moves_the_lead_on(world: World, member: str) -> None:
    """Out of range, gone, unknown: 81013, about this one person only."""
    with pytest.raises(MemberUnreachable):
        await world.messenger.send(world.messenger.render(offer(), to=member), again=False)


async def test_userids_compare_without_regard_to_case(world: World) -> None:
    """WeCom's lists come back in lower case."""
    assert (await world.messenger.send(world.messenger.render(offer(), to="zhangSAN"), again=False)).delivered


async def test_a_message_that_wecom_will_never_take_is_final(world: World) -> None:
    """A body of another app: our own fault, no retry helps, and no lead is moved."""
    body = world.messenger.render(offer(), to="lisi").replace(b'"msgtype":"template_card"', b'"msgtype":"nonsense"')
    with pytest.raises(MessageRefused):
        await world.messenger.send(body, again=False)


@pytest.mark.parametrize("to", ["@all", "zhangsan|lisi", "", "张三", "a b", "x" * 65])
async def test_nothing_is_ever_rendered_for_more_than_one_member(world: World, to: str) -> None:
    """`@all` is everybody in the visible range."""
    with pytest.raises(ValueError, match="one member"):
        world.messenger.render(offer(), to=to)


async def test_an_untouched_card_is_rewritten_once_by_the_code_of_its_sending(world: World) -> None:
    """A second time the code is spent, and the caller says it in a text."""
    sent = await world.messenger.send(world.messenger.render(offer(), to="ZhangSan"), again=False)
    assert sent.response_code
    closed = ClosedCard("L1024", "已改派", 1)
    assert await world.messenger.rewrite(sent.response_code, "ZhangSan", closed) == Rewritten("done")
    assert world.sandbox.card("ZhangSan", "offer-L1024-1-t1").grey_text == "已改派"
    assert await world.messenger.rewrite(sent.response_code, "ZhangSan", closed) == Rewritten("code_spent")


@pytest.mark.parametrize("code", ["", "never-issued"])
async def test_a_code_that_nobody_issued_is_spent(world: World, code: str) -> None:
    """60140 is a result, not an error."""
    assert await world.messenger.rewrite(code, "lisi", ClosedCard("L1", "已改派")) == Rewritten("code_spent")


async def test_a_code_of_more_than_72_hours_is_spent(world: World) -> None:
    """The life that WeCom gives it."""
    sent = await world.messenger.send(world.messenger.render(offer(), to="lisi"), again=False)
    world.sandbox.clock.advance(72 * _HOURS + 1)
    # Its tokens are as old; the client's own clock does not know.
    assert await world.messenger.rewrite(sent.response_code or "", "lisi", ClosedCard("L1024", "已改派")) == Rewritten(
        "code_spent"
    )


async def test_a_card_that_a_member_never_got_can_not_be_rewritten_for_them(world: World) -> None:
    """82102 is a result as well."""
    sent = await world.messenger.send(world.messenger.render(offer(), to="lisi"), again=False)
    assert await world.messenger.rewrite(sent.response_code or "", "ZhangSan", ClosedCard("L1024", "x")) == Rewritten(
        "not_a_receiver"
    )


async def test_after_a_tap_the_same_card_shows_phone_and_owner(world: World) -> None:
    """接单: the tap's code turns the card; the sending's code is still good for the later 改派."""
    message = offer()
    sent = await world.messenger.send(world.messenger.render(message, to="ZhangSan"), again=False)
    tap = world.sandbox.tap("ZhangSan", "1:accept:L1024:1", task_id="offer-L1024-1-t1")
    accepted = AcceptedCard("L1024", 1, message.profile, "张三", phone="13800138000", follow_up_by="11:30")
    assert (await world.messenger.rewrite(tap.response_code, "ZhangSan", accepted)).done
    seen = world.sandbox.card("ZhangSan", "offer-L1024-1-t1")
    assert seen.grey_text == "已接单"
    assert "13800138000" in str(seen.content)
    assert (await world.messenger.rewrite(sent.response_code or "", "ZhangSan", ClosedCard("L1024", "已改派"))).done
    assert "13800138000" not in str(world.sandbox.card("ZhangSan", "offer-L1024-1-t1").content)


async def test_a_declined_card_becomes_a_vote_that_can_be_answered(world: World) -> None:
    """转出: the reason is asked on the same card, and what comes back names lead and offer."""
    await world.messenger.send(world.messenger.render(offer(), to="lisi"), again=False)
    tap = world.sandbox.tap("lisi", "1:decline:L1024:1", task_id="offer-L1024-1-t1")
    vote = ReasonVote("L1024", 1, (Option("busy", "忙不过来"), Option("area", "非我区域")))
    assert (await world.messenger.rewrite(tap.response_code, "lisi", vote)).done
    answer = world.sandbox.tap("lisi", "1:reason:L1024:1", task_id="offer-L1024-1-t1", selections={"reason": ["busy"]})
    assert parse_button_key(answer.event_key) == ButtonKey(Action.REASON, "L1024", 1)
    assert "busy" in answer.inner_xml


async def test_rewriting_fails_by_the_same_families(world: World) -> None:
    """Busy is busy, whichever call it meets."""
    sent = await world.messenger.send(world.messenger.render(offer(), to="lisi"), again=False)
    world.sandbox.faults.add("busy", "message/update_template_card", count=1)
    with pytest.raises(TryLater):
        await world.messenger.rewrite(sent.response_code or "", "lisi", ClosedCard("L1024", "已改派"))


async def test_contact_reads_tell_who_is_gone(world: World) -> None:
    """A leaver shows as 60111 when asked for by name."""
    assert (await world.client.get("user/get", userid="lisi"))["name"] == "李四"
    with pytest.raises(MemberUnreachable):
        await world.client.get("user/get", userid="nobody")


@pytest.mark.parametrize("fault", ["busy", "drop_after", "malformed_json", "ip_refused", "token_invalid"])
async def test_no_secret_and_no_token_is_in_what_a_failure_says(fault: str, caplog: pytest.LogCaptureFixture) -> None:
    """The token stands in every address; an address in a traceback is a token in the log."""
    caplog.set_level(logging.DEBUG)
    async with connected() as world:
        await world.client.check_credentials()
        world.sandbox.faults.add(fault)
        body = world.messenger.render(offer(), to="ZhangSan")
        with pytest.raises(MessagingError) as failed:
            await world.messenger.send(body, again=False)
        told = "".join(traceback.format_exception(failed.value)) + repr(failed.value) + caplog.text
        assert "tok-" not in told
        assert CONFIG.secret not in told
        assert "王芳" not in told


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(message=OFFERS)
async def test_the_stand_in_takes_any_offer_in_its_strict_mode(world: World, message: CardMessage) -> None:
    """Two hundred leads that nobody wished for, without a refusal and without a warning."""
    messenger = type(world.messenger)(world.client, installation=f"t{next(_INSTALLATIONS)}")
    sent = await messenger.send(messenger.render(message, to="lisi"), again=False)
    assert sent.response_code
    assert not world.sandbox.records.warnings


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(message=MESSAGES)
async def test_the_stand_in_takes_any_card_as_a_replacement(world: World, message: CardMessage) -> None:
    """Every kind of card, put in the place of an offer."""
    messenger = type(world.messenger)(world.client, installation=f"t{next(_INSTALLATIONS)}")
    sent = await messenger.send(messenger.render(offer(), to="lisi"), again=False)
    assert await messenger.rewrite(sent.response_code or "", "lisi", message) == Rewritten("done")
    assert not world.sandbox.records.warnings
