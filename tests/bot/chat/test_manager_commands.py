"""What managers type: moving leads, pausing people, giving turns back; with confirmation where it touches others."""

from datetime import timedelta

import pytest

from bot.chat import texts_managers as words
from bot.chat import texts_presence
from bot.messaging import ChoiceCard, ClosedCard, ConfirmCard, OfferCard
from store import people
from tests.support.office import Company


def _asked(company: Company) -> ConfirmCard:
    card = company.messenger.shown[-1].message
    assert isinstance(card, ConfirmCard)
    return card


async def _credits(company: Company) -> list[str]:
    return [rep for rep, _ in await company.runner.look(lambda desk: people.unused_credits(desk.tx.connection))]


async def test_a_lead_that_nobody_owns_is_given_at_once(small: Company) -> None:
    """The rep gets a card, whoever had one loses it."""
    lead_id = await small.offered("zhangsan")
    shown = await small.gives([small.text("lijing", f"派单 L{lead_id} 李四")])
    assert small.texts(shown, "lijing") == [words.GIVEN.zh.format(lead=f"L{lead_id}", name="李四")]
    assert small.texts(shown, "lisi") == ["OfferCard"]
    assert small.texts(shown, "zhangsan") == ["ClosedCard"]
    running = await small.running(lead_id)
    assert running is not None
    assert (running.rep_id, running.offered_by) == ("lisi", "lijing")
    again = await small.says("lijing", f"派单 L{lead_id} 李四")
    assert again == [words.ALREADY_OFFERED.zh.format(lead=f"L{lead_id}", name="李四")]


async def test_a_latin_name_stands_apart_in_a_chinese_sentence(small: Company) -> None:
    """派给 Anna Smith, in answers, questions and what others are told."""
    lead_id = await small.offered("zhangsan")
    assert await small.says("lijing", f"派单 L{lead_id} smith") == [f"已把 L{lead_id} 派给 Anna Smith。"]
    await small.says("lijing", "暂停 smith 2小时")
    assert _asked(small).title == "暂停 Anna Smith 的派单？"


@pytest.mark.parametrize("verb", ["派单", "改派", "reassign"])
async def test_an_owned_lead_is_moved_only_after_confirmation(company: Company, verb: str) -> None:
    """Tapped 确认 does it, once; the old owner is told."""
    lead_id = await company.owned("zhangsan")
    assert await company.says("lijing", f"{verb} L{lead_id} lisi") == ["ConfirmCard"]
    assert (await company.row(lead_id)).owner == "zhangsan"
    key = f"1:confirm:{_asked(company).confirm_id}:0"
    shown = await company.taps("lijing", key)
    assert words.GIVEN.zh.format(lead=f"L{lead_id}", name="李四") in company.texts(shown, "lijing")
    assert any(isinstance(item.message, ClosedCard) and item.message.text == "已确认" for item in shown)
    assert any("不再是跟进人" in text for text in company.texts(shown, "zhangsan"))
    assert any(isinstance(item.message, OfferCard) for item in shown if item.to == "lisi")
    again = await company.taps("lijing", key, code="second")
    assert words.SETTLED.zh in company.texts(again, "lijing")
    running = await company.running(lead_id)
    assert running is not None
    assert running.rep_id == "lisi"


async def test_typing_confirms_as_well_and_cancel_drops_it(company: Company) -> None:
    """确认 and 取消 by word answer the latest question."""
    lead_id = await company.owned("zhangsan")
    await company.says("lijing", f"撤回 L{lead_id}")
    assert await company.says("lijing", "取消") == [words.CANCELLED.zh]
    assert await company.says("lijing", "确认") == [words.NOTHING_PENDING.zh]
    assert (await company.row(lead_id)).owner == "zhangsan"
    await company.says("lijing", f"撤回 L{lead_id}")
    shown = await company.says("lijing", "confirm")
    assert words.WITHDRAWN.zh.format(lead=f"L{lead_id}") in shown
    row = await company.row(lead_id)
    assert (row.state, row.owner, row.review_reason) == ("review", None, "recalled")


async def test_a_second_confirmation_never_reaches_an_older_question(small: Company) -> None:
    """Whoever types 确认 twice means one thing."""
    lead_id = await small.owned("zhangsan")
    await small.says("lijing", f"撤回 L{lead_id}")
    await small.says("lijing", "暂停 李四")
    await small.says("lijing", "确认")
    assert await small.says("lijing", "确认") == [words.NOTHING_PENDING.zh]
    assert (await small.row(lead_id)).owner == "zhangsan"


async def test_a_question_lapses_after_five_minutes(small: Company) -> None:
    """What was true then may not be now."""
    lead_id = await small.owned("zhangsan")
    await small.says("lijing", f"改派 L{lead_id} 李四")
    card = _asked(small)
    small.later(minutes=5, seconds=1)
    shown = await small.taps("lijing", f"1:confirm:{card.confirm_id}:0")
    assert words.LAPSED.zh in small.texts(shown, "lijing")
    assert any(isinstance(item.message, ClosedCard) and item.message.text == "已过期" for item in shown)
    assert await small.says("lijing", "确认") == [words.NOTHING_PENDING.zh]
    assert (await small.row(lead_id)).owner == "zhangsan"


async def test_nothing_is_done_where_things_have_changed_since(small: Company) -> None:
    """The manager confirmed what was on the card, not what is now."""
    lead_id = await small.owned("zhangsan")
    await small.says("lijing", f"改派 L{lead_id} 李四")
    await small.says("zhangsan", f"成交 L{lead_id} 5万")
    shown = await small.says("lijing", "确认")
    assert shown == [words.CHANGED.zh.format(lead=f"L{lead_id}", now="成交（张三）")]
    assert (await small.row(lead_id)).state == "won"


async def test_nobody_confirms_somebody_elses_command(small: Company) -> None:
    """A key can be forged."""
    lead_id = await small.owned("zhangsan")
    await small.says("lijing", f"改派 L{lead_id} 李四")
    card = _asked(small)
    for person in ("lisi", "chenmin"):
        shown = await small.taps(person, f"1:confirm:{card.confirm_id}:0")
        assert len(small.texts(shown, person)) == 1
    assert (await small.row(lead_id)).owner == "zhangsan"


async def test_several_of_a_name_are_asked_about_never_guessed(company: Company) -> None:
    """李 may be two; the choice goes on with the command, and only an offered one counts."""
    lead_id = await company.offered("zhangsan")
    assert await company.says("lijing", f"派单 L{lead_id} 李") == ["ChoiceCard"]
    card = company.messenger.shown[-1].message
    assert isinstance(card, ChoiceCard)
    assert [option.id for option in card.options] == ["lisi", "lisiguang"]
    shown = await company.taps("lijing", f"1:choose:{card.choice_id}:0:smith")
    assert company.texts(shown, "lijing") == [words.NO_SUCH_CHOICE.zh]
    shown = await company.taps("lijing", f"1:choose:{card.choice_id}:0:lisiguang")
    assert words.GIVEN.zh.format(lead=f"L{lead_id}", name="李思广") in company.texts(shown, "lijing")
    running = await company.running(lead_id)
    assert running is not None
    assert running.rep_id == "lisiguang"
    again = await company.taps("lijing", f"1:choose:{card.choice_id}:0:lisi")
    assert words.SETTLED.zh in company.texts(again, "lijing")


async def test_a_choice_keeps_what_stands_behind_the_name(small: Company) -> None:
    """补单 李 2 空号 goes on as it was meant."""
    await small.says("lijing", "补单 李 2 空号")
    card = small.messenger.shown[-1].message
    assert isinstance(card, ChoiceCard)
    await small.taps("lijing", f"1:choose:{card.choice_id}:0:lisi")
    assert await _credits(small) == ["lisi", "lisi"]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("派单 L{lead} 王麻子", words.WHO.zh.format(text="王麻子")),
        ("派单 L{lead} 赵六", words.NOT_YOUR_TEAM.zh.format(name="赵六")),
        ("派单 L{lead} 李静", words.TAKES_NONE.zh.format(name="李静")),
        ("派单 L{lead} 张三", words.ALREADY_OWNED.zh.format(lead="L{lead}", name="张三")),
        ("暂停 赵六", words.NOT_YOUR_TEAM.zh.format(name="赵六")),
        ("暂停 张三 一会儿", texts_presence.DURATION_WRONG.zh.format(text="一会儿")),
        ("恢复 张三", texts_presence.NOT_PAUSED.zh.format(name="张三")),
        ("补单 张三 0 空号", words.CREDIT_COUNT.zh.format(most=5)),
        ("补单 张三 6 空号", words.CREDIT_COUNT.zh.format(most=5)),
        ("补单 赵六 1 空号", words.NOT_YOUR_TEAM.zh.format(name="赵六")),
    ],
)
async def test_what_can_not_be_done_is_said(small: Company, text: str, answer: str) -> None:
    """And nothing is changed."""
    lead_id = await small.owned("zhangsan")
    before = await small.row(lead_id)
    shown = await small.says("lijing", text.format(lead=lead_id))
    assert shown == [answer.format(lead=lead_id)]
    assert await small.row(lead_id) == before
    assert await _credits(small) == []


@pytest.mark.parametrize(
    "text", ["派单", "派单 L{lead}", "派单 张三", "改派", "撤回", "暂停", "恢复", "补单", "补单 张三", "补单 张三 2"]
)
async def test_half_a_command_is_told_how_it_is_written(small: Company, text: str) -> None:
    """With an example."""
    lead_id = await small.owned("zhangsan")
    shown = await small.says("lijing", text.format(lead=lead_id))
    assert len(shown) == 1
    assert shown[0].startswith("请这样写")


async def test_a_manager_acts_on_the_own_teams_only_and_an_admin_on_all(small: Company) -> None:
    """A lead of the north is not the east manager's."""
    lead_id = await small.lead(province="北京市")
    offer = await small.running(lead_id)
    assert offer is not None
    assert offer.rep_id == "zhaoliu"
    for text in (f"派单 L{lead_id} 张三", f"撤回 L{lead_id}", f"为什么 L{lead_id}"):
        assert len(await small.says("lijing", text)) == 1
    assert await small.running(lead_id) == offer
    await small.says("root.admin", f"派单 L{lead_id} 张三")
    running = await small.running(lead_id)
    assert running is not None
    assert running.rep_id == "zhangsan"


async def test_a_closed_lead_is_not_moved(small: Company) -> None:
    """Neither given nor withdrawn."""
    lead_id = await small.owned("zhangsan")
    await small.says("zhangsan", f"无效 L{lead_id} 空号")
    closed = words.CLOSED.zh.format(lead=f"L{lead_id}", state="无效")
    assert await small.says("lijing", f"派单 L{lead_id} 李四") == [closed]
    assert await small.says("lijing", f"撤回 L{lead_id}") == [closed]


async def test_nothing_is_withdrawn_from_nobody(small: Company) -> None:
    """撤回 is for offers and owned leads."""
    lead_id = await small.owned("zhangsan")
    for _ in range(2):
        await small.says("lijing", f"撤回 L{lead_id}")
        await small.says("lijing", "确认")
    assert await small.says("lijing", f"撤回 L{lead_id}") == [
        words.NOTHING_TO_WITHDRAW.zh.format(lead=f"L{lead_id}", now="等待主管处理")
    ]


async def test_somebody_away_may_be_picked_and_the_manager_is_told(small: Company) -> None:
    """A manager may insist, knowingly."""
    lead_id = await small.offered("zhangsan")
    await small.says("lisi", "下线")
    shown = await small.says("lijing", f"派单 L{lead_id} 李四")
    assert shown == [words.GIVEN_AWAY.zh.format(lead=f"L{lead_id}", name="李四", why="已下线")]
    running = await small.running(lead_id)
    assert running is not None
    assert running.rep_id == "lisi"


async def test_a_pause_hands_offers_on_and_tells_the_rep(company: Company) -> None:
    """After confirmation, for the time given; 恢复 ends it."""
    lead_id = await company.lead()
    running = await company.running(lead_id)
    assert running is not None
    assert running.rep_id == "lisi"
    assert await company.says("lijing", "暂停李四2小时") == ["ConfirmCard"]
    assert texts_presence.PAUSE_OFFERS.zh.format(count=1) in _asked(company).lines
    assert (await company.standing("lisi")).paused_until is None
    shown = await company.gives([company.text("lijing", "确认")])
    until = texts_presence.UNTIL_TOLD.zh.format(until="03-02 12:00")
    assert texts_presence.PAUSED_TOLD.zh.format(by="李静", until=until) in company.texts(shown, "lisi")
    standing = await company.standing("lisi")
    assert standing.paused_until == company.clock.now() + timedelta(hours=2)
    running = await company.running(lead_id)
    assert running is not None
    assert running.rep_id != "lisi"
    shown = await company.gives([company.text("lijing", "恢复 lisi")])
    assert company.texts(shown, "lijing") == [texts_presence.RESUMED.zh.format(name="李四")]
    assert company.texts(shown, "lisi") == [texts_presence.RESUMED_TOLD.zh.format(by="李静")]
    assert (await company.standing("lisi")).paused_until is None


async def test_turns_are_given_back_up_to_the_months_limit(company: Company) -> None:
    """The reason is told to the rep and kept sealed."""
    shown = await company.gives([company.text("lijing", "补单 张三 3 空号太多")])
    assert company.texts(shown, "lijing") == [words.CREDITED.zh.format(name="张三", count=3)]
    assert any("空号太多" in text for text in company.texts(shown, "zhangsan"))
    assert await _credits(company) == ["zhangsan"] * 3
    assert await company.says("lijing", "补单 张三 3 还是空号") == [words.CREDIT_LIMIT.zh.format(name="张三", limit=5)]
    assert await _credits(company) == ["zhangsan"] * 3


async def test_managers_of_other_languages_are_answered_in_theirs(small: Company) -> None:
    """A reader of English gets English, whoever is told gets the own language."""
    assert await small.says("chenmin", "pause zhaoliu 2h") == ["ConfirmCard"]
    shown = await small.gives([small.text("chenmin", "yes")])
    assert small.texts(shown, "chenmin")[0].startswith("赵六 is paused")
    assert small.texts(shown, "zhaoliu")[0].startswith("陈敏暂停了您的派单")
