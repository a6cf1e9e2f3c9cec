"""The limits of a template card, written a second time from WeCom's page 90236: cards.py shall not judge itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def complaints(card: Mapping[str, Any], *, sent: bool) -> list[str]:
    """List everything that WeCom would refuse or cut; empty for a good card."""
    found: list[str] = []

    def text(path: str, value: object, most: int) -> None:
        if not isinstance(value, str) or not value:
            found.append(f"{path}: not a text: {value!r}")
            return
        units = len(value.encode("utf-16-le", "surrogatepass")) // 2
        if units > most:
            found.append(f"{path}: {units} > {most}")
        if FORBIDDEN.search(value) or ("\n" in value and path != "sub_title_text"):
            found.append(f"{path}: forbidden character in {value!r}")
        if value.endswith("\u200d…"):
            found.append(f"{path}: cut inside a sequence")

    def key(path: str, value: object, most: int) -> None:
        if not isinstance(value, str) or not 1 <= len(value.encode()) <= most:
            found.append(f"{path}: bad key {value!r}")

    kind = card["card_type"]
    vote = kind == "vote_interaction"
    text("main_title.title", card["main_title"]["title"], 16 if vote else 36)
    if "desc" in card["main_title"]:
        text("main_title.desc", card["main_title"]["desc"], 160 if vote else 44)
    for path, most in (("source.desc", 20), ("quote_area.title", 20), ("quote_area.quote_text", 80)):
        block, name = path.split(".")
        if block in card:
            text(path, card[block][name], most)
    if "sub_title_text" in card:
        text("sub_title_text", card["sub_title_text"], 160)
    rows = card.get("horizontal_content_list", [])
    if len(rows) > 6:
        found.append(f"{len(rows)} rows")
    for row in rows:
        text("keyname", row["keyname"], 5)
        text("value", row["value"], 30)
        if row.get("type") == 1:
            key("row url", row["url"], 2048)
    if "card_action" in card:
        key("card_action.url", card["card_action"]["url"], 2048)
    found += _interaction(card, vote=vote, text=text, key=key)
    if sent != ("task_id" in card) or (sent and "replace_text" in card):
        found.append("task_id belongs on a card that is sent, replace_text on one that replaces")
    if sent and not re.fullmatch(r"[0-9A-Za-z_@-]{1,128}", card["task_id"]):
        found.append(f"task_id: {card['task_id']!r}")
    return found


def _interaction(card: Mapping[str, Any], *, vote: bool, text: Any, key: Any) -> list[str]:
    found: list[str] = []
    if vote:
        options = card["checkbox"]["option_list"]
        ids = [option["id"] for option in options]
        if not 1 <= len(options) <= 20 or len(set(ids)) != len(ids):
            found.append(f"options: {ids}")
        for option in options:
            text("option", option["text"], 17)
            key("option id", option["id"], 128)
        text("submit_button", card["submit_button"]["text"], 10)
        key("submit_button", card["submit_button"]["key"], 1024)
        return found
    buttons = card["button_list"]
    keys = [button["key"] for button in buttons]
    if not 1 <= len(buttons) <= 6 or len(set(keys)) != len(keys):
        found.append(f"buttons: {keys}")
    for button in buttons:
        text("button", button["text"], 10)
        key("button", button["key"], 1024)
        if button["style"] not in {1, 2, 3, 4} or button["type"] != 0:
            found.append(f"button: {button}")
    if "replace_text" in card:
        text("replace_text", card["replace_text"], 10)
    return found
