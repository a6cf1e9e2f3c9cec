"""Messages as application messages of WeCom.

Facts: developer.work.weixin.qq.com/document/path/90236 (sending) and 94888 (updating a card).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Final
from zlib import crc32

from bot.chat.cards import task_id_of, template_card, text_content
from bot.messaging import (
    CardMessage,
    Locale,
    MemberUnreachable,
    Message,
    MessageRefused,
    MessagingError,
    Rewritten,
    SendBudget,
    Sent,
    TextMessage,
)
from bot.wecom.client import Answer, WeComClient
from bot.wecom.error_codes import NOT_A_RECEIVER, RESPONSE_CODE_SPENT, TASK_ID_USED
from bot.wecom.rate_limits import MemberBudget

#: The longest that WeCom remembers a message to recognise its repeat, in seconds.
_LONGEST_MEMORY: Final = 14_400
_TEXT_SPREAD: Final = 7_200
# One member, never a list, and never `@all`, which is everybody.
_MEMBER: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.@-]{0,63}")


class AppMessenger:
    """Sends through one app; `bot.messaging.Messenger` tells what each method promises."""

    can_rewrite_untouched_card: bool = True
    can_rewrite_after_tap: bool = True
    can_push_first: bool = True

    def __init__(self, client: WeComClient, *, installation: str, budget: SendBudget | None = None) -> None:
        """Make a messenger.

        Args:
            client: calls of the app.
            installation: tag of this database inside task ids, which must be unique within the app.
            budget: limits per member; the documented ones with a margin unless given.
        """
        self._client = client
        self._installation = installation
        self.budget: SendBudget = MemberBudget() if budget is None else budget

    def render(self, message: Message, *, to: str, locale: Locale = "zh-CN") -> bytes:
        """Give the whole body of message/send, the same for the same arguments.

        Raises:
            ValueError: `to` is not one member's userid.
        """
        if not _MEMBER.fullmatch(to):
            raise ValueError("not the userid of one member")
        body: dict[str, object] = {"touser": to, "agentid": self._client.agent_id, "enable_duplicate_check": 1}
        if isinstance(message, TextMessage):
            body |= {"msgtype": "text", "text": {"content": text_content(message)}}
            # WeCom swallows a body that it has seen. The same words for another occasion must differ somewhere, and
            # this is the one documented field that nobody sees.
            memory = _LONGEST_MEMORY - crc32(message.key.encode("utf-8", "replace")) % _TEXT_SPREAD
        else:
            task_id = task_id_of(message, to=to, installation=self._installation)
            body |= {
                "msgtype": "template_card",
                "template_card": template_card(message, locale=locale, task_id=task_id),
            }
            memory = _LONGEST_MEMORY
        return _encoded({**body, "duplicate_check_interval": memory})

    async def send(self, body: bytes, *, again: bool) -> Sent:
        """Send a rendered body; 42014 on a repeat says that an earlier attempt had got through."""
        try:
            answer = await self._client.post("message/send", body)
        except MessagingError as failure:
            if failure.code == TASK_ID_USED and again:
                return Sent(delivered=True, already=True)
            raise
        receiver = _receiver(body)
        if receiver in _listed(answer, "invaliduser") | _listed(answer, "unlicenseduser"):
            raise MemberUnreachable("message/send: the member is listed as invalid")
        return Sent(delivered=True, response_code=_text(answer, "response_code"), msgid=_text(answer, "msgid"))

    async def rewrite(self, code: str, to: str, message: CardMessage, *, locale: Locale = "zh-CN") -> Rewritten:
        """Replace a card by its code."""
        body = {
            "userids": [to],
            "agentid": self._client.agent_id,
            "response_code": code,
            "template_card": template_card(message, locale=locale),
        }
        try:
            answer = await self._client.post("message/update_template_card", _encoded(body))
        except (MessageRefused, MemberUnreachable) as failure:
            if failure.code == RESPONSE_CODE_SPENT:
                return Rewritten("code_spent")
            if failure.code in NOT_A_RECEIVER or isinstance(failure, MemberUnreachable):
                return Rewritten("not_a_receiver")
            raise
        return Rewritten("not_a_receiver" if to.lower() in _listed(answer, "invaliduser") else "done")


def _encoded(body: Mapping[str, object]) -> bytes:
    # Raw UTF-8: WeCom's 40033 is documented as refusing \uxxxx.
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def _receiver(body: bytes) -> str:
    fields = json.loads(body)
    receiver = fields.get("touser") if isinstance(fields, dict) else None
    return receiver.lower() if isinstance(receiver, str) else ""


def _text(answer: Answer, name: str) -> str | None:
    value = answer.get(name)
    return value if isinstance(value, str) and value else None


def _listed(answer: Answer, name: str) -> set[str]:
    """Read a list of members, in lower case: a string joined by `|` after sending, an array after updating."""
    value = answer.get(name)
    names = value.split("|") if isinstance(value, str) else value if isinstance(value, list) else []
    return {entry.lower() for entry in names if isinstance(entry, str) and entry}
