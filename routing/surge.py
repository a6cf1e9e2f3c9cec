"""What an open breaker changes: more capacity for quick reps, and less time to answer a hot lead."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from routing.breaker import Phase
from routing.decision import Flags, Ints
from routing.policy import MILLION, Acknowledge, Hot, Policy
from routing.reminders import reminders_within
from routing.reps_table import NO_LIMIT, RepsTable


def table_in_surge(policy: Policy, table: RepsTable, quick: Flags, phase: Phase) -> RepsTable:
    """Give the table with the capacities of this phase: as always unless the breaker is fully open.

    Args:
        policy: whose `hot` says by how much.
        table: of that policy.
        quick: (n,) who gets the larger capacity.
        phase: of the breaker.
    """
    hot = policy.hot
    if phase is not Phase.OPEN or hot is None or hot.capacity_times == MILLION:
        return table
    return replace(
        table,
        open_cap=_raised(table.open_cap, quick, hot),
        resume_at=_raised(table.resume_at, quick, hot),
        day_cap=_raised(table.day_cap, quick, hot),
    )


def _raised(limits: Ints, quick: Flags, hot: Hot) -> Ints:
    return np.where(quick, np.minimum(limits * hot.capacity_times // MILLION, NO_LIMIT), limits)


def acknowledge_in_surge(acknowledge: Acknowledge, hot: Hot | None) -> Acknowledge:
    """Give the limits for a hot lead while the breaker is open: the shorter time, reminders in proportion."""
    if hot is None or hot.acknowledge is None or hot.acknowledge >= acknowledge.within:
        return acknowledge
    remind = reminders_within(acknowledge.remind, acknowledge.within, hot.acknowledge)
    return replace(acknowledge, within=hot.acknowledge, remind=remind)
