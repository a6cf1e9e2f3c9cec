"""What people are told unasked: reps of their leads and their pauses, managers of whoever needs them."""

from __future__ import annotations

from typing import Final

from bot.wording import Words

REMIND: Final = Words(
    "⏰ {lead}（{who}）还没有接单，{left}后派给别人。点卡片上的「接单」，或发「接单 {lead}」。",
    "⏰ {lead} ({who}) is not accepted yet; in {left} it goes to somebody else. "
    "Tap “Accept” on the card, or send “accept {lead}”.",
)
OFFERED_WITHOUT_CARD: Final = Words(
    "新线索 {lead}，卡片没能显示，收到后 {minutes} 分钟内有效。"
    "发「为什么 {lead}」看资料，「接单 {lead}」接单，「转出 {lead}」转出。",
    "New lead {lead}; its card could not be shown. It waits {minutes} min from now. "
    "Send “why {lead}” for what is known, “accept {lead}” to take it, “decline {lead}” to pass it on.",
)
ACCEPTED: Final = Words("✅ 已接单 {lead}：{contact}。", "✅ {lead} is yours: {contact}.")
ACCEPTED_CALL_BY: Final = Words(
    "✅ 已接单 {lead}：{contact}。请在 {until} 前首次联系。",
    "✅ {lead} is yours: {contact}. Please make first contact by {until}.",
)
TAKEN: Final = Words("{lead} 已被领取：别的销售先接了。", "{lead} is taken: somebody else accepted it first.")
DECLINED_TELL_WHY: Final = Words(
    "已转出 {lead}。方便的话发「转出 {lead} 原因」，说说为什么。",
    "{lead} has been passed on. If you can, send “decline {lead} reason” to say why.",
)

UPDATED: Final = Words(
    "线索 {lead} 有新资料，接单后发「我的线索」可看最新的电话。",
    "There is news of lead {lead}. Once it is yours, “my leads” shows the newest phone number.",
)
APPEAL_KEPT: Final = Words(
    "您对 {lead} 的申诉，{by}看过了：维持原来的派单。",
    "{by} has looked at your appeal about {lead}: it stays where it is.",
)
APPEAL_MOVED: Final = Words("您对 {lead} 的申诉已经结束。", "Your appeal about {lead} is closed.")
VISITED_AGAIN: Final = Words(
    "客户再次来访：{lead}（来源 {source}）。发「我的线索」查看。",
    "A customer is back: {lead} (source: {source}). Send “my leads” to see it.",
)
VISITED_WHILE_AWAY: Final = Words(
    "{name}不在岗，客户再次来访：{lead}（来源 {source}）。发「我的线索」查看。",
    "{name} is away, and a customer is back: {lead} (source: {source}). Send “my leads” to see it.",
)
MOVED_BY: Final = Words(
    "{lead} 已由{by}改派，您不再是跟进人。", "{by} has moved {lead}; you are not its owner any more."
)
CREDITED: Final = Words(
    "已给您补 {count} 次派单，原因：{reason}。", "You are given turns back: {count}. Reason: {reason}."
)

DOCUMENT: Final = Words("📎 {lead} 的资料：{name}（{version} 版）。", "📎 For {lead}: {name}, version {version}.")
DOCUMENT_FILE: Final = Words(
    "📎 {lead} 的资料：{name}（{version} 版），文件 {file}。", "📎 For {lead}: {name}, version {version}, file {file}."
)
OPEN_DOCUMENT: Final = Words("打开资料", "Open the document")
DOCUMENT_MISSING: Final = Words(
    "规则「{rule}」要随卡片发送的资料「{document}」没有有效版本或缺少文件（例如 {lead}）。卡片已照常发出，请补上资料。",
    "Rule “{rule}” sends the document “{document}” after the card, and no version is in force or its file is missing "
    "(as for {lead}). The card went out all the same; please add the document.",
)

PAUSED_SILENT: Final = Words(
    "您已连续 {times} 次没有应答，暂停派单。回来后发「上线」恢复。",
    "You left {times} offers in a row unanswered, so no leads come for now. Send “online” when you are back.",
)
REP_PAUSED_SILENT: Final = Words(
    "{name}连续 {times} 次未应答，已暂停派单，本人发「上线」或您发「恢复 {name}」后恢复。",
    "{name} left {times} offers in a row unanswered and is paused, "
    "until {name} sends “online” or you send “resume {name}”.",
)
STILL_PAUSED: Final = Words(
    "您仍在暂停派单中，发「上线」恢复。", "You are still paused; send “online” to have leads again."
)
REP_STILL_PAUSED: Final = Words(
    "{name}仍在暂停派单中（连续未应答）。", "{name} is still paused for offers left unanswered."
)
REP_UNREACHABLE: Final = Words(
    "企业微信联系不上 {name}（错误码 {code}），已停止给他派单。请检查应用可见范围，或把他从团队中移除。",
    "WeCom can't reach {name} (errcode {code}), so no leads go there any more. "
    "Check the app's visible range, or take {name} out of the team.",
)
STILL_IN_REVIEW: Final = Words(
    "还有 {count} 条线索等待指派，例如 {lead}。发「派单 {lead} 姓名」指派。",
    "Still waiting for a manager: {count}, such as {lead}. Send “assign {lead} name” to offer it to somebody.",
)
ALL_FULL: Final = Words(
    "{team}的销售都已满额，新线索先进公海，有人空出来就按先后派出。发「负荷」看详情。",
    "Everybody of {team} is full. New leads wait in the pool and go out in their order as people come free. "
    "Send “load” for details.",
)
