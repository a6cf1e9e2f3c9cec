"""The access token of one app: cached, fetched once however many wait for it, never fetched in a loop.

Facts: developer.work.weixin.qq.com/document/path/91039. A caller that keeps offering a wrong secret is shut out of
gettoken for an hour, so a refusal there is remembered and answered from memory for minutes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from bot.messaging import AppBroken, MessagingError, TryLater

_EARLY: Final = 300.0
#: However short a life a token is given, it serves those who waited for it together.
_LEAST_LIFE: Final = 1.0
_FIRST_BACKOFF: Final = 120.0
_LONGEST_BACKOFF: Final = 3600.0
#: Those who waited behind a failed fetch get its failure instead of trying one after the other.
_SHARED_FAILURE: Final = 1.0


@dataclass(frozen=True, slots=True)
class TokenGrant:
    """What gettoken answered: the token, and how many seconds it lives."""

    token: str = field(repr=False)
    expires_in: float


class AccessToken:
    """One app's token in memory."""

    def __init__(self, fetch: Callable[[], Awaitable[TokenGrant]], clock: Callable[[], float]) -> None:
        """Start without a token.

        Args:
            fetch: calls gettoken once. Raises `TryLater` or `AppBroken`.
            clock: monotonic seconds.
        """
        self._fetch = fetch
        self._clock = clock
        self._lock = asyncio.Lock()
        self._token: str | None = None
        self._good_until = 0.0
        self._failure: MessagingError | None = None
        self._failure_until = 0.0
        self._backoff = 0.0

    async def current(self) -> str:
        """Give a token that is good for a while.

        Raises:
            TryLater: WeCom did not answer.
            AppBroken: the credentials were refused, or gettoken is closed to us; nothing is asked before `retry_after`.
        """
        return self._fresh() or await self._fetched(stale=None)

    async def renewed(self, stale: str) -> str:
        """Give a token other than `stale`, which WeCom has just refused; the one in the cache if it is another by now.

        Raises:
            TryLater, AppBroken: as `current` does.
        """
        return await self._fetched(stale=stale)

    def _fresh(self) -> str | None:
        return self._token if self._clock() < self._good_until else None

    async def _fetched(self, stale: str | None) -> str:
        async with self._lock:
            token = self._fresh()
            if token is not None and token != stale:
                return token
            self._raise_if_backing_off()
            asked_at = self._clock()
            try:
                grant = await self._fetch()
            except MessagingError as failure:
                self._remember(failure)
                raise
            self._token = grant.token
            self._failure, self._backoff = None, 0.0
            early = min(_EARLY, grant.expires_in / 10)
            self._good_until = asked_at + max(_LEAST_LIFE, grant.expires_in - early)
            return grant.token

    def _raise_if_backing_off(self) -> None:
        left = self._failure_until - self._clock()
        if self._failure is None or left <= 0:
            return
        if isinstance(self._failure, AppBroken):
            raise AppBroken(self._failure.reason, code=self._failure.code, retry_after=left)
        raise TryLater(self._failure.reason, code=self._failure.code, retry_after=left)

    def _remember(self, failure: MessagingError) -> None:
        self._failure = failure
        pause = _SHARED_FAILURE
        if isinstance(failure, AppBroken):
            self._backoff = min(_LONGEST_BACKOFF, max(_FIRST_BACKOFF, 2 * self._backoff))
            failure.retry_after = pause = self._backoff
        self._failure_until = self._clock() + pause
