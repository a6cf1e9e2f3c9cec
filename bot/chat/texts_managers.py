"""What the chat says to managers: moving leads, asking back, overviews, the reasons of decisions."""

from __future__ import annotations

from typing import Final

from bot.wording import Words

WHO: Final = Words(
    "没有找到「{text}」。请写姓名、拼音或企业微信账号。", "Nobody is called “{text}”. Write a name, pinyin or userid."
)
WHO_IS_MEANT: Final = Words("「{text}」是哪一位？", "Who is meant by “{text}”?")
NAMED: Final = Words("{name}（{id}）", "{name} ({id})")
NOT_YOUR_TEAM: Final = Words("{name}不在您管理的团队。", "{name} is not in a team of yours.")
NOT_YOUR_TEAMS_LEAD: Final = Words("{lead} 不归您的团队。", "{lead} does not belong to a team of yours.")
TAKES_NONE: Final = Words("{name}不接单。", "{name} takes no leads.")

ALREADY_OFFERED: Final = Words("{lead} 已经派给{name}，正在等他接单。", "{lead} is offered to {name} already.")
ALREADY_OWNED: Final = Words("{lead} 已经是{name}的。", "{lead} is {name}'s already.")
CLOSED: Final = Words("{lead} 已经结束（{state}），不能再派。", "{lead} is closed ({state}) and can't be moved.")
GIVEN: Final = Words("已把 {lead} 派给{name}。", "{lead} was offered to {name}.")
GIVEN_AWAY: Final = Words(
    "已把 {lead} 派给{name}。他现在{why}，到岗前可能看不到。", "{lead} was offered to {name}, who is away now ({why})."
)
NOT_GIVEN: Final = Words(
    "没能把 {lead} 派给{name}。现在：{now}。", "{lead} could not be offered to {name}. Now: {now}."
)
GIVE_TITLE: Final = Words("把 {lead} 改派给{name}？", "Give {lead} to {name}?")
NOW_LINE: Final = Words("现在：{now}", "Now: {now}")
WITHDRAW_TITLE: Final = Words("撤回 {lead}？", "Withdraw {lead}?")
WITHDRAW_LINE: Final = Words("撤回后等待主管指派", "it then waits for a manager")
NOTHING_TO_WITHDRAW: Final = Words("{lead} 不在任何人手上：{now}。", "Nobody has {lead}: {now}.")
WITHDRAWN: Final = Words("已撤回 {lead}，等待指派。", "{lead} was withdrawn and waits for a manager.")

CREDITED: Final = Words("已给{name}补 {count} 次派单。", "{name} gets {count} turns back.")
CREDIT_LIMIT: Final = Words(
    "{name}这个月最多补 {limit} 次，没有改变。", "{name} may get {limit} turns a month; nothing was changed."
)
CREDIT_COUNT: Final = Words("一次补 1 到 {most} 次。", "Give back 1 to {most} turns at once.")

NOTHING_PENDING: Final = Words("没有等待确认的命令。", "Nothing is waiting to be confirmed.")
LAPSED: Final = Words(
    "已超过 5 分钟，请重新发命令。", "More than 5 minutes have passed; please send the command again."
)
CANCELLED: Final = Words("已取消，没有改变。", "Cancelled; nothing was changed.")
NOT_YOUR_COMMAND: Final = Words("这不是您发的命令。", "This is not a command of yours.")
SETTLED: Final = Words("这条命令已经处理过了。", "This command has been dealt with already.")
CHANGED: Final = Words(
    "情况已变，没有改变。{lead} 现在：{now}。请重新发命令。",
    "Things have changed, so nothing was done. {lead} now: {now}. Please send the command again.",
)
NO_SUCH_CHOICE: Final = Words("没有这个选项。", "There is no such choice.")

REVIEW_DONE: Final = Words("已派给{name}", "offered to {name}")
REVIEW_OVER: Final = Words("{lead} 已经处理过了。现在：{now}。", "{lead} has been dealt with. Now: {now}.")
REVIEW_OVER_SHORT: Final = Words("现在：{now}", "now: {now}")
REVIEW_LATER: Final = Words("好的，{lead} 先放着，还没人处理会再提醒。发「派单 {lead} 姓名」指派。",
                            "All right, {lead} stays where it is. Send “assign {lead} name” to offer it.")  # fmt: skip

REVIEW_NONE: Final = Words("没有等您复核的线索。", "Nothing waits for your review.")
REVIEW_ITEMS: Final = Words("已有人跟进、请您复核 {count} 条：", "Somebody's already, for you to look at: {count}")
REVIEW_ITEM_LINE: Final = Words("{lead} {now}，{since} 起，{why}", "{lead} {now}, since {since}, {why}")
REVIEW_KEPT: Final = Words("好的，{lead} 不变：{now}。", "All right, {lead} stays: {now}.")
REVIEW_MOVE_TO: Final = Words("把 {lead} 改派给谁？", "Who is to have {lead}?")

UNDO_NONE: Final = Words("没有可以撤销的命令。", "There is nothing to undo.")
UNDO_CANNOT: Final = Words("上一条「{name}」不能撤销。", "The last command, “{name}”, can't be undone.")
UNDO_TOO_LATE: Final = Words("撤销不了：{lead} {now}。", "It can't be undone: {lead} is {now}.")
UNDONE_MOVE: Final = Words("已撤销，{lead} 回到：{now}。", "Undone; {lead} is back: {now}.")
UNDONE_MOVE_TOLD: Final = Words("{by}撤销了派单，{lead} 已收回。", "{by} took {lead} back.")
UNDONE_OWNER_TOLD: Final = Words("{by}撤销了改派，{lead} 仍由您跟进。", "{by} undid the move; {lead} is yours again.")
UNDONE_PAUSE: Final = Words("已撤销暂停，{name}继续接单。已派给别人的线索不收回。",
                            "The pause of {name} is undone. Leads that went to others stay there.")  # fmt: skip
UNDONE_RESUME: Final = Words("已撤销恢复，{name}又暂停了。", "{name} is paused again.")
UNDO_PAUSE_GONE: Final = Words(
    "撤销不了：{name}的暂停状态已经变了。", "It can't be undone: {name} was paused or resumed since."
)
UNDONE_CREDIT: Final = Words("已收回{name}的补单 {count} 次。", "{count} turns were taken back from {name}.")
UNDONE_CREDIT_SOME: Final = Words("已收回{name}的补单 {count} 次，另外 {used} 次已经用掉。",
                                  "{count} turns were taken back from {name}; {used} are used up.")  # fmt: skip
UNDO_CREDIT_USED: Final = Words("撤销不了：补单已经用掉了。", "It can't be undone: the turns are used up.")
CREDIT_BACK_TOLD: Final = Words("{by}收回了给您的补单 {count} 次。", "{by} took back {count} turns.")

STATUS_HEAD: Final = Words(
    "派单状态（规则第 {policy} 版，团队第 {roster} 版）", "Status (policy {policy}, roster {roster})"
)
STATUS_WAITING: Final = Words(
    "等待：接单 {offered}，公海 {pooled}，主管处理 {review}",
    "Waiting: offered {offered}, pooled {pooled}, in review {review}",
)
STATUS_UNDECIDED: Final = Words("还没有决定：{received}", "Undecided: {received}")
STATUS_PEOPLE: Final = Words("在岗 {on} / {all} 人，满额 {full} 人", "On duty {on} of {all}, full {full}")
STATUS_TODAY: Final = Words("今日派出 {today} 次", "Offers today: {today}")
STATUS_UNKNOWN: Final = Words(
    "今日线索缺「{field}」{count} 条，按规则：{rules}", "Leads of today without {field}: {count}, by rule: {rules}"
)
STATUS_RECOUNT: Final = Words(
    "成交率正按「{fields}」重新统计：已到 {after}，共到 {last}；统计完之前这一项不影响派单",
    "Win rates are being counted anew by {fields}: up to {after} of {last}; until then they decide nothing",
)
STATUS_OVERDUE: Final = Words("⚠️ 过了时限未处理 {count} 条", "⚠️ past their deadline: {count}")
STATUS_CIRCUIT: Final = Words(
    "⚠️ 企业微信暂时发不出消息，恢复后自动补发", "⚠️ WeCom can't be reached; messages follow by themselves"
)

LOAD_HEAD: Final = Words("负荷（在手/上限，今日，欠派）", "Load (open/cap, today, deficit)")
LOAD_LINE: Final = Words(
    "{name}：{open}/{cap}，今日 {today}，{deficit}，{duty}",
    "{name}: {open}/{cap}, today {today}, {deficit}, {duty}",
)
LOAD_NONE: Final = Words("您的团队里没有接单的销售。", "Nobody of your teams takes leads.")
ON_DUTY: Final = Words("在岗", "on duty")
NO_CAP: Final = Words("不限", "∞")

OVERDUE_NONE: Final = Words("没有超时的线索。", "Nothing is past its time.")
OVERDUE_REVIEW: Final = Words("等待主管处理 {count} 条：", "Waiting for a manager: {count}")
OVERDUE_REVIEW_LINE: Final = Words("{lead} {who}，{since} 起，{why}", "{lead} {who}, since {since}, {why}")
OVERDUE_REMINDED: Final = Words("已提醒未接单 {count} 条：", "Reminded, not yet accepted: {count}")
OVERDUE_OFFER_LINE: Final = Words("{lead} {name}，第 {round} 轮，时限 {at}", "{lead} {name}, round {round}, due {at}")
OVERDUE_CONTACT: Final = Words("接单后未跟进 {count} 条：", "Accepted, no follow-up in time: {count}")
OVERDUE_CONTACT_LINE: Final = Words("{lead} {name}，应在 {at} 前", "{lead} {name}, was due {at}")

WHY_HEAD: Final = Words("{lead}（{now}）", "{lead} ({now})")
WHY_RULE: Final = Words("规则：{rule}", "Rule: {rule}")
WHY_NO_RULE: Final = Words("没有按规则选人：{why}", "Not chosen by a rule: {why}")
WHY_SCORE: Final = Words("评分 {score} {grade}：{reasons}", "Score {score} {grade}: {reasons}")
WHY_NOT_SCORED: Final = Words("评分 {score} {grade}", "Score {score} {grade}")
WHY_BY_MANAGER: Final = Words("{name}指定", "picked by {name}")
WHY_CREDIT: Final = Words("补还的一次派单", "a turn given back")
WHY_KNOWN: Final = Words("老客户，派给原跟进人", "a known customer, offered to the owner")
WHY_CHOSEN: Final = Words(
    "→ {name}：适配 {fit}，候选 {candidates} 人、可接 {eligible} 人",
    "→ {name}: fit {fit}; {candidates} candidates of {eligible} eligible",
)
WHY_CHOSEN_PLAIN: Final = Words(
    "→ {name}：候选 {candidates} 人、可接 {eligible} 人", "→ {name}; {candidates} candidates of {eligible} eligible"
)
WHY_BETTER: Final = Words(
    "价值均衡：这条线索比平常好 {much} 分，在价值欠得最多的 {count} 人中选",
    "Balance of value: {much} points better than usual, so from the {count} to whom most value is owed",
)
WHY_POORER: Final = Words(
    "价值均衡：这条线索比平常差 {much} 分，在价值欠得最少的 {count} 人中选",
    "Balance of value: {much} points poorer than usual, so from the {count} to whom least value is owed",
)
WHY_RACED: Final = Words("抢单：同时派给{names}", "a race: offered at once to {names}")
WHY_ALSO: Final = Words("可接：{name}（适配 {fit}）", "eligible: {name} (fit {fit})")
WHY_ALSO_PLAIN: Final = Words("可接：{name}", "eligible: {name}")
WHY_NOT: Final = Words("未入选：{name}，{reason}", "not: {name}, {reason}")
WHY_NOBODY: Final = Words("没有人可接：{why}", "nobody may take it: {why}")
WHY_UNDECIDED: Final = Words("{lead} 还没有派单决定（{now}）。", "{lead} has no decision yet ({now}).")
WHY_PRIVATE: Final = Words(
    "只有{lead}的跟进人、正在等的销售和主管能看。",
    "Only the owner of {lead}, whoever it is offered to, and managers may see this.",
)
WHY_OUTCOMES: Final = {
    "all_full": Words("都已满额", "everybody is full"),
    "nobody_on_duty": Words("没有人在岗", "nobody is on duty"),
    "no_send_slot": Words("消息额度用尽", "no card could be sent"),
    "nobody_ever": Words("规则不允许任何人", "the rules allow nobody"),
    "nobody_left": Words("能接的都已问过", "everybody who may has been asked"),
}
