"""The small notations: durations, percentages, days, spans."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.durations import (
    duration_in_words,
    format_day_range,
    format_duration,
    format_span,
    parse_day_range,
    parse_duration,
    parse_percent,
    parse_span,
)
from routing.policy import Duration
from routing.roster import Span


@pytest.mark.parametrize(("text", "seconds", "at_work", "words"), [
    ("1s", 1, False, "1 秒"),
    ("90s", 90, False, "1 分钟 30 秒"),
    ("10m", 600, False, "10 分钟"),
    ("1h30m", 5400, False, "1 小时 30 分钟"),
    ("1h 30m", 5400, False, "1 小时 30 分钟"),
    ("45d", 45 * 86400, False, "45 天"),
    ("work 24h", 86400, True, "1 天（只计上班时间）"),
])  # fmt: skip
def test_a_duration_is_read_and_said(text: str, seconds: int, at_work: bool, words: str) -> None:
    """What an operator writes is what is waited for."""
    assert parse_duration(text) == Duration(timedelta(seconds=seconds), at_work=at_work)
    assert duration_in_words(parse_duration(text)) == words


@pytest.mark.parametrize(
    "text", ["", "10", "m", "10 min", "-5m", "1.5h", "0s", "work", "workday 3h", "9999d", "１０m", "10m!"]
)
def test_what_is_no_duration_is_refused_with_a_mend(text: str) -> None:
    """Nothing is guessed; the message says what to write after a semicolon."""
    with pytest.raises(ValueError, match="; "):
        parse_duration(text)


@given(st.integers(1, 3650 * 86400), st.booleans())
def test_writing_a_duration_and_reading_it_gives_the_same(seconds: int, at_work: bool) -> None:
    """Edits from chat write the file's notation."""
    duration = Duration(timedelta(seconds=seconds), at_work=at_work)
    assert parse_duration(format_duration(duration)) == duration


@pytest.mark.parametrize(
    ("text", "millionths"), [("0%", 0), ("5%", 50_000), ("12.5%", 125_000), ("0.0001%", 1), ("100 %", 10**6)]
)
def test_a_percentage_is_whole_millionths(text: str, millionths: int) -> None:
    """Shares decide, so they are integers from the first moment."""
    assert parse_percent(text) == millionths


@pytest.mark.parametrize("text", ["5", "101%", "-1%", "five%", "5.00001%"])
def test_what_is_no_percentage_is_refused(text: str) -> None:
    """A share without its sign may be a number of anything."""
    with pytest.raises(ValueError, match="; "):
        parse_percent(text)


@pytest.mark.parametrize(("text", "first_on", "last_on"), [
    ("2026-01-01..2026-12-31", date(2026, 1, 1), date(2026, 12, 31)),
    ("2026-01-01..", date(2026, 1, 1), date.max),
    ("..2026-12-31", date.min, date(2026, 12, 31)),
])  # fmt: skip
def test_a_range_of_days_may_be_open(text: str, first_on: date, last_on: date) -> None:
    """Certificates without an end are written as they are."""
    assert parse_day_range(text) == (first_on, last_on)
    assert format_day_range(first_on, last_on) == text


@pytest.mark.parametrize("text", ["2026-01-01", "2026-02-30..", "b..a", "2026-12-31..2026-01-01"])
def test_what_is_no_range_of_days_is_refused(text: str) -> None:
    """A certificate must not be valid for ever by a slip of the pen."""
    with pytest.raises(ValueError, match="; "):
        parse_day_range(text)


@pytest.mark.parametrize(
    ("text", "span"), [("09:00-12:00", (540, 720)), ("00:00-24:00", (0, 1440)), ("22:00-24:00", (1320, 1440))]
)
def test_a_span_is_minutes_of_a_day(text: str, span: tuple[int, int]) -> None:
    """The end of the day is 24:00."""
    assert parse_span(text) == Span(*span)
    assert format_span(Span(*span)) == text


@pytest.mark.parametrize("text", ["9:00-12:00", "12:00-09:00", "09:00-09:00", "25:00-26:00", "09:00", "23:00-24:01"])
def test_what_is_no_span_is_refused(text: str) -> None:
    """A span that ends before it begins would be on duty never, or always."""
    with pytest.raises(ValueError, match="; "):
        parse_span(text)
