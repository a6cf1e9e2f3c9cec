"""A messenger that keeps what it is given."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime

from bot.messaging.failures import MessagingError
from bot.messaging.seam import BudgetState, Lane, Locale, Rewritten, SendBudget, Sent
from bot.messaging.values import CardMessage, Message


@dataclass(slots=True)
class UnlimitedBudget:
    """A budget without limits."""

    def next_slot(self, state: BudgetState, lane: Lane, now: datetime) -> datetime:
        """Always now."""
        del state, lane
        return now

    def free_until(self, state: BudgetState, lane: Lane, now: datetime, until: datetime) -> int:
        """More than anybody could read."""
        del state, lane, now, until
        return 1_000_000

    def spend(self, state: BudgetState, lane: Lane, now: datetime) -> BudgetState:
        """Keep nothing."""
        del lane, now
        return state


@dataclass(slots=True)
class NullMessenger:
    """Sends nothing and keeps everything: for a service that has no WeCom yet, and for tests of what is said.

    Attributes:
        sent: (member, message) in the order of the first attempts.
        rewritten: (code, member, message) in order.
        failures: raised, first one first, by the next calls of `send`.
    """

    sent: list[tuple[str, Message]] = field(default_factory=list)
    rewritten: list[tuple[str, str, CardMessage]] = field(default_factory=list)
    failures: list[MessagingError] = field(default_factory=list)
    can_rewrite_untouched_card: bool = True
    can_rewrite_after_tap: bool = True
    can_push_first: bool = True
    budget: SendBudget = field(default_factory=UnlimitedBudget)
    _rendered: dict[bytes, tuple[str, Message]] = field(default_factory=dict)
    _codes: dict[bytes, str] = field(default_factory=dict)

    def render(self, message: Message, *, to: str, locale: Locale = "zh-CN") -> bytes:
        """Give the fields of the message as JSON."""
        fields = {"kind": type(message).__name__, "to": to, "locale": locale, "message": asdict(message)}
        body = json.dumps(fields, ensure_ascii=False, sort_keys=True, default=str).encode("utf-8", "replace")
        self._rendered[body] = (to, message)
        return body

    async def send(self, body: bytes, *, again: bool) -> Sent:
        """Keep the message once."""
        del again
        if self.failures:
            raise self.failures.pop(0)
        if body in self._codes:
            return Sent(delivered=True, already=True)
        self.sent.append(self._rendered[body])
        self._codes[body] = f"null-{len(self.sent)}"
        return Sent(delivered=True, response_code=self._codes[body], msgid=f"m-{len(self.sent)}")

    async def rewrite(self, code: str, to: str, message: CardMessage, *, locale: Locale = "zh-CN") -> Rewritten:
        """Keep the new card; a code works once."""
        del locale
        if any(code == used for used, _, _ in self.rewritten):
            return Rewritten("code_spent")
        self.rewritten.append((code, to, message))
        return Rewritten("done")
