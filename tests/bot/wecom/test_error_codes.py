"""Each error number leads to the right action."""

from __future__ import annotations

import pytest

from bot.messaging import AppBroken, MemberUnreachable, MessageRefused, MessagingError, TryLater, retry_delay
from bot.wecom.error_codes import _CODES, FAMILY_OF, Family, failure_of, family_of


@pytest.mark.parametrize(
    ("code", "failure", "retry_after"),
    [
        (-1, TryLater, 0.0),
        (6000, TryLater, 0.0),
        (45033, TryLater, 1.0),
        (45036, TryLater, 60.0),
        (45009, AppBroken, 30.0),
        (60020, AppBroken, 15.0),
        (40001, AppBroken, 60.0),
        (40013, AppBroken, 60.0),
        (301002, AppBroken, 60.0),
        (43012, AppBroken, 60.0),
        (40014, AppBroken, 5.0),
        (81013, MemberUnreachable, None),
        (60111, MemberUnreachable, None),
        (60011, MemberUnreachable, None),
        (42014, MessageRefused, None),
        (60140, MessageRefused, None),
        (40058, MessageRefused, None),
        (999999, MessageRefused, None),
    ],
)
def test_an_error_number_becomes_its_failure(
    code: int, failure: type[MessagingError], retry_after: float | None
) -> None:
    """Busy is tried again, a member moves the lead on, credentials open the circuit, our own faults are final."""
    error = failure_of(code, "message/send")
    assert type(error) is failure
    assert error.code == code
    assert getattr(error, "retry_after", None) == retry_after


def test_no_number_stands_in_two_families() -> None:
    """The table is one: a number written twice would be decided by the order of lines."""
    assert sum(len(codes) for codes in _CODES.values()) == len(FAMILY_OF)


def test_unknown_numbers_are_final() -> None:
    """A number that WeCom invents tomorrow must not be repeated for ever."""
    assert family_of(123456) is Family.FINAL


@pytest.mark.parametrize(
    ("attempt", "jitter", "seconds"),
    [(1, 0.0, 0.25), (1, 1.0, 0.5), (2, 1.0, 1.0), (3, 0.5, 1.5), (8, 1.0, 60.0), (10_000, 1.0, 60.0), (0, 0.0, 0.25)],
)
def test_retries_wait_twice_as_long_each_time_and_at_most_a_minute(attempt: int, jitter: float, seconds: float) -> None:
    """The jitter that is passed in spreads each delay over its upper half."""
    assert retry_delay(attempt, jitter) == seconds
