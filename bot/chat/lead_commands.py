"""跟进, 成交, 输单, 无效, and 稍后 on one's own lead: what the owner says, or a manager in the owner's place."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from bot.chat import texts, texts_presence
from bot.chat import texts_leads as words
from bot.chat.command_parser import Command
from bot.chat.command_values import parse_amount, parse_duration
from bot.chat.command_words import Verb
from bot.chat.offer_commands import snooze_offer_command
from bot.chat.owned_leads import park_by_word, park_from_note
from bot.chat.standing_of_lead import may_see_holder, state_of
from bot.chat.talk import Talk
from bot.chat.wording import shortened
from bot.phrases import time_left
from bot.services import follow_up
from store.rows import LeadRow

LONGEST_SNOOZE: Final = timedelta(days=7)
USUAL_SNOOZE: Final = timedelta(hours=2)
_ECHO: Final = 20


def note_command(talk: Talk, command: Command) -> None:
    """跟进 L 内容."""
    row = _lead(talk, command, needs_words=True)
    if row is not None:
        follow_up.note(talk.desk, row, command.rest, by=talk.me.id)
        if not park_from_note(talk, row, command.rest):
            talk.say(words.NOTED, lead=row.name)


def won_command(talk: Talk, command: Command) -> None:
    """成交 L 金额."""
    row = _lead(talk, command, needs_words=True)
    if row is None:
        return
    amount = parse_amount(command.rest)
    if amount is None:
        talk.say(words.WRONG_AMOUNT, text=shortened(command.rest, _ECHO), lead=row.name)
        return
    owner = row.owner or ""
    follow_up.close_won(talk.desk, row, amount, by=talk.me.id)
    talk.say(words.WON, lead=row.name, amount=amount)
    _tell_owner(talk, row, owner)


def lost_command(talk: Talk, command: Command) -> None:
    """输单 L 原因."""
    row = _lead(talk, command, needs_words=True)
    if row is not None:
        owner = row.owner or ""
        follow_up.close_lost(talk.desk, row, command.rest, by=talk.me.id)
        talk.say(words.LOST, lead=row.name)
        _tell_owner(talk, row, owner)


def invalid_command(talk: Talk, command: Command) -> None:
    """无效 L 原因."""
    row = _lead(talk, command, needs_words=True)
    if row is not None:
        owner = row.owner or ""
        made_up = follow_up.close_invalid(talk.desk, row, command.rest, by=talk.me.id)
        within = time_left(talk.office.policy.make_up.within, talk.me.locale)
        talk.say(words.INVALIDATED[made_up], lead=row.name, within=within, most=talk.office.policy.make_up.per_month)
        _tell_owner(talk, row, owner)


def snooze_command(talk: Talk, command: Command) -> None:
    """稍后 L 2小时, 稍后 L 3月1日: on an own lead another reminder or a rest until then, on an offer one reminder less."""
    found = talk.desk.tx.leads([command.lead_id]) if command.lead_id is not None else []
    if not found or found[0].owner != talk.me.id or found[0].state != "owned":
        snooze_offer_command(talk, command)
        return
    length = parse_duration(command.rest) if command.rest else USUAL_SNOOZE
    if length is None and park_by_word(talk, found[0], command.rest):
        return
    if length is None:
        talk.say(texts_presence.DURATION_WRONG, text=shortened(command.rest, _ECHO))
    elif length > LONGEST_SNOOZE:
        talk.say(words.SNOOZE_TOO_LONG)
    else:
        at = talk.desk.now + length
        follow_up.remind_later(talk.desk, found[0], at, by=talk.me.id)
        talk.say(words.REMIND_AT, at=talk.clock(at), lead=found[0].name)


def _lead(talk: Talk, command: Command, *, needs_words: bool) -> LeadRow | None:
    """Give the owned lead that a command is about, if this person may speak for it; else say why not."""
    if command.lead_id is None or (needs_words and not command.rest):
        talk.say(texts.USAGE, usage=talk.words(texts.HOW[Verb(command.verb)]))
        return None
    found = talk.desk.tx.leads([command.lead_id])
    if not found:
        talk.say(texts.NO_SUCH_LEAD, lead=f"L{command.lead_id}")
        return None
    row = found[0]
    asked = talk.desk.tx.asks(row, talk.me.id) is not None
    if row.owner != talk.me.id and not asked and not may_see_holder(talk, row):
        talk.say(texts.NOT_YOUR_LEAD, lead=row.name)
    elif row.closed_at is not None:
        talk.say(words.ALREADY_CLOSED, lead=row.name, state=state_of(talk, row))
    elif row.state != "owned":
        talk.say(words.NOT_OWNED, lead=row.name)
    else:
        return row
    return None


def _tell_owner(talk: Talk, row: LeadRow, owner: str) -> None:
    locale = talk.office.locale_of(owner)
    talk.tell(owner, words.DONE_BY_MANAGER, name=talk.me.name, lead=row.name, state=words.STATES[row.state].say(locale))
