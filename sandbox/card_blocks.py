"""Rules of the blocks that several card types share (documentation page 90236), with WeCom's error codes."""

from __future__ import annotations

from collections.abc import Sequence

from sandbox.errors import WeComError
from sandbox.json_fields import Json, check_url, number, record, records, size, text

KEY_BYTES = 1024
OPTION_ID_BYTES = 128
_MOST_ACTIONS = 3
_MOST_ROWS = 6
_MOST_PARAGRAPHS = 4
_MOST_JUMPS = 3


def check_link(block: Json, kinds: dict[int, str], code: int) -> None:
    """Check ``type`` and what that type needs: ``kinds`` maps a type to the field it requires.

    Raises:
        WeComError: ``code`` for an unknown type, 42028 without url, 42030 without appid, 42029 without media_id,
            42050 without userid.
    """
    kind = number(block, "type")
    if kind not in kinds:
        raise WeComError(code, f"type {kind}")
    required = kinds[kind]
    value = text(block, required) if required else ""
    if required and not value:
        raise WeComError({"url": 42028, "appid": 42030, "media_id": 42029, "userid": 42050}[required])
    if required == "url":
        check_url(value)


def check_source(card: Json) -> None:
    """Check the line at the top of a card."""
    source = record(card, "source") or {}
    text(source, "desc")
    if text(source, "icon_url"):
        check_url(text(source, "icon_url"))
    if number(source, "desc_color") not in (0, 1, 2, 3):
        raise WeComError(40058, "source.desc_color")


def check_action_menu(card: Json) -> bool:
    """Check the menu in the corner; return whether the card has one."""
    menu = record(card, "action_menu")
    if menu is None:
        return False
    actions = records(menu, "action_list")
    if not 1 <= len(actions) <= _MOST_ACTIONS:
        raise WeComError(40058, "action_menu.action_list length")
    keys = [text(action, "key") for action in actions]
    if not all(text(action, "text") for action in actions):
        raise WeComError(40058, "action_menu.action_list.text")
    if any(not key or size(key) > KEY_BYTES for key in keys):
        raise WeComError(40058, "action_menu.action_list.key")
    if len(set(keys)) < len(keys):
        raise WeComError(42051)
    return True


def check_main_title(card: Json, *, required: bool) -> str:
    """Check the headline and return its title."""
    block = record(card, "main_title") or {}
    title = text(block, "title")
    text(block, "desc")
    if required and not title:
        raise WeComError(41016)
    return title


def check_quote_area(card: Json) -> None:
    """Check the grey quotation."""
    quote = record(card, "quote_area")
    if quote is not None:
        check_link(quote, {0: "", 1: "url", 2: "appid"}, 40058)
        text(quote, "title")
        text(quote, "quote_text")


def check_horizontal_list(card: Json) -> None:
    """Check the rows of name and value: at most 6."""
    rows = records(card, "horizontal_content_list")
    if len(rows) > _MOST_ROWS:
        raise WeComError(42035)
    for row in rows:
        if not text(row, "keyname"):
            raise WeComError(42027)
        text(row, "value")
        check_link(row, {0: "", 1: "url", 2: "media_id", 3: "userid"}, 40058)


def check_vertical_list(card: Json) -> None:
    """Check the stacked paragraphs of a news card: at most 4."""
    rows = records(card, "vertical_content_list")
    if len(rows) > _MOST_PARAGRAPHS:
        raise WeComError(42036)
    for row in rows:
        if not text(row, "title"):
            raise WeComError(42033)
        text(row, "desc")


def check_jump_list(card: Json) -> None:
    """Check the links at the foot: at most 3."""
    rows = records(card, "jump_list")
    if len(rows) > _MOST_JUMPS:
        raise WeComError(42042)
    for row in rows:
        if not text(row, "title"):
            raise WeComError(42033)
        check_link(row, {0: "", 1: "url", 2: "appid"}, 40058)


def check_card_action(card: Json, *, required: bool) -> None:
    """Check where a tap on the card itself leads; type 0 or absence is allowed only where not required."""
    action = record(card, "card_action")
    if action is None:
        if required:
            raise WeComError(42045)
        return
    kinds = {1: "url", 2: "appid"}
    check_link(action, kinds if required else {0: ""} | kinds, 42045)


def check_options(options: Sequence[Json], most: int) -> set[str]:
    """Check the choices of a question and return their ids."""
    if not 1 <= len(options) <= most:
        raise WeComError(42037)
    ids = [text(option, "id") for option in options]
    if any(not value or size(value) > OPTION_ID_BYTES for value in ids) or len(set(ids)) < len(ids):
        raise WeComError(42040)
    if not all(text(option, "text") for option in options):
        raise WeComError(42041)
    return set(ids)


def check_question(question: Json, most: int) -> str:
    """Check a drop-down or a vote and return its question_key."""
    key = text(question, "question_key")
    if not key or size(key) > KEY_BYTES:
        raise WeComError(42043)
    ids = check_options(records(question, "option_list"), most)
    text(question, "title")
    selected = text(question, "selected_id")
    if selected and selected not in ids:
        raise WeComError(42040, "selected_id is none of the options")
    if not isinstance(question.get("disable", False), bool):
        raise WeComError(40058, "disable must be a boolean")
    return key


def check_submit_button(card: Json, *, text_required: bool) -> None:
    """Check the button that sends a vote or a selection."""
    button = record(card, "submit_button") or {}
    key = text(button, "key")
    if not key or size(key) > KEY_BYTES:
        raise WeComError(42046)
    if text_required and not text(button, "text"):
        raise WeComError(42049)
