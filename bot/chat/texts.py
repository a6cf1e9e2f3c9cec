"""What the chat says in general: to strangers, to nobody's command, and what commands there are."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bot.chat.command_words import Verb
from bot.wording import Words

STRANGER: Final = Words(
    "您好，您还不在派单系统的名单里。请联系管理员把您加入团队。",
    "Hello. You are not on the roster of the lead service yet. Please ask your admin to add you.",
)
NOT_IN_FORCE: Final = Words(
    "系统还没有生效的团队和派单规则，暂时不能处理。请管理员先导入团队、发布规则。",
    "No team and policy are in force yet, so nothing can be done. An admin has to bring them in first.",
)
FAILED: Final = Words(
    "处理时出了错，什么也没有改变，管理员已收到通知。请稍后再试。",
    "Something went wrong and nothing was changed; the admins have been told. Please try again later.",
)
UNCLEAR: Final = Words(
    "没看懂「{text}」。发「帮助」看能做什么。", "I did not understand “{text}”. Send “help” for what you can do."
)
DID_YOU_MEAN: Final = Words(
    "没看懂「{text}」。您是想发{names}吗？发「帮助」看能做什么。",
    "I did not understand “{text}”. Did you mean {names}? Send “help” for what you can do.",
)
QUOTED: Final = Words("「{name}」", "“{name}”")
OR: Final = Words("或", " or ")
NOT_BUILT: Final = Words(
    "「{name}」还没有开通。发「帮助」看现在能做什么。",
    "“{name}” is not available yet. Send “help” for what you can do.",
)
NOT_ALLOWED: Final = Words(
    "「{name}」只有主管能用。发「帮助」看您能做什么。", "“{name}” is for managers. Send “help” for what you can do."
)
REPS_ONLY: Final = Words(
    "「{name}」只对接单的销售有用，您不在接单名单里。", "“{name}” is for those who take leads; you do not."
)
USAGE: Final = Words("请这样写：{usage}", "Please write it like this: {usage}")
NO_SUCH_LEAD: Final = Words("没有找到线索 {lead}。", "There is no lead {lead}.")
NOT_YOUR_LEAD: Final = Words("{lead} 不是您的线索。", "{lead} is not your lead.")
UNKNOWN_BUTTON: Final = Words(
    "这个按钮已失效。发「我的线索」看现在的情况。", "This button no longer works. Send “my leads” for how things stand."
)

HELP_HEAD: Final = Words("您可以发：", "You can send:")
HELP_MANAGER: Final = Words("主管还可以发：", "As a manager, as well:")
HELP_NOTHING: Final = Words(
    "您的角色在这里没有命令，请用管理页面。", "Your role has no commands here; please use the web console."
)
HELP_FOOT: Final = Words(
    "L1024 是卡片上的线索号，斜杠「/」可写可不写。", "L1024 is the number on the card; a leading “/” may stand or not."
)

#: How each command is written, with an example of its values; what it does stands behind the dash.
HOW: Final[Mapping[Verb, Words]] = MappingProxyType(
    {
        Verb.HELP: Words("帮助 — 看能做什么", "help — what you can do"),
        Verb.MY_LEADS: Words("我的线索 — 等您接的和您跟进的", "my leads — what waits for you and what you own"),
        Verb.ACCEPT: Words("接单 L1024 — 接下线索", "accept L1024 — take the lead"),
        Verb.DECLINE: Words("转出 L1024 原因 — 转给下一位", "decline L1024 reason — pass it on"),
        Verb.SNOOZE: Words(
            "稍后 L1024 2小时 — 晚点再提醒；写日期「3月1日」则到那天再谈",
            "snooze L1024 2h — remind me later; with a day, 2027-03-01, it rests until then",
        ),
        Verb.NOTE: Words("跟进 L1024 内容 — 记一笔跟进", "note L1024 text — note what you did"),
        Verb.WON: Words("成交 L1024 50万 — 成交并记金额", "won L1024 500000 — close as won, in yuan"),
        Verb.LOST: Words("输单 L1024 原因 — 没有成交", "lost L1024 reason — close as lost"),
        Verb.INVALID: Words("无效 L1024 原因 — 空号、重复等", "invalid L1024 reason — wrong number, duplicate, …"),
        Verb.POOL: Words("公海 — 您能领的线索", "pool — leads that you may claim"),
        Verb.CLAIM: Words("领取 L1024 — 从公海领一条", "claim L1024 — take a lead out of the pool"),
        Verb.LEAVE: Words(
            "请假 今天 14:00-18:00 — 期间不派单；「请假 取消」取消",
            "leave today 14:00-18:00 — no leads meanwhile; “leave cancel” takes it back",
        ),
        Verb.ONLINE: Words("上线 — 恢复接单", "online — take part again"),
        Verb.OFFLINE: Words("下线 — 暂时不接单", "offline — no leads until you are back"),
        Verb.WHY: Words("为什么 L1024 — 为什么派给这个人", "why L1024 — why it went to whom it went"),
        Verb.WHY_NOT: Words(
            "为什么不是我 L1024 — 差在哪里（主管：为什么不是 张三 L1024）",
            "why not me L1024 — what was missing (managers: why not zhangsan L1024)",
        ),
        Verb.APPEAL: Words(
            "申诉 L1024 原因 — 请主管看派单依据", "appeal L1024 reason — ask the managers to look at it"
        ),
        Verb.STATUS: Words("状态 — 总体情况", "status — the whole in a few lines"),
        Verb.LOAD: Words("负荷 — 每个人手上多少", "load — what everybody has in hand"),
        Verb.OVERDUE: Words("超时 — 过了时限的线索", "overdue — leads past their time"),
        Verb.REVIEW: Words("复核 — 等您决定的线索", "review — leads that wait for you"),
        Verb.ASSIGN: Words("派单 L1024 张三 — 指定给一个人", "assign L1024 zhangsan — offer it to somebody"),
        Verb.REASSIGN: Words("改派 L1024 李四 — 换一个人", "reassign L1024 lisi — give it to somebody else"),
        Verb.WITHDRAW: Words("撤回 L1024 — 收回，等待指派", "withdraw L1024 — take it back for review"),
        Verb.UNDO: Words("撤销 — 撤销您上一条命令", "undo — take your last command back"),
        Verb.PAUSE: Words(
            "暂停 张三 2小时 — 暂不派单；不写时长则到恢复为止",
            "pause zhangsan 2h — no leads; without a time until resumed",
        ),
        Verb.RESUME: Words("恢复 张三 — 恢复派单", "resume zhangsan — lift a pause"),
        Verb.CREDIT: Words("补单 张三 2 原因 — 补还派单机会", "credit zhangsan 2 reason — give turns back"),
        Verb.RULES: Words("规则 — 现在的派单规则", "rules — the policy in force"),
        Verb.PREVIEW: Words(
            "预览 华东 日上限 10 — 试改，不生效（还有：在手上限、恢复线、权重）",
            "preview east daily cap 10 — try a change (also open cap, resume at, weight)",
        ),
        Verb.PUBLISH: Words("发布 原因 — 让预览过的改动生效", "publish reason — put what was previewed into force"),
        Verb.ROLLBACK: Words("回滚 — 退回上一版规则", "rollback — back to the policy before"),
        Verb.BREAKER: Words(
            "熔断 开/关 — 开关热线索熔断；只写「熔断」看状态", "breaker on/off — for hot leads; alone: how it stands"
        ),
    }
)
