"""What the chat says about the pool and about parked leads."""

from __future__ import annotations

from typing import Final

from bot.wording import Words

CLAIMED: Final = Words("✅ 已领取 {lead}，完整电话在卡片上。", "✅ {lead} is yours. The whole number is on the card.")
DAY_USED_UP: Final = Words("今日已领 {used}/{limit}", "You have claimed {used}/{limit} today")
HANDS_FULL: Final = Words("手上已有 {used}/{limit}", "You hold {used}/{limit}")
TAKEN: Final = Words("{lead} 已被领取", "{lead} has been claimed already")
NOT_IN_POOL: Final = Words("{lead} 不在公海。", "{lead} is not in the pool.")
WAITS: Final = Words(
    "{lead} 您跟进过，{until} 后才能再领。", "{lead} was yours before; you may claim it again after {until}."
)
NOT_ADMITTED: Final = Words("{lead} 您不能领：{why}。", "You can't claim {lead}: {why}.")

POOL_HEAD: Final = Words("公海里您能领的，最新 {count} 条：", "In the pool for you, the newest {count}:")
POOL_LINE: Final = Words("{lead} {who}，{score} 分，{since} 起", "{lead} {who}, {score} points, since {since}")
POOL_FOOT: Final = Words("发「领取 L」领一条。", "Send “claim L” to take one.")
POOL_FOOT_VIEWS: Final = Words(
    "发「领取 L」领一条。今日已看 {views}/{limit}。", "Send “claim L” to take one. Seen today: {views}/{limit}."
)
POOL_EMPTY: Final = Words("公海里没有您能领的线索。", "The pool holds nothing for you to claim.")
VIEWS_USED_UP: Final = Words("今日已看 {views}/{limit}", "You have seen {views}/{limit} today")

PARKED: Final = Words(
    "好的，{lead} 到 {until} 前不再提醒，也不会收回；到时提醒您。",
    "All right, {lead} rests until {until} and is not taken back; you are reminded then.",
)
NOTED_AND_PARKED: Final = Words(
    "已记下 {lead} 的跟进。到 {until} 前不再提醒，也不会收回；到时提醒您。",
    "Your note on {lead} is kept. It rests until {until} and is not taken back; you are reminded then.",
)
PARKING_ENDED: Final = Words("好的，{lead} 恢复跟进。", "All right, {lead} is in work again.")
NOT_PARKED: Final = Words("{lead} 没有约日期。", "{lead} rests until no date.")
PARK_PAST: Final = Words("日期要在明天以后。", "The date has to be tomorrow or later.")
PARK_TOO_FAR: Final = Words("最多约到一年以后。", "At most a year from now.")
RETURNED: Final = Words("{lead} 已退回公海。", "{lead} is back in the pool.")
RETURNED_TELL_WHY: Final = Words(
    "{lead} 已退回公海。方便的话发「转出 {lead} 原因」，说说为什么。",
    "{lead} is back in the pool. If you can, send “decline {lead} reason” to say why.",
)
NOTED_TAP: Final = Words("已记下 {lead} 的跟进。", "The follow-up of {lead} is noted.")
POSTPONED_TAP: Final = Words("好的，{at} 再提醒您 {lead}。", "All right, you are reminded of {lead} at {at}.")
