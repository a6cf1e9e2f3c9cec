"""Answers cut to what one message holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.wording import Words

#: A text message holds 2,048 bytes (developer.work.weixin.qq.com/document/path/90236); some are kept free.
MOST_BYTES: Final = 2000


MORE: Final = Words("…还有 {count} 条", "…and {count} more")


def fit_lines(lines: Sequence[str], locale: str, *, keep: int = 1, most: int = MOST_BYTES) -> str:
    """Put lines together; what does not fit into one message is left out from the end, and counted.

    Args:
        lines: one line of the answer each.
        locale: language of the count.
        keep: how many lines at the beginning are headings and not counted as entries.
        most: how many bytes there may be.
    """
    whole = "\n".join(lines)
    if len(whole.encode()) <= most:
        return whole
    for count in range(len(lines) - 1, keep - 1, -1):
        text = "\n".join((*lines[:count], MORE.say(locale, count=len(lines) - count)))
        if len(text.encode()) <= most:
            return text
    return lines[0].encode()[: most - 3].decode("utf-8", "ignore") + "…"


def shortened(text: str, most: int) -> str:
    """Give at most so many characters of what somebody wrote, on one line, to be repeated in an answer."""
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= most else one_line[: most - 1] + "…"
