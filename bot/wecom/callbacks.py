"""What members do in WeCom, read from the XML of a callback.

Facts: developer.work.weixin.qq.com/document/path/90239 (messages), 90240 (events), 101027 (cards). Events carry no
id, and a repeat of a callback carries the same XML: what tells two of them apart is a hash of what they say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from types import MappingProxyType
from typing import Final

from bot.chat.card_limits import TEXT_BYTES, fit_bytes, plain_lines
from bot.messaging import Entered, Tap, Text
from bot.wecom.crypto import CallbackRefused, Senseless, read_xml

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_USER: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.@-]{0,63}")
_INTEGER: Final = re.compile(r"[0-9]{1,20}")
# As far as the calendar goes.
_SECONDS: Final = re.compile(r"[0-9]{1,11}")
_TAPS: Final = frozenset({"template_card_event", "template_card_menu_event"})
_NO_SELECTIONS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({})

Fields = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Other:
    """Anything else that WeCom tells: `image`, `event:subscribe`, `event:click` with its key."""

    kind: str
    user: str
    key: str
    created_at: datetime
    agent_id: int | None
    dedupe_key: str


Callback = Tap | Text | Entered | Other


def read_callback(xml: str, *, corp_id: str, agent_id: int) -> Callback:
    """Read the XML that `CallbackCrypto.open` gave.

    Args:
        xml: inner XML.
        corp_id: our company; what is addressed to another is refused.
        agent_id: our app; a packet of another app of the same company is refused.

    Raises:
        CallbackRefused: for another company or app.
        Senseless: genuine, but not understood.
    """
    fields = read_xml(xml)
    agent = _text(fields, "AgentID")
    if _text(fields, "ToUserName") != corp_id or agent not in {"", str(agent_id)}:
        raise CallbackRefused("addressed to another app")
    kind, user = _text(fields, "MsgType"), _text(fields, "FromUserName")
    if not kind or not _USER.fullmatch(user):
        raise Senseless("no kind or no sender")
    app = agent_id if agent else None
    created_at = _created_at(fields)
    if kind == "event":
        return _event(fields, user, created_at, app)
    message_id = _text(fields, "MsgId")
    if not _INTEGER.fullmatch(message_id):
        raise Senseless("a message without its id")
    if kind == "text":
        return Text(user, _text(fields, "Content"), message_id, created_at, app, f"message-{message_id}")
    return Other(kind, user, "", created_at, app, f"message-{message_id}")


def _event(fields: Fields, user: str, created_at: datetime, app: int | None) -> Callback:
    event, key = _text(fields, "Event"), _text(fields, "EventKey")
    if not event:
        raise Senseless("an event without a name")
    dedupe_key = _fingerprint(fields, user)
    if event in _TAPS:
        return Tap(
            user=user,
            key=key,
            task_id=_text(fields, "TaskId"),
            response_code=_text(fields, "ResponseCode") or None,
            card_type=_text(fields, "CardType"),
            selections=_selections(fields),
            created_at=created_at,
            agent_id=app,
            dedupe_key=dedupe_key,
        )
    if event == "enter_agent":
        return Entered(user, created_at, app, dedupe_key)
    return Other(f"event:{event}", user, key, created_at, app, dedupe_key)


def _fingerprint(fields: Fields, user: str) -> str:
    """Tell events apart: one member can tap two buttons within the second that CreateTime resolves."""
    names = ("CreateTime", "Event", "EventKey", "TaskId", "ResponseCode", "ChangeType")
    # Lengths between the parts: no two lists of parts give the same text.
    parts = [user.lower(), *(_text(fields, name) for name in names)]
    told = "".join(f"{len(part)}:{part}" for part in parts)
    return f"event-{sha256(told.encode('utf-8', 'replace')).hexdigest()[:40]}"


def _selections(fields: Fields) -> Mapping[str, tuple[str, ...]]:
    """Read the chosen options; a parser gives one entry as itself and several as a list."""
    chosen: dict[str, tuple[str, ...]] = {}
    for item in _many(_child(fields, "SelectedItems"), "SelectedItem"):
        if isinstance(item, dict):
            options = _many(_child(item, "OptionIds"), "OptionId")
            chosen[_text(item, "QuestionKey")] = tuple(option for option in options if isinstance(option, str))
    return MappingProxyType(chosen) if chosen else _NO_SELECTIONS


def _child(fields: Fields, name: str) -> Fields:
    value = fields.get(name)
    return value if isinstance(value, dict) else {}


def _many(fields: Fields, name: str) -> list[object]:
    value = fields.get(name)
    return [] if value is None else list(value) if isinstance(value, list) else [value]


def _text(fields: Fields, name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def _created_at(fields: Fields) -> datetime:
    seconds = _text(fields, "CreateTime")
    if not _SECONDS.fullmatch(seconds):
        raise Senseless("no time")
    return _EPOCH + timedelta(seconds=int(seconds))


def text_reply(content: str, *, user: str, corp_id: str, now: datetime) -> str:
    """Give the inner XML of a text that answers a callback, for `CallbackCrypto.seal`.

    Whatever the text holds, it stays text: a `]]>` inside it can't end its section.
    """
    shown = fit_bytes(plain_lines(content), TEXT_BYTES)
    seconds = (now - _EPOCH) // timedelta(seconds=1)
    return (
        f"<xml><ToUserName>{_cdata(user)}</ToUserName><FromUserName>{_cdata(corp_id)}</FromUserName>"
        f"<CreateTime>{seconds}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content>{_cdata(shown)}</Content></xml>"
    )


def _cdata(text: str) -> str:
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"
