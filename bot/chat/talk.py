"""One thing that somebody said or tapped, and the ways to answer it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.chat.speaker import Speaker
from bot.services.desk import Desk
from bot.services.office import Office
from bot.wording import Words
from store.commands import CommandRow
from store.outbox import NewMessage, Urgency


@dataclass(frozen=True, slots=True)
class Talk:
    """What answering takes: the desk, who is speaking, and the code of the tapped card (None for typed words)."""

    desk: Desk
    me: Speaker
    code: str | None = None

    @property
    def office(self) -> Office:
        """Give what is in force; nobody is answered by commands before anything is."""
        return self.desk.open_office

    @property
    def zone(self) -> ZoneInfo:
        """Give the zone of this person's clock."""
        rep = self.office.roster.rep(self.me.id)
        return ZoneInfo(rep.timezone) if rep is not None else self.office.zone

    def words(self, words: Words, **values: object) -> str:
        """Give a text in this person's language."""
        return words.say(self.me.locale, **values)

    def say(self, words: Words, **values: object) -> None:
        """Answer with a text."""
        self.say_text(self.words(words, **values))

    def say_text(self, text: str) -> None:
        """Answer with a text that is ready."""
        self.desk.tell_text(self.me.id, text, urgency=Urgency.ANSWER)

    def tell(self, person: str, words: Words, **values: object) -> None:
        """Tell somebody else what was done, in that person's language; nobody is told about an own act."""
        if person.casefold() != self.me.id.casefold():
            text = words.say(self.desk.locale_of(person), **values)
            self.desk.tell_text(person, text, urgency=Urgency.CARD)

    def close_card(self, lead_id: int, offer_no: int, text: str, *, detail: str | None = None) -> None:
        """Rewrite the tapped card as a closed one; needs its code. `text` names an entry of `CLOSINGS`."""
        private: dict[str, object] = {"code": self.code}
        if detail is not None:
            private["detail"] = detail
        message = NewMessage(
            self.me.id, "close_card", Urgency.ANSWER, lead_id, offer_no, {"text": text}, private=private
        )
        self.desk.tx.message(message)

    def close_command(self, row: CommandRow, text: str) -> None:
        """Rewrite the tapped card of a command, still saying what it was about; does nothing where the answer was typed."""
        if self.code is not None:
            private: dict[str, object] = {"code": self.code, "title": row.private.get("title", "")}
            payload: dict[str, object] = {"command": f"C{row.command_id}", "text": text}
            self.desk.tx.message(
                NewMessage(self.me.id, "close_command", Urgency.ANSWER, payload=payload, private=private)
            )

    def clock(self, at: datetime) -> str:
        """Give a moment as this person's clock and calendar show it; the day only where it is another one."""
        local, today = at.astimezone(self.zone), self.desk.now.astimezone(self.zone).date()
        return f"{local:%H:%M}" if local.date() == today else f"{local:%m-%d %H:%M}"
