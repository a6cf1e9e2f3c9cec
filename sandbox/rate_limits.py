"""WeCom's frequency limits: per member (dropped silently), per company and API (45009), per day (45009)."""

from __future__ import annotations

from collections import deque

from sandbox.clock import SandboxClock
from sandbox.config import DAY_S, Limits
from sandbox.errors import WeComError


class _Sliding:
    """Times of the last hour's messages to one member, oldest first."""

    __slots__ = ("times",)

    def __init__(self) -> None:
        self.times: deque[float] = deque()


class RateLimits:
    """Counts messages per (application, member) in sliding windows and calls per API in fixed ones.

    A sliding window is the strictest reading of "30 per minute": no 60 seconds hold more than 30.
    """

    def __init__(self, limits: Limits, clock: SandboxClock) -> None:
        self.limits = limits
        self._clock = clock
        self._members: dict[tuple[int, str], _Sliding] = {}
        self._calls: dict[tuple[str, float], tuple[int, int]] = {}
        self._day = (0, 0)
        self._in_flight: dict[str, int] = {}

    def admit_member(self, agent_id: int, userid: str) -> str:
        """Count one message to a member.

        Returns:
            An empty string when it may be shown, else the limit that drops it.
        """
        now = self._clock.now()
        times = self._members.setdefault((agent_id, userid), _Sliding()).times
        hour_ago = now - self.limits.hour_s
        while times and times[0] <= hour_ago:
            times.popleft()
        if len(times) >= self.limits.member_per_hour:
            return "member_per_hour"
        # The window's N-th youngest entry tells whether N messages lie inside the minute, without counting them.
        quota = self.limits.member_per_minute
        if len(times) >= quota and times[-quota] > now - self.limits.minute_s:
            return "member_per_minute"
        times.append(now)
        return ""

    def sent_within(self, agent_id: int, userid: str, seconds: float) -> int:
        """Return how many messages a member got in the last ``seconds`` (at most an hour)."""
        since = self._clock.now() - seconds
        sliding = self._members.get((agent_id, userid))
        return sum(1 for at in sliding.times if at > since) if sliding else 0

    def count_call(self, endpoint: str) -> None:
        """Count one API call of the company.

        Raises:
            WeComError: 45009 when the API's minute or hour is used up.
        """
        windows = (
            (self.limits.minute_s, self.limits.corp_calls_per_minute),
            (self.limits.hour_s, self.limits.corp_calls_per_hour),
        )
        now = self._clock.now()
        for length, quota in windows:
            window = int(now // length)
            at, used = self._calls.get((endpoint, length), (window, 0))
            used = used + 1 if at == window else 1
            self._calls[endpoint, length] = (window, used)
            if used > quota:
                raise WeComError(45009)

    def count_person_times(self, persons: int) -> None:
        """Count messages of the day, one per receiver.

        Raises:
            WeComError: 45009 when the day's ceiling is passed.
        """
        today = int(self._clock.now() // DAY_S)
        day, used = self._day
        used = used + persons if day == today else persons
        if used > self.limits.person_times_per_day:
            raise WeComError(45009, "daily message ceiling")
        self._day = (today, used)

    def enter(self, endpoint: str) -> None:
        """Count a call under way.

        Raises:
            WeComError: 45033 when too many calls of one API run at once (a limit of 0 switches this off).
        """
        running = self._in_flight.get(endpoint, 0)
        if self.limits.concurrent_calls and running >= self.limits.concurrent_calls:
            raise WeComError(45033)
        self._in_flight[endpoint] = running + 1

    def leave(self, endpoint: str) -> None:
        """End a call counted by ``enter``."""
        self._in_flight[endpoint] -= 1

    def clear(self) -> None:
        """Forget all counts except calls under way."""
        self._members.clear()
        self._calls.clear()
        self._day = (0, 0)
