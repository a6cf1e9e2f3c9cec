"""请假, 上线, 下线: who goes off duty hands running offers on at once."""

from datetime import timedelta

import pytest

from bot.chat import texts_presence as words
from bot.chat.card_limits import BUTTON_TEXT
from bot.messaging import ChoiceCard
from bot.services.deadlines import run_due
from store import people
from store.people import LeaveRow
from tests.support import office
from tests.support.office import TEAM, Company


async def _leaves(company: Company) -> list[LeaveRow]:
    return await company.runner.look(lambda desk: people.leaves_from(desk.tx.connection, desk.now))


async def test_offline_hands_offers_to_others_without_a_round_used(company: Company) -> None:
    """And online brings the rep back; both say what they did, also the second time."""
    lead_id = await company.lead()
    first = await company.running(lead_id)
    assert first is not None
    assert first.rep_id == "lisi"
    assert await company.says("lisi", "下线") == [words.OFFLINE_MOVED.zh.format(count=1), "ClosedCard"]
    second = await company.running(lead_id)
    assert second is not None
    assert second.rep_id != "lisi"
    assert second.round == first.round
    assert await company.says("lisi", "下线") == [words.OFFLINE_ALREADY.zh]
    assert await company.says("lisi", "上线") == [words.ONLINE.zh]
    assert await company.says("lisi", "上线") == [words.ONLINE_ALREADY.zh]
    assert (await company.standing("lisi")).open == 0


async def test_online_lifts_a_pause_for_silence(small: Company) -> None:
    """Two time-outs in a row take a rep off duty until 上线."""
    for _ in range(2):
        await small.offered("zhangsan")
        small.later(minutes=11)
        await small.do(lambda desk: run_due(desk, limit=100))
    assert (await small.standing("zhangsan")).pause_reason == "silent"
    await small.deliver()
    assert await small.says("zhangsan", "上线") == [words.ONLINE_LIFTED.zh]
    assert (await small.standing("zhangsan")).paused_until is None


async def test_online_lifts_no_managers_pause_and_says_so(small: Company) -> None:
    """Only the manager does."""
    await small.says("lijing", "暂停 张三 2小时")
    await small.says("lijing", "确认")
    text = (await small.says("zhangsan", "上线"))[0]
    assert words.BUT_PAUSED.zh.format(name="李静", until="12:00") in text
    assert (await small.standing("zhangsan")).paused_until is not None
    await small.says("lijing", "暂停 张三")
    await small.says("lijing", "确认")
    assert words.BUT_PAUSED_OPEN.zh.format(name="李静") in (await small.says("zhangsan", "上线"))[0]


async def test_online_adds_no_shift(sqlite_url: str) -> None:
    """Outside the shift it says when the next one begins."""
    team = TEAM.replace("timezone: Asia/Shanghai}", "timezone: Asia/Shanghai, shift: late}", 1)
    team += 'shifts:\n  late: {workdays: ["13:00-18:00"]}\n'
    async with office.company(sqlite_url, team=team) as company:
        text = (await company.says("zhangsan", "上线"))[0]
        assert words.BUT_OFF_SHIFT.zh.format(at="13:00") in text


async def test_leave_in_the_future_begins_by_itself(small: Company) -> None:
    """The offers of that moment go to others then."""
    shown = await small.says("zhangsan", "请假 今天 14:00-18:00")
    assert shown == [words.LEAVE_TAKEN.zh.format(span="03-02 14:00 – 18:00")]
    lead_id = await small.offered("zhangsan")
    small.later(hours=4, seconds=1)
    await small.do(lambda desk: run_due(desk, limit=100))
    running = await small.running(lead_id)
    assert running is None or running.rep_id != "zhangsan"


async def test_leave_from_now_on_hands_offers_on(company: Company) -> None:
    """And says how many."""
    await company.offered("zhangsan")
    shown = await company.says("zhangsan", "请假 2小时")
    assert shown[0] == words.LEAVE_TAKEN_NOW.zh.format(span="03-02 10:00 – 12:00", count=1)
    assert words.BUT_LEAVE.zh.format(until="12:00") in (await company.says("zhangsan", "上线"))[0]


async def test_leave_is_in_the_reps_own_zone(sqlite_url: str) -> None:
    """Somebody in Urumqi means the clock on the wall there."""
    team = TEAM.replace("managers: [chenmin], timezone: Asia/Shanghai", "managers: [chenmin], timezone: Asia/Urumqi")
    async with office.company(sqlite_url, team=team) as company:
        await company.says("zhaoliu", "请假 今天 14:00-18:00")
        assert [f"{row.starts_at:%H:%M}" for row in await _leaves(company)] == ["08:00"]


async def test_leave_is_listed_and_cancelled(company: Company) -> None:
    """One is cancelled at once; of several it is asked which."""
    assert (await company.says("zhangsan", "请假"))[0].startswith("您没有请假")
    assert (await company.says("zhangsan", "请假 取消"))[0].startswith("您没有请假")
    await company.says("zhangsan", "请假 明天")
    assert await company.says("zhangsan", "请假 取消") == [words.LEAVE_CANCELLED.zh.format(span="03-03 00:00 – 24:00")]
    assert await _leaves(company) == []
    await company.says("zhangsan", "请假 明天")
    await company.says("zhangsan", "leave 11-25")
    listed = (await company.says("zhangsan", "请假"))[0]
    assert "11-25" in listed
    assert "请这样写：请假 今天 14:00-18:00" in listed
    assert await company.says("zhangsan", "请假 取消") == ["ChoiceCard"]
    second = (await _leaves(company))[1]
    card = company.messenger.shown[-1].message
    shown = await company.taps("zhangsan", f"1:choose:{card.choice_id}:0:{second.leave_id}")  # type: ignore[union-attr]
    assert words.LEAVE_CANCELLED.zh.format(span="11-25 00:00 – 24:00") in company.texts(shown, "zhangsan")
    assert [row.starts_at.month for row in await _leaves(company)] == [3]


async def test_leave_alone_says_how_it_is_written(small: Company) -> None:
    """Whoever types only the word wants to know the rest of it."""
    assert "请这样写：请假 今天 14:00-18:00" in (await small.says("zhangsan", "请假"))[0]
    assert "Please write it like this: leave today 14:00-18:00" in (await small.says("smith", "leave"))[0]


@pytest.mark.parametrize(
    ("taken", "buttons"),
    [
        (["明天 9:00-9:30", "明天 9:40-12:00"], ["3日09:00", "3日09:40"]),
        (["明天", "11-25"], ["3日00:00", "25日00:00"]),
        (["明天 9:00-12:00", "明天 9:00-18:00"], ["1·3日09:00", "2·3日09:00"]),
        (["11-25 14:30-18:00", "12-25 14:30-18:00"], ["1·25日14:30", "2·25日14:30"]),
    ],
)
async def test_leaves_to_be_cancelled_look_different(small: Company, taken: list[str], buttons: list[str]) -> None:
    """Two of one day are told apart by their hours; whatever a button can't hold stands in full above it."""
    for span in taken:
        await small.says("zhangsan", f"请假 {span}")
    await small.says("zhangsan", "请假 取消")
    card = small.messenger.shown[-1].message
    assert isinstance(card, ChoiceCard)
    assert [option.short for option in card.options] == buttons
    assert len({option.text for option in card.options}) == len(taken)
    assert all(len(text) <= BUTTON_TEXT for text in buttons)


async def test_nobody_cancels_somebody_elses_leave(small: Company) -> None:
    """Not even by its number."""
    await small.says("zhangsan", "请假 明天")
    leave = (await _leaves(small))[0]
    assert await small.says("lisi", f"请假 取消 {leave.leave_id}") == [words.LEAVE_GONE.zh]
    assert await _leaves(small) == [leave]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("请假 家里有事", words.LEAVE_HELP),
        ("请假 今天 8:00-9:00", words.LEAVE_PAST),
        ("请假 18:00-14:00", words.LEAVE_BACKWARDS),
        ("请假 2026-03-03到2028-03-03", words.LEAVE_TOO_LONG),
    ],
)
async def test_a_leave_that_is_none_is_asked_back(small: Company, text: str, answer: object) -> None:
    """Nothing is entered."""
    assert await small.says("zhangsan", text) == [answer.zh]  # type: ignore[attr-defined]
    assert await _leaves(small) == []


async def test_the_end_of_a_leave_wakes_the_pool(company: Company) -> None:
    """Whoever waited for the rep is offered again."""
    for rep in ("zhangsan", "lisi", "lisiguang", "smith"):
        await company.says(rep, "请假 2小时" if rep != "smith" else "leave 2h")
    lead_id = await company.lead()
    assert (await company.row(lead_id)).state == "pooled"
    company.clock.forward(timedelta(hours=2, seconds=1))
    await company.ticks()
    assert (await company.row(lead_id)).state == "offered"
