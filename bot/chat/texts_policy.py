"""What the chat says of the policy: what is in force, changes that are tried, published, rolled back."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bot.wording import Words
from routing.policy_change import Figure

IN_FORCE: Final = Words("规则第 {version} 版，{by} 于 {at} 发布", "Policy {version}, published by {by} at {at}")
IN_FORCE_WHY: Final = Words("：{reason}", ": {reason}")
RULE_LINE: Final = Words("{no}. {name}：{teams}", "{no}. {name}: {teams}")
ALL_TEAMS: Final = Words("所有团队", "all teams")
RULES_FOOT: Final = Words(
    "试改发「预览 华东 日上限 10」，不会生效。",
    "To try a change, send “preview east daily cap 10”; nothing happens yet.",
)
FIGURES: Final[Mapping[Figure, Words]] = MappingProxyType(
    {
        Figure.PER_DAY: Words("日上限", "daily cap"),
        Figure.OPEN: Words("在手上限", "open cap"),
        Figure.RESUME_AT: Words("恢复线", "resume at"),
        Figure.WEIGHT: Words("权重", "weight"),
    }
)
NO_SUCH_TEAM: Final = Words(
    "没有叫「{name}」的团队。上限按团队设，有：{names}。",
    "There is no team “{name}”. Limits are a team's; there are {names}.",
)
NO_SUCH_FACTOR: Final = Words(
    "适配里没有「{name}」。有：{names}。", "The fit has no factor “{name}”. There are {names}."
)
NONE: Final = Words("（无）", "none")
ONLY_FOR_ALL: Final = Words("「{figure}」只能全公司一起设。", "“{figure}” is set for everybody together.")
WAS_OTHER: Final = Words("现在是 {now}，不是 {was}，没有改变。", "It is {now} now, not {was}; nothing was changed.")
NOT_YOURS: Final = Words("这项只有管理员能改。", "Only an admin may change this.")
SAME: Final = Words("现在就是这样，没有要改的。", "It is so already; there is nothing to change.")
BY_FILE: Final = Words(
    "这份规则的写法没法这样改，请管理员改文件后用 paidan policy publish 发布。",
    "The policy is written in a way that can't be changed like this; an admin has to change the file and publish it.",
)
REFUSED: Final = Words("这样改不行：{problem}（{mend}）", "This can't be: {problem} ({mend})")
PREVIEW_HEAD: Final = Words("预览，还没有生效：", "A preview, not in force:")
WARNING: Final = Words("⚠️ {problem}（{mend}）", "⚠️ {problem} ({mend})")
EFFECT: Final = Words(
    "按最近 {decisions} 次派单试算：{changed} 条线索会由别人接，{longer} 条等得更久，{shorter} 条等得更短。",
    "On the last {decisions} decisions: somebody else would accept {changed} leads, {longer} would wait longer, {shorter} "
    "shorter.",
)
EFFECT_NONE: Final = Words(
    "按最近 {decisions} 次派单试算：没有一处不同。",
    "On the last {decisions} decisions: nothing would have been different.",
)
EFFECT_REPS: Final = Words("接单数：{reps}", "Accepted: {reps}")
EFFECT_REP: Final = Words("{name} {change}", "{name} {change}")
NO_PAST: Final = Words("还没有派单记录可以试算。", "Nothing was decided yet that it could be tried on.")
PREVIEW_FOOT: Final = Words(
    "生效发「发布 原因」。试算更长的时间用 paidan policy preview。",
    "To put it into force, send “publish reason”. For a longer period there is paidan policy preview.",
)
NO_DRAFT: Final = Words(
    "没有预览过的改动。先发「预览 华东 日上限 10」。", "Nothing was previewed. Send “preview east daily cap 10” first."
)
MOVED: Final = Words(
    "规则已经是第 {version} 版，请重新预览。", "Policy {version} is in force meanwhile; please preview it again."
)
REASON_WANTED: Final = Words(
    "有提示的改动要写原因：「发布 原因」。", "With warnings a reason is needed: “publish reason”."
)
PUBLISH_TITLE: Final = Words("发布这项改动？", "Publish this change?")
PUBLISHED: Final = Words(
    "已发布为第 {version} 版，现在生效。退回发「回滚」。",
    "Published as version {version}, in force now. “rollback” takes it back.",
)
NO_VERSION: Final = Words("没有第 {version} 版。", "There is no version {version}.")
NO_EARLIER: Final = Words("没有更早的版本。", "There is no earlier version.")
ROLLBACK_TITLE: Final = Words("回滚到第 {version} 版？", "Roll back to version {version}?")
ROLLED_BACK: Final = Words(
    "第 {back} 版重新生效，记为第 {version} 版。", "Version {back} is in force again, as version {version}."
)
NOT_YOUR_VERSION: Final = Words(
    "现在的规则不是您发布的，请管理员回滚。",
    "The policy in force was not published by you; an admin has to roll it back.",
)
UNDO_TOO_LATE: Final = Words("撤销不了：规则又换过了。", "It can't be undone: another version is in force.")
