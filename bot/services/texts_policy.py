"""What admins are told of policies that come into force by themselves."""

from __future__ import annotations

from typing import Final

from bot.wording import Words

REFUSED: Final = Words(
    "定时发布的派单规则 {name} 没有生效，原规则继续有效：{problem}。改好后请重新发布。",
    "The scheduled policy {name} did not come into force, and what was in force stays: {problem}. "
    "Please mend it and publish it again.",
)
IN_FORCE: Final = Words(
    "定时发布的派单规则 {name} 已生效，为第 {version} 版。",
    "The scheduled policy {name} is in force now, as version {version}.",
)
IN_FORCE_WITH_WARNINGS: Final = Words(
    "定时发布的派单规则 {name} 已生效，为第 {version} 版，有 {count} 条提醒。"
    "请运行 paidan policy show、paidan policy check 查看。",
    "The scheduled policy {name} is in force now, as version {version}. There is something to look at (warnings: "
    "{count}): run paidan policy show and paidan policy check.",
)
