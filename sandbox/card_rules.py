"""What WeCom demands of each of the five template cards (documentation page 90236)."""

from __future__ import annotations

import re
from collections.abc import Callable

from sandbox import card_blocks as blocks
from sandbox.card_lengths import overlong
from sandbox.errors import WeComError
from sandbox.json_fields import Json, check_url, number, record, records, size, text

ANSWERABLE = frozenset({"button_interaction", "vote_interaction", "multiple_interaction"})
_TASK_ID = re.compile(r"[0-9A-Za-z_\-@]{1,128}\Z")
_MOST_BUTTONS = 6
_MOST_QUESTIONS = 3
_FLATTEST, _WIDEST = 1.3, 2.25
_SHARED = frozenset({"card_type", "task_id", "source", "main_title", "replace_text"})
_NOTICE = _SHARED | {"action_menu", "quote_area", "horizontal_content_list", "jump_list", "card_action"}
_KNOWN: dict[str, frozenset[str]] = {
    "text_notice": _NOTICE | {"emphasis_content", "sub_title_text"},
    "news_notice": _NOTICE | {"card_image", "image_text_area", "vertical_content_list"},
    "button_interaction": (_NOTICE - {"jump_list"}) | {"sub_title_text", "button_selection", "button_list"},
    "vote_interaction": _SHARED | {"checkbox", "submit_button"},
    "multiple_interaction": _SHARED | {"select_list", "submit_button"},
}


def check_card(card: Json, *, update: bool, strict_lengths: bool) -> list[str]:
    """Check a template card.

    Args:
        card: The ``template_card`` object.
        update: The card replaces a shown one: it needs no task_id of its own.
        strict_lengths: Refuse texts over their recommended length.

    Returns:
        Warnings: texts over their recommended length, fields this type does not show.

    Raises:
        WeComError: For the first rule the card breaks.
    """
    card_type = text(card, "card_type")
    rules = _RULES.get(card_type)
    if rules is None:
        raise WeComError(42031, card_type)
    task_id = text(card, "task_id")
    has_menu = "action_menu" in _KNOWN[card_type] and blocks.check_action_menu(card)
    if not update and (task_id or has_menu or card_type in ANSWERABLE) and not _TASK_ID.match(task_id):
        raise WeComError(42014)
    blocks.check_source(card)
    rules(card)
    warnings = overlong(card)
    if warnings and strict_lengths:
        raise WeComError(40058, warnings[0])
    warnings += [f"{name} is not shown in {card_type}" for name in sorted(card.keys() - _KNOWN[card_type])]
    if update and task_id:
        warnings.append("task_id inside an update has no effect")
    return warnings


def needs_callback(card: Json) -> bool:
    """Whether taps on the card send callbacks, so that it can be updated by a response_code."""
    return card.get("card_type") in ANSWERABLE or bool(card.get("action_menu"))


def _text_notice(card: Json) -> None:
    title = blocks.check_main_title(card, required=False)
    if not title and not text(card, "sub_title_text"):
        raise WeComError(41016)
    emphasis = record(card, "emphasis_content") or {}
    text(emphasis, "title")
    text(emphasis, "desc")
    blocks.check_quote_area(card)
    blocks.check_horizontal_list(card)
    blocks.check_jump_list(card)
    blocks.check_card_action(card, required=True)


def _news_notice(card: Json) -> None:
    blocks.check_main_title(card, required=True)
    image, area = record(card, "card_image"), record(card, "image_text_area")
    if image is None and area is None:
        raise WeComError(42044)
    if image is not None:
        _check_image(image)
    if area is not None:
        blocks.check_link(area, {0: "", 1: "url", 2: "appid"}, 40058)
        if not text(area, "image_url"):
            raise WeComError(40058, "image_text_area.image_url")
        check_url(text(area, "image_url"))
    blocks.check_vertical_list(card)
    blocks.check_quote_area(card)
    blocks.check_horizontal_list(card)
    blocks.check_jump_list(card)
    blocks.check_card_action(card, required=True)


def _check_image(image: Json) -> None:
    if not text(image, "url"):
        raise WeComError(42044)
    check_url(text(image, "url"))
    ratio = image.get("aspect_ratio", _FLATTEST)
    if isinstance(ratio, bool) or not isinstance(ratio, int | float) or not _FLATTEST <= ratio <= _WIDEST:
        raise WeComError(40058, "card_image.aspect_ratio")


def _button_interaction(card: Json) -> None:
    blocks.check_main_title(card, required=True)
    text(card, "sub_title_text")
    text(card, "replace_text")
    blocks.check_quote_area(card)
    blocks.check_horizontal_list(card)
    blocks.check_card_action(card, required=False)
    selection = record(card, "button_selection")
    if selection is not None:
        blocks.check_question(selection, most=10)
    _check_buttons(records(card, "button_list"))


def _check_buttons(buttons: list[Json]) -> None:
    if not 1 <= len(buttons) <= _MOST_BUTTONS:
        raise WeComError(40058, "button_list length")
    keys = []
    for button in buttons:
        kind = number(button, "type")
        if not text(button, "text"):
            raise WeComError(42038)
        if number(button, "style", 1) not in (1, 2, 3, 4):
            raise WeComError(40058, "button_list.style")
        if kind == 0:
            keys.append(text(button, "key"))
        elif kind == 1:
            blocks.check_link(button, {1: "url"}, 40058)
        else:
            raise WeComError(40058, "button_list.type")
    if any(not key or size(key) > blocks.KEY_BYTES for key in keys) or len(set(keys)) < len(keys):
        raise WeComError(42039)


def _vote_interaction(card: Json) -> None:
    blocks.check_main_title(card, required=True)
    text(card, "replace_text")
    checkbox = record(card, "checkbox") or {}
    blocks.check_question(checkbox, most=20)
    if number(checkbox, "mode") not in (0, 1):
        raise WeComError(40058, "checkbox.mode")
    for option in records(checkbox, "option_list"):
        if not isinstance(option.get("is_checked", False), bool):
            raise WeComError(40058, "is_checked must be a boolean")
    blocks.check_submit_button(card, text_required=False)


def _multiple_interaction(card: Json) -> None:
    blocks.check_main_title(card, required=True)
    text(card, "replace_text")
    questions = records(card, "select_list")
    if not 1 <= len(questions) <= _MOST_QUESTIONS:
        raise WeComError(42047)
    keys = [blocks.check_question(question, most=10) for question in questions]
    if len(set(keys)) < len(keys):
        raise WeComError(42043)
    blocks.check_submit_button(card, text_required=True)


_RULES: dict[str, Callable[[Json], None]] = {
    "text_notice": _text_notice,
    "news_notice": _news_notice,
    "button_interaction": _button_interaction,
    "vote_interaction": _vote_interaction,
    "multiple_interaction": _multiple_interaction,
}
