"""Who can still be sent a card in time: WeCom drops silently what goes beyond its limits, so nobody is offered more."""

from __future__ import annotations

from datetime import timedelta

from bot.messaging import BudgetState
from bot.services.desk import Desk
from store import outbox

#: A rep whose card could not go out within this time is not eligible.
SLOT_WITHIN = timedelta(seconds=30)
#: Without a budget to ask (no messenger yet) so many waiting cards are too many for anybody.
MOST_WAITING = 20


class SendSlots:
    """Counts cards that wait for each member, those of this batch too, against the slots of the next half minute."""

    def __init__(self, desk: Desk) -> None:
        """Ask what waits, and who is known to have no slot."""
        self._desk = desk
        self._until = desk.now + SLOT_WITHIN
        self._waiting = outbox.waiting_cards(desk.tx.connection, self._until)
        self._blocked = outbox.members_without_slot(desk.tx.connection, self._until)
        self._rooms: dict[str, int] = {}
        if desk.budget is not None:
            # The budget itself knows better: the clock may have been set back since.
            self._load(sorted(self._blocked))
            self._blocked = {member for member in self._blocked if self._rooms[member] <= 0}

    def lacking(self) -> set[str]:
        """Give the members whose next card would come too late."""
        waiting, rooms = self._waiting.items(), self._rooms
        if self._desk.budget is None:
            return self._blocked | {member for member, count in waiting if count >= MOST_WAITING}
        self._load(sorted(self._waiting.keys() - self._blocked))
        return self._blocked | {member for member, count in waiting if count >= rooms.get(member, 0)}

    def queue_one(self, member: str) -> bool:
        """Count one more card; says whether another one after it would still be in time."""
        count = self._waiting[member] = self._waiting.get(member, 0) + 1
        # One card more for somebody who had a free slot and nothing waiting is not worth a query.
        return count == 1 or count < self._room(member)

    def _room(self, member: str) -> int:
        if self._desk.budget is None:
            return MOST_WAITING
        if member not in self._rooms:
            self._load([member])
        return self._rooms[member]

    def _load(self, members: list[str]) -> None:
        budget = self._desk.budget
        if budget is None or not members:
            return
        states: dict[str, BudgetState] = outbox.budgets(self._desk.tx.connection, members, lock=False)
        for member in members:
            self._rooms[member] = budget.free_until(states.get(member, {}), "push", self._desk.now, self._until)
