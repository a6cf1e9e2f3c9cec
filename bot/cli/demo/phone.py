"""One person's phone in the sandbox: what it shows, and what a thumb can do with it. The people of the demo have nothing else."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.card_view import button_texts, card_text, live_keys
from sandbox.chats import Entry
from sandbox.state import ActionRefused, Sandbox

_LEAD = re.compile(r"L\d+")
#: How often somebody who waits for an answer glances at the screen.
GLANCE_S = 0.08


@dataclass
class Phone:
    """A phone; remembers which messages were looked at."""

    sandbox: Sandbox
    userid: str
    _seen: dict[int, int] = field(default_factory=dict)

    def news(self) -> list[Entry]:
        """Give what the application has sent or changed since the last look, oldest first."""
        fresh = [
            entry
            for entry in self.sandbox.entries(self.userid)
            if not entry.from_member and self._seen.get(entry.entry_id) != entry.version
        ]
        self._seen |= {entry.entry_id: entry.version for entry in fresh}
        return fresh

    def tap(self, entry: Entry, *labels: str) -> bool:
        """Tap the button with one of these labels; False where the card has no such button any more."""
        return any(self._tap_key(entry, key) for key, label in _buttons(entry) if label in labels)

    def tap_starting(self, entry: Entry, beginning: str) -> bool:
        """Tap the first button whose label begins so."""
        return any(self._tap_key(entry, key) for key, label in _buttons(entry) if label.startswith(beginning))

    def vote(self, entry: Entry, answer: str) -> bool:
        """Choose an answer of a vote card and send it."""
        box = entry.content.get("checkbox")
        keys = live_keys(entry)
        if not isinstance(box, dict) or not keys:
            return False
        chosen = [option["id"] for option in box["option_list"] if option["text"] == answer]
        return self._tap_key(entry, keys[0], {str(box["question_key"]): chosen}) if chosen else False

    def type(self, words: str) -> None:
        """Type a message to the application and send it."""
        self.sandbox.text(self.userid, words)

    async def ask(self, words: str, *, within: float) -> Entry | None:
        """Type a message and wait for the answer; None where none comes in time."""
        last = self._last_id()
        self.type(words)
        return await self.until(lambda entry: entry.entry_id > last and entry.version == 0, within=within)

    async def until(self, wanted: Callable[[Entry], bool], *, within: float) -> Entry | None:
        """Wait for a message of the application, among all that are on the screen; gives the newest."""
        deadline = asyncio.get_running_loop().time() + within
        while True:
            for entry in reversed(self.sandbox.entries(self.userid)):
                if not entry.from_member and wanted(entry):
                    return entry
            if asyncio.get_running_loop().time() >= deadline:
                return None
            await asyncio.sleep(GLANCE_S)

    def _last_id(self) -> int:
        return max((entry.entry_id for entry in self.sandbox.entries(self.userid)), default=0)

    def _tap_key(self, entry: Entry, key: str, selections: dict[str, list[str]] | None = None) -> bool:
        try:
            self.sandbox.tap(self.userid, key, msgid=entry.msgid, selections=selections)
        except ActionRefused:
            return False
        return True


def words_of(entry: Entry) -> str:
    """Give every word that a person reads in a message."""
    return card_text(entry)


def lead_on(entry: Entry) -> str | None:
    """Give the number of the lead that a message is about, as it is printed there."""
    found = _LEAD.search(words_of(entry))
    return found[0] if found is not None else None


def labels_of(entry: Entry) -> list[str]:
    """Give the labels of the buttons that can be tapped."""
    return button_texts(entry) if live_keys(entry) else []


def _buttons(entry: Entry) -> list[tuple[str, str]]:
    return list(zip(live_keys(entry), labels_of(entry), strict=False))
