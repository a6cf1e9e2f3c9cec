"""What `paidan policy preview` says, in the terminal and on the page."""

from __future__ import annotations

from typing import Final

from bot.wording import Words

TITLE: Final = Words(
    "规则预览：最近 {days} 天按新规则重新派单", "Policy preview: the last {days} days under the new policy"
)
UNCHANGED: Final = Words(
    "与原来的派单完全一致：{decisions} 次决定，没有一处不同。",
    "Exactly what was decided: {decisions} decisions, not one of them different.",
)
SUMMARY: Final = Words(
    "{leads} 条线索、{decisions} 次决定；{changed} 条线索（{share}）会由别人接，{longer} 条等得更久，{shorter} 条等得更短。",
    "{leads} leads, {decisions} decisions; somebody else would accept {changed} leads ({share}), {longer} would wait longer, "
    "{shorter} shorter.",
)
FIRST: Final = Words(
    "第一处不同：L{lead}，{at}。此前两者完全一致。", "The first difference: L{lead}, {at}. Before it both are the same."
)
HINT: Final = Words(
    "一条线索换了人，后面的轮次也会跟着变；请看每人的数量和等待时间，不要看单条线索。",
    "One lead that goes to somebody else moves later turns; look at the counts and the waiting, not at single leads.",
)
NOTHING: Final = Words("最近 {days} 天没有派过单。", "Nothing was decided in the last {days} days.")
WRITTEN: Final = Words("图表已写入 {file}", "The page with plots is in {file}")
NO_POLICY: Final = Words("还没有发布过规则。", "No policy is in force yet.")
READING: Final = Words("重新派单", "deciding again")

FIGURE: Final = Words("指标", "Figure")
BEFORE: Final = Words("原规则", "Before")
AFTER: Final = Words("新规则", "After")
CHANGE: Final = Words("变化", "Change")
REP: Final = Words("销售", "Rep")
TEAM: Final = Words("团队", "Team")
LEADS: Final = Words("接单", "Accepted")
SHARE: Final = Words("占比", "Share")
OPEN: Final = Words("期末在手", "Open at the end")
OF: Final = Words("原 {before} → 新 {after}", "{before} → {after}")

OWNED: Final = Words("有人接单", "Accepted by somebody")
OFFERED: Final = Words("等待接单", "Offered, not answered")
POOL: Final = Words("公海", "Pool")
REVIEW: Final = Words("待主管处理", "With a manager")
P50: Final = Words("等待（中位数）", "Waiting, p50")
P90: Final = Words("等待（90% 以内）", "Waiting, p90")
NOBODY: Final = Words("无人接单", "nobody")

BY_TEAM: Final = Words("各团队", "Teams")
BY_REP: Final = Words("各销售", "Reps")
WAITS: Final = Words("从线索进来到接单的等待时间", "From the lead's coming in to its acceptance")
WAITS_AXIS: Final = Words("在这段时间内接单的比例", "accepted within this time")
BECOMES: Final = Words("线索的去向", "What becomes of the leads")
CHANGES: Final = Words("变化最大的销售", "The reps whose counts change most")
FLOWS: Final = Words("从谁到谁", "From whom to whom")
FROM: Final = Words("原来", "From")
TO: Final = Words("现在", "To")
COUNT: Final = Words("线索", "Leads")
EXAMPLES: Final = Words("例子", "Examples")
LEAD: Final = Words("线索", "Lead")
ASSUMED: Final = Words(
    "没有被问过的销售按本人过去的接单习惯模拟；客户的反应不变。没有写入任何数据，也没有发送任何消息。",
    "Reps who were not asked answer as they usually do; customers react as they did. Nothing was written or sent.",
)
MORE: Final = Words("另有 {count} 人，见网页（--html）", "{count} more, see the page (--html)")

SECOND: Final = Words("{count} 秒", "{count} s")
MINUTE: Final = Words("{count} 分钟", "{count} min")
HOUR: Final = Words("{count} 小时", "{count} h")
DAY: Final = Words("{count} 天", "{count} d")
