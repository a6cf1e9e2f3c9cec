"""撤销 takes the last command back, as far as truth allows."""

import pytest

from bot.chat import texts_managers as words
from store import people
from tests.support.office import Company


async def _confirmed(company: Company, text: str) -> None:
    await company.says("lijing", text)
    await company.says("lijing", "确认")


async def test_nothing_to_undo_is_said(small: Company) -> None:
    """Also when the last command was taken back already."""
    assert await small.says("lijing", "撤销") == [words.UNDO_NONE.zh]
    await small.says("lijing", "补单 张三 1 空号")
    await small.says("lijing", "撤销")
    assert await small.says("lijing", "撤销") == [words.UNDO_NONE.zh]


@pytest.mark.parametrize("command", ["改派 L{lead} 李四", "撤回 L{lead}"])
async def test_an_owner_has_the_lead_again(company: Company, command: str) -> None:
    """While nobody has answered; the rep who was asked meanwhile is told."""
    lead_id = await company.owned("zhangsan")
    owned_at = (await company.row(lead_id)).owned_at
    await _confirmed(company, command.format(lead=lead_id))
    assert (await company.row(lead_id)).owner is None
    shown = await company.gives([company.text("lijing", "撤销")])
    row = await company.row(lead_id)
    assert (row.state, row.owner, row.owned_at) == ("owned", "zhangsan", owned_at)
    assert await company.running(lead_id) is None
    assert any("仍由您跟进" in text for text in company.texts(shown, "zhangsan"))
    assert (await company.standing("zhangsan")).open == 1
    assert (await company.standing("lisi")).open == 0


async def test_a_rep_who_was_being_asked_is_asked_again(small: Company) -> None:
    """With the whole time to answer."""
    lead_id = await small.offered("zhangsan")
    await small.says("lijing", f"派单 L{lead_id} 李四")
    shown = await small.gives([small.text("lijing", "撤销")])
    running = await small.running(lead_id)
    assert running is not None
    assert running.rep_id == "zhangsan"
    assert words.UNDONE_MOVE_TOLD.zh.format(by="李静", lead=f"L{lead_id}") in small.texts(shown, "lisi")
    assert (await small.standing("lisi")).open == 0
    assert (await small.standing("lisi")).today == 0


async def test_a_lead_in_review_or_in_the_pool_goes_back_there(company: Company) -> None:
    """Where it was before, for the same reason."""
    lead_id = await company.owned("zhangsan")
    await _confirmed(company, f"撤回 L{lead_id}")
    await company.says("lijing", f"派单 L{lead_id} 李四")
    await company.says("lijing", "撤销")
    row = await company.row(lead_id)
    assert (row.state, row.review_reason) == ("review", "recalled")
    for rep, word in (("zhangsan", "下线"), ("lisi", "下线"), ("lisiguang", "下线"), ("smith", "offline")):
        await company.says(rep, word)
    pooled = await company.lead()
    await company.says("lijing", f"派单 L{pooled} 李四")
    await company.says("lijing", "撤销")
    row = await company.row(pooled)
    assert (row.state, row.pool_reason) == ("pooled", "waiting")


async def test_an_accepted_lead_is_not_taken_away_by_undoing(small: Company) -> None:
    """Truth does not allow it: somebody has said 接单."""
    lead_id = await small.offered("zhangsan")
    await small.says("lijing", f"派单 L{lead_id} 李四")
    await small.says("lisi", f"接单 L{lead_id}")
    assert await small.says("lijing", "撤销") == [words.UNDO_TOO_LATE.zh.format(lead=f"L{lead_id}", now="李四跟进中")]
    assert (await small.row(lead_id)).owner == "lisi"


async def test_an_answer_ends_what_can_be_undone(small: Company) -> None:
    """Whoever was asked has declined: the lead waits for a manager's next word, not for an undoing of the last."""
    lead_id = await small.owned("zhangsan")
    await _confirmed(small, f"改派 L{lead_id} 李四")
    await small.says("lisi", f"转出 L{lead_id} 不熟")
    assert await small.says("lijing", "撤销") == [words.UNDO_TOO_LATE.zh.format(lead=f"L{lead_id}", now="等待主管处理")]
    assert (await small.row(lead_id)).owner is None


async def test_a_pause_is_lifted_and_an_earlier_one_comes_back(company: Company) -> None:
    """What was before is again."""
    await _confirmed(company, "暂停 张三")
    before = (await company.standing("zhangsan")).paused_until
    await _confirmed(company, "暂停 张三 2小时")
    assert await company.says("lijing", "撤销") == [words.UNDONE_PAUSE.zh.format(name="张三")]
    assert (await company.standing("zhangsan")).paused_until == before
    await company.says("lijing", "恢复 张三")
    assert await company.says("lijing", "撤销") == [words.UNDONE_RESUME.zh.format(name="张三")]
    assert (await company.standing("zhangsan")).paused_until == before


async def test_a_pause_that_is_gone_is_not_undone(small: Company) -> None:
    """Somebody else has lifted it."""
    await _confirmed(small, "暂停 张三 2小时")
    await small.says("root.admin", "恢复 张三")
    assert await small.says("lijing", "撤销") == [words.UNDO_PAUSE_GONE.zh.format(name="张三")]
    await small.says("root.admin", "撤销")
    assert (await small.standing("zhangsan")).paused_until is not None


async def test_turns_are_taken_back_as_far_as_they_are_not_used(company: Company) -> None:
    """A turn that has brought a lead stays used."""
    await company.says("lijing", "补单 张三 2 空号")
    lead_id = await company.lead()
    offer = await company.running(lead_id)
    assert offer is not None
    assert (offer.rep_id, offer.why) == ("zhangsan", "credit")
    shown = await company.gives([company.text("lijing", "撤销")])
    assert company.texts(shown, "lijing") == [words.UNDONE_CREDIT_SOME.zh.format(name="张三", count=1, used=1)]
    assert company.texts(shown, "zhangsan") == [words.CREDIT_BACK_TOLD.zh.format(by="李静", count=1)]


async def test_leave_is_taken_back_and_given_again(company: Company) -> None:
    """Reps undo what they said, too."""
    await company.says("zhangsan", "请假 明天")
    assert (await company.says("zhangsan", "撤销"))[0].startswith("已取消请假")
    assert await company.runner.look(lambda desk: people.leaves_from(desk.tx.connection, desk.now)) == []
    await company.says("zhangsan", "请假 明天")
    await company.says("zhangsan", "请假 取消")
    assert (await company.says("zhangsan", "撤销"))[0].startswith("已请假")
    assert len(await company.runner.look(lambda desk: people.leaves_from(desk.tx.connection, desk.now))) == 1


async def test_undo_takes_back_the_own_command_only(small: Company) -> None:
    """Nobody undoes what somebody else did."""
    await small.says("lijing", "补单 张三 1 空号")
    assert await small.says("root.admin", "撤销") == [words.UNDO_NONE.zh]
    assert await small.says("zhangsan", "撤销") == [words.UNDO_NONE.zh]
