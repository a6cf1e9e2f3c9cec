"""What a member can do with a card as it is displayed: its live keys and its questions."""

from __future__ import annotations

from sandbox.card_rules import ANSWERABLE
from sandbox.chats import Entry
from sandbox.json_fields import Json, record, records, text

Selections = dict[str, list[str]]


def live_keys(entry: Entry) -> list[str]:
    """Return the keys whose tap sends a template_card_event; none once the buttons are grey."""
    card = entry.content
    if entry.kind != "template_card" or entry.grey_text or entry.recalled:
        return []
    if card.get("card_type") == "button_interaction":
        return [text(button, "key") for button in records(card, "button_list") if button.get("type", 0) == 0]
    if card.get("card_type") in ANSWERABLE:
        return [text(record(card, "submit_button") or {}, "key")]
    return []


def menu_keys(entry: Entry) -> list[str]:
    """Return the keys of the menu in the card's corner; it stays when the buttons are grey."""
    if entry.kind != "template_card" or entry.recalled:
        return []
    menu = record(entry.content, "action_menu") or {}
    return [text(action, "key") for action in records(menu, "action_list")]


def button_texts(entry: Entry) -> list[str]:
    """Return the button labels as the member reads them."""
    if entry.kind != "template_card":
        return []
    if entry.grey_text:
        return [entry.grey_text]
    if entry.content.get("card_type") == "button_interaction":
        return [text(button, "text") for button in records(entry.content, "button_list")]
    if entry.content.get("card_type") in ANSWERABLE:
        return [text(record(entry.content, "submit_button") or {}, "text") or "提交"]
    return []


def default_selections(card: Json) -> Selections:
    """Return what is selected when the member touches nothing but the button."""
    checkbox = record(card, "checkbox")
    if card.get("card_type") == "vote_interaction" and checkbox is not None:
        checked = [text(option, "id") for option in records(checkbox, "option_list") if option.get("is_checked")]
        return {text(checkbox, "question_key"): checked}
    return {
        text(question, "question_key"): [text(question, "selected_id") or text(options[0], "id")]
        for question in _drop_downs(card)
        if (options := records(question, "option_list"))
    }


def check_selections(card: Json, selections: Selections) -> str:
    """Return why a member could not have chosen this, or an empty string."""
    questions = _drop_downs(card)
    single = True
    checkbox = record(card, "checkbox")
    if card.get("card_type") == "vote_interaction" and checkbox is not None:
        questions, single = [checkbox], checkbox.get("mode", 0) == 0
    known = {text(q, "question_key"): {text(o, "id") for o in records(q, "option_list")} for q in questions}
    for question, chosen in selections.items():
        if question not in known:
            return f"the card has no question {question!r}"
        if not set(chosen) <= known[question]:
            return f"the question {question!r} has no such option"
        if not chosen or (single and len(chosen) > 1):
            return f"the question {question!r} wants {'one answer' if single else 'an answer'}"
    return ""


def card_text(entry: Entry) -> str:
    """Return all words a member reads in an entry, one line each, for assertions."""
    lines = _words(entry.content)
    return "\n".join([*lines, *button_texts(entry)] if entry.kind == "template_card" else lines)


_UNSEEN = frozenset(
    [
        "card_type",
        "task_id",
        "key",
        "url",
        "icon_url",
        "image_url",
        "picurl",
        "appid",
        "pagepath",
        "question_key",
        "id",
        "selected_id",
        "userid",
        "media_id",
        "button_list",
        "submit_button",
        "replace_text",
    ]
)


def _words(node: object) -> list[str]:
    if isinstance(node, str):
        return [node] if node else []
    if isinstance(node, list):
        return [word for item in node for word in _words(item)]
    if isinstance(node, dict):
        return [word for key, value in node.items() if key not in _UNSEEN for word in _words(value)]
    return []


def _drop_downs(card: Json) -> list[Json]:
    if card.get("card_type") == "button_interaction":
        selection = record(card, "button_selection")
        return [selection] if selection is not None else []
    if card.get("card_type") == "multiple_interaction":
        return records(card, "select_list")
    return []
