"""Who works in the other world: the people of one roster under the new policy, their duty and their calendar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from routing.duty import DutyBoard
from routing.policy import Policy
from routing.reps_table import RepsTable
from routing.standing import Standing
from routing.working_time import DayKinds, Schedule


@dataclass(frozen=True, slots=True, eq=False)
class Floor:
    """Who works there under one roster.

    Attributes:
        policy: the new one; its secret is that of the version whose decisions are made again, so that draws are the same.
        table: of both.
        schedules: everybody's duty, leave included, in the table's order.
        duty: the same at a glance.
        known: (n,) rates and figures as they are today, for what the records do not say.
        days: exceptions to ordinary weeks.
    """

    policy: Policy
    table: RepsTable
    schedules: Sequence[Schedule]
    duty: DutyBoard
    known: Standing
    days: DayKinds = field(default_factory=dict)
