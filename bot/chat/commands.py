"""Which command does what, and who may give it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from bot.chat import texts
from bot.chat.command_parser import Command, Unclear, parse
from bot.chat.command_words import MANAGER_VERBS, Verb, name_of
from bot.chat.helping import answer_unclear, help_command, may_use
from bot.chat.my_leads import my_leads_command
from bot.chat.offer_commands import accept_command, decline_command
from bot.chat.talk import Talk

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
    handler = HANDLERS.get(verb)
    if handler is None:
        talk.say(texts.NOT_BUILT, name=command.word)
    elif not may_use(talk.me, verb):
        words = texts.NOT_ALLOWED if verb in MANAGER_VERBS else texts.REPS_ONLY
        talk.say(words, name=name_of(verb, talk.me.locale))
    else:
        handler(talk, command)


HANDLERS: Final[Mapping[Verb, Handler]] = MappingProxyType(
    {
        Verb.HELP: help_command,
        Verb.MY_LEADS: my_leads_command,
        Verb.ACCEPT: accept_command,
        Verb.DECLINE: decline_command,
    }
)
