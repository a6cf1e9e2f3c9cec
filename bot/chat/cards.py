"""Template cards of WeCom as pure functions of messages, within all documented limits for any input.

Layout and limits: developer.work.weixin.qq.com/document/path/90236, section template_card. A card that is sent carries
a `task_id`; a card that replaces another carries none, and may have one dead button instead of live ones
(`replace_text`, page 94888).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from bot.chat import card_blocks as blocks
from bot.chat import card_limits as limits
from bot.chat.card_blocks import BLUE, PLAIN, Card, Row, button, button_card
from bot.chat.card_limits import fit, fit_bytes, plain, plain_lines, usable_link
from bot.chat.texts_cards import CardWords, duration_text, words_of
from bot.messaging import (
    AcceptedCard,
    Action,
    ButtonKey,
    CardMessage,
    ChoiceCard,
    ClosedCard,
    ConfirmCard,
    FollowUpCard,
    Locale,
    OfferCard,
    Option,
    ReasonVote,
    ReviewCard,
    ReviewItemCard,
    TextMessage,
)

_INSTALLATION: Final = re.compile(r"[0-9A-Za-z_-]{1,32}")
_TASK_ID: Final = re.compile(rf"[0-9A-Za-z_@-]{{1,{limits.TASK_ID_BYTES}}}")
_SUGGESTIONS: Final = limits.BUTTONS - 1
_CLOCK_TEXT: Final = 14
_LINK_TEXT_BYTES: Final = 256
_LEAST_TEXT_BYTES: Final = 512


def task_id_of(message: CardMessage, *, to: str, installation: str) -> str:
    """Name the task of a card: unique per offer, and apart from every other installation that uses the same app.

    Args:
        message: the card.
        to: the member; part of the name where several members get a card about the same thing.
        installation: tag of this database; only `0-9 A-Z a-z _ -`, at most 32.

    Raises:
        ValueError: a tag or id that can't stand in a task id.
    """
    task_id = f"{_task_name(message, to)}-{installation}"
    if not _INSTALLATION.fullmatch(installation) or not _TASK_ID.fullmatch(task_id):
        raise ValueError(f"no task id can be made of {task_id!r}")
    return task_id


def _task_name(message: CardMessage, to: str) -> str:
    match message:
        case OfferCard():
            return f"offer-{message.lead_id}-{message.offer_no}"
        case AcceptedCard():
            return f"accepted-{message.lead_id}-{message.offer_no}"
        case ReasonVote():
            return f"reason-{message.lead_id}-{message.offer_no}"
        case ClosedCard():
            return f"closed-{message.subject}-{message.offer_no}"
        case ConfirmCard():
            return f"confirm-{message.confirm_id}"
        case FollowUpCard():
            return f"followup-{message.lead_id}-{message.key}"
        case ChoiceCard():
            return f"choice-{message.choice_id}"
        case ReviewCard() | ReviewItemCard():
            return _managers_task(message, to)


def _managers_task(message: ReviewCard | ReviewItemCard, to: str) -> str:
    member = sha256(to.lower().encode("utf-8", "replace")).hexdigest()[:12]
    if isinstance(message, ReviewCard):
        return f"review-{message.lead_id}-{message.review_no}-{member}"
    return f"item-{message.lead_id}-{message.item_no}-{member}"


def template_card(message: CardMessage, *, locale: Locale = "zh-CN", task_id: str | None = None) -> Card:
    """Draw a card.

    Args:
        message: what it is to say.
        locale: language of its own words.
        task_id: for a card that is sent; None for one that replaces another.
    """
    card = _drawn(message, words_of(locale))
    if task_id is None:
        return card
    # Documented for replacing only; a sent card shows the same words on its one button.
    card.pop("replace_text", None)
    return {**card, "task_id": task_id}


def _drawn(message: CardMessage, words: CardWords) -> Card:
    match message:
        case OfferCard():
            return _offer(message, words)
        case AcceptedCard():
            return _accepted(message, words)
        case ClosedCard():
            return _closed(message)
        case ReasonVote():
            return _reason_vote(message, words)
        case ConfirmCard():
            return _confirm(message, words)
        case FollowUpCard():
            return _follow_up(message, words)
        case ChoiceCard():
            return _choice(message, words)
        case ReviewCard() | ReviewItemCard():
            return _review(message, words) if isinstance(message, ReviewCard) else _review_item(message, words)


def text_content(message: TextMessage) -> str:
    """Give the content of a text message: plain words, and the link below them."""
    text = plain_lines(message.text)
    link = usable_link(message.link)
    if link is None:
        return fit_bytes(text, limits.TEXT_BYTES)
    name = fit_bytes(plain_lines(message.link_text or link).replace("\n", " "), _LINK_TEXT_BYTES)
    anchor = f'\n<a href="{link}">{name}</a>'
    room = limits.TEXT_BYTES - len(anchor.encode())
    # An address that leaves no room for words is left out: the words are the message.
    if room < _LEAST_TEXT_BYTES:
        return fit_bytes(text, limits.TEXT_BYTES)
    return fit_bytes(text, room) + anchor


def _offer(message: OfferCard, words: CardWords) -> Card:
    profile, read = message.profile, blocks.reader(guarded=True)
    time = words.within.format(duration=duration_text(message.answer_within, words))
    if message.deadline_text:
        time = words.and_clock.format(time=time, clock=fit(plain(message.deadline_text), _CLOCK_TEXT))
    card = button_card(blocks.lead_title(profile, message.lead_id, words, read))
    card["source"] = blocks.source_block(message.lead_id, read(profile.source))
    blocks.describe(card, [*blocks.score_parts(profile, read, words), time])
    blocks.quote_need(card, read(profile.need), words)
    rows = [blocks.masked_contact(profile, words), *blocks.profile_rows(profile, words, read)]
    rows += [(words.script, message.script), (words.documents, words.list_mark.join(message.documents))]
    blocks.add_rows(card, rows, blocks.reasons_text(profile, read(message.why_you), words, read))
    card["button_list"] = [
        button(words.accept, ButtonKey(Action.ACCEPT, message.lead_id, message.offer_no), BLUE),
        button(words.decline, ButtonKey(Action.DECLINE, message.lead_id, message.offer_no), PLAIN),
        button(words.snooze, ButtonKey(Action.SNOOZE, message.lead_id, message.offer_no), PLAIN),
    ]
    blocks.open_page(card, message.link)
    return card


def _accepted(message: AcceptedCard, words: CardWords) -> Card:
    profile, read = message.profile, blocks.reader(guarded=False)
    card = button_card(blocks.lead_title(profile, message.lead_id, words, read))
    card["source"] = blocks.source_block(message.lead_id, read(profile.source))
    blocks.describe(card, blocks.score_parts(profile, read, words))
    blocks.quote_need(card, read(profile.need), words)
    due = message.follow_up_by and words.until.format(clock=plain(message.follow_up_by))
    rows: list[Row] = [
        (words.phone, message.phone),
        (words.wechat, message.wechat),
        (words.email, message.email),
        (words.owner, message.owner),
        (words.follow_up, due),
        (words.script, message.script),
        *blocks.profile_rows(profile, words, read),
    ]
    url = usable_link(message.link)
    page = None if url is None else (words.page, words.open_page, url)
    blocks.add_rows(card, rows, blocks.reasons_text(profile, "", words, read), page)
    card["button_list"] = [button(words.accepted, ButtonKey(Action.CLOSED, message.lead_id, message.offer_no), PLAIN)]
    card["replace_text"] = words.accepted
    blocks.open_page(card, message.link)
    return card


def _closed(message: ClosedCard) -> Card:
    text = fit(plain(message.text), limits.BUTTON_TEXT)
    card = button_card(plain(message.title or message.subject))
    blocks.add_lines(card, [plain(message.detail or "")])
    card["button_list"] = [button(text, ButtonKey(Action.CLOSED, message.subject, message.offer_no), PLAIN)]
    card["replace_text"] = text
    return card


def _reason_vote(message: ReasonVote, words: CardWords) -> Card:
    reasons = _distinct(message.reasons) or [Option("other", words.other_reason)]
    title = {
        "title": fit(words.reason_title, limits.VOTE_TITLE),
        "desc": fit(words.reason_detail.format(lead_id=message.lead_id), limits.VOTE_DESC),
    }
    options = [
        {"id": option.id, "text": fit(plain(option.text), limits.VOTE_OPTION_TEXT), "is_checked": False}
        for option in reasons[: limits.VOTE_OPTIONS]
    ]
    key = ButtonKey(Action.REASON, message.lead_id, message.offer_no)
    return {
        "card_type": "vote_interaction",
        "main_title": title,
        "checkbox": {"question_key": "reason", "mode": 0, "option_list": options},
        "submit_button": {"text": words.submit, "key": str(key)},
    }


def _confirm(message: ConfirmCard, words: CardWords) -> Card:
    card = button_card(plain(message.title))
    blocks.add_lines(card, [plain(line) for line in message.lines])
    card["button_list"] = [
        button(words.confirm, ButtonKey(Action.CONFIRM, message.confirm_id), BLUE),
        button(words.cancel, ButtonKey(Action.CANCEL, message.confirm_id), PLAIN),
    ]
    return card


def _follow_up(message: FollowUpCard, words: CardWords) -> Card:
    card = button_card(plain(message.title))
    blocks.add_lines(card, [plain(message.why)])
    card["button_list"] = [
        button(words.noted, ButtonKey(Action.NOTED, message.lead_id, message.offer_no), BLUE),
        button(words.postpone, ButtonKey(Action.POSTPONE, message.lead_id, message.offer_no), PLAIN),
        button(words.decline, ButtonKey(Action.RETURN, message.lead_id, message.offer_no), PLAIN),
    ]
    return card


def _choice(message: ChoiceCard, words: CardWords) -> Card:
    options = _distinct(message.options)
    shown = options[: limits.BUTTONS]
    hidden = len(options) - len(shown)
    # Two long names may look the same on their buttons: whatever is too long for one stands in full above them.
    cut = [text for text in (plain(option.text) for option in shown) if limits.width(text) > limits.BUTTON_TEXT]
    card = button_card(plain(message.title))
    blocks.add_lines(card, [words.more.format(count=hidden) if hidden else "", *cut])
    cancel = button(words.cancel, ButtonKey(Action.CANCEL, message.choice_id), PLAIN)
    card["button_list"] = [
        button(_on_button(option), ButtonKey(Action.CHOOSE, message.choice_id, 0, option.id), PLAIN) for option in shown
    ] or [cancel]
    return card


def _on_button(option: Option) -> str:
    text = plain(option.text)
    return text if option.short is None or limits.width(text) <= limits.BUTTON_TEXT else plain(option.short)


def _review(message: ReviewCard, words: CardWords) -> Card:
    profile, read = message.profile, blocks.reader(guarded=True)
    card = button_card(blocks.lead_title(profile, message.lead_id, words, read))
    card["source"] = blocks.source_block(message.lead_id, words.review)
    blocks.describe(card, [*blocks.score_parts(profile, read, words), read(message.why)])
    blocks.quote_need(card, read(profile.need), words)
    rows = [blocks.masked_contact(profile, words), *blocks.profile_rows(profile, words, read)]
    blocks.add_rows(card, rows, blocks.reasons_text(profile, "", words, read))
    card["button_list"] = [
        *(
            button(plain(rep.text), ButtonKey(Action.ASSIGN, message.lead_id, message.review_no, rep.id), BLUE)
            for rep in _distinct(message.suggestions)[:_SUGGESTIONS]
        ),
        button(words.snooze, ButtonKey(Action.LATER, message.lead_id, message.review_no), PLAIN),
    ]
    blocks.open_page(card, message.link)
    return card


def _review_item(message: ReviewItemCard, words: CardWords) -> Card:
    profile, read = message.profile, blocks.reader(guarded=True)
    card = button_card(blocks.lead_title(profile, message.lead_id, words, read))
    card["source"] = blocks.source_block(message.lead_id, words.review)
    blocks.describe(card, [*blocks.score_parts(profile, read, words), read(message.why)])
    blocks.quote_need(card, read(profile.need), words)
    rows = [
        (words.owner, message.holder),
        blocks.masked_contact(profile, words),
        *blocks.profile_rows(profile, words, read),
    ]
    blocks.add_rows(card, rows, blocks.reasons_text(profile, "", words, read))
    card["button_list"] = [
        button(words.confirm, ButtonKey(Action.KEEP, message.lead_id, message.item_no), BLUE),
        button(words.move, ButtonKey(Action.MOVE, message.lead_id, message.item_no), PLAIN),
    ]
    blocks.open_page(card, message.link)
    return card


def _distinct(options: Sequence[Option]) -> list[Option]:
    """Keep the first of each id: WeCom refuses a card on which two have the same."""
    first: dict[str, Option] = {}
    for option in options:
        first.setdefault(option.id, option)
    return list(first.values())
