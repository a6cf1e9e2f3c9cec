"""Answers cut to what one message holds."""

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.chat import texts
from bot.chat.command_words import MANAGER_VERBS, REP_VERBS
from bot.chat.wording import MOST_BYTES, fit_lines, shortened


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
