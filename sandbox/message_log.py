"""What was sent, and the one-use codes that allow a shown card to be changed. Both bounded."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass

from sandbox.clock import SandboxClock
from sandbox.config import Caps, Limits
from sandbox.errors import WeComError


@dataclass(frozen=True, slots=True)
class SentMessage:
    """One accepted message.

    Attributes:
        receivers: Lower-case userids of the members who really got it (silent drops excluded).
        answerable: Taps on it send callbacks, so that it has response codes.
    """

    msgid: str
    agent_id: int
    sent_at: float
    task_id: str
    card_type: str
    answerable: bool
    receivers: frozenset[str]


class MessageLog:
    """Messages by msgid, and the task_ids used so far."""

    def __init__(self, caps: Caps) -> None:
        self._cap = caps.messages
        self._messages: OrderedDict[str, SentMessage] = OrderedDict()
        self._task_ids: OrderedDict[tuple[int, str], None] = OrderedDict()

    def claim_task_id(self, agent_id: int, task_id: str) -> None:
        """Use a task_id up.

        Raises:
            WeComError: 42014 when the application used it before.
        """
        if (agent_id, task_id) in self._task_ids:
            raise WeComError(42014)
        self._task_ids[agent_id, task_id] = None
        if len(self._task_ids) > self._cap:
            self._task_ids.popitem(last=False)

    def task_id_used(self, agent_id: int, task_id: str) -> bool:
        """Return whether the application used a task_id before."""
        return (agent_id, task_id) in self._task_ids

    def put(self, message: SentMessage) -> None:
        """Remember a message."""
        self._messages[message.msgid] = message
        if len(self._messages) > self._cap:
            self._messages.popitem(last=False)

    def find(self, msgid: str) -> SentMessage | None:
        """Return a message, or None."""
        return self._messages.get(msgid)

    def clear(self) -> None:
        """Forget everything."""
        self._messages.clear()
        self._task_ids.clear()


class ResponseCodes:
    """Codes from message/send and from callbacks: 72 h, one use each (documentation page 94888)."""

    def __init__(self, caps: Caps, limits: Limits, clock: SandboxClock) -> None:
        self._cap = caps.response_codes
        self._lifetime_s = limits.response_code_s
        self._clock = clock
        self._codes: OrderedDict[str, tuple[str, float]] = OrderedDict()

    def issue(self, msgid: str) -> str:
        """Return a new code for a message."""
        code = f"rc-{secrets.token_urlsafe(24)}"
        self._codes[code] = (msgid, self._clock.now() + self._lifetime_s)
        if len(self._codes) > self._cap:
            self._codes.popitem(last=False)
        return code

    def look_up(self, code: str) -> str:
        """Return the msgid a code stands for.

        Raises:
            WeComError: 60140 when it is unknown, used or too old.
        """
        msgid, expires_at = self._codes.get(code, ("", 0.0))
        if not msgid or expires_at <= self._clock.now():
            raise WeComError(60140)
        return msgid

    def use_up(self, code: str) -> None:
        """End a code."""
        self._codes.pop(code, None)

    def clear(self) -> None:
        """Forget every code."""
        self._codes.clear()
