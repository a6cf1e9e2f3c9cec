"""What the chat says about offers and leads."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bot.wording import Words

ACCEPTED: Final = Words("✅ 已接单 {lead}，完整电话在卡片上。", "✅ {lead} is yours. The whole number is on the card.")
ALREADY_YOURS: Final = Words("{lead} 已经是您的了。", "{lead} is yours already.")
DECLINED: Final = Words("已转出 {lead}，派给下一位。", "{lead} has been passed on.")
REASON_KEPT: Final = Words("{lead} 的转出原因已记下。", "The reason for passing on {lead} is noted.")
ALREADY_DECLINED: Final = Words("{lead} 您已经转出了。", "You have passed {lead} on already.")
SNOOZED: Final = Words(
    "好的，下一次提醒不发了。{lead} 还有{left}，到时没有接单会派给别人。",
    "All right, the next reminder is dropped. {lead} waits {left} more, then it goes to somebody else.",
)
SNOOZED_UNDELIVERED: Final = Words(
    "好的，下一次提醒不发了。{lead} 收到卡片后有{left}。",
    "All right, the next reminder is dropped. From the card on you have {left} for {lead}.",
)
REMIND_AT: Final = Words("好的，{at} 提醒您跟进 {lead}。", "All right, you will be reminded of {lead} at {at}.")
SNOOZE_TOO_LONG: Final = Words(
    "最多推迟 7 天；客户约了以后再谈，请写日期，例如：稍后 L1024 3月1日。",
    "At most 7 days; if the customer named a day, write it: snooze L1024 2027-03-01.",
)

MOVED_ON: Final = Words("{lead} 已改派：{why}。", "{lead} has moved on: {why}.")
MOVED_ON_NOW: Final = Words("{lead} 已改派：{why}。现在：{now}。", "{lead} has moved on: {why}. Now: {now}.")
TAKEN_NOW: Final = Words("{lead} 已被领取。现在：{now}。", "{lead} is taken. Now: {now}.")
NOT_YOURS: Final = Words("已失效：{lead} 没有派给您。", "No longer valid: {lead} was not offered to you.")
NOT_YOURS_NOW: Final = Words(
    "已失效：{lead} 没有派给您。现在：{now}。", "No longer valid: {lead} was not offered to you. Now: {now}."
)
#: Offer state -> why an answer to it comes too late.
ENDED: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "expired": Words("没有在时限内应答", "there was no answer in time"),
        "withdrawn": Words("已经收回", "it was taken back"),
        "declined": Words("您已转出", "you passed it on"),
        "accepted": Words("您不再是跟进人", "you no longer own it"),
        "open": Words("已派给别人", "it was offered to somebody else"),
    }
)

NO_OFFER: Final = Words("现在没有等您接的线索。", "No lead is waiting for you now.")
WHICH_OFFER: Final = Words("有 {count} 条线索等您接，请写明是哪条：", "{count} leads wait for you; please say which:")
LEADS_NONE: Final = Words("您现在没有线索。", "You have no leads now.")
RESPONSE_RATE: Final = Words(
    "应答率 {rate}%（最近 {over} 次派单）", "You answered {rate} % of your last {over} offers in time"
)
RESPONSE_RATE_LOW: Final = Words(
    "⚠️ 应答率 {rate}%（最近 {over} 次派单），低于 {below}%，派单份额暂时只有 {share}%，按时接单或转出就会恢复",
    "⚠️ You answered {rate} % of your last {over} offers in time; under {below} % your share is {share} % until you answer "
    "more of them",
)
LEADS_OFFERED: Final = Words("等您接单 {count} 条：", "Waiting for you: {count}")
LEADS_OWNED: Final = Words("您跟进中 {count} 条：", "Yours: {count}")
LINE_OFFERED: Final = Words("{lead} {who}，{score} 分，还剩{left}", "{lead} {who}, {score} points, {left} left")
LINE_OFFERED_STILL: Final = Words("{lead} {who}，{score} 分，到 {at}", "{lead} {who}, {score} points, until {at}")
LINE_OFFERED_NEW: Final = Words("{lead} {who}，{score} 分，刚派给您", "{lead} {who}, {score} points, just offered")
LINE_OWNED: Final = Words("{lead} {who} {contact}，{since}", "{lead} {who} {contact}, {since}")
SINCE_OWNED: Final = Words("{at} 接单，还没有跟进", "taken {at}, no follow-up yet")
SINCE_LATE: Final = Words("⚠️ 首次跟进应在 {at} 前", "⚠️ first contact was due {at}")
SINCE_PARKED: Final = Words("约 {at} 再谈", "rests until {at}")
SINCE_FOLLOWED: Final = Words("{at} 跟进过", "last follow-up {at}")

NOTED: Final = Words("已记下 {lead} 的跟进。", "Your note on {lead} is kept.")
WON: Final = Words("🎉 {lead} 已成交，金额 ¥{amount:,}。", "🎉 {lead} is won, ¥{amount:,}.")
LOST: Final = Words("{lead} 已记为输单。", "{lead} is closed as lost.")
#: What is said of a lead closed as invalid, by whether the owner has the turn back.
INVALIDATED: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "nothing": Words("{lead} 已记为无效。", "{lead} is closed as invalid."),
        "given": Words("{lead} 已记为无效，补还一次派单。", "{lead} is closed as invalid, and the turn is given back."),
        "too_late": Words(
            "{lead} 已记为无效。接单超过{within}，不自动补还；需要补单请找主管。",
            "{lead} is closed as invalid. It was accepted more than {within} ago, so no turn comes back by itself; "
            "a manager may give one.",
        ),
        "month_used_up": Words(
            "{lead} 已记为无效。本月补单已满 {most} 次，不再补还。",
            "{lead} is closed as invalid. This month's {most} turns have been given back already.",
        ),
    }
)
ALREADY_CLOSED: Final = Words(
    "{lead} 已经结束（{state}），没有改变。", "{lead} is closed already ({state}); nothing was changed."
)
NOT_OWNED: Final = Words("{lead} 还没有跟进人，先接单再记录。", "{lead} has no owner yet; it has to be accepted first.")
DONE_BY_MANAGER: Final = Words("{name}把您的 {lead} 记为{state}。", "{name} closed your lead {lead}: {state}.")
WRONG_AMOUNT: Final = Words(
    "金额没看懂「{text}」。例如：成交 {lead} 50万、成交 {lead} 12,000。",
    "I could not read the amount “{text}”. For example: won {lead} 500000.",
)

#: Lead state -> what it is called.
STATES: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "received": Words("刚收到", "received"),
        "offered": Words("等待接单", "offered"),
        "owned": Words("跟进中", "owned"),
        "pooled": Words("在公海", "in the pool"),
        "review": Words("等待主管处理", "waiting for a manager"),
        "won": Words("成交", "won"),
        "lost": Words("输单", "lost"),
        "invalid": Words("无效", "invalid"),
        "merged": Words("已并入 {into}", "merged into {into}"),
    }
)
OFFERED_TO: Final = Words("已派给{name}，等待接单（第 {round} 轮）", "offered to {name}, round {round}")
OWNED_BY: Final = Words("{name}跟进中", "owned by {name}")
CLOSED_BY: Final = Words("{state}（{name}）", "{state} ({name})")
HOW_IT_STANDS: Final = Words("{lead}：{now}。", "{lead}: {now}.")
