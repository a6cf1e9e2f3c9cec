"""message/update_template_card: changing a card that members already see (documentation page 94888)."""

from __future__ import annotations

from sandbox.card_rules import ANSWERABLE, check_card
from sandbox.chats import Chats, Entry
from sandbox.clock import SandboxClock
from sandbox.config import SandboxConfig
from sandbox.contacts import Contacts
from sandbox.errors import WeComError
from sandbox.json_fields import Json, flag, number, numbers, record, text, texts
from sandbox.message_log import MessageLog, ResponseCodes, SentMessage
from sandbox.rate_limits import RateLimits
from sandbox.records import Drop, Records

_MOST_USERS = 1000
_MOST_GROUPS = 100
_KEPT_HISTORY = 3


class CardUpdates:
    """Applies updates per (message, member)."""

    def __init__(  # noqa: PLR0913 - an update touches all of these
        self,
        config: SandboxConfig,
        *,
        clock: SandboxClock,
        contacts: Contacts,
        limits: RateLimits,
        chats: Chats,
        records: Records,
        log: MessageLog,
        codes: ResponseCodes,
    ) -> None:
        self._config = config
        self._clock = clock
        self._contacts = contacts
        self._limits = limits
        self._chats = chats
        self._records = records
        self._log = log
        self._codes = codes
        self.strict_lengths = config.strict_lengths

    def update(self, body: Json, token_agent_id: int) -> dict[str, object]:
        """Apply one request.

        Returns:
            The answer's fields besides errcode and errmsg; ``invaliduser`` is an array here.

        Raises:
            WeComError: 60140 for a bad code, 42015 for another application's message, 82101 without targets, 82102
                when no target received the message, or the code of the card rule broken.
        """
        agent_id = body.get("agentid")
        if agent_id is None:
            raise WeComError(41011)
        if number(body, "agentid") != token_agent_id:
            raise WeComError(301002)
        code = text(body, "response_code")
        msgid = self._codes.look_up(code)
        if self._config.failed_update_consumes_code:
            self._codes.use_up(code)
        message = self._log.find(msgid)
        if message is None:
            raise WeComError(60140)
        if message.agent_id != token_agent_id:
            raise WeComError(42015)
        card, grey_text = self._read_change(body, message)
        targets, invalid = self._targets(body, message)
        self._codes.use_up(code)
        for userid in targets:
            self._apply(message, userid, card, grey_text)
        self._records.totals["updates"] += 1
        return {"invaliduser": invalid} if invalid else {}

    def apply_passive(self, entry: Entry, card: Json | None, grey_text: str) -> None:
        """Change one member's card from the answer to a tap.

        Raises:
            WeComError: With the code of the card rule broken.
        """
        if card is not None:
            check_card(card, update=True, strict_lengths=self.strict_lengths)
        self._change(entry, card, grey_text)

    def _read_change(self, body: Json, message: SentMessage) -> tuple[Json | None, str]:
        """Return the new card (form B) or None, and the text of the grey button."""
        button, card = record(body, "button"), record(body, "template_card")
        if (button is None) == (card is None):
            raise WeComError(40058, "exactly one of button and template_card")
        if button is not None:
            if message.card_type not in ANSWERABLE:
                raise WeComError(40058, "button replaces only the buttons of interactive cards")
            name = text(button, "replace_name")
            if not name:
                raise WeComError(42020)
            return None, name
        assert card is not None  # noqa: S101 - the check above leaves exactly one of the two
        for warning in check_card(card, update=True, strict_lengths=self.strict_lengths):
            self._records.warn(self._clock.now(), "message/update_template_card", warning)
        return card, text(card, "replace_text")

    def _targets(self, body: Json, message: SentMessage) -> tuple[list[str], list[str]]:
        """Return the receivers to change and the ``invaliduser`` of the answer."""
        if flag(body, "atall"):
            return sorted(message.receivers), []
        userids, parties, tags = texts(body, "userids"), numbers(body, "partyids"), numbers(body, "tagids")
        if len(userids) > _MOST_USERS or len(parties) > _MOST_GROUPS or len(tags) > _MOST_GROUPS:
            raise WeComError(40058, "too many targets")
        if not (userids or parties or tags):
            raise WeComError(82101)
        wanted = {userid.lower(): True for userid in userids}
        groups = {department.id for party in parties for department in self._contacts.subtree(party)}
        known_tags = [self._contacts.tags[tag] for tag in tags if tag in self._contacts.tags]
        tagged = {userid.lower() for tag in known_tags for userid in tag.userids}
        for person in self._contacts.people:
            if groups & set(person.departments) or person.userid.lower() in tagged:
                wanted.setdefault(person.userid.lower(), False)
        found = [userid for userid in wanted if userid in message.receivers]
        if not found:
            raise WeComError(82102)
        return found, [userid for userid, named in wanted.items() if named and userid not in message.receivers]

    def _apply(self, message: SentMessage, userid: str, card: Json | None, grey_text: str) -> None:
        person = self._contacts.find(userid)
        spelt = person.userid if person else userid
        if self._config.limits.updates_count:
            reason = self._limits.admit_member(message.agent_id, spelt)
            if reason:
                self._records.drop(Drop(self._clock.now(), spelt, message.msgid, message.task_id, f"update:{reason}"))
                return
        entry = self._chats.of(userid).of_msgid(message.msgid)
        if entry is not None:
            self._change(entry, card, grey_text)

    def _change(self, entry: Entry, card: Json | None, grey_text: str) -> None:
        entry.history = [*entry.history, entry.content][-_KEPT_HISTORY:]
        if card is not None:
            entry.content = card
        entry.grey_text = grey_text
        self._chats.changed(entry, self._clock.now())
