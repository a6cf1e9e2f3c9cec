"""Checks of a policy as a whole: what each line says is possible, together they may still not be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from routing.findings import Findings
from routing.policy import Policy
from routing.roster import Roster


@dataclass(frozen=True, slots=True)
class Checked:
    """What is checked.

    Attributes:
        policy: built from all sections without mistakes.
        document: those sections as written.
        broken: top-level keys that have mistakes; checks leave them alone.
        roster: teams and reps, if known.
        at: day on which certificates and documents must be valid, if it matters.
    """

    policy: Policy
    document: Mapping[str, Any]
    broken: frozenset[str]
    roster: Roster | None
    at: date | None


def check_policy(checked: Checked, findings: Findings) -> None:
    """Add everything that is wrong or doubtful to the findings."""
