"""What the chat says of the breaker for hot leads."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bot.wording import Words
from routing.breaker import Phase

NO_BREAKER: Final = Words("派单规则里没有热线索熔断（hot）。", "The policy has no hot-lead breaker (hot).")
NEVER_OPEN: Final = Words("热线索熔断没有开过，现在关着。", "The hot-lead breaker is closed and has never been open.")
SINCE: Final = Words("热线索熔断{state}，从 {since} 起", "the hot-lead breaker is {state} since {since}")
PHASES: Final[Mapping[Phase, Words]] = MappingProxyType(
    {
        Phase.OPEN: Words("开着", "open"),
        Phase.HALF_OPEN: Words("半开", "half open"),
        Phase.CLOSED: Words("关着", "closed"),
    }
)
OPEN_TITLE: Final = Words("开启热线索熔断？", "Open the hot-lead breaker?")
CLOSE_TITLE: Final = Words("关闭热线索熔断？", "Close the hot-lead breaker?")
OPENED: Final = Words("热线索熔断已开启。", "The hot-lead breaker is open.")
CLOSED: Final = Words("热线索熔断已关闭。", "The hot-lead breaker is closed.")
UNDO_TOO_LATE: Final = Words("撤销不了：熔断状态已经变了。", "It can't be undone: the breaker has switched since.")
