"""The leads that wait in the other world, and who looks at them when somebody may have come free."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import merge

from routing.what_if.effects import POOL
from routing.what_if.leads import Agenda, Lead
from routing.what_if.world import World

GRACE = 5_000_000
"""Microseconds until the pool is looked at: production takes a moment too, and what it did goes first."""
LOOKS = 20
"""So many leads in a row may find nobody before a look is over."""

_Place = tuple[int, int, Lead]


@dataclass(slots=True, eq=False)
class Waiting:
    """Waiting leads by their rule, oldest first.

    Attributes:
        world: in which they wait.
        agenda: of the same.
        try_one: decides a lead; True where somebody takes it.
    """

    world: World
    agenda: Agenda
    try_one: Callable[[Lead], bool]
    _by_rule: dict[int, list[_Place]] = field(default_factory=dict)
    _count: int = 0
    _awake: bool = False

    def add(self, lead: Lead) -> None:
        """Let a lead wait; its state says so already."""
        if not lead.is_listed:
            lead.is_listed = True
            self._count += 1
            insort(self._by_rule.setdefault(lead.rule_no, []), (lead.past.received_at, lead.past.lead_id, lead))

    def wake(self) -> None:
        """Say that somebody may have come free."""
        if self._count and not self._awake:
            self._awake = True
            self.agenda.at(self.world.now + GRACE, self._look)

    def _look(self, _now: int) -> None:
        self._awake = False
        in_vain = 0
        for _, _, lead in merge(*self._with_room()):
            if lead.state != POOL:
                continue
            if self.try_one(lead):
                in_vain = 0
            else:
                in_vain += 1
                if in_vain >= LOOKS:
                    break
        self._tidy()

    def _with_room(self) -> list[list[_Place]]:
        rooms = self.world.could_take()
        return [list(places) for rule_no, places in self._by_rule.items() if rule_no >= 0 and rooms[rule_no]]

    def _tidy(self) -> None:
        for rule_no, places in self._by_rule.items():
            gone = sum(1 for _, _, lead in places if lead.state != POOL)
            if not gone:
                continue
            for _, _, lead in places:
                lead.is_listed = lead.state == POOL
            self._by_rule[rule_no] = [place for place in places if place[2].is_listed]
            self._count -= gone
