"""Who works in the demo's company, how each of them is, and what the two managers do on this morning."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Final

from bot.cli.demo.people import Habits, Pace
from bot.cli.demo.phone import Phone, labels_of, lead_on, words_of
from sandbox.chats import Entry
from sandbox.config import Person as Member

#: The phones in the order of the page; the first ones are open when it loads.
MEMBERS: Final = (
    Member("zhangsan", "张三", position="华东 · 高级销售"),
    Member("wangwu", "王五", position="华东 · 销售"),
    Member("sunqi", "孙七", position="医疗 · 高级销售"),
    Member("lijing", "李静", role="manager", position="华东华北 · 主管"),
    Member("zhouba", "周八", position="医疗 · 销售"),
    Member("zhaoliu", "赵六", position="华北 · 高级销售"),
    Member("fengjie", "冯洁", position="华北 · 销售"),
    Member("ayguli", "阿依古丽", position="西北 · 主管兼销售"),
    Member("dilnur", "迪丽努尔", position="西北 · 销售"),
    Member("smith", "Anna Smith", position="海外 · 销售", locale="en"),
    Member("chenmin", "陈敏", role="manager", position="医疗海外 · 主管"),
)
#: Phones that are left to whoever tries the demo, once the morning is over.
YOURS: Final = ("zhangsan", "sunqi")

NOTES: Final = (
    "已电话联系，客户周三来看样机", "加了微信，资料已发过去", "通话 8 分钟，预算没问题，约下午出方案",
    "没接，短信留言了，半小时后再打", "和采购聊过，还有一家在比价", "客户要先看同行案例，已发两个",
)  # fmt: skip
ENGLISH_NOTES: Final = (
    "called, they want a quote by Friday", "left a voicemail and sent our catalogue", "good talk, video call booked for tomorrow",
)  # fmt: skip
REVIEW: Final = "人工复核"
#: Whose customer calls: the key of an early lead that any rep of two teams may have got.
_CALLER: Final = "l03"

_CONTRACT: Final = ("跟进 {lead} 合同已回传，定金到账", "成交 {lead} 78万")
_BROWSING: Final = ("跟进 {lead} 只是比价，今年没有采购计划", "输单 {lead} 没有采购计划")
HABITS: Final[Mapping[str, Habits]] = {
    "zhangsan": Habits(
        thinks=(0.6, 1.6),
        writes=0.2,
        passes_on={"区域代理": "不是我的区域或产品"},
        closes={"今天就能签": _CONTRACT, "随便看看": _BROWSING},
        says=((27.0, "我的线索"),),
    ),
    "wangwu": Habits(
        thinks=(1.2, 2.8),
        passes_on={"区域代理": "不是我的区域或产品"},
        snoozes=0.2,
        writes=0.2,
        closes={"今天就能签": _CONTRACT, "随便看看": _BROWSING},
        says=((1.5, "帮助"),),
    ),
    "zhaoliu": Habits(
        thinks=(1.0, 2.2), closes={"随便看看": _BROWSING}, silent_until_paused=True, comes_back_after=3.0
    ),
    "fengjie": Habits(says=((0.0, "请假 3小时"),)),
    "sunqi": Habits(thinks=(0.5, 1.4)),
    "zhouba": Habits(thinks=(1.0, 2.4), passes_on={"三甲": "手上忙不过来", "康复": "不是我的区域或产品"}),
    "ayguli": Habits(thinks=(0.8, 2.0)),
    "dilnur": Habits(thinks=(1.2, 2.8), snoozes=0.2),
    "smith": Habits(thinks=(1.0, 2.6), english=True),
}


@dataclass(frozen=True, slots=True)
class Morning:
    """What a manager's morning hangs on, beside the phone.

    Attributes:
        pace: how fast people are.
        until: waits for a moment of the morning, in seconds of its file.
        is_quiet: says that nothing more will come in, so that nobody waits for it.
        number_of: the number that a customer was given for an enquiry and quotes on the telephone; by the source's key.
        owner_of: who answers when the customer's lead is asked for across the room; None while nobody has it.
    """

    pace: Pace
    until: Callable[[float], Awaitable[None]]
    is_quiet: Callable[[], bool]
    number_of: Callable[[str], str | None]
    owner_of: Callable[[str], Awaitable[str | None]]


async def lijing(phone: Phone, morning: Morning) -> None:
    """Looks around, gives a lead by hand that every rep passed on, and moves one because its customer asks for somebody."""
    async with asyncio.TaskGroup() as group:
        group.create_task(_give_by_hand(phone, morning))
        group.create_task(_reassign(phone, morning))
        await morning.until(9.0)
        phone.type("状态")
        await morning.until(32.0)
        phone.type("负荷")
        await morning.until(34.0)
        phone.type("超时")


async def _give_by_hand(phone: Phone, morning: Morning) -> None:
    entry = await _review_card(phone, morning)
    if entry is not None:
        await morning.pace.sleep(2.5)
        phone.type(f"派单 {lead_on(entry)} 张三")


async def _reassign(phone: Phone, morning: Morning) -> None:
    """A customer calls, quotes the number of the enquiry and asks for somebody else."""
    await morning.until(21.0)
    while (owner := await _owner(morning)) is None:
        if morning.is_quiet():
            return
        await morning.pace.sleep(0.5)
    wanted = "王五" if owner == "zhangsan" else "张三"
    answer = await phone.ask(f"改派 {morning.number_of(_CALLER)} {wanted}", within=3.0)
    if answer is not None and "确认" in labels_of(answer):
        await morning.pace.sleep(1.5)
        phone.tap(answer, "确认")


async def _owner(morning: Morning) -> str | None:
    number = morning.number_of(_CALLER)
    return await morning.owner_of(number) if number is not None else None


async def chenmin(phone: Phone, morning: Morning) -> None:
    """Decides on its card the lead in a language that no rep speaks."""
    entry = await _review_card(phone, morning)
    if entry is not None:
        await morning.pace.sleep(3.0)
        phone.tap_starting(entry, "Anna")
        await morning.pace.sleep(2.0)
        phone.type("负荷")


async def _review_card(phone: Phone, morning: Morning) -> Entry | None:
    """Wait for the first card that asks this manager to decide."""
    while not morning.is_quiet():
        entry = await phone.until(lambda entry: REVIEW in words_of(entry) and bool(labels_of(entry)), within=1.0)
        if entry is not None:
            return entry
    return None


#: Manager's userid -> what this manager does.
MANAGERS: Final[Mapping[str, Callable[[Phone, Morning], Coroutine[None, None, None]]]] = {
    "lijing": lijing,
    "chenmin": chenmin,
}
