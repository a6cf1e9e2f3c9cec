"""One token however many wait, and no storm on gettoken."""

from __future__ import annotations

import asyncio

import pytest

from bot.messaging import AppBroken, MessagingError, TryLater
from bot.wecom.access_token import AccessToken, TokenGrant


class Gettoken:
    """A gettoken that counts its calls and fails on request; time is set by hand."""

    def __init__(self, expires_in: float = 7200.0) -> None:
        self.calls = 0
        self.expires_in = expires_in
        self.seconds = 1000.0
        self.failures: list[MessagingError] = []

    async def __call__(self) -> TokenGrant:
        """Give the next token."""
        self.calls += 1
        await asyncio.sleep(0)
        if self.failures:
            raise self.failures.pop(0)
        return TokenGrant(f"tok-{self.calls}", self.expires_in)

    def token(self) -> AccessToken:
        """Give a cache on top of it."""
        return AccessToken(self, lambda: self.seconds)


async def test_fifty_cold_waiters_share_one_fetch() -> None:
    """A start under load must not be a stampede."""
    gettoken = Gettoken()
    token = gettoken.token()
    assert set(await asyncio.gather(*(token.current() for _ in range(50)))) == {"tok-1"}
    assert gettoken.calls == 1


async def test_fifty_refused_callers_share_one_renewal() -> None:
    """Each hands in the token that was refused; only the first of them fetches."""
    gettoken = Gettoken()
    token = gettoken.token()
    stale = await token.current()
    renewed = await asyncio.gather(*(token.renewed(stale) for _ in range(50)))
    assert set(renewed) == {"tok-2"}
    assert gettoken.calls == 2


async def test_a_caller_with_an_old_token_gets_the_cached_one() -> None:
    """Its token was replaced while its call was under way: no further fetch."""
    gettoken = Gettoken()
    token = gettoken.token()
    first = await token.current()
    second = await token.renewed(first)
    assert await token.renewed(first) == second
    assert gettoken.calls == 2


@pytest.mark.parametrize(("after", "calls"), [(6899.0, 1), (6901.0, 2)])
async def test_a_token_is_fetched_anew_five_minutes_before_its_end(after: float, calls: int) -> None:
    """A call must not begin with a token that ends on the way."""
    gettoken = Gettoken()
    token = gettoken.token()
    await token.current()
    gettoken.seconds += after
    await token.current()
    assert gettoken.calls == calls


async def test_a_token_of_no_life_still_serves_those_who_waited_together() -> None:
    """`expires_in` 0 is a fault of WeCom, not a reason to ask fifty times."""
    gettoken = Gettoken(expires_in=0)
    token = gettoken.token()
    await asyncio.gather(*(token.current() for _ in range(50)))
    assert gettoken.calls == 1


async def test_refused_credentials_are_not_offered_again_for_minutes() -> None:
    """WeCom shuts a caller with a wrong secret out for an hour; the pause doubles up to that hour."""
    gettoken = Gettoken()
    token = gettoken.token()
    pauses = []
    for round_no in range(1, 8):
        gettoken.failures = [AppBroken("gettoken", code=40001)]
        with pytest.raises(AppBroken) as refused:
            await token.current()
        assert gettoken.calls == round_no
        pauses.append(refused.value.retry_after)
        gettoken.seconds += pauses[-1] / 2
        with pytest.raises(AppBroken) as remembered:
            await token.current()
        assert gettoken.calls == round_no
        assert remembered.value.retry_after == pytest.approx(pauses[-1] / 2)
        gettoken.seconds += pauses[-1] / 2
    assert pauses == [120.0, 240.0, 480.0, 960.0, 1920.0, 3600.0, 3600.0]


async def test_waiters_behind_a_failed_fetch_share_its_failure() -> None:
    """Fifty waiters times a timeout of eight seconds would be minutes of standing still."""
    gettoken = Gettoken()
    gettoken.failures = [TryLater("gettoken: no answer")]
    token = gettoken.token()
    ends = await asyncio.gather(*(token.current() for _ in range(50)), return_exceptions=True)
    assert all(isinstance(end, TryLater) for end in ends)
    assert gettoken.calls == 1
    gettoken.seconds += 1.0
    assert await token.current() == "tok-2"


async def test_a_waiter_that_goes_away_leaves_the_lock_free() -> None:
    """A cancelled webhook must not take the token with it."""
    gettoken = Gettoken()
    token = gettoken.token()
    first = asyncio.ensure_future(token.current())
    await asyncio.sleep(0)
    first.cancel()
    assert await token.current() == "tok-2"
