"""帮助, and what is said to words that are no command."""

from __future__ import annotations

from bot.chat import texts
from bot.chat.command_parser import Command, Unclear
from bot.chat.command_words import MANAGER_VERBS, REP_VERBS, Verb, name_of
from bot.chat.speaker import Speaker
from bot.chat.talk import Talk
from bot.chat.wording import fit_lines, shortened

_ECHO = 20


def may_use(me: Speaker, verb: Verb) -> bool:
    """Say whether this person's role has a command."""
    if verb in {Verb.HELP, Verb.NOT_BUILT}:
        return True
    if verb in {Verb.UNDO, Verb.CONFIRM, Verb.CANCEL}:
        return me.takes_leads or me.manages
    return (me.takes_leads and verb in REP_VERBS) or (me.manages and verb in MANAGER_VERBS)


def help_command(talk: Talk, command: Command) -> None:
    """List what the person may do, and nothing else."""
    del command
    me = talk.me
    if not me.takes_leads and not me.manages:
        talk.say(texts.HELP_NOTHING)
        return
    lines: list[str] = []
    listed: set[Verb] = set()
    for allowed, head, verbs in (
        (me.takes_leads, texts.HELP_HEAD, (Verb.HELP, *REP_VERBS)),
        (me.manages, texts.HELP_MANAGER if me.takes_leads else texts.HELP_HEAD, (Verb.HELP, *MANAGER_VERBS)),
    ):
        if allowed:
            lines += [talk.words(head), *(talk.words(texts.HOW[verb]) for verb in verbs if verb not in listed)]
            listed |= set(verbs)
    talk.say_text(fit_lines([*lines, talk.words(texts.HELP_FOOT)], me.locale))


def answer_unclear(talk: Talk, text: str, unclear: Unclear) -> None:
    """Say that a text was not understood, with the nearest commands that the person may use."""
    shown = shortened(text, _ECHO)
    names = [
        talk.words(texts.QUOTED, name=name_of(verb, talk.me.locale))
        for verb in unclear.suggestions
        if may_use(talk.me, verb)
    ]
    if names:
        talk.say(texts.DID_YOU_MEAN, text=shown, names=talk.words(texts.OR).join(names))
    else:
        talk.say(texts.UNCLEAR, text=shown)
