"""Taps on buttons. A key says what was tapped, never who may: that is looked up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import structlog

from bot.chat import offer_commands, owned_leads, reviewing, texts, texts_leads, texts_managers
from bot.chat.command_parser import Command
from bot.chat.command_words import Verb, name_of
from bot.chat.commands import run
from bot.chat.confirming import cancel, confirm
from bot.chat.manager_moves import give_now
from bot.chat.pending import CHOICE, still_open
from bot.chat.standing_of_lead import may_see_holder, state_of, where_it_is
from bot.chat.talk import Talk
from bot.messaging import Action, ButtonKey, Tap, parse_button_key
from bot.services import answer as answers
from bot.services import manager_cards
from bot.services.answer import Answer, Answered
from bot.services.texts_on_cards import DECLINE_REASONS
from store import commands
from store.commands import CommandRow
from store.rows import LeadRow

log = structlog.get_logger()

_MOST_DIGITS: Final = 12
TapHandler = Callable[[Talk, ButtonKey, Tap], None]


def answer_tap(talk: Talk, tap: Tap) -> None:
    """Do what a button asks for, or say why not."""
    key = parse_button_key(tap.key)
    handler = None if key is None else HANDLERS.get(key.action)
    if key is None or handler is None:
        # Not a word of the key: whoever forged it could have put anything there.
        log.warning("button_unknown", user=talk.me.id)
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


def _about_own(handle: Callable[[Talk, Answer], None]) -> TapHandler:
    """Make the handler of a button on a reminder of an own lead."""

    def handler(talk: Talk, key: ButtonKey, tap: Tap) -> None:
        del tap
        answer = _answer_of(talk, key)
        if answer is not None:
            handle(talk, answer)

    return handler


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


def _command_of(talk: Talk, key: ButtonKey) -> CommandRow | None:
    """Give the command that a key of a question is about, None where there is none."""
    number = key.subject.removeprefix("C")
    fits = key.subject.startswith("C") and number.isascii() and number.isdigit() and len(number) <= _MOST_DIGITS
    tx = talk.desk.tx
    return commands.load(tx.connection, int(number), tx.keys) if fits else None


def _confirm(talk: Talk, key: ButtonKey, tap: Tap) -> None:
    del tap
    confirm(talk, _command_of(talk, key))


def _cancel(talk: Talk, key: ButtonKey, tap: Tap) -> None:
    del tap
    cancel(talk, _command_of(talk, key))


def _choose(talk: Talk, key: ButtonKey, tap: Tap) -> None:
    """Go on with a command whose name could have meant several."""
    del tap
    asked = still_open(talk, _command_of(talk, key), CHOICE)
    if asked is None:
        return
    if key.argument not in asked.arguments["options"]:
        talk.say(texts_managers.NO_SUCH_CHOICE)
        return
    commands.finish(talk.desk.tx.connection, asked.command_id, commands.CANCELLED)
    talk.close_command(asked, "handled")
    verb, prefix = Verb(asked.verb), "cancel " if asked.verb == Verb.LEAVE else ""
    rest = f"{prefix}{key.argument} {asked.private.get('rest', '')}".strip()
    # The card is spent on the choice; what follows answers by words or by a card of its own.
    run(Talk(talk.desk, talk.me), Command(verb, asked.arguments["lead"], rest, name_of(verb, talk.me.locale)))


def _assign(talk: Talk, key: ButtonKey, tap: Tap) -> None:
    """A manager picks somebody on a review card; the first one to act wins, the others are told how it stands."""
    del tap
    row = _under_review(talk, key)
    if row is None:
        return
    rep = talk.office.roster.rep(key.argument or "")
    if rep is None or rep.id not in talk.office.table.index or not talk.office.manages(talk.me.id, rep.team):
        talk.say(texts_managers.TAKES_NONE, name=rep.name if rep is not None else "?")
        return
    if talk.code is not None:
        manager_cards.forget(talk.desk, row, talk.me.id)
    give_now(talk, row, rep)
    if talk.code is not None:
        talk.close_card(
            row.lead_id, key.number, "handled", detail=talk.words(texts_managers.REVIEW_DONE, name=rep.name)
        )


def _later(talk: Talk, key: ButtonKey, tap: Tap) -> None:
    """A manager leaves a review for later: nothing changes, the ladder goes on."""
    del tap
    row = _under_review(talk, key)
    if row is not None:
        talk.say(texts_managers.REVIEW_LATER, lead=row.name)


def _under_review(talk: Talk, key: ButtonKey) -> LeadRow | None:
    """Give the lead of a review card while it waits for just this; else say how it stands."""
    lead_id = lead_of(key)
    found = talk.desk.tx.leads([lead_id]) if lead_id is not None else []
    if not found:
        talk.say(texts.UNKNOWN_BUTTON)
        return None
    row = found[0]
    if not may_see_holder(talk, row):
        talk.say(texts_leads.NOT_YOURS, lead=row.name)
        return None
    if row.state == "review" and row.offer_no == key.number:
        return row
    now = where_it_is(talk, row)
    if talk.code is not None:
        detail = talk.words(texts_managers.REVIEW_OVER_SHORT, now=now)
        talk.close_card(row.lead_id, key.number, "handled", detail=detail)
    else:
        talk.say(texts_managers.REVIEW_OVER, lead=row.name, now=now)
    return None


def _keep(talk: Talk, key: ButtonKey, tap: Tap) -> None:
    del tap
    reviewing.keep(talk, lead_of(key), key.number)


def _move(talk: Talk, key: ButtonKey, tap: Tap) -> None:
    del tap
    reviewing.move(talk, lead_of(key), key.number)


HANDLERS: Final[Mapping[Action, TapHandler]] = MappingProxyType(
    {
        Action.ACCEPT: _accept,
        Action.DECLINE: _decline,
        Action.SNOOZE: _snooze,
        Action.REASON: _reason,
        Action.CLOSED: _closed,
        Action.CONFIRM: _confirm,
        Action.CANCEL: _cancel,
        Action.CHOOSE: _choose,
        Action.ASSIGN: _assign,
        Action.LATER: _later,
        Action.KEEP: _keep,
        Action.MOVE: _move,
        Action.NOTED: _about_own(owned_leads.tap_noted),
        Action.POSTPONE: _about_own(owned_leads.tap_postpone),
        Action.RETURN: _about_own(owned_leads.tap_return),
    }
)
