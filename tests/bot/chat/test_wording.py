"""Words in both languages, and answers cut to what one message holds."""

import re
from collections.abc import Iterator, Mapping
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat import texts, texts_leads, texts_managers, texts_presence, wording
from bot.chat.command_words import MANAGER_VERBS, REP_VERBS
from bot.chat.wording import MOST_BYTES, Words, fit_lines, shortened

_CHINESE = re.compile("[\u3400-\u9fff。，「」：；？]")


def _all_words() -> Iterator[tuple[str, Words]]:
    for module in (texts, texts_leads, texts_managers, texts_presence, wording):
        for name, value in vars(module).items():
            items = value.items() if isinstance(value, Mapping) else [("", value)]
            yield from ((f"{module.__name__}.{name}[{key}]", item) for key, item in items if isinstance(item, Words))


@pytest.mark.parametrize(("name", "words"), [pytest.param(*item, id=item[0]) for item in _all_words()])
def test_both_languages_say_the_same(name: str, words: Words) -> None:
    """Everything is said in Chinese and in English, with the same things filled in."""
    assert words.zh, name
    assert words.en, name
    assert not _CHINESE.search(words.en), name
    # A language may leave out what it does not need, but neither may ask for what the other is not given.
    assert _fields(words.en) <= _fields(words.zh), name


def _fields(text: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(text) if field}


def test_every_command_says_how_it_is_written() -> None:
    """帮助 has a line for each command."""
    assert set(REP_VERBS) | set(MANAGER_VERBS) <= set(texts.HOW)


@given(st.lists(st.text(max_size=200), min_size=1, max_size=60))
def test_an_answer_fits_into_one_message_and_says_how_many_lines_are_missing(lines: list[str]) -> None:
    """No answer is cut in the middle of a line without saying so."""
    text = fit_lines(lines, "zh")
    assert len(text.encode("utf-8", "surrogatepass")) <= MOST_BYTES
    missing = re.search(r"…还有 ([0-9]+) 条\Z", text)
    if text != "\n".join(lines) and missing is not None:
        shown = len(lines) - int(missing[1])
        assert text.startswith("\n".join(lines[:shown]))


def test_words_to_be_repeated_are_shortened() -> None:
    """An echo never fills the answer."""
    assert shortened("一二三\n四五六", 5) == "一二三 …"
