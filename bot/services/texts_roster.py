"""What a team file changes, in words: told at the shell and kept with the roster's version."""

from __future__ import annotations

from typing import Final

from bot.wording import Words

FIRST_IMPORT: Final = Words("首次导入：{teams} 个团队，{people} 人", "First import: {teams} teams, {people} people")
ADDED: Final = Words("新增 {name}（{id}）", "New: {name} ({id})")
CHANGED: Final = Words("{name}（{id}）{field}：{was} → {now}", "{name} ({id}) {field}: {was} → {now}")
SURROUNDINGS: Final = Words("团队、班次或管理员有变化", "Teams, shifts or admins have changed")
MISSING_STAYS: Final = Words(
    "文件中没有 {name}（{id}），保持不变；要停用请加 --retire-missing",
    "The file lacks {name} ({id}), who stays; add --retire-missing to end that",
)
MISSING_RETIRED: Final = Words(
    "文件中没有 {name}（{id}），不再派单", "The file lacks {name} ({id}), who gets no more leads"
)
