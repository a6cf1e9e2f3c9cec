"""Which command does what, and who may give it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from bot.chat import texts
from bot.chat.appealing import appeal_command
from bot.chat.breaker_commands import breaker_command
from bot.chat.command_parser import Command, Unclear, parse
from bot.chat.command_words import MANAGER_VERBS, Verb, name_of
from bot.chat.confirming import cancel_command, confirm_command
from bot.chat.explaining import why_command
from bot.chat.helping import answer_unclear, help_command, may_use
from bot.chat.lead_commands import invalid_command, lost_command, note_command, snooze_command, won_command
from bot.chat.manager_moves import give_command, withdraw_command
from bot.chat.manager_people import credit_command, pause_command, resume_command
from bot.chat.my_leads import my_leads_command
from bot.chat.offer_commands import accept_command, decline_command
from bot.chat.overviews import load_command, overdue_command, status_command
from bot.chat.policy_commands import preview_command, publish_command, rollback_command, rules_command
from bot.chat.pool_commands import claim_command, pool_command
from bot.chat.presence_commands import leave_command, offline_command, online_command
from bot.chat.reviewing import review_command
from bot.chat.talk import Talk
from bot.chat.undoing import undo_command
from bot.chat.why_not_me import why_not_command

Handler = Callable[[Talk, Command], None]


def answer_text(talk: Talk, text: str) -> None:
    """Do what somebody typed, and answer it."""
    command = parse(text)
    if isinstance(command, Unclear):
        answer_unclear(talk, text, command)
    else:
        run(talk, command)


def run(talk: Talk, command: Command) -> None:
    """Carry out a command, if the person may give it."""
    verb = command.verb
    if verb is Verb.NOT_BUILT:
        talk.say(texts.NOT_BUILT, name=command.word)
    elif not may_use(talk.me, verb):
        words = texts.NOT_ALLOWED if verb in MANAGER_VERBS else texts.REPS_ONLY
        talk.say(words, name=name_of(verb, talk.me.locale))
    else:
        HANDLERS[verb](talk, command)


HANDLERS: Final[Mapping[Verb, Handler]] = MappingProxyType(
    {
        Verb.HELP: help_command,
        Verb.MY_LEADS: my_leads_command,
        Verb.ACCEPT: accept_command,
        Verb.DECLINE: decline_command,
        Verb.SNOOZE: snooze_command,
        Verb.NOTE: note_command,
        Verb.WON: won_command,
        Verb.LOST: lost_command,
        Verb.INVALID: invalid_command,
        Verb.POOL: pool_command,
        Verb.CLAIM: claim_command,
        Verb.LEAVE: leave_command,
        Verb.ONLINE: online_command,
        Verb.OFFLINE: offline_command,
        Verb.WHY: why_command,
        Verb.WHY_NOT: why_not_command,
        Verb.APPEAL: appeal_command,
        Verb.STATUS: status_command,
        Verb.LOAD: load_command,
        Verb.OVERDUE: overdue_command,
        Verb.REVIEW: review_command,
        Verb.ASSIGN: give_command,
        Verb.REASSIGN: give_command,
        Verb.WITHDRAW: withdraw_command,
        Verb.UNDO: undo_command,
        Verb.PAUSE: pause_command,
        Verb.RESUME: resume_command,
        Verb.CREDIT: credit_command,
        Verb.BREAKER: breaker_command,
        Verb.RULES: rules_command,
        Verb.PREVIEW: preview_command,
        Verb.PUBLISH: publish_command,
        Verb.ROLLBACK: rollback_command,
        Verb.CONFIRM: confirm_command,
        Verb.CANCEL: cancel_command,
    }
)
