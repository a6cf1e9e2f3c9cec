"""What the chat says to 为什么不是我: what stood in the way, and the smallest change that would have been enough."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bot.wording import Words
from routing.changes import Kind

YOU: Final = Words("您", "you")

NOT_THERE: Final = Words("{lead} 派单时，{who}还不在接单名单里。", "{who} took no leads yet when {lead} was decided.")
UNREADABLE: Final = Words(
    "{lead} 当时的记录读不出来，没法回答。请告诉管理员。",
    "The record of {lead} can't be read, so there is no answer. Please tell an admin.",
)
IT_WAS: Final = Words("{lead} 就是派给{who}的。", "{lead} did go to {who}.")
NO_CANDIDATE: Final = Words(
    "{lead} 按规则「{rule}」只派给{teams}，{who}在{team}，不在候选之内。",
    "By the rule “{rule}”, {lead} goes to {teams} only; {team}, the team of {who}, is not asked.",
)
FENCED: Final = Words(
    "{lead} 那个地区只派给别的团队（地理围栏），{who}在{team}，不在候选之内。",
    "The region of {lead} belongs to other teams (fence); {team}, the team of {who}, is not asked.",
)
NO_RULE: Final = Words("{lead} 没有一条规则适合，等主管指派。", "No rule holds for {lead}; a manager decides.")

HEAD: Final = Words("{lead} 为什么不是{who}", "{lead}: why not {who}")
WENT: Final = Words("按规则「{rule}」派给了别人。", "By the rule “{rule}” it went to somebody else.")
WENT_TO: Final = Words("按规则「{rule}」派给了{name}。", "By the rule “{rule}” it went to {name}.")
NOBODY: Final = Words("规则「{rule}」当时没有人可接：{why}。", "Nobody could take it by the rule “{rule}”: {why}.")
KNOWN: Final = Words(
    "老客户，直接派给原跟进人，没有按规则选人。", "A known customer: it went to the owner, by no rule."
)
PICKED: Final = Words("主管指定了人，没有按规则选人。", "A manager picked somebody, by no rule.")

REASON: Final = Words("原因：{reason}", "Reason: {reason}")
EXTENT: Final = Words("{reason}（{now}/{cap}）", "{reason} ({now}/{cap})")
EARLIER: Final = Words("第 {round} 轮派过{who}，{state}", "offered to {who} in round {round}, {state}")
STATES: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "expired": Words("超时未接", "not answered in time"),
        "declined": Words("已转出", "passed on"),
    }
)
NUMBERS: Final = Words("{who}：适配 {fit} 分，欠派 {deficit} 条", "{who}: fit {fit}, deficit {deficit}")
WINNER: Final = Words("派到的人：适配 {fit} 分，欠派 {deficit} 条", "Who got it: fit {fit}, deficit {deficit}")
LEVEL: Final = Words("不相上下，只差一点点。", "As good as level.")
EXPLORED: Final = Words("这条是随机试派，不看适配。", "This one was drawn at random, whatever the fit.")
BY_LOT: Final = Words(
    "这里按抽签派单，{who}当时的机会是 {chance}。", "Leads are drawn by lot here; the chance was {chance}."
)
BY_CREDIT: Final = Words("这条用来补还别人的一次派单。", "It made up for a turn that somebody had lost.")

ENOUGH: Final = Words("→ 如果{change}，就会派给{who}。", "→ If {change}, it would have gone to {who}.")
OR_ELSE: Final = Words("或者：{change}。", "Or: {change}.")
PAIR: Final = Words(
    "→ 只改一项都不够；如果{first}，而且{second}，就会派给{who}。",
    "→ No single change is enough. If {first} and {second}, it would have gone to {who}.",
)
NONE: Final = Words(
    "→ {who}这边只改一两项，都派不到。", "→ No one or two changes on the side of {who} would have been enough."
)
UNKNOWN: Final = Words(
    "当时人多，记录里没有{who}的全部数字，不能算差多少。",
    "So many were asked that the record does not hold all figures of {who}: how much was missing can't be told.",
)
CHECKED: Final = Words("（已按当时的记录重新派一遍核对）", "(checked by deciding again from the record)")

#: By the reason why the rep was away.
ON_DUTY: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "off_shift": Words("当时在班次内", "it had been within the shift"),
        "leave": Words("当时没有请假", "there had been no leave"),
        "paused": Words("当时没有被暂停", "there had been no pause"),
        "offline": Words("当时已上线", "the status had been online"),
        "silent": Words("当时没有因连续超时被暂停", "there had been no pause for time-outs"),
        "no_send_slot": Words("当时消息额度没用完", "a card could have been sent"),
    }
)
CHANGES: Final[Mapping[Kind, Words]] = MappingProxyType(
    {
        Kind.REST: Words("满额后的 10 分钟休息已经结束", "the ten minutes' rest after being full had been over"),
        Kind.OPEN: Words("在手少 {size} 条（{before} → {after}）", "{size} fewer had been open ({before} → {after})"),
        Kind.TODAY: Words(
            "当天少派 {size} 条（{before} → {after}）", "{size} fewer had been offered that day ({before} → {after})"
        ),
        Kind.ASKED: Words("这条之前没有派过", "it had not been offered before"),
        Kind.TEAM: Words("属于{name}团队", "the team had been {name}"),
        Kind.LEVEL: Words("级别是 {name}", "the level had been {name}"),
        Kind.SKILL: Words(
            "技能「{name}」到 {after} 级（当时 {before} 级）", "skill {name} had been {after} (was {before})"
        ),
        Kind.CERTIFICATE: Words("有当天有效的「{name}」证书", "there had been a valid certificate {name}"),
        Kind.LANGUAGE: Words("会客户的语言（{name}）", "the rep had spoken {name}"),
        Kind.TURN: Words("上一次轮到的时间更早", "the last turn had been longer ago"),
        Kind.FIT: Words(
            "适配高 {size} 分（{before} → {after}）", "the fit had been {size} higher ({before} → {after})"
        ),
        Kind.DEFICIT: Words(
            "欠派多 {size} 条（{before} → {after}）", "the deficit had been {size} larger ({before} → {after})"
        ),
        Kind.CLASS_DEFICIT: Words(
            "{name}的欠派多 {size} 条（{before} → {after}）",
            "the deficit of {name} had been {size} larger ({before} → {after})",
        ),
        Kind.CREDIT: Words("有一次更早的补单没用", "there had been an older make-up turn"),
    }
)
CLASSES: Final = (Words("{grade} 级线索", "grade {grade}"), Words("{grade} 级以外线索", "all but grade {grade}"))
