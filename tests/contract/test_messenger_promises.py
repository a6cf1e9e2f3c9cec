"""What every messenger promises, whichever it is."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.messaging import ClosedCard, Messenger, NullMessenger, TextMessage, TryLater
from tests.contract.wecom_world import connected, offer


@pytest.fixture(params=["app", "null"])
async def messenger(request: pytest.FixtureRequest) -> AsyncIterator[Messenger]:
    """Give each messenger in turn."""
    if request.param == "null":
        yield NullMessenger()
        return
    async with connected() as world:
        yield world.messenger


async def test_rendering_is_the_same_for_the_same_arguments(messenger: Messenger) -> None:
    """A retry must be byte-identical, whatever machine makes it."""
    assert messenger.render(offer(), to="lisi") == messenger.render(offer(), to="lisi")
    assert messenger.render(offer(), to="lisi") != messenger.render(offer(), to="lisi", locale="en")
    assert messenger.render(offer(), to="lisi") != messenger.render(offer(), to="ZhangSan")


async def test_a_card_that_was_sent_can_be_rewritten_once(messenger: Messenger) -> None:
    """By the code of its sending, where the messenger says so."""
    sent = await messenger.send(messenger.render(offer(), to="lisi"), again=False)
    assert messenger.can_rewrite_untouched_card
    assert sent.response_code
    assert (await messenger.rewrite(sent.response_code, "lisi", ClosedCard("L1024", "已改派"))).done
    again = await messenger.rewrite(sent.response_code, "lisi", ClosedCard("L1024", "已改派"))
    assert again.outcome == "code_spent"


async def test_a_repeat_of_the_same_bytes_is_delivered_and_gives_no_second_code(messenger: Messenger) -> None:
    """Two codes for one card would mean two cards."""
    body = messenger.render(offer(), to="lisi")
    await messenger.send(body, again=False)
    repeated = await messenger.send(body, again=True)
    assert repeated.delivered
    assert repeated.response_code is None


async def test_a_null_messenger_fails_as_it_is_told_and_keeps_what_it_was_given() -> None:
    """For tests of services: the next sends fail in order, then things go on."""
    null = NullMessenger(failures=[TryLater("busy", code=-1)])
    body = null.render(TextMessage("你好"), to="lisi")
    with pytest.raises(TryLater):
        await null.send(body, again=False)
    await null.send(body, again=True)
    assert null.sent == [("lisi", TextMessage("你好"))]
