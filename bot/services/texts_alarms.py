"""What the operator's alert address and the admins are told: something needs a hand. Never with personal data."""

from __future__ import annotations

from typing import Final

from bot.wording import Words

#: How an alarm begins where an admin reads it among other messages.
TOLD: Final = Words("⚠️ {alarm}", "⚠️ {alarm}")
UNKNOWN_TIMER: Final = Words(
    "不认识的定时任务 {kind} 已丢弃，是不是有旧版本还在运行？",
    "A timer of unknown kind {kind} was dropped. Is an older version still running?",
)
UNDELIVERED: Final = Words(
    "{lead} 的卡片 {minutes} 分钟没有送达，线索已转给别人。请看日志里的 send_failed。",
    "The card of {lead} did not arrive within {minutes} minutes; the lead has gone to somebody else. "
    "Look for send_failed in the log.",
)
NOBODY_TO_ASK: Final = Words(
    "{lead} 等待主管处理，但没有可以询问的主管或管理员，请检查团队文件。",
    "{lead} waits for a manager, but there is no manager or admin to ask. Please check the team file.",
)
REVERSAL_FAILED: Final = Words(
    "决定 {decision} 未能从公平账户中冲回，线索照常流转，请查日志。",
    "Decision {decision} could not be taken back out of the accounts of fairness. "
    "The lead goes on as usual; please look into the log.",
)
MESSAGE_NOT_MADE: Final = Words(
    "消息 {message}（{kind}）生成失败，稍后重试，请查日志。",
    "Message {message} ({kind}) could not be made and is tried again later; please look into the log.",
)
MESSAGE_REFUSED: Final = Words(
    "企业微信拒收一条 {kind}（错误码 {code}），请查日志。",
    "WeCom refused a message ({kind}, errcode {code}); please look into the log.",
)
MEMBER_UNREACHABLE: Final = Words(
    "有销售在企业微信里联系不上（错误码 {code}），已停止派单，请检查应用可见范围。",
    "WeCom can't reach one of the reps (errcode {code}); no leads go there any more. "
    "Please check the app's visible range.",
)
CIRCUIT_OPEN: Final = Words(
    "企业微信发不出消息：{reason}（错误码 {code}）。线索都在，恢复后按原来的先后发出。",
    "WeCom takes no messages: {reason} (errcode {code}). No lead is lost; all go out in their order once it does.",
)
CIRCUIT_CLOSED: Final = Words("企业微信恢复，积压的消息正在发出。", "WeCom is back; what has waited is going out.")
CALLBACK_FAILED: Final = Words(
    "有销售在企业微信里的一次操作没有处理成，已请他重试，原因在日志 callback_failed 里。",
    "Something that somebody did in WeCom could not be handled; the person was asked to try again. "
    "The log says why, under callback_failed.",
)
AUDITED: Final = Words(
    "巡检修复了超时未处理 {overdue} 条、无人看管 {unwatched} 条、停滞 {stranded} 条，线索都在。反复出现请查日志。",
    "The auditor has mended leads past their time: {overdue}, unwatched: {unwatched}, stranded: {stranded}. "
    "No lead is lost. If this comes again, please look into the log.",
)
