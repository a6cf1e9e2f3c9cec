"""Taps on buttons. A key says what was tapped, never who may: that is looked up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from bot.chat import offer_commands, texts, texts_leads
from bot.chat.standing_of_lead import may_see_holder, state_of, where_it_is
from bot.chat.talk import Talk
from bot.messaging import Action, ButtonKey, Tap, parse_button_key
from bot.services import answer as answers
from bot.services.answer import Answer, Answered
from bot.services.message_content import DECLINE_REASONS

_MOST_DIGITS: Final = 12


def answer_tap(talk: Talk, tap: Tap) -> None:
    """Do what a button asks for, or say why not."""
    key = parse_button_key(tap.key)
    handler = None if key is None else HANDLERS.get(key.action)
    if key is None or handler is None:
        count = talk.desk.notes.get("unknown_buttons", 0)
        talk.desk.notes["unknown_buttons"] = count + 1 if isinstance(count, int) else 1
        talk.say(texts.UNKNOWN_BUTTON)
        return
    handler(talk, key, tap)


def lead_of(key: ButtonKey) -> int | None:
    """Give the lead that a key is about; None for a key of something else."""
    number = key.subject.removeprefix("L")
    fits = key.subject.startswith("L") and number.isascii() and number.isdigit() and len(number) <= _MOST_DIGITS
    return int(number) if fits else None


def _answer_of(talk: Talk, key: ButtonKey) -> Answer | None:
    lead_id = lead_of(key)
    if lead_id is None:
        talk.say(texts.UNKNOWN_BUTTON)
        return None
    return Answer(talk.me.id, lead_id, key.number, talk.code)


def _accept(talk: Talk, key: ButtonKey, tap: Tap) -> None:
    del tap
    answer = _answer_of(talk, key)
    if answer is not None:
        offer_commands.accept(talk, answer)


def _decline(talk: Talk, key: ButtonKey, tap: Tap) -> None:
    del tap
    answer = _answer_of(talk, key)
    if answer is not None:
        offer_commands.decline(talk, answer)


def _snooze(talk: Talk, key: ButtonKey, tap: Tap) -> None:
    del tap
    answer = _answer_of(talk, key)
    if answer is not None:
        offer_commands.snooze(talk, answer)


def _reason(talk: Talk, key: ButtonKey, tap: Tap) -> None:
    """Keep the reason chosen in the vote; a vote without a known reason only closes the card."""
    answer = _answer_of(talk, key)
    if answer is None:
        return
    options = (option for chosen in tap.selections.values() for option in chosen)
    reason = next((option for option in options if option in DECLINE_REASONS), None)
    if reason is None:
        offer_commands.close_vote(talk, answer)
        return
    outcome = answers.give_reason(talk.desk, answer, reason)
    if outcome.answered is not Answered.REASON_KEPT:
        offer_commands.tell_truth(talk, answer, outcome)
    elif talk.code is None:
        talk.say(texts_leads.REASON_KEPT, lead=f"L{answer.lead_id}")


def _closed(talk: Talk, key: ButtonKey, tap: Tap) -> None:
    """The button of a closed card: say how things stand, as far as this person may know."""
    del tap
    lead_id = lead_of(key)
    found = talk.desk.tx.leads([lead_id]) if lead_id is not None else []
    if not found:
        talk.say(texts.UNKNOWN_BUTTON)
        return
    row = found[0]
    if row.owner == talk.me.id:
        talk.say(texts_leads.HOW_IT_STANDS, lead=row.name, now=state_of(talk, row))
    elif may_see_holder(talk, row):
        talk.say(texts_leads.HOW_IT_STANDS, lead=row.name, now=where_it_is(talk, row))
    else:
        talk.say(texts_leads.NOT_YOURS, lead=row.name)


TapHandler = Callable[[Talk, ButtonKey, Tap], None]
HANDLERS: Final[Mapping[Action, TapHandler]] = MappingProxyType(
    {
        Action.ACCEPT: _accept,
        Action.DECLINE: _decline,
        Action.SNOOZE: _snooze,
        Action.REASON: _reason,
        Action.CLOSED: _closed,
    }
)
