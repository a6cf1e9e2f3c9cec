"""What every carrier of messages can do, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from bot.messaging.values import CardMessage, Message

Locale = Literal["zh-CN", "en"]
#: `push`: what we send unasked. `answer`: what a person is waiting for after a tap or a command.
Lane = Literal["push", "answer"]
#: Send times of one member in the form that the database keeps; only the messenger's `SendBudget` reads it.
BudgetState = dict[str, list[int]]


@dataclass(frozen=True, slots=True)
class Sent:
    """What is known after a send that was not refused.

    Attributes:
        delivered: the carrier took it for this person.
        response_code: may rewrite the untouched card once; None for texts, and where the first answer was lost.
        msgid: the carrier's id of the message, if it gave one.
        already: an earlier attempt had got through, this one changed nothing.
    """

    delivered: bool
    response_code: str | None = None
    msgid: str | None = None
    already: bool = False


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What came of rewriting a card. `code_spent`: the code is used, old or unknown; say it in a text instead."""

    outcome: Literal["done", "code_spent", "not_a_receiver"]

    @property
    def done(self) -> bool:
        """Say whether the person now sees the new card."""
        return self.outcome == "done"


class SendBudget(Protocol):
    """How many messages one member may get; pure arithmetic over a state that the database keeps."""

    def next_slot(self, state: BudgetState, lane: Lane, now: datetime) -> datetime:
        """Say when the next message may go: `now`, or a later instant."""
        ...

    def free_until(self, state: BudgetState, lane: Lane, now: datetime, until: datetime) -> int:
        """Say how many messages may go from `now` on until `until`, all told."""
        ...

    def spend(self, state: BudgetState, lane: Lane, now: datetime) -> BudgetState:
        """Give the state after one more message at `now`; the given state is left as it is."""
        ...


class Messenger(Protocol):
    """Carries messages to people."""

    @property
    def can_rewrite_untouched_card(self) -> bool:
        """Say whether a card that nobody tapped can be changed."""
        ...

    @property
    def can_rewrite_after_tap(self) -> bool:
        """Say whether a tapped card can be changed."""
        ...

    @property
    def can_push_first(self) -> bool:
        """Say whether a person who never wrote to the bot can be sent something."""
        ...

    @property
    def budget(self) -> SendBudget:
        """Give the limits per member of this carrier."""
        ...

    def render(self, message: Message, *, to: str, locale: Locale = "zh-CN") -> bytes:
        """Turn a message for one member into the bytes to store and send; pure, the same for the same arguments."""
        ...

    async def send(self, body: bytes, *, again: bool) -> Sent:
        """Send rendered bytes.

        Args:
            body: what `render` gave, byte for byte.
            again: an earlier attempt with this body was begun, whether or not its end is known. The first attempt must
                be committed as begun before it is made, else a lost answer looks like a clash of task ids.

        Raises:
            TryLater, MemberUnreachable, AppBroken, MessageRefused: see the module.
        """
        ...

    async def rewrite(self, code: str, to: str, message: CardMessage, *, locale: Locale = "zh-CN") -> Rewritten:
        """Replace the card that `code` belongs to, for one member. Raises as `send` does."""
        ...
