"""What an owner says about a lead: the buttons of a reminder, days until which it rests."""

from datetime import date

import pytest

from bot.chat.parking_days import day_in_note, parse_day
from bot.messaging import FollowUpCard
from tests.bot.services.given import policy
from tests.support.office import Company, company

#: A Monday.
TODAY = date(2026, 11, 23)
REMINDED = policy(follow_up="{remind: [2h]}")


@pytest.mark.parametrize(("text", "wanted"), [
    ("3月1日", date(2027, 3, 1)), ("3月", date(2027, 3, 1)), ("三月底", date(2027, 3, 25)), ("12月15号 客户出差", date(2026, 12, 15)),
    ("12-15", date(2026, 12, 15)), ("2027-03-01", date(2027, 3, 1)), ("明年3月", date(2027, 3, 1)), ("下个月", date(2026, 12, 1)),
    ("下周三", date(2026, 12, 2)), ("周五", date(2026, 11, 27)), ("明天", date(2026, 11, 24)), ("until 2027-01-05", date(2027, 1, 5)),
    ("2月30日", None), ("2小时", None), ("改天", None), ("", None),
])  # fmt: skip
def test_a_day_is_read_as_people_write_it(text: str, wanted: date | None) -> None:
    """The next day of that name; what is no day is none."""
    assert parse_day(text, TODAY) == wanted


@pytest.mark.parametrize(("note", "wanted"), [
    ("客户约 3 月再谈", date(2027, 3, 1)), ("电话聊过，12月20日左右再联系", date(2026, 12, 20)), ("说明年1月再看", date(2027, 1, 1)),
    ("call again on 2027-03-01", date(2027, 3, 1)), ("3月的合同已寄出", None), ("已报价，12-15 到期", None), ("已联系", None),
])  # fmt: skip
def test_a_note_parks_only_where_the_customer_wants_to_talk_again_then(note: str, wanted: date | None) -> None:
    """A day in a note is mostly something else."""
    assert day_in_note(note, TODAY) == wanted


async def reminded(floor: Company) -> tuple[int, FollowUpCard]:
    """Let an owner be reminded; gives the lead and the card."""
    lead_id = await floor.owned("zhangsan")
    shown = await floor.goes(hours=2)
    return lead_id, next(item.message for item in shown if isinstance(item.message, FollowUpCard))


@pytest.mark.parametrize(("action", "face"), [("noted", "已跟进"), ("postpone", "已延后")])
async def test_a_tap_on_a_reminder_is_done_and_said_on_the_card(database_url: str, action: str, face: str) -> None:
    """B-30: «已跟进/延后 2 小时/转出» on each reminder."""
    async with company(database_url, policy=REMINDED) as floor:
        lead_id, card = await reminded(floor)
        shown = await floor.taps("zhangsan", f"1:{action}:{card.lead_id}:{card.offer_no}")
        assert [getattr(item.message, "text", "") for item in shown] == [face]
        row = await floor.row(lead_id)
        assert (row.last_follow_up_at is not None) == (action == "noted")
        assert len(floor.texts(await floor.goes(hours=2), "zhangsan")) == int(action == "postpone")
        await floor.sound()


async def test_a_lead_given_back_on_a_reminder_goes_to_the_pool_and_the_reason_is_asked(database_url: str) -> None:
    """B-30, semantics 33: the card becomes a vote; a second tap changes nothing."""
    async with company(database_url, policy=REMINDED) as floor:
        lead_id, card = await reminded(floor)
        key = f":{card.lead_id}:{card.offer_no}"
        shown = await floor.taps("zhangsan", "1:return" + key)
        assert "ReasonVote" in [type(item.message).__name__ for item in shown]
        await floor.taps("zhangsan", "1:reason" + key, chosen=["busy"])
        facts = {fact.event: fact.private for fact in await floor.facts(lead_id)}
        assert facts["return_reason"] == {"reason": "busy"}
        await floor.taps("zhangsan", "1:return" + key)
        row = await floor.row(lead_id)
        assert (row.state, row.pool_reason, row.recycles) == ("pooled", "recycled", 1)
        await floor.sound()


async def test_nobody_else_taps_a_reminder_with_effect(database_url: str) -> None:
    """A key says what was tapped, never who may."""
    async with company(database_url, policy=REMINDED) as floor:
        lead_id, card = await reminded(floor)
        for action in ("noted", "postpone", "return"):
            await floor.taps("lisi", f"1:{action}:{card.lead_id}:{card.offer_no}")
        row = await floor.row(lead_id)
        assert (row.owner, row.last_follow_up_at, row.remind_again_at) == ("zhangsan", None, None)
