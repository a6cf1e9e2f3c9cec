"""The leads that wait in the other world, and who looks at them when somebody may have come free."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable
from dataclasses import dataclass, field

from routing.reps_table import FINE
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
        try_one: decides a lead; True where somebody takes it, None where it is about to be decided anyway, and goes first.
        idle: nobody need look: whatever the record did is done anyway.
    """

    world: World
    agenda: Agenda
    try_one: Callable[[Lead], bool | None]
    idle: bool = False
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
        if self._count and not self._awake and not self.idle:
            self._awake = True
            self.agenda.at(self.world.now + GRACE, self._look)

    def _look(self, _now: int) -> None:
        """Try the oldest first, of the rules for which somebody is free; whoever takes one may be full then."""
        self._awake = False
        cursors: dict[int, int] = {}
        rules, in_vain = self._with_room(), 0
        while in_vain < LOOKS:
            lead = self._oldest(rules, cursors)
            if lead is None:
                return
            took = self.try_one(lead)
            if took is None:
                self.wake()
                return
            if took:
                rules, in_vain = self._with_room(), 0
            else:
                cursors[lead.rule_no] += 1
                in_vain += 1

    def _with_room(self) -> list[int]:
        free = self.world.could_take()
        if not free.any():
            return []
        rooms = ((self.world.table.rule_codes == FINE) & free).any(axis=1)
        return [rule_no for rule_no, places in self._by_rule.items() if rule_no >= 0 and places and rooms[rule_no]]

    def _oldest(self, rules: list[int], cursors: dict[int, int]) -> Lead | None:
        """Give the oldest lead of these rules from each rule's cursor on; whoever waits no longer is struck off."""
        found: _Place | None = None
        for rule_no in rules:
            places, at = self._by_rule[rule_no], cursors.setdefault(rule_no, 0)
            while at < len(places) and places[at][2].state != POOL:
                places.pop(at)[2].is_listed = False
                self._count -= 1
            if at < len(places) and (found is None or places[at] < found):
                found = places[at]
        return None if found is None else found[2]
