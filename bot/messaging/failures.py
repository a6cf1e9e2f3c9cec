"""What can go wrong on the way to a person, in four families; the tree is drawn in `bot.messaging`."""

from __future__ import annotations


class MessagingError(Exception):
    """A message did not get through.

    Attributes:
        code: the carrier's error number; None where there was no answer.
    """

    def __init__(self, reason: str, *, code: int | None = None) -> None:
        """Keep a reason without personal data."""
        super().__init__(reason if code is None else f"{reason} (errcode {code})")
        self.reason = reason
        self.code = code


class TryLater(MessagingError):
    """Busy, slow or cut off: send the same bytes again, not before `retry_after` seconds; they may have arrived."""

    def __init__(self, reason: str, *, code: int | None = None, retry_after: float = 0.0) -> None:
        """Keep the least pause; the caller's own backoff (`retry_delay`) may be longer."""
        super().__init__(reason, code=code)
        self.retry_after = retry_after


class MemberUnreachable(MessagingError):
    """This person can't be reached by the app: gone, or outside its visible range."""


class AppBroken(MessagingError):
    """Nobody can be reached: credentials, caller's address, or a ceiling of the whole app.

    `retry_after` is the number of seconds after which one probe makes sense.
    """

    def __init__(self, reason: str, *, code: int | None = None, retry_after: float = 60.0) -> None:
        """Keep the pause before the next probe."""
        super().__init__(reason, code=code)
        self.retry_after = retry_after


class MessageRefused(MessagingError):
    """The carrier will never take these bytes."""


def retry_delay(attempt: int, jitter: float) -> float:
    """Say how long to wait before the next attempt after `attempt` failed ones (1 or more).

    Args:
        attempt: failed attempts so far.
        jitter: 0 up to 1, drawn by the caller; spreads the delay over its upper half, so that retries don't march in
            step.

    Returns:
        Seconds: 0.5, 1, 2, ... up to 60, times a factor from 0.5 to 1.
    """
    return min(60.0, 0.5 * 2.0 ** min(max(attempt, 1) - 1, 10)) * (0.5 + 0.5 * jitter)
