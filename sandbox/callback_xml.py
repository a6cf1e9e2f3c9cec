"""Inner XML of callbacks, and reading of the passive answers to them (documentation pages 90239, 90240, 90241)."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sandbox.json_fields import Json

_ENCRYPT = re.compile(r"<Encrypt>\s*(?:<!\[CDATA\[)?([A-Za-z0-9+/=\s]+?)(?:\]\]>)?\s*</Encrypt>")
_NUMBERS = frozenset({"type", "style", "desc_color", "mode"})
_FLAGS = frozenset({"disable", "is_checked"})
_LISTS = frozenset(
    [
        "action_list",
        "horizontal_content_list",
        "jump_list",
        "vertical_content_list",
        "option_list",
        "button_list",
        "select_list",
    ]
)
_NAMES = {"KeyName": "keyname", "AppId": "appid", "PagePath": "pagepath", "UserId": "userid", "CheckBox": "checkbox"}


def cdata(value: str) -> str:
    """Return a CDATA section; an end mark inside is split so that it cannot close the section."""
    return f"<![CDATA[{value.replace(']]>', ']]]]><![CDATA[>')}]]>"


def message_xml(corp_id: str, userid: str, agent_id: int, created_at: int, fields: Mapping[str, str | int]) -> str:
    """Return the inner XML of a message or event.

    Args:
        corp_id: Receiver of the callback.
        userid: The member who acted, or ``sys``.
        agent_id: The application.
        created_at: Seconds since the epoch.
        fields: Further elements in order; strings become CDATA, integers plain text, and the key ``SelectedItems``
            holds ready XML.
    """
    parts = [
        f"<xml><ToUserName>{cdata(corp_id)}</ToUserName><FromUserName>{cdata(userid)}</FromUserName>",
        f"<CreateTime>{created_at}</CreateTime>",
    ]
    for name, value in fields.items():
        if name == "SelectedItems":
            continue
        parts.append(f"<{name}>{value if isinstance(value, int) else cdata(value)}</{name}>")
    parts.append(f"<AgentID>{agent_id}</AgentID>{fields.get('SelectedItems', '')}</xml>")
    return "".join(parts)


def selected_items_xml(selections: Mapping[str, Sequence[str]]) -> str:
    """Return the SelectedItems element, empty when nothing could be selected."""
    items = [
        f"<SelectedItem><QuestionKey>{cdata(question)}</QuestionKey><OptionIds>"
        + "".join(f"<OptionId>{cdata(option)}</OptionId>" for option in options)
        + "</OptionIds></SelectedItem>"
        for question, options in selections.items()
    ]
    return f"<SelectedItems>{''.join(items)}</SelectedItems>" if items else ""


def envelope_xml(corp_id: str, agent_id: int, encrypted: str) -> str:
    """Return the outer XML of a callback."""
    return (
        f"<xml><ToUserName>{cdata(corp_id)}</ToUserName><AgentID>{cdata(str(agent_id))}</AgentID>"
        f"<Encrypt>{cdata(encrypted)}</Encrypt></xml>"
    )


@dataclass(frozen=True, slots=True)
class Packet:
    """The outer XML of a passive answer."""

    encrypted: str
    signature: str
    timestamp: str
    nonce: str


@dataclass(frozen=True, slots=True)
class PassiveAnswer:
    """What an application answered to a callback.

    Attributes:
        kind: MsgType: ``text``, ``update_button``, ``update_template_card``, or another documented one.
        text: The text, or the text of the grey button.
        card: The new card of ``update_template_card`` in the JSON spelling.
    """

    kind: str
    to_user: str
    text: str = ""
    card: Json | None = None


def parse_packet(body: str) -> Packet:
    """Read the outer XML of an answer.

    Raises:
        ValueError: When it is not an encrypted packet.
    """
    found = _ENCRYPT.search(body)
    if found is None:
        raise ValueError("the answer is neither empty, nor success, nor an encrypted packet")
    root = _parse(body)
    return Packet(
        "".join(found.group(1).split()),
        root.findtext("MsgSignature", "").strip(),
        root.findtext("TimeStamp", "").strip(),
        root.findtext("Nonce", "").strip(),
    )


def parse_answer(inner: str) -> PassiveAnswer:
    """Read the decrypted XML of an answer.

    Raises:
        ValueError: When it is not well-formed, or has no MsgType.
    """
    root = _parse(inner)
    kind = root.findtext("MsgType", "")
    if not kind:
        raise ValueError("no MsgType in the answer")
    to_user = root.findtext("ToUserName", "")
    if kind == "update_button":
        return PassiveAnswer(kind, to_user, root.findtext("Button/ReplaceName", ""))
    if kind == "update_template_card":
        node = root.find("TemplateCard")
        card = _card_json(node) if node is not None else None
        return PassiveAnswer(kind, to_user, card=card if isinstance(card, dict) else None)
    return PassiveAnswer(kind, to_user, root.findtext("Content", ""))


def _parse(document: str) -> ET.Element:
    if "<!DOCTYPE" in document or "<!ENTITY" in document:
        raise ValueError("declarations are not allowed in an answer")
    try:
        return ET.fromstring(document)  # noqa: S314 - declarations are refused above, so no entity can expand
    except ET.ParseError as error:
        raise ValueError(f"not well-formed: {error}") from error


def _card_json(node: ET.Element) -> object:
    """Turn CamelCase elements into the JSON card; lists are expressed by repeating an element."""
    if not len(node):
        return (node.text or "").strip()
    card: dict[str, object] = {}
    for child in node:
        name = _NAMES.get(child.tag) or re.sub(r"(?<!^)(?=[A-Z])", "_", child.tag).lower()
        value = _card_json(child)
        if name in _NUMBERS and isinstance(value, str):
            value = int(value or "0")
        elif name in _FLAGS:
            value = value in ("true", "1")
        if name in _LISTS:
            earlier = card.setdefault(name, [])
            assert isinstance(earlier, list)  # noqa: S101 - set just above
            earlier.append(value)
        else:
            card[name] = value
    return card
