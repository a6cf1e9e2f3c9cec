"""What the checks of a policy look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from routing.policy import Policy
from routing.roster import Roster


@dataclass(frozen=True, slots=True)
class Checked:
    """A policy as far as it could be read.

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
