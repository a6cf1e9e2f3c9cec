"""What people of a busy floor type and tap, through the inbox: sense, nonsense, repeats, and what they undo again."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from bot.chat import inbox
from bot.chat.inbox import Item
from bot.messaging import Action, ButtonKey
from tests.support.office import Company

_TYPED = (
    "帮助", "我的线索", "接单 {lead}", "接单", "转出 {lead} 太远", "转出 {lead}", "稍后 {lead} 2小时", "跟进 {lead} 已联系",
    "跟进 {lead} 客户约3月再谈", "成交 {lead} 5万", "输单 {lead} 太贵", "无效 {lead} 空号", "公海", "领取 {lead}", "上线", "下线",
    "请假 今天 14:00-18:00", "请假 取消", "为什么 {lead}", "为什么不是我 {lead}", "状态", "负荷", "超时", "复核", "撤销", "撤销",
    "派单 {lead} {rep}", "改派 {lead} {rep}", "撤回 {lead}", "暂停 {rep} 2小时", "恢复 {rep}", "补单 {rep} 1 空号", "熔断 开",
    "熔断 关", "确认", "确认", "确认", "取消", "L{number}", "accept {lead}", "何时发工资",
)  # fmt: skip
_REASONS = ("busy", "area", "product", "other", "no such reason")


@dataclass
class FloorChat:
    """Draws what somebody says next, and lets the inbox handle it.

    Attributes:
        company: where they work.
        random: draws everything.
        people: userids of reps, managers and strangers.
        reps: userids of reps.
    """

    company: Company
    random: random.Random
    people: tuple[str, ...]
    reps: tuple[str, ...]
    _before: list[Item] = field(default_factory=list)
    _handled: list[Item] = field(default_factory=list)

    async def speaks(self) -> str:
        """Let people type and tap, one to three in a batch; some of it WeCom delivers again, now or much later."""
        batch: list[Item] = []
        for _ in range(self.random.choice([1, 1, 2, 3])):
            again = self._before and self.random.random() < 0.15
            batch.append(self.random.choice(self._before[-40:]) if again else await self._new())
        if self.random.random() < 0.1:
            batch.append(batch[0])
        self._before += batch
        told = "; ".join(f"{item.user}: {getattr(item, 'content', getattr(item, 'key', ''))}" for item in batch)
        try:
            await self.company.do(lambda desk: inbox.handle(desk, batch))
        except Exception as error:
            error.add_note(told)
            raise
        self._handled += batch
        return told

    async def repeats(self) -> str:
        """Deliver callbacks again that have been handled: nothing whatever may come of it."""
        if not self._handled:
            return "nothing to repeat"
        batch = self.random.choices(self._handled, k=3)
        await self.company.do(lambda desk: inbox.handle(desk, batch))
        return "only repeats"

    async def _new(self) -> Item:
        draw = self.random
        running = await self._rows("SELECT lead_id, offer_no, rep_id FROM offer WHERE state = 'open'")
        owned = await self._rows("SELECT lead_id, offer_no, owner FROM lead WHERE state = 'owned'")
        every = await self._rows("SELECT lead_id, offer_no, 'e1' FROM lead")
        known = draw.choice([rows for rows in (running, owned, every) if rows] or [[(99_999, 1, "e1")]])
        lead_id, number, rep = draw.choice(known)
        user = rep if draw.random() < 0.5 else draw.choice(self.people)
        if draw.random() < 0.5:
            words = draw.choice(_TYPED).format(lead=f"L{lead_id}", number=lead_id, rep=draw.choice(self.reps))
            return self.company.text(user, words)
        action = draw.choice([*Action, Action.ACCEPT, Action.ACCEPT, Action.DECLINE, Action.REASON])
        waits = await self._rows("SELECT command_id, 0, actor FROM command WHERE state = 'awaiting'")
        if waits and action in {Action.CONFIRM, Action.CANCEL, Action.CHOOSE}:
            command_id, _, actor = draw.choice(waits)
            key = ButtonKey(action, f"C{command_id}", 0, draw.choice([None, "0", draw.choice(self.reps)]))
            return self.company.tap(actor if draw.random() < 0.8 else user, str(key))
        argument = draw.choice([None, None, draw.choice(self.reps)])
        key = ButtonKey(action, f"L{lead_id}", draw.choice([number, number, number + 1, 0]), argument)
        chosen = [draw.choice(_REASONS)] if action is Action.REASON else []
        return self.company.tap(user, str(key), code=draw.choice([None, "code"]), chosen=chosen)

    async def _rows(self, statement: str) -> list[tuple[Any, ...]]:
        return await self.company.runner.look(
            lambda desk: [tuple(row) for row in desk.tx.connection.exec_driver_sql(statement + " ORDER BY 1, 2")]
        )
