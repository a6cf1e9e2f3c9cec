"""A lead on its way through the other world, and what is to come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from heapq import heappop, heappush

from routing.decision import Decision
from routing.reps_table import RepsTable
from routing.what_if.effects import OFFERED
from routing.what_if.past import Past

OWNED = 0
#: Between two decisions: the last offer or ownership is over, the next decision is to come.
LOOSE = -4


@dataclass(slots=True, eq=False)
class Lead:
    """One lead. Moments are microseconds since 1970 UTC.

    Attributes:
        past: its latest recorded decision.
        number: its place in the tally.
        same: what happens to it in the record happens to it here too.
        state: `OWNED`, `LOOSE`, or one of `routing.what_if.effects`.
        token: grows with each offer; what was to come for an older one does not come.
        asked: reps who let it go by.
        rule_no: the rule that matches it.
        round: of its latest offer.
        decision_no: of its latest decision.
        rep: who has it, or is being asked.
        offered_at: when its latest offer was made; `offered_on` is the rep's local day.
        deadline_at: until when an answer counts.
        answer: what the rep will say, `answers_at` when; None for silence.
        by_manager: a manager gave it by hand.
        decision: of the running offer, with its `table`, to be taken back exactly.
        is_listed: it stands in a list of waiting leads.
        before_next: how its recorded offer ends, where the next recorded decision follows at the same moment.
    """

    past: Past
    number: int
    same: bool = True
    state: int = OFFERED
    token: int = 0
    asked: tuple[str, ...] = ()
    rule_no: int = -1
    round: int = 0
    decision_no: int = 0
    rep: str = ""
    offered_at: int = 0
    offered_on: date = date.min
    deadline_at: int = 0
    answer: str = ""
    answers_at: int | None = None
    by_manager: bool = False
    decision: Decision | None = None
    table: RepsTable | None = None
    is_listed: bool = False
    before_next: Callable[[int], None] | None = None


@dataclass(slots=True, eq=False)
class Agenda:
    """What is to come, in the order of time; of the same moment, in the order in which it was put down."""

    _heap: list[tuple[int, int, Callable[[int], None]]] = field(default_factory=list)
    _count: int = 0

    def at(self, moment: int, what: Callable[[int], None]) -> None:
        """Put something down; it is told the moment."""
        self._count += 1
        heappush(self._heap, (moment, self._count, what))

    def next(self, until: int) -> tuple[int, Callable[[int], None]] | None:
        """Take the next thing that comes until a moment, this one included."""
        if not self._heap or self._heap[0][0] > until:
            return None
        moment, _, what = heappop(self._heap)
        return moment, what
