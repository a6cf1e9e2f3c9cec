"""How long, how much, how many."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.command_values import LONGEST, MOST_YUAN, parse_amount, parse_duration, read_count, read_duration


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("2小时", 120), ("２小时", 120), ("两小时", 120), ("2个小时", 120), ("30分钟", 30), ("90分", 90),
        ("半小时", 30),         ("半个小时", 30), ("1个半小时", 90), ("一小时半", 90), ("1.5小时", 90), ("1小时30分", 90),
        ("三十分钟", 30),
        ("十五分钟", 15), ("2天", 2880), ("一周", 10080), ("2h", 120), ("30m", 30), ("30min", 30), ("1h30m", 90),
        ("2 hours", 120), ("half an hour", 30), ("1d", 1440), ("600秒", 10),
    ],
)  # fmt: skip
def test_a_length_of_time_is_read(text: str, minutes: int) -> None:
    """In figures or words, Chinese or English."""
    assert parse_duration(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["", "2", "小时", "0分钟", "明天", "2小时后见", "99999天", "-2小时", "2hx"])
def test_what_is_no_length_of_time_is_none(text: str) -> None:
    """Better asked back than guessed; none is zero, none longer than a year."""
    assert parse_duration(text) is None


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("50万", 500_000), ("12,000", 12_000), ("¥3.5万", 35_000), ("￥100", 100), ("3.5万元", 35_000),
        ("1.2亿", 120_000_000), ("12000元", 12_000), ("人民币12000", 12_000), ("5k", 5_000), ("50w", 500_000),
        ("１２，０００", 12_000), ("0", 0), ("99.6", 100), ("2千", 2_000), ("1百万", 1_000_000), ("1 000 000", None),
        ("12,00", None), ("-5", None), ("五十万", None), ("50万左右", None), ("", None), ("$100", None),
        ("99999999999999", None), ("1e9", None),
    ],
)  # fmt: skip
def test_an_amount_is_read_in_yuan(text: str, yuan: int | None) -> None:
    """Whole yuan, with the units that people use; what is doubtful is asked back."""
    assert parse_amount(text) == yuan


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2 空号", (2, "空号")), ("2次 空号", (2, "空号")), ("两次，空号", (2, "，空号")),
        ("2空号", (2, "空号")), ("空号", None), ("2.5 空号", None),
    ],
)  # fmt: skip
def test_a_number_of_turns_is_read(text: str, found: tuple[int, str] | None) -> None:
    """The number first, the reason behind it."""
    assert read_count(text) == found


@given(st.one_of(st.text(), st.text("0123456789.,万千百亿元¥半个小时分钟天周hmdw两十 ")))
def test_any_text_is_read_without_an_exception(text: str) -> None:
    """And what is read lies within bounds."""
    length = parse_duration(text)
    assert length is None or timedelta(0) < length <= LONGEST
    amount = parse_amount(text)
    assert amount is None or 0 <= amount <= MOST_YUAN
    read_count(text)
    read_duration(text)
