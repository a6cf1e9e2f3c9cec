"""How many leads a source may post: a token bucket for each source, in the memory of one process.

A limit keeps one sender that has gone mad from taking the service away from all others. Nothing is lost by it: what is
turned away was not taken, and its sender is told when to come again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.lead_sources.problems import TooMany, Wording
from bot.lead_sources.source import RateLimit, Source

_MICROSECOND = timedelta(microseconds=1)
_SECOND = 1_000_000
#: Each microsecond brings `per_minute` units, so a token is as many units as a minute has microseconds: all whole numbers.
_TOKEN = 60 * _SECOND


class TokenBucket:
    """Holds at most `burst` tokens and gets `per_minute` of them a minute; what comes in takes one.

    Full at first, so that a sender who was quiet may catch up at once. A clock that is set back brings no tokens and
    costs none.
    """

    def __init__(self, limit: RateLimit, now: datetime) -> None:
        """Start full."""
        self.limit = limit
        self._units = limit.burst * _TOKEN
        self._at = now

    def take(self, now: datetime) -> int:
        """Take a token; gives 0, or where there is none the whole seconds until there is one, at least 1."""
        passed = max((now - self._at) // _MICROSECOND, 0)
        self._at = now
        self._units = min(self._units + passed * self.limit.per_minute, self.limit.burst * _TOKEN)
        if self._units >= _TOKEN:
            self._units -= _TOKEN
            return 0
        return -((self._units - _TOKEN) // (self.limit.per_minute * _SECOND))


@dataclass(slots=True)
class RateLimits:
    """The buckets of all sources that have a limit; they outlive a reading of the sources file."""

    _buckets: dict[str, TokenBucket] = field(default_factory=dict)

    def admit(self, source: Source, now: datetime) -> None:
        """Count one delivery of a source that has proved who it is.

        Raises:
            TooMany: the source has sent more than its limit.
        """
        limit = source.rate_limit
        if limit is None:
            return
        bucket = self._buckets.get(source.name)
        if bucket is None or bucket.limit != limit:
            bucket = self._buckets[source.name] = TokenBucket(limit, now)
        seconds = bucket.take(now)
        if seconds:
            raise TooMany(
                Wording(
                    f"这个来源每分钟最多 {limit.per_minute} 条", f"this source may send {limit.per_minute} a minute"
                ),
                Wording(
                    f"没有保存，请 {seconds} 秒后原样重发", f"nothing was stored; send the same again in {seconds} s"
                ),
                retry_after=seconds,
            )
