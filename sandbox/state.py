"""One sandbox in memory: its parts, wired together, and the controls that tests and the demo use in process."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence

from sandbox.actions import ActionRefused, Actions
from sandbox.attacks import Attacks
from sandbox.callback_xml import PassiveAnswer
from sandbox.callbacks import Callback, CallbackPost, CallbackSettings
from sandbox.card_updates import CardUpdates
from sandbox.card_view import button_texts, card_text, live_keys, menu_keys
from sandbox.chats import Chats, Entry
from sandbox.clock import SandboxClock
from sandbox.config import SandboxConfig
from sandbox.contacts import Contacts
from sandbox.errors import WeComError
from sandbox.faults import Faults
from sandbox.live_feed import LiveFeed
from sandbox.message_log import MessageLog, ResponseCodes
from sandbox.messages import MessageDesk
from sandbox.rate_limits import RateLimits
from sandbox.records import Records
from sandbox.tokens import TokenOffice


class Sandbox:
    """A running stand-in; ``base_url`` is set once it listens.

    The parts are public: ``faults``, ``tokens``, ``records``, ``contacts``, ``chats``, ``callbacks``, ``clock`` …
    The methods here are the words tests use most.
    """

    def __init__(self, config: SandboxConfig) -> None:
        self.config = config
        self.base_url = ""
        self.passive_card_update = config.passive_card_update
        self.clock = SandboxClock()
        self.records = Records(config.caps.records)
        self.tokens = TokenOffice(config, self.clock)
        self.limits = RateLimits(config.limits, self.clock)
        self.contacts = Contacts(config.people, config.departments, config.tags)
        self.chats = Chats(config.caps.chat_entries)
        self.faults = Faults(config.seed)
        self.log = MessageLog(config.caps)
        self.codes = ResponseCodes(config.caps, config.limits, self.clock)
        self.callbacks = CallbackPost(config, self.clock, self.faults, self.records)
        self.menu: list[object] = []
        self._oauth_codes: dict[str, tuple[str, float]] = {}
        self.messages = MessageDesk(
            config,
            clock=self.clock,
            contacts=self.contacts,
            limits=self.limits,
            chats=self.chats,
            records=self.records,
            log=self.log,
            codes=self.codes,
            has_callback=lambda: bool(self.callbacks.settings.url),
        )
        self.updates = CardUpdates(
            config,
            clock=self.clock,
            contacts=self.contacts,
            limits=self.limits,
            chats=self.chats,
            records=self.records,
            log=self.log,
            codes=self.codes,
        )
        self.actions = Actions(
            config,
            clock=self.clock,
            contacts=self.contacts,
            chats=self.chats,
            codes=self.codes,
            post=self.callbacks,
        )
        self.attacks = Attacks(config, self.clock, self.callbacks)
        self.feed = LiveFeed(self.chats, config.caps.page_entries, self.counters)
        self.chats.on_change = self.feed.entry_changed
        self.callbacks.on_answer = self._answered

    async def start(self) -> None:
        """Start what runs in the background."""
        await self.callbacks.start()
        self.feed.start()

    async def stop(self) -> None:
        """Stop it again."""
        await self.feed.stop()
        await self.callbacks.stop()

    # What members do

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
        """Tap a button; see ``Actions.tap``. ``await (…).wait()`` waits for the delivery."""
        return self.actions.tap(userid, key, msgid=msgid, task_id=task_id, selections=selections, force=force)

    def text(self, userid: str, words: str) -> Callback:
        """Type a message to the application."""
        return self.actions.text(userid, words)

    def oauth_code(self, userid: str) -> str:
        """Return a fresh one-use code, as the redirect of a page inside WeCom carries."""
        now = self.clock.now()
        self._oauth_codes = {code: held for code, held in self._oauth_codes.items() if held[1] > now}
        code = secrets.token_urlsafe(32)
        self._oauth_codes[code] = (userid, now + self.config.limits.oauth_code_s)
        return code

    def use_oauth_code(self, code: str) -> str:
        """Return the member a code stands for, once.

        Raises:
            WeComError: 40029 when it is unknown, used or too old.
        """
        userid, until = self._oauth_codes.pop(code, ("", 0.0))
        if until <= self.clock.now():
            raise WeComError(40029)
        return userid

    # What members see

    def entries(self, userid: str) -> list[Entry]:
        """Return a member's chat, oldest first, without recalled messages."""
        return [entry for entry in self.chats.of(userid).entries if not entry.recalled]

    def cards(self, userid: str) -> list[Entry]:
        """Return the cards in a member's chat as they are displayed now, oldest first."""
        return [entry for entry in self.entries(userid) if entry.kind == "template_card"]

    def card(self, userid: str, task_id: str) -> Entry:
        """Return one card as the member sees it now.

        Raises:
            ActionRefused: When the member has no such card.
        """
        return self.actions.entry(userid, task_id=task_id)

    def reads(self, userid: str) -> list[str]:
        """Return the words of each entry in a member's chat, the member's own included."""
        return [card_text(entry) for entry in self.entries(userid)]

    def seen(self, entry: Entry) -> dict[str, object]:
        """Return an entry with what can be done with it, for inspection."""
        return entry.as_json() | {
            "text": card_text(entry),
            "buttons": button_texts(entry),
            "live_keys": live_keys(entry),
            "menu_keys": menu_keys(entry),
        }

    # Controls

    async def save_callback(self, url: str, token: str, aes_key: str, *, verify: bool = True) -> None:
        """Save the callback settings; the address must answer the verification unless ``verify`` is off.

        Raises:
            WeComError: 40057 when it does not.
        """
        await self.callbacks.save(CallbackSettings(url, token, aes_key), verify=verify)

    async def settled(self) -> None:
        """Wait until no callback is under way."""
        await self.callbacks.settled()

    def counters(self) -> dict[str, object]:
        """Return the figures of the page's bar."""
        totals = self.records.totals
        names = (
            "messages delivered updates drops repeats refusals callbacks callbacks_delivered callbacks_failed "
            "callback_attempts warnings"
        )
        figures: dict[str, object] = {name: totals[name] for name in names.split()}
        return figures | {"callbacks_pending": self.callbacks.pending, "faults": dict(self.faults.hits)}

    def reset(self) -> None:
        """Forget chats, messages, records, faults and counts; people, tokens and settings stay."""
        self.records.clear()
        for part in (self.chats, self.log, self.codes, self.messages, self.limits, self.callbacks, self.faults):
            part.clear()
        self.tokens.forgive()
        self.faults.hits.clear()
        self.feed.reset()

    def _answered(self, callback: Callback, answer: PassiveAnswer) -> None:
        """Show a passive answer in the chat of whoever acted."""
        now = self.clock.now()
        if answer.kind == "text":
            self.chats.say(callback.userid, now, "text", {"content": answer.text}, agent_id=callback.agent_id)
        elif answer.kind in ("update_button", "update_template_card") and self.passive_card_update == "honour":
            try:
                entry = self.actions.entry(callback.userid, task_id=callback.task_id, agent_id=callback.agent_id)
                self.updates.apply_passive(entry, answer.card, answer.text)
            except (ActionRefused, WeComError) as error:
                self.records.warn(now, "passive answer", str(error))
        else:
            self.records.totals["passive_updates_ignored"] += 1


__all__ = ["ActionRefused", "Sandbox", "WeComError"]
