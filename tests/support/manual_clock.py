"""A clock that stands still until a test moves it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

#: A Monday morning, ten o'clock in Shanghai.
MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@dataclass
class ManualClock:
    """Tells the time that it was set to."""

    moment: datetime = MONDAY

    def now(self) -> datetime:
        """Give the moment."""
        return self.moment

    def forward(self, length: timedelta) -> None:
        """Let time pass."""
        self.moment += length
