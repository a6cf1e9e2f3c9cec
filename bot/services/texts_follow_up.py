"""What owners and managers are told about leads after 接单: reminders, the ladder, warnings, recycled leads."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bot.wording import Words

#: From so many days on people count in days.
IN_DAYS: Final = 2
DAYS: Final = Words("{count} 天", "{count} days")

#: Why an owner is asked about a lead.
ASK_WHY: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "remind": Words("该跟进了，已{since}没有记录", "time to follow up, nothing noted for {since}"),
        "overdue": Words("逾期未跟进，已{since}", "overdue, no follow-up for {since}"),
        "warn": Words("很久没有跟进，{until} 起收回到公海", "quiet for long; it is taken back on {until}"),
        "back": Words("约好再谈的日子到了", "the day has come on which you wanted to talk again"),
    }
)
ASK_HEAD: Final = Words("⏰ {count} 条线索该跟进了：", "⏰ Leads to follow up: {count}")
ASK_LINE: Final = Words("{lead} {who}：{why}", "{lead} {who}: {why}")
ASK_FOOT: Final = Words(
    "已跟进发「跟进 L 内容」，延后发「稍后 L 2小时」，转出发「转出 L 原因」。",
    "Send “note L text” when you did, “snooze L 2h” for later, “decline L reason” to pass it on.",
)
PLAIN_LINE: Final = Words("{lead} {who}", "{lead} {who}")
AND_MORE: Final = Words("…还有 {count} 条，发「我的线索」或「超时」看全部。", "…and {count} more.")

RECYCLED_HEAD: Final = Words("以下 {count} 条线索已收回，您不再是跟进人：", "Taken back, no longer yours: {count}")
#: How the code begins -> why a lead was taken back.
RECYCLED_WHY: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "overdue": Words("接单后一直没有跟进", "no follow-up since you took it"),
        "cold": Words("太久没有跟进", "no follow-up for too long"),
        "open": Words("太久没有结果", "open for too long"),
    }
)
OVERDUE_OF_HEAD: Final = Words("⚠️ {count} 条线索接单后没有跟进：", "⚠️ Accepted and not followed up: {count}")
OVERDUE_OF_LINE: Final = Words("{lead} {who}，{name}，已{since}", "{lead} {who}, {name}, for {since}")
REVIEW_HEAD: Final = Words(
    "{count} 条线索被收回，等您指派，发「超时」查看，「派单 L 姓名」指派：",
    "Taken back and waiting for you: {count}. Send “overdue” to see them, “assign L name” to give one to somebody.",
)
