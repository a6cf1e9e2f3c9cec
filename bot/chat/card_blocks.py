"""The parts that the cards about a lead share: title, rows, quoted need, reasons."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from bot.chat import card_limits as limits
from bot.chat.card_limits import fit, plain, usable_link, width
from bot.chat.texts_cards import CardWords
from bot.messaging import ButtonKey, LeadProfile

#: A template card as WeCom's JSON has it.
Card = dict[str, object]
#: Name and value of a row; a row without value is not shown.
Row = tuple[str, str | None]

BLUE: Final = 1
PLAIN: Final = 2

_DOT: Final = " · "
_CONTACT_IN_TITLE: Final = 14
_REASONS_OF_SCORE: Final = 100
_SEPARATOR = r"[ .\-_/·—–]{0,2}"
# Mobile phones of the mainland inside free text, however they are spaced.
_MOBILE = re.compile(rf"(?<!\d)[1１](?:{_SEPARATOR}\d){{10}}(?!\d)")
# Bounded, and begun only where a word begins: whatever a lead wrote, the search takes time in proportion to its length.
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9_.+-])([A-Za-z0-9_.+-])[A-Za-z0-9_.+-]{0,63}@([A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+)"
)


def reader(*, guarded: bool) -> Callable[[str | None], str]:
    """Give the function through which foreign text gets onto a card.

    Args:
        guarded: hide phone numbers and e-mail addresses that stand inside free text; for whoever is not the owner.
    """

    def read(text: str | None) -> str:
        shown = plain(text or "")
        return _hide_contacts(shown) if guarded else shown

    return read


def _hide_contacts(text: str) -> str:
    def masked(match: re.Match[str]) -> str:
        digits = [character for character in match[0] if character.isdigit()]
        return "".join([*digits[:3], "****", *digits[-4:]])

    return _EMAIL.sub(r"\1***@\2", _MOBILE.sub(masked, text))


def button_card(title: str) -> Card:
    """Begin a card with buttons."""
    return {"card_type": "button_interaction", "main_title": {"title": fit(title, limits.TITLE)}}


def button(text: str, key: ButtonKey, style: int) -> dict[str, object]:
    """Give one button that calls back."""
    return {"type": 0, "text": fit(text, limits.BUTTON_TEXT), "style": style, "key": str(key)}


def source_block(lead_id: str, source: str) -> dict[str, object]:
    """Say which lead this is and where it came from; the id first, since people type it."""
    return {"desc": fit(f"{lead_id}{_DOT}{source}" if source else lead_id, limits.SOURCE_DESC), "desc_color": 0}


def lead_title(profile: LeadProfile, lead_id: str, words: CardWords, read: Callable[[str | None], str]) -> str:
    """Give company·contact; a long company is cut before it pushes the contact off the card."""
    company, contact = read(profile.company), read(profile.contact)
    if not company or not contact:
        return company or contact or words.untitled.format(lead_id=lead_id)
    contact = fit(contact, _CONTACT_IN_TITLE)
    return f"{fit(company, limits.TITLE - 1 - width(contact))}·{contact}"


def score_parts(profile: LeadProfile, read: Callable[[str | None], str], words: CardWords) -> list[str]:
    """Give score and grade, as far as they are known."""
    parts = [] if profile.score is None else [words.points.format(score=profile.score)]
    return [*parts, words.grade.format(grade=fit(read(profile.grade), 4))] if profile.grade else parts


def masked_contact(profile: LeadProfile, words: CardWords) -> Row:
    """Give the row of the best contact there is."""
    if profile.masked_phone:
        return words.phone, profile.masked_phone
    if profile.masked_wechat:
        return words.wechat, profile.masked_wechat
    return words.email, profile.masked_email


def profile_rows(profile: LeadProfile, words: CardWords, read: Callable[[str | None], str]) -> list[Row]:
    """Give what is known of the lead itself, most wanted first."""
    trade = "·".join(part for part in (read(profile.industry), read(profile.size)) if part)
    return [
        (words.region, read(profile.region)),
        (words.trade_and_size, trade),
        (words.product, read(profile.product)),
        (words.prior_orders, read(profile.prior_orders)),
        (words.traits, _fitting([read(trait) for trait in profile.traits])),
    ]


def _fitting(traits: Sequence[str]) -> str:
    """Join as many whole traits as a row takes; the first one is cut only where it alone is too long."""
    whole = [trait for trait in traits if trait]
    for count in range(len(whole), 0, -1):
        for joint in (_DOT, "·"):
            joined = joint.join(whole[:count])
            if width(joined) <= limits.ROW_VALUE:
                return joined
    return whole[0] if whole else ""


def reasons_text(profile: LeadProfile, why_you: str, words: CardWords, read: Callable[[str | None], str]) -> list[str]:
    """Give the lines below the rows: the top three reasons of the score, and why this rep."""
    reasons = [reason for reason in map(read, profile.score_reasons[:3]) if reason]
    because = words.score_because.format(reasons=words.list_mark.join(reasons)) if reasons else ""
    return [fit(because, _REASONS_OF_SCORE) if because else "", words.why_you.format(why=why_you) if why_you else ""]


def describe(card: Card, parts: Sequence[str]) -> None:
    """Put the line below the title."""
    title = card["main_title"]
    text = _DOT.join(part for part in parts if part)
    if text and isinstance(title, dict):
        title["desc"] = fit(text, limits.TITLE_DESC)


def add_rows(card: Card, rows: Sequence[Row], lines: Sequence[str], page: tuple[str, str, str] | None = None) -> None:
    """Put rows on the card, and the lines below them.

    Rows beyond the sixth join the lines, so that nothing is lost before the lines are full.

    Args:
        card: gets its `horizontal_content_list` and `sub_title_text`.
        rows: most wanted first; empty ones are left out.
        lines: text below the rows.
        page: name, words and address of a row that opens a page; it takes the last place.
    """
    filled = [(name, shown) for name, value in rows if (shown := plain(value or ""))]
    room = limits.ROWS - (page is not None)
    blocks: list[dict[str, object]] = [
        {"keyname": fit(name, limits.ROW_NAME), "value": fit(value, limits.ROW_VALUE)} for name, value in filled[:room]
    ]
    if page is not None:
        name, words, url = page
        blocks.append({"type": 1, "keyname": fit(name, limits.ROW_NAME), "value": words, "url": url})
    if blocks:
        card["horizontal_content_list"] = blocks
    add_lines(card, [*(f"{name} {fit(value, limits.ROW_VALUE)}" for name, value in filled[room:]), *lines])


def add_lines(card: Card, lines: Sequence[str]) -> None:
    """Put text below the rows; each line was made `plain` before."""
    text = "\n".join(line for line in lines if line)
    if text:
        card["sub_title_text"] = fit(text, limits.SUB_TITLE)


def quote_need(card: Card, need: str, words: CardWords) -> None:
    """Quote what the lead wants, in at most 80 characters."""
    if need:
        card["quote_area"] = {"type": 0, "title": words.need, "quote_text": fit(need, limits.NEED)}


def open_page(card: Card, link: str | None) -> None:
    """Let a tap on the card open the lead's page, where there is one."""
    url = usable_link(link)
    if url is not None:
        card["card_action"] = {"type": 1, "url": url}
