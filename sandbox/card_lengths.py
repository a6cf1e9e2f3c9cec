"""Recommended text lengths of template cards (建议不超过N个字), in characters.

WeCom does not document whether longer texts are refused, so they are warnings here and refusals only in strict mode.
"""

from __future__ import annotations

from sandbox.json_fields import Json

_EVERYWHERE: dict[str, int] = {
    "source.desc": 20,
    "main_title.title": 36,
    "main_title.desc": 44,
    "emphasis_content.title": 14,
    "emphasis_content.desc": 22,
    "sub_title_text": 160,
    "horizontal_content_list.keyname": 5,
    "horizontal_content_list.value": 30,
    "jump_list.title": 18,
    "vertical_content_list.title": 38,
    "vertical_content_list.desc": 160,
    "button_list.text": 10,
    "button_selection.option_list.text": 16,
    "checkbox.option_list.text": 17,
    "select_list.option_list.text": 16,
    "submit_button.text": 10,
}
_BY_TYPE: dict[str, dict[str, int]] = {
    "vote_interaction": {"main_title.title": 16, "main_title.desc": 160},
    "multiple_interaction": {"main_title.desc": 160},
}


def overlong(card: Json) -> list[str]:
    """Return one line per text of ``card`` that is over its recommended length."""
    limits = _EVERYWHERE | _BY_TYPE.get(str(card.get("card_type")), {})
    found = []
    for path, limit in limits.items():
        longest = max((len(value) for value in _values(card, path.split("."))), default=0)
        if longest > limit:
            found.append(f"{path} has {longest} characters, recommended are at most {limit}")
    return found


def _values(node: object, path: list[str]) -> list[str]:
    if isinstance(node, list):
        return [value for item in node for value in _values(item, path)]
    if not path:
        return [node] if isinstance(node, str) else []
    return _values(node.get(path[0]), path[1:]) if isinstance(node, dict) else []
