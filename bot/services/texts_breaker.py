"""What managers are told when the breaker for hot leads switches."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bot.wording import Words
from routing.breaker import Cause, Phase

#: Phase -> what has happened; `why` is one of the causes.
SWITCHED: Final[Mapping[Phase, Words]] = MappingProxyType(
    {
        Phase.OPEN: Words(
            "🔥 热线索熔断已开启：{why}。热线索同时派给几位销售抢单，时限缩短，响应快的销售容量提高，其他线索靠后。"
            "发「熔断 关」可关闭。",
            "🔥 The hot-lead breaker is open: {why}. Hot leads go to several reps at once with less time to answer, "
            "quick reps may hold more, other leads come after them. Send “breaker off” to close it.",
        ),
        Phase.HALF_OPEN: Words(
            "热线索熔断半开：{why}。容量已恢复，抢单和短时限仍然有效。",
            "The hot-lead breaker is half open: {why}. Capacities are as always; races and the short limit still hold.",
        ),
        Phase.CLOSED: Words("热线索熔断已关闭：{why}。", "The hot-lead breaker is closed: {why}."),
    }
)
CAUSES: Final[Mapping[Cause, Words]] = MappingProxyType(
    {
        Cause.SURGE: Words(
            "{minutes:g} 分钟内来了 {count} 条热线索，平时约 {usual:.1f} 条",
            "{count} hot leads came within {minutes:g} min; about {usual:.1f} are usual",
        ),
        Cause.SLOW: Words(
            "最近 {over} 条热线索里，接单慢的用了 {p90} 秒",
            "of the last {over} hot leads, one in ten took {p90} s or longer to be accepted",
        ),
        Cause.CALM: Words(
            "已经平静（{minutes:g} 分钟内 {count} 条），平静满 {calm:g} 分钟关闭",
            "it is calm ({count} within {minutes:g} min); it closes after {calm:g} calm minutes",
        ),
        Cause.TIME_UP: Words("已经开满 {hours:g} 小时", "it was open for {hours:g} h, which is the longest"),
        Cause.MANAGER: Words("由{name}操作", "by {name}"),
        Cause.POLICY: Words("派单规则里已经没有熔断", "the policy has none any more"),
    }
)
