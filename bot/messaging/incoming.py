"""What members do: the values that whatever receives them hands to the chat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Tap:
    """Somebody tapped a button, or submitted a vote.

    Attributes:
        key: what stood on the button; any text at all, see `bot.messaging.parse_button_key`.
        response_code: rewrites the card, once, within 72 hours.
        selections: chosen option ids per question.
        dedupe_key: the same for every delivery of this one tap.
    """

    user: str
    key: str
    task_id: str
    response_code: str | None
    card_type: str
    selections: Mapping[str, tuple[str, ...]]
    created_at: datetime
    agent_id: int | None
    dedupe_key: str


@dataclass(frozen=True, slots=True)
class Text:
    """Somebody typed something."""

    user: str
    content: str = field(repr=False)
    msg_id: str
    created_at: datetime
    agent_id: int | None
    dedupe_key: str


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody opened the app."""

    user: str
    created_at: datetime
    agent_id: int | None
    dedupe_key: str
