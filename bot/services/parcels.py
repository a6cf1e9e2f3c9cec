"""Messages on their way as values: what is handed to the sender, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.messaging import CardMessage, Locale, MessagingError, Rewritten, Sent
from store.rows import MessageRow

#: Messages whose arrival starts the rep's time.
OFFERS = frozenset({"offer_card", "offer_text"})


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message ready to go: rendered bytes to send, or a card to rewrite, or an alert for the operator."""

    row: MessageRow
    body: bytes | None = None
    rewrite: tuple[str, CardMessage] | None = None
    instead: str | None = None
    locale: Locale = "zh-CN"
    again: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a parcel: what the messenger answered, or how it failed."""

    parcel: Parcel
    sent: Sent | None = None
    rewritten: Rewritten | None = None
    error: MessagingError | None = None
