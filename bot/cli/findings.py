"""What `paidan doctor` finds: one line each, good, doubtful or missing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """What stands before a finding."""

    GOOD = "✔"
    DOUBTFUL = "⚠"  # works, and should not stay so
    MISSING = "✘"  # without it the service does not go live


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, and where it is not good, what to do."""

    mark: Mark
    text: str

    def __str__(self) -> str:
        """Give the line."""
        return f"{self.mark} {self.text}"


def good(text: str) -> Finding:
    """Say what is as it should be."""
    return Finding(Mark.GOOD, text)


def doubtful(text: str) -> Finding:
    """Say what works, and should not stay so."""
    return Finding(Mark.DOUBTFUL, text)


def missing(text: str) -> Finding:
    """Say what keeps the service from going live, and the mend."""
    return Finding(Mark.MISSING, text)
