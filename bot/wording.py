"""What people read, in both languages: a text is written once in each, and said in the language of whoever reads it.

Texts stand in modules whose names begin with `texts`, by subject, each in the package that says them. A text can't be
made in one language only; that both say the same is tested for all of them at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.phrases import phrase

#: The language of whoever has not been asked for one: an alert address, a shell, somebody who is on no roster.
FIRST: Final = "zh"


@dataclass(frozen=True, slots=True)
class Words:
    """One thing that the program says, in Simplified Chinese and in English. Names in braces are filled in."""

    zh: str
    en: str

    def say(self, locale: str, /, **values: object) -> str:
        """Give the text in the language of the person, with the names filled in."""
        return self.en.format(**values) if locale == "en" else phrase(self.zh, **values)
