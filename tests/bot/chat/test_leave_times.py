"""When somebody is away, as people write it."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.leave_times import LONGEST_LEAVE, Span, Unreadable, parse_leave

SHANGHAI = ZoneInfo("Asia/Shanghai")
#: A Monday, ten in the morning.
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("text", "starts", "ends"),
    [
        ("今天 14:00-18:00", "2026-03-02 14:00", "2026-03-02 18:00"),
        ("今天14：00－18：00", "2026-03-02 14:00", "2026-03-02 18:00"),
        ("14:00到18:00", "2026-03-02 14:00", "2026-03-02 18:00"),
        ("14点-18点", "2026-03-02 14:00", "2026-03-02 18:00"),
        ("9-12点", "2026-03-02 09:00", "2026-03-02 12:00"),
        ("下午2点-6点", "2026-03-02 14:00", "2026-03-02 18:00"),
        ("明天上午9点到11点半", "2026-03-03 09:00", "2026-03-03 11:30"),
        ("明天下午三点", "2026-03-03 15:00", "2026-03-04 00:00"),
        ("明天", "2026-03-03 00:00", "2026-03-04 00:00"),
        ("明天全天", "2026-03-03 00:00", "2026-03-04 00:00"),
        ("后天下午", "2026-03-04 12:00", "2026-03-05 00:00"),
        ("下午", "2026-03-02 12:00", "2026-03-03 00:00"),
        ("全天", "2026-03-02 00:00", "2026-03-03 00:00"),
        ("周五", "2026-03-06 00:00", "2026-03-07 00:00"),
        ("周一", "2026-03-02 00:00", "2026-03-03 00:00"),
        ("下周三", "2026-03-11 00:00", "2026-03-12 00:00"),
        ("周三到周五", "2026-03-04 00:00", "2026-03-07 00:00"),
        ("周五到下周一", "2026-03-06 00:00", "2026-03-10 00:00"),
        ("11-25", "2026-11-25 00:00", "2026-11-26 00:00"),
        ("11/25", "2026-11-25 00:00", "2026-11-26 00:00"),
        ("11月25日", "2026-11-25 00:00", "2026-11-26 00:00"),
        ("11月25日-27日", "2026-11-25 00:00", "2026-11-28 00:00"),
        ("11-25到11-27", "2026-11-25 00:00", "2026-11-28 00:00"),
        ("2026-11-25", "2026-11-25 00:00", "2026-11-26 00:00"),
        ("11-25 14:00-18:00", "2026-11-25 14:00", "2026-11-25 18:00"),
        ("12月30日-1月2日", "2026-12-30 00:00", "2027-01-03 00:00"),
        ("1月5日", "2027-01-05 00:00", "2027-01-06 00:00"),
        ("25号", "2026-03-25 00:00", "2026-03-26 00:00"),
        ("1号", "2026-04-01 00:00", "2026-04-02 00:00"),
        ("今天14:00到明天12:00", "2026-03-02 14:00", "2026-03-03 12:00"),
        ("到18:00", "2026-03-02 10:00", "2026-03-02 18:00"),
        ("现在到18点", "2026-03-02 10:00", "2026-03-02 18:00"),
        ("2小时", "2026-03-02 10:00", "2026-03-02 12:00"),
        ("3天", "2026-03-02 00:00", "2026-03-05 00:00"),
        ("明天 家里有事", "2026-03-03 00:00", "2026-03-04 00:00"),
        ("today 14:00-18:00", "2026-03-02 14:00", "2026-03-02 18:00"),
        ("tomorrow morning", "2026-03-03 00:00", "2026-03-03 12:00"),
        ("fri 2pm-6pm", "2026-03-06 14:00", "2026-03-06 18:00"),
        ("22:00-24:00", "2026-03-02 22:00", "2026-03-03 00:00"),
    ],
)
def test_a_leave_is_read_on_the_persons_own_clock(text: str, starts: str, ends: str) -> None:
    """Days, parts of days, times and ranges, as they are written in a chat."""
    span = parse_leave(text, NOW)
    assert isinstance(span, Span)
    assert (f"{span.starts_at:%Y-%m-%d %H:%M}", f"{span.ends_at:%Y-%m-%d %H:%M}") == (starts, ends)
    assert span.starts_at.tzinfo == SHANGHAI


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("家里有事", Unreadable.NOT_UNDERSTOOD),
        ("半天", Unreadable.NOT_UNDERSTOOD),
        ("13月5日", Unreadable.NOT_UNDERSTOOD),
        ("2月30日", Unreadable.NOT_UNDERSTOOD),
        ("25:00", Unreadable.NOT_UNDERSTOOD),
        ("明天 2小时", Unreadable.NOT_UNDERSTOOD),
        ("18:00-14:00", Unreadable.BACKWARDS),
        ("8:00-9:00", Unreadable.PAST),
        ("2026-01-05", Unreadable.PAST),
        ("2026-03-03到2028-03-03", Unreadable.TOO_LONG),
    ],
)
def test_what_says_no_leave_is_refused_with_the_reason(text: str, why: Unreadable) -> None:
    """Better asked back than away at another time."""
    assert parse_leave(text, NOW) is why


def test_a_change_of_the_clocks_makes_a_day_of_twenty_three_hours() -> None:
    """A leave is on the wall clock, whatever the clocks do."""
    now = datetime(2026, 3, 7, 10, 0, tzinfo=ZoneInfo("America/New_York"))
    span = parse_leave("明天", now)
    assert isinstance(span, Span)
    assert span.ends_at.timestamp() - span.starts_at.timestamp() == 23 * 3600


@given(st.one_of(st.text(), st.text("0123456789:-到至月日号点半周一三五下上午明后天今小时tofrpm/. ", max_size=25)))
def test_any_text_is_read_without_an_exception(text: str) -> None:
    """And what is read ends after it begins and after now."""
    span = parse_leave(text, NOW)
    if isinstance(span, Span):
        assert span.starts_at < span.ends_at
        assert span.ends_at > NOW
        assert span.ends_at - span.starts_at <= LONGEST_LEAVE
