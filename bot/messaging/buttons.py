"""What comes back when somebody taps a button."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote, unquote

_SUBJECT = re.compile(r"[0-9A-Za-z_@-]{1,64}")
_KEY_VERSION = "1"
_KEY = re.compile(
    r"1:([a-z]{1,16}):([0-9A-Za-z_@-]{1,64}):(0|[1-9][0-9]{0,8})(?::([0-9A-Za-z_.~%-]{1,600}))?", re.ASCII
)


class Action(StrEnum):
    """What a button asks for."""

    ACCEPT = "accept"
    DECLINE = "decline"
    SNOOZE = "snooze"
    REASON = "reason"
    CONFIRM = "confirm"
    CANCEL = "cancel"
    CHOOSE = "choose"
    ASSIGN = "assign"
    LATER = "later"
    KEEP = "keep"
    MOVE = "move"
    NOTED = "noted"
    POSTPONE = "postpone"
    RETURN = "return"
    #: The dead button of a closed card; a client that still sends it is told how things stand.
    CLOSED = "closed"


_ACTIONS = frozenset(action.value for action in Action)


@dataclass(frozen=True, slots=True)
class ButtonKey:
    """What comes back when somebody taps: `1:accept:L1024:2`.

    Attributes:
        action: what the button asks for.
        subject: lead id, confirm id or choice id; only `0-9 A-Z a-z _ @ -`, at most 64.
        number: offer number, review number, or 0; it fences late taps.
        argument: the rep or option chosen, where the button stands for one.
    """

    action: Action
    subject: str
    number: int = 0
    argument: str | None = None

    def __str__(self) -> str:
        """Give the text that goes on the button.

        Raises:
            ValueError: the subject or number can't stand in a key; a fault of the caller.
        """
        if not _SUBJECT.fullmatch(self.subject) or not 0 <= self.number < 10**9:
            msg = f"no button key can carry subject {self.subject!r} and number {self.number}"
            raise ValueError(msg)
        plain = f"{_KEY_VERSION}:{self.action}:{self.subject}:{self.number}"
        return plain if self.argument is None else f"{plain}:{quote(self.argument, safe='')}"


def parse_button_key(text: str) -> ButtonKey | None:
    """Read a key that came back with a tap; None for anything this version never put on a button."""
    match = _KEY.fullmatch(text)
    if match is None or match[1] not in _ACTIONS:
        return None
    argument = None if match[4] is None else unquote(match[4])
    key = ButtonKey(action=Action(match[1]), subject=match[2], number=int(match[3]), argument=argument)
    return key if str(key) == text else None
