"""What members do on their phones: tap, choose, type, open the application. Each becomes a callback."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sandbox.callback_xml import message_xml, selected_items_xml
from sandbox.callbacks import Callback, CallbackPost
from sandbox.card_view import check_selections, default_selections, live_keys, menu_keys
from sandbox.chats import Chats, Entry
from sandbox.clock import SandboxClock
from sandbox.config import SandboxConfig
from sandbox.contacts import Contacts
from sandbox.message_log import ResponseCodes

_FIRST_MSG_ID = 7_000_000_000_000_000_001


class ActionRefused(Exception):
    """A member could not do this on a phone: no such card, or its buttons are grey."""


class Actions:
    """Turns what a member does into the callback WeCom would send."""

    def __init__(
        self,
        config: SandboxConfig,
        *,
        clock: SandboxClock,
        contacts: Contacts,
        chats: Chats,
        codes: ResponseCodes,
        post: CallbackPost,
    ) -> None:
        self._config = config
        self._clock = clock
        self._contacts = contacts
        self._chats = chats
        self._codes = codes
        self._post = post
        self._next_msg_id = _FIRST_MSG_ID

    def entry(self, userid: str, *, msgid: str = "", task_id: str = "", agent_id: int | None = None) -> Entry:
        """Return a card or message in a member's chat.

        Raises:
            ActionRefused: When the member has no such card.
        """
        chat = self._chats.of(userid)
        found = chat.of_msgid(msgid) if msgid else chat.of_task(agent_id or self._config.agent_id, task_id)
        if found is None:
            raise ActionRefused(f"{userid} has no card {msgid or task_id!r}")
        return found

    def tap(
        self,
        userid: str,
        key: str,
        *,
        msgid: str = "",
        task_id: str = "",
        selections: Mapping[str, Sequence[str]] | None = None,
        force: bool = False,
    ) -> Callback:
        """Tap a button, or submit a vote or selection.

        Args:
            userid: Who taps.
            key: Key of the button, or of the submit button.
            msgid: The message, or
            task_id: the card's task_id.
            selections: Chosen option ids by question; what the card preselects where left out.
            force: Tap even what the page would refuse, as a phone does that has not seen an update yet.

        Raises:
            ActionRefused: When a phone would not allow it.
        """
        entry = self.entry(userid, msgid=msgid, task_id=task_id)
        card = entry.content
        if not force and key not in live_keys(entry):
            raise ActionRefused("the buttons are grey" if entry.grey_text else f"the card has no button {key!r}")
        chosen = default_selections(card) | {q: list(ids) for q, ids in (selections or {}).items()}
        reason = check_selections(card, chosen)
        if reason and not force:
            raise ActionRefused(reason)
        return self._card_event("template_card_event", entry, key, selected_items_xml(chosen))

    def tap_menu(self, userid: str, key: str, *, msgid: str = "", task_id: str = "", force: bool = False) -> Callback:
        """Choose an entry of the menu in a card's corner.

        Raises:
            ActionRefused: When the card has no such entry.
        """
        entry = self.entry(userid, msgid=msgid, task_id=task_id)
        if not force and key not in menu_keys(entry):
            raise ActionRefused(f"the card's menu has no entry {key!r}")
        return self._card_event("template_card_menu_event", entry, key, "")

    def double_tap(self, userid: str, key: str, *, msgid: str = "", task_id: str = "") -> tuple[Callback, Callback]:
        """Tap twice before anything can change: two callbacks, each with its own ResponseCode."""
        first = self.tap(userid, key, msgid=msgid, task_id=task_id)
        return first, self.tap(userid, key, msgid=msgid, task_id=task_id)

    def text(self, userid: str, words: str) -> Callback:
        """Type a message to the application."""
        userid, now = self._spelt(userid), self._clock.now()
        self._chats.read(userid)
        self._chats.say(userid, now, "text", {"content": words}, from_member=True, agent_id=self._config.agent_id)
        fields: dict[str, str | int] = {"MsgType": "text", "Content": words, "MsgId": self._next_msg_id}
        self._next_msg_id += 1
        return self._send("text", userid, fields)

    def enter(self, userid: str) -> Callback:
        """Open the application."""
        self._chats.read(self._spelt(userid))
        return self._send("enter_agent", userid, {"MsgType": "event", "Event": "enter_agent", "EventKey": ""})

    def click_menu(self, userid: str, key: str) -> Callback:
        """Choose an entry of the application's menu."""
        fields = {"MsgType": "event", "Event": "click", "EventKey": key}
        return self._send("click", userid, fields, event_key=key)

    def system_event(self, fields: Mapping[str, str | int]) -> Callback:
        """Send an event in the name of ``sys``, e.g. ``change_contact``."""
        return self._send(str(fields.get("Event", "sys")), "sys", {"MsgType": "event", **fields})

    def _card_event(self, event: str, entry: Entry, key: str, selected: str) -> Callback:
        code = self._codes.issue(entry.msgid)
        entry.taps += 1
        self._chats.read(entry.userid)
        fields: dict[str, str | int] = {
            "MsgType": "event",
            "Event": event,
            "EventKey": key,
            "TaskId": entry.task_id,
            "CardType": str(entry.content.get("card_type", "")),
            "ResponseCode": code,
        }
        if selected:
            fields["SelectedItems"] = selected
        more = {"event_key": key, "task_id": entry.task_id, "response_code": code}
        return self._send(event, entry.userid, fields, agent_id=entry.agent_id, **more)

    def _send(
        self, kind: str, userid: str, fields: Mapping[str, str | int], *, agent_id: int | None = None, **more: str
    ) -> Callback:
        agent = agent_id or self._config.agent_id
        spelt = self._spelt(userid)
        inner = message_xml(self._config.corp_id, spelt, agent, int(self._clock.now()), fields)
        return self._post.post(kind, spelt, agent, inner, **more)

    def _spelt(self, userid: str) -> str:
        person = self._contacts.find(userid)
        return person.userid if person else userid
