"""Problems of a policy file in the language of whoever reads them.

Checks say what is wrong in English, one sentence each, in the place that finds it; here is what each sentence is in
Chinese. A sentence is recognised by its words, so that neither checks nor the socket between processes carry languages.
"""

from __future__ import annotations

import re
from functools import cache
from string import Formatter

from bot.services.texts_problems import PROBLEMS
from bot.wording import Words


def in_language(sentence: str, locale: str) -> str:
    """Give a message or mend in a language; one that nobody has put into Chinese stays as it is."""
    if locale == "en":
        return sentence
    for pattern, words in _patterns():
        found = pattern.fullmatch(sentence)
        if found is not None:
            return words.say(locale, **{name: in_language(text, locale) for name, text in found.groupdict().items()})
    return sentence


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], Words], ...]:
    """Give a pattern for each sentence, those with the most words of their own first."""
    by_length = sorted(PROBLEMS, key=lambda words: -sum(len(part) for part, *_ in Formatter().parse(words.en)))
    return tuple((_pattern(words.en), words) for words in by_length)


def _pattern(template: str) -> re.Pattern[str]:
    written = ""
    for literal, name, _, _ in Formatter().parse(template):
        written += re.escape(literal)
        if name is not None:
            written += f"(?P<{name}>.+?)"
    return re.compile(written, re.DOTALL)
