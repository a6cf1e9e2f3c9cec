"""Server-sent events for the phone page: only what changed, gathered for a moment, only for those who watch."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import orjson

from sandbox.chats import Chats, Entry

_GATHER_S = 0.08
_COUNTERS_EVERY = 10
_BACKLOG = 200


@dataclass(eq=False, slots=True)
class Watcher:
    """One open page."""

    users: frozenset[str]
    queue: asyncio.Queue[bytes] = field(default_factory=lambda: asyncio.Queue(_BACKLOG))


class LiveFeed:
    """Gathers changed entries and hands them to the pages that show their chats.

    With nobody watching, a change costs one set look-up. A page that does not keep up loses its backlog and gets a
    fresh snapshot instead.
    """

    def __init__(self, chats: Chats, page_entries: int, counters: Callable[[], dict[str, object]]) -> None:
        self._chats = chats
        self._page_entries = page_entries
        self._counters = counters
        self._watchers: set[Watcher] = set()
        self._dirty: dict[str, dict[int, Entry]] = {}
        self._unread_changed = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start handing out changes."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Stop, and end every open page's stream."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        for watcher in self._watchers:
            _offer(watcher, b"")

    def watch(self, users: list[str]) -> Watcher:
        """Add a page; its first event is a snapshot."""
        watcher = Watcher(frozenset(user.lower() for user in users))
        self._watchers.add(watcher)
        _offer(watcher, self.snapshot(watcher))
        return watcher

    def leave(self, watcher: Watcher) -> None:
        """Remove a page."""
        self._watchers.discard(watcher)

    def entry_changed(self, entry: Entry) -> None:
        """Note a new or changed entry."""
        if self._watchers:
            self._dirty.setdefault(entry.userid.lower(), {})[entry.entry_id] = entry

    def unread_changed(self) -> None:
        """Note that a chat was read elsewhere."""
        self._unread_changed = True

    def people_changed(self) -> None:
        """Tell every page to read the address book again."""
        for watcher in self._watchers:
            _offer(watcher, _event("people", {}))

    def reset(self) -> None:
        """Make every page start afresh."""
        self._dirty.clear()
        for watcher in self._watchers:
            _offer(watcher, self.snapshot(watcher))

    def snapshot(self, watcher: Watcher) -> bytes:
        """Return the event a page starts with."""
        chats = {
            user: [entry.as_json() for entry in self._chats.of(user).latest(self._page_entries)]
            for user in sorted(watcher.users)
        }
        return _event("snapshot", {"chats": chats, "unread": self._unread_counts(), "counters": self._counters()})

    async def _run(self) -> None:
        beat = 0
        while True:
            await asyncio.sleep(_GATHER_S)
            beat += 1
            if not self._watchers:
                self._dirty.clear()
                continue
            if self._dirty or self._unread_changed or beat % _COUNTERS_EVERY == 0:
                dirty, self._dirty = self._dirty, {}
                self._unread_changed = False
                self._hand_out(dirty)

    def _hand_out(self, dirty: dict[str, dict[int, Entry]]) -> None:
        shared = {"unread": self._unread_counts(), "counters": self._counters()}
        for watcher in list(self._watchers):
            entries = [
                entry.as_json()
                for user in watcher.users & dirty.keys()
                for entry in sorted(dirty[user].values(), key=lambda entry: entry.entry_id)[-self._page_entries :]
            ]
            if not _offer(watcher, _event("changes", {"entries": entries} | shared)):
                while not watcher.queue.empty():
                    watcher.queue.get_nowait()
                _offer(watcher, self.snapshot(watcher))

    def _unread_counts(self) -> dict[str, int]:
        return {chat.userid.lower(): chat.unread for chat in self._chats.all() if chat.unread}


def _event(name: str, data: dict[str, object]) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (name.encode(), orjson.dumps(data))


def _offer(watcher: Watcher, event: bytes) -> bool:
    try:
        watcher.queue.put_nowait(event)
    except asyncio.QueueFull:
        return False
    return True
