"""A messenger that keeps what it was given, instead of carrying it anywhere."""

from dataclasses import dataclass, field

from bot.messaging import CardMessage, Locale, Message, MessagingError, Rewritten, Sent, UnlimitedBudget
from bot.messaging.seam import SendBudget


@dataclass(frozen=True)
class Shown:
    """What one person now sees: something new, or (`code`) an earlier card rewritten."""

    to: str
    message: Message
    code: str | None = None
    locale: str = "zh-CN"


@dataclass
class RecordingMessenger:
    """Takes everything but what is to fail; each card sent gets a code that rewrites it once.

    Attributes:
        shown: what people were shown, in order.
        failures: raised, first one first, by the next calls of `send`.
    """

    shown: list[Shown] = field(default_factory=list)
    can_rewrite_untouched_card: bool = True
    can_rewrite_after_tap: bool = True
    can_push_first: bool = True
    budget: SendBudget = field(default_factory=UnlimitedBudget)
    failures: list[MessagingError] = field(default_factory=list)
    _rendered: dict[bytes, Shown] = field(default_factory=dict)

    def render(self, message: Message, *, to: str, locale: Locale = "zh-CN") -> bytes:
        """Give bytes that stand for the message."""
        body = repr((to, message)).encode()
        self._rendered[body] = Shown(to, message, locale=locale)
        return body

    async def send(self, body: bytes, *, again: bool) -> Sent:
        """Show the message."""
        del again
        if self.failures:
            raise self.failures.pop(0)
        self.shown.append(self._rendered[body])
        return Sent(delivered=True, response_code=f"sent-{len(self.shown)}")

    async def rewrite(self, code: str, to: str, message: CardMessage, *, locale: Locale = "zh-CN") -> Rewritten:
        """Show the card anew."""
        self.shown.append(Shown(to, message, code, locale))
        return Rewritten("done")
