"""What is wrong in a policy or team file, and how to mend it: each sentence of the checks in both languages."""

from __future__ import annotations

from typing import Final

from bot.wording import Words

PROBLEMS: Final = (Words("没有键「{key}」", "there is no key «{key}» here"),)
