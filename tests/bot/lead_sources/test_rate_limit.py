"""The allowance of a source: a full bucket at first, refilled by the minute, never more than the file says."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lead_sources.problems import TooMany
from bot.lead_sources.rate_limit import RateLimits, TokenBucket
from bot.lead_sources.source import RateLimit
from tests.bot.lead_sources.posting import NOW, PLAIN


def at(seconds: float) -> datetime:
    """Give a moment of the test."""
    return NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("limit", "steps"),
    [
        # (second, what take gives): a burst, then one a second
        (RateLimit(60, 3), [(0, 0), (0, 0), (0, 0), (0, 1), (0.5, 1), (1, 0), (1, 1), (2, 0)]),
        # a quiet hour brings no more than the burst
        (RateLimit(60, 2), [(0, 0), (3600, 0), (3600, 0), (3600, 1)]),
        # seldom: the wait is told to the whole second, rounded up
        (RateLimit(1, 1), [(0, 0), (0, 60), (0.1, 60), (59.9, 1), (60, 0), (60, 60)]),
        # often: never less than a second
        (RateLimit(600, 1), [(0, 0), (0.05, 1), (0.1, 0), (0.1, 1)]),
        # a clock that is set back brings nothing, and the sender waits no longer than before
        (RateLimit(6, 1), [(0, 0), (-3600, 10), (-3595, 5), (-3590, 0)]),
    ],
)
def test_tokens_come_by_the_minute(limit: RateLimit, steps: list[tuple[float, int]]) -> None:
    """0 where the delivery may pass, else the seconds to wait."""
    bucket = TokenBucket(limit, NOW)

    assert [bucket.take(at(second)) for second, _ in steps] == [wait for _, wait in steps]


@given(
    limit=st.builds(RateLimit, st.integers(1, 100_000), st.integers(1, 50)),
    gaps=st.lists(st.integers(0, 20_000_000), min_size=1, max_size=150),
)
def test_no_more_passes_than_burst_and_rate_allow(limit: RateLimit, gaps: list[int]) -> None:
    """From the beginning to any moment: the burst, and what has come since; and who waits as told is let in."""
    bucket, now = TokenBucket(limit, NOW), NOW
    for passed, gap in enumerate(gaps, start=1):
        now += timedelta(microseconds=gap)
        wait = bucket.take(now)
        if wait:
            assert 1 <= wait <= 60
            now += timedelta(seconds=wait)
            assert bucket.take(now) == 0
        come_since = (now - NOW) // timedelta(microseconds=1) * limit.per_minute
        assert passed * 60_000_000 <= limit.burst * 60_000_000 + come_since


def test_each_source_has_its_own_allowance() -> None:
    """One that floods takes nothing from the others; one without a limit is never turned away."""
    limits = RateLimits()
    flooding, other = (replace(PLAIN, name=name, rate_limit=RateLimit(6, 1)) for name in ("flooding", "other"))
    limits.admit(flooding, NOW)
    with pytest.raises(TooMany) as refused:
        limits.admit(flooding, NOW)
    limits.admit(other, NOW)
    for _ in range(1000):
        limits.admit(PLAIN, NOW)

    assert refused.value.retry_after == 10
    assert "6" in refused.value.problem_details("zh")["detail"]  # type: ignore[operator]
    assert "10" in refused.value.problem_details("en")["mend"]  # type: ignore[operator]


def test_reading_the_file_again_keeps_what_was_counted() -> None:
    """A SIGHUP is no way around a limit; a changed limit begins anew."""
    limits = RateLimits()
    limits.admit(replace(PLAIN, rate_limit=RateLimit(6, 1)), NOW)
    with pytest.raises(TooMany):
        limits.admit(replace(PLAIN, rate_limit=RateLimit(6, 1)), NOW)
    limits.admit(replace(PLAIN, rate_limit=RateLimit(7, 1)), NOW)
