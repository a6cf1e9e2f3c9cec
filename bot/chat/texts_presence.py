"""What the chat says about who is there: leave, going on and off duty, pauses."""

from __future__ import annotations

from typing import Final

from bot.wording import Words

LEAVE_TAKEN: Final = Words("已请假：{span}。期间不派单。", "Leave entered: {span}. No leads meanwhile.")
LEAVE_TAKEN_NOW: Final = Words(
    "已请假：{span}。期间不派单，{count} 条未接的线索已派给别人。",
    "Leave entered: {span}. No leads meanwhile; {count} open offers went to others.",
)
LEAVE_HELP: Final = Words(
    "没看懂请假时间。例如：请假 今天 14:00-18:00、请假 明天、请假 11月25日-27日、请假 周五下午、请假 2小时。",
    "I could not read the time. For example: leave today 14:00-18:00, leave tomorrow, leave 11-25, leave 2h.",
)
LEAVE_PAST: Final = Words("这段时间已经过去了。", "That time is over already.")
LEAVE_BACKWARDS: Final = Words("结束时间要晚于开始时间。", "The end has to be after the beginning.")
LEAVE_TOO_LONG: Final = Words("一次最多请假 366 天。", "One leave has at most 366 days.")
LEAVE_LIST: Final = Words("您的请假：", "Your leave:")
LEAVE_NONE: Final = Words("您没有请假。", "You have no leave.")
LEAVE_CANCELLED: Final = Words("已取消请假：{span}。", "Leave cancelled: {span}.")
LEAVE_GONE: Final = Words("这次请假已经结束或取消了。", "That leave is over or was cancelled already.")
#: Between day and time on a button, where there is room for ten characters.
OF_THE_DAY: Final = Words("日", ", ")
WHICH_LEAVE: Final = Words("取消哪一次请假？", "Which leave shall be cancelled?")

ONLINE: Final = Words("已上线，会继续给您派单。", "You are online; leads will come to you.")
ONLINE_ALREADY: Final = Words("您已经在线。", "You are online already.")
ONLINE_LIFTED: Final = Words("已恢复，会继续给您派单。", "The pause is lifted; leads will come to you.")
BUT_PAUSED: Final = Words(
    "不过{name}把您暂停到 {until}，到时或恢复后才会派单。", "But {name} has paused you until {until}."
)
BUT_PAUSED_OPEN: Final = Words(
    "不过{name}暂停了您的派单，恢复后才会派单。", "But {name} has paused you until it is lifted."
)
BUT_LEAVE: Final = Words(
    "不过您在请假，到 {until}。发「请假 取消」可以取消。",
    "But you are on leave until {until}; send “leave cancel” to end it.",
)
BUT_OFF_SHIFT: Final = Words("现在不在您的班次，{at} 起派单。", "It is outside your shift; leads come from {at} on.")
BUT_OFF_SHIFT_OPEN: Final = Words("现在不在您的班次。", "It is outside your shift.")
OFFLINE: Final = Words("已下线，不再派单。回来发「上线」。", "You are offline. Send “online” when you are back.")
OFFLINE_MOVED: Final = Words(
    "已下线，{count} 条未接的线索已派给别人。回来发「上线」。",
    "You are offline; {count} open offers went to others. Send “online” when you are back.",
)
OFFLINE_ALREADY: Final = Words(
    "您已经下线。回来发「上线」。", "You are offline already. Send “online” when you are back."
)
NO_STANDING: Final = Words("{name}不接单。", "{name} takes no leads.")

PAUSE_TITLE: Final = Words("暂停 {name} 的派单？", "Pause {name}?")
PAUSE_UNTIL: Final = Words("到 {until} 自动恢复", "until {until}, then by itself")
PAUSE_OPEN: Final = Words("到「恢复 {name}」为止", "until “resume {name}”")
PAUSE_OFFERS: Final = Words("未接的 {count} 条线索会派给别人", "{count} open offers go to others")
PAUSED: Final = Words("已暂停{name}的派单，{until}。", "{name} is paused {until}.")
PAUSED_MOVED: Final = Words(
    "已暂停{name}的派单，{until}。{count} 条未接的线索已派给别人。",
    "{name} is paused {until}; {count} open offers went to others.",
)
PAUSED_TOLD: Final = Words("{by}暂停了您的派单，{until}。", "{by} has paused you {until}.")
UNTIL_TOLD: Final = Words("到 {until}", "until {until}")
OPEN_TOLD: Final = Words("恢复时通知您", "until further notice")
RESUMED: Final = Words("已恢复{name}的派单。", "{name} is back; leads go there again.")
RESUMED_TOLD: Final = Words("{by}恢复了您的派单。", "{by} has lifted your pause.")
NOT_PAUSED: Final = Words("{name}没有被暂停。", "{name} is not paused.")
DURATION_WRONG: Final = Words(
    "时长没看懂「{text}」。例如 30分钟、2小时、1天。", "I could not read the time “{text}”. For example 30m, 2h, 1d."
)
