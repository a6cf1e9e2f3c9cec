"""The displayed state: what each member sees in the chat with the application, entry by entry."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.json_fields import Json


@dataclass(slots=True)
class Entry:
    """One bubble or card in one member's chat.

    Attributes:
        entry_id: Grows over the whole sandbox; newer entries have larger ids.
        kind: ``text``, ``markdown``, ``textcard``, ``news`` or ``template_card``.
        content: The body shown; for a card the card as it is now, after updates.
        grey_text: When not empty, all buttons are one grey button with this text.
        version: Counts changes, 0 as sent.
        history: The cards shown before, oldest first, at most three.
    """

    entry_id: int
    userid: str
    at: float
    kind: str
    content: Json
    from_member: bool = False
    agent_id: int = 0
    msgid: str = ""
    task_id: str = ""
    grey_text: str = ""
    recalled: bool = False
    version: int = 0
    taps: int = 0
    changed_at: float = 0.0
    history: list[Json] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        """Return the entry for the page and for inspection."""
        return {
            "id": self.entry_id,
            "user": self.userid,
            "at": self.at,
            "kind": self.kind,
            "content": self.content,
            "from_member": self.from_member,
            "agentid": self.agent_id,
            "msgid": self.msgid,
            "task_id": self.task_id,
            "grey_text": self.grey_text,
            "recalled": self.recalled,
            "version": self.version,
            "taps": self.taps,
        }


class Chat:
    """One member's chat, with at most ``cap`` entries."""

    def __init__(self, userid: str, cap: int) -> None:
        self.userid = userid
        self.unread = 0
        self._cap = cap
        self._entries: OrderedDict[int, Entry] = OrderedDict()
        self._by_msgid: dict[str, Entry] = {}
        self._by_task: dict[tuple[int, str], Entry] = {}

    @property
    def entries(self) -> list[Entry]:
        """All remembered entries, oldest first."""
        return list(self._entries.values())

    def latest(self, count: int) -> list[Entry]:
        """Return the last ``count`` entries, oldest first, without walking the whole chat."""
        reverse = reversed(self._entries.values())
        return [entry for entry, _ in zip(reverse, range(count), strict=False)][::-1]

    def put(self, entry: Entry) -> None:
        """Append an entry and forget the oldest beyond the cap."""
        self._entries[entry.entry_id] = entry
        if entry.msgid:
            self._by_msgid[entry.msgid] = entry
        if entry.task_id:
            self._by_task[entry.agent_id, entry.task_id] = entry
        if len(self._entries) > self._cap:
            _, oldest = self._entries.popitem(last=False)
            self._by_msgid.pop(oldest.msgid, None)
            self._by_task.pop((oldest.agent_id, oldest.task_id), None)

    def of_msgid(self, msgid: str) -> Entry | None:
        """Return the entry of a message."""
        return self._by_msgid.get(msgid)

    def of_task(self, agent_id: int, task_id: str) -> Entry | None:
        """Return the entry of a card."""
        return self._by_task.get((agent_id, task_id))


class Chats:
    """All chats; whoever shows them is told of each change."""

    def __init__(self, cap: int) -> None:
        self._cap = cap
        self._chats: dict[str, Chat] = {}
        self._next_id = 1
        self.on_change: Callable[[Entry], None] = lambda _entry: None

    def of(self, userid: str) -> Chat:
        """Return a member's chat, empty if nothing was ever said."""
        chat = self._chats.get(userid.lower())
        if chat is None:
            chat = self._chats[userid.lower()] = Chat(userid, self._cap)
        return chat

    def all(self) -> list[Chat]:
        """Return every chat in which something was said."""
        return list(self._chats.values())

    def say(self, userid: str, at: float, kind: str, content: Json, **more: object) -> Entry:
        """Append an entry to a member's chat.

        Args:
            userid: Whose chat.
            at: When, in seconds since the epoch.
            kind: What kind of bubble or card.
            content: Its body.
            more: Further fields of ``Entry``.
        """
        entry = Entry(self._next_id, userid, at, kind, content, changed_at=at, **more)  # type: ignore[arg-type]
        self._next_id += 1
        chat = self.of(userid)
        chat.put(entry)
        if not entry.from_member:
            chat.unread += 1
        self.on_change(entry)
        return entry

    def changed(self, entry: Entry, at: float) -> None:
        """Tell whoever shows it that an entry now looks different."""
        entry.version += 1
        entry.changed_at = at
        self.on_change(entry)

    def read(self, userid: str) -> None:
        """Mark a chat as read."""
        self.of(userid).unread = 0

    def clear(self) -> None:
        """Forget every chat."""
        self._chats.clear()
