"""message/send and message/recall: from a request to what members see."""

from __future__ import annotations

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Callable

from sandbox.card_rules import check_card, needs_callback
from sandbox.chats import Chats
from sandbox.clock import SandboxClock
from sandbox.config import SandboxConfig
from sandbox.contacts import Contacts
from sandbox.errors import WeComError
from sandbox.json_fields import Json, record, text
from sandbox.message_log import MessageLog, ResponseCodes, SentMessage
from sandbox.message_rules import Envelope, read_content, read_envelope
from sandbox.rate_limits import RateLimits
from sandbox.records import Drop, Records

_KEPT_REPEATS = 50_000


class MessageDesk:
    """Accepts messages, shows them to their receivers, takes them back."""

    def __init__(  # noqa: PLR0913 - the desk is where these parts meet
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
        has_callback: Callable[[], bool],
    ) -> None:
        self._config = config
        self._clock = clock
        self._contacts = contacts
        self._limits = limits
        self._chats = chats
        self._records = records
        self._log = log
        self._codes = codes
        self._has_callback = has_callback
        self._repeats: OrderedDict[bytes, tuple[float, dict[str, object]]] = OrderedDict()
        self.strict_lengths = config.strict_lengths
        self.repeat_answer = config.repeat_answer

    def send(self, body: Json, raw: bytes, token_agent_id: int) -> dict[str, object]:
        """Accept one message.

        Args:
            body: The request's JSON.
            raw: The request's bytes, for the duplicate check on the whole content.
            token_agent_id: The application that the access token belongs to.

        Returns:
            The answer's fields besides errcode and errmsg.

        Raises:
            WeComError: With WeCom's code for whatever is wrong; nothing was shown then.
        """
        envelope = read_envelope(body, token_agent_id)
        card = record(body, "template_card") or {}
        is_card = envelope.msgtype == "template_card"
        content = self._check_card(card) if is_card else read_content(body, envelope.msgtype)
        receivers, invalid = self._contacts.receivers(envelope)
        fingerprint = hashlib.blake2b(b"%d:%b" % (token_agent_id, raw), digest_size=16).digest()
        repeated = self._earlier_answer(envelope, fingerprint)
        if repeated is not None and not (is_card and self.repeat_answer == "task_id"):
            self._records.totals["repeats"] += 1
            return repeated
        task_id = text(card, "task_id") if is_card else ""
        if task_id and self._log.task_id_used(token_agent_id, task_id):
            raise WeComError(42014)
        self._limits.count_person_times(len(receivers))
        if task_id:
            self._log.claim_task_id(token_agent_id, task_id)
        msgid = f"Kx{secrets.token_urlsafe(18)}"
        self._deliver(envelope, content, receivers, msgid, task_id)
        answer: dict[str, object] = {**invalid, "msgid": msgid}
        self._remember_answer(envelope, fingerprint, dict(answer))
        if is_card and needs_callback(card):
            answer["response_code"] = self._codes.issue(msgid)
        return answer

    def recall(self, msgid: str, token_agent_id: int) -> None:
        """Take a message back from every chat.

        Raises:
            WeComError: 40058 for an unknown msgid or another application's, 42052 after 24 hours.
        """
        message = self._log.find(msgid)
        if message is None or message.agent_id != token_agent_id:
            raise WeComError(40058, "msgid")
        now = self._clock.now()
        if now - message.sent_at > self._config.limits.recall_s:
            raise WeComError(42052)
        for userid in message.receivers:
            entry = self._chats.of(userid).of_msgid(msgid)
            if entry is not None and not entry.recalled:
                entry.recalled = True
                self._chats.changed(entry, now)

    def clear(self) -> None:
        """Forget the duplicate check's memory."""
        self._repeats.clear()

    def _check_card(self, card: Json) -> Json:
        for warning in check_card(card, update=False, strict_lengths=self.strict_lengths):
            self._records.warn(self._clock.now(), "message/send", warning)
        if needs_callback(card) and not self._has_callback():
            raise WeComError(43012)
        return card

    def _deliver(self, envelope: Envelope, content: Json, receivers: list[str], msgid: str, task_id: str) -> None:
        now = self._clock.now()
        shown = []
        for userid in receivers:
            reason = self._limits.admit_member(envelope.agent_id, userid)
            if reason:
                self._records.drop(Drop(now, userid, msgid, task_id, reason))
                continue
            shown.append(userid.lower())
            grey = text(content, "replace_text") if envelope.msgtype == "template_card" else ""
            more = {"agent_id": envelope.agent_id, "msgid": msgid, "task_id": task_id, "grey_text": grey}
            self._chats.say(userid, now, envelope.msgtype, content, **more)
        card_type = text(content, "card_type") if envelope.msgtype == "template_card" else ""
        answerable = bool(card_type) and needs_callback(content)
        self._log.put(SentMessage(msgid, envelope.agent_id, now, task_id, card_type, answerable, frozenset(shown)))
        self._records.totals["delivered"] += len(shown)
        self._records.totals["messages"] += 1

    def _earlier_answer(self, envelope: Envelope, fingerprint: bytes) -> dict[str, object] | None:
        if not envelope.duplicate_check_s:
            return None
        until, answer = self._repeats.get(fingerprint, (0.0, {}))
        return dict(answer) if until > self._clock.now() else None

    def _remember_answer(self, envelope: Envelope, fingerprint: bytes, answer: dict[str, object]) -> None:
        if envelope.duplicate_check_s:
            # Pop first: a key seen before would keep its old place, and be forgotten too early.
            self._repeats.pop(fingerprint, None)
            self._repeats[fingerprint] = (self._clock.now() + envelope.duplicate_check_s, answer)
            if len(self._repeats) > _KEPT_REPEATS:
                self._repeats.popitem(last=False)
