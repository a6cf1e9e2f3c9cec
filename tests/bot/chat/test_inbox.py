"""The inbox: each callback once, each with its effect and its answer together."""

import asyncio

import pytest

from bot.bootstrap import open_service
from bot.chat import inbox, texts, texts_leads
from bot.messaging import ClosedCard, Text
from bot.services.desk import Desk
from bot.services.publish import import_team, publish_policy
from bot.services.runner import Runner
from bot.settings import Settings
from store import deliveries, outbox
from store.batch_queue import Batch, BatchQueue
from store.sealed_fields import KeyRing
from tests.support import office
from tests.support.manual_clock import MONDAY
from tests.support.office import KEYS, POLICY, TEAM, Company


async def test_the_same_callback_twice_has_the_effect_and_the_answer_of_one(company: Company) -> None:
    """WeCom repeats a callback that was not answered in time."""
    lead_id = await company.offered("zhangsan")
    once = company.text("zhangsan", f"转出 L{lead_id} 太忙")
    first = await company.gives([once, once])
    again = await company.gives([once])
    assert len(company.texts(first, "zhangsan")) == 2  # the words, and the card greyed out
    assert again == []
    assert [fact.event for fact in await company.facts(lead_id)].count("declined") == 1


async def test_a_batch_is_handled_in_order_and_later_items_see_what_earlier_ones_did(company: Company) -> None:
    """One commit for many; nobody hears of a state that is no more."""
    lead_id = await company.offered("zhangsan")
    items: list[inbox.Item] = [
        company.tap("zhangsan", f"1:accept:L{lead_id}:{(await company.row(lead_id)).offer_no}"),
        company.text("zhangsan", "我的线索"),
        company.text("lijing", f"派单 L{lead_id} 李四"),
        company.text("lijing", "确认"),
        company.text("zhangsan", "我的线索"),
        company.text("lisi", f"接单 L{lead_id}"),
        company.entered("lisi"),
    ]
    shown = await company.gives(items)
    told = company.texts(shown, "zhangsan")
    assert any(text.startswith("您跟进中 1 条") for text in told)
    assert texts_leads.LEADS_NONE.zh in told
    assert (await company.row(lead_id)).owner == "lisi"


async def test_a_failing_item_keeps_nothing_and_loses_no_other(company: Company) -> None:
    """The queue runs the items of a failed batch one by one; only the guilty one fails, and its sender is told."""
    lead_id = await company.offered("zhangsan")
    bad = company.text("zhangsan", "帮助", key="bad")
    good = company.text("zhangsan", f"接单 L{lead_id}")

    def use_case(desk: Desk, items: list[inbox.Item]) -> None:
        inbox.handle(desk, items)
        if bad in items:
            raise ArithmeticError

    async def run(batch: Batch[inbox.Item]) -> list[None]:
        await company.runner.run(lambda desk: use_case(desk, batch.items()))
        return [None] * len(batch.items())

    queue: BatchQueue[inbox.Item, None] = BatchQueue(run)
    kept = queue.submit(good)
    with pytest.raises(ArithmeticError):
        await queue.submit(bad)
    await kept
    assert (await company.row(lead_id)).owner == "zhangsan"
    await company.do(lambda desk: inbox.apologise(desk, bad))
    shown = await company.deliver()
    assert texts.FAILED.zh in company.texts(shown, "zhangsan")
    assert any("没有处理成" in text for text in company.texts(shown, "root.admin"))
    assert await company.gives([bad]) == []


async def test_the_service_tells_whoever_it_failed_and_takes_the_callback_as_handled(sqlite_url: str) -> None:
    """A fault of ours is no reason for WeCom to repeat it for ever, nor for silence."""
    given = {"database_url": sqlite_url, "data_key": KeyRing.new_key()}
    async with open_service(Settings(_env_file=None, **given)) as service:  # type: ignore[arg-type]
        runner, queue = service.services.runner, service.services.inbox
        await runner.run(lambda desk: import_team(desk, TEAM, author="test"))
        await runner.run(lambda desk: publish_policy(desk, POLICY, author="test", reason="test"))
        broken = Text("zhangsan", None, "1", MONDAY, 1, "message-1")  # type: ignore[arg-type]
        await asyncio.gather(queue.submit(broken), queue.submit(Text("lisi", "帮助", "2", MONDAY, 1, "message-2")))
        told = await runner.run(lambda desk: outbox.claim(
            desk.tx.connection, desk.now, desk.tx.keys, lease_until=desk.now, limit=10))  # fmt: skip
    words = {row.to_member: str(row.private.get("text")) for row in told}
    assert words["zhangsan"] == texts.FAILED.zh
    assert words["lisi"].startswith("您可以发")


async def test_a_stranger_is_told_once_an_hour_and_nothing_else(company: Company) -> None:
    """Whoever is not on the roster learns nothing, and can't be made a nuisance of."""
    lead_id = await company.offered("zhangsan")
    assert await company.says("mallory", f"接单 L{lead_id}") == [texts.STRANGER.zh]
    assert await company.says("Mallory", "我的线索") == []
    company.later(minutes=61)
    shown = await company.taps("mallory", f"1:accept:L{lead_id}:1")
    assert company.texts(shown, "mallory") == [texts.STRANGER.zh]
    assert (await company.row(lead_id)).owner is None


async def test_userids_are_compared_without_case(small: Company) -> None:
    """WeCom does so."""
    lead_id = await small.offered("zhangsan")
    await small.says("ZhangSan", f"接单 L{lead_id}")
    assert (await small.row(lead_id)).owner == "zhangsan"


async def test_before_anything_is_in_force_everybody_is_told_so(database_url: str) -> None:
    """A tap or text never fails for want of a policy."""
    async with office.company(database_url, policy=None) as company:
        assert await company.says("zhangsan", "帮助") == [texts.NOT_IN_FORCE.zh]
        shown = await company.taps("zhangsan", "1:accept:L1001:1")
        assert company.texts(shown, "zhangsan") == [texts.NOT_IN_FORCE.zh]
        assert await company.says("smith", "help") == [texts.NOT_IN_FORCE.en]


async def test_opening_the_app_is_no_question(small: Company) -> None:
    """It happens all day long."""
    assert await small.gives([small.entered("zhangsan"), small.entered("mallory")]) == []


async def test_two_replicas_with_the_same_callback_do_it_once(company: Company) -> None:
    """Each has a runner of its own; the key of a callback is taken before its effect."""
    lead_id = await company.offered("zhangsan")
    item = company.text("zhangsan", f"转出 L{lead_id}")
    other = Runner(company.runner.database, KEYS, company.clock)
    await company.do(lambda desk: inbox.handle(desk, [item]))
    await other.run(lambda desk: inbox.handle(desk, [item]))
    assert [fact.event for fact in await company.facts(lead_id)].count("declined") == 1
    key = KEYS.index("callback", item.dedupe_key)
    assert key is not None
    seen = await other.look(lambda desk: deliveries.callbacks_seen(desk.tx.connection, [key]))
    assert seen == {key}


async def test_a_forged_tap_learns_nothing_of_the_lead(small: Company) -> None:
    """A key can be written by hand: whoever was never offered the lead hears its number, and nothing changes."""
    lead_id = await small.offered("zhangsan", company="秘密公司")
    number = (await small.row(lead_id)).offer_no
    for action in ("accept", "decline", "snooze"):
        shown = await small.taps("lisiguang", f"1:{action}:L{lead_id}:{number}")
        cards = [item.message for item in shown if item.to == "lisiguang"]
        assert [card.text for card in cards if isinstance(card, ClosedCard)] == ["已失效"]
        assert "秘密" not in repr(shown)
    running = await small.running(lead_id)
    assert running is not None
    assert running.rep_id == "zhangsan"
    assert not running.snoozed
    assert [fact.event for fact in await small.facts(lead_id)].count("answer_refused") == 3
