"""熔断 开/关: a manager opens or closes the breaker for hot leads by hand."""

from __future__ import annotations

from typing import Any

from bot.chat import pending
from bot.chat import texts_hot as words
from bot.chat.command_parser import Command
from bot.chat.command_words import SWITCH_OFF, SWITCH_ON, Verb, folded
from bot.chat.manager_targets import usage
from bot.chat.pending import Question
from bot.chat.talk import Talk
from bot.services import breaker_state, hot_leads
from routing.breaker import Phase
from store import breaker_switches
from store.commands import CommandRow


def breaker_command(talk: Talk, command: Command) -> None:
    """熔断 开, 熔断 关: asked for confirmation; 熔断 alone says how it stands."""
    wanted = folded(command.rest).strip()
    if talk.office.policy.hot is None:
        talk.say(words.NO_BREAKER)
    elif not wanted:
        talk.say_text(_state(talk))
    elif wanted not in SWITCH_ON | SWITCH_OFF:
        usage(talk, command)
    elif _is_so(talk, opens=wanted in SWITCH_ON):
        talk.say_text(_state(talk))
    else:
        title = words.OPEN_TITLE if wanted in SWITCH_ON else words.CLOSE_TITLE
        question = Question(Verb.BREAKER, {"opens": wanted in SWITCH_ON}, talk.words(title), (_state(talk),))
        pending.ask_to_confirm(talk, question)


def confirmed_breaker(talk: Talk, command: CommandRow) -> dict[str, Any] | None:
    """Carry out a confirmed 熔断, unless it stands so already."""
    opens = bool(command.arguments["opens"])
    if not hot_leads.switch_by_hand(talk.desk, opens=opens, by=talk.me.id):
        talk.say_text(_state(talk))
        return None
    talk.say(words.OPENED if opens else words.CLOSED)
    return {"kind": "breaker", "opens": opens}


def undo_breaker(talk: Talk, undo: dict[str, Any]) -> bool:
    """Switch it back, if it still stands as the command has left it."""
    opens = bool(undo["opens"])
    if not _is_so(talk, opens=opens) or not hot_leads.switch_by_hand(talk.desk, opens=not opens, by=talk.me.id):
        talk.say(words.UNDO_TOO_LATE)
        return False
    talk.say(words.CLOSED if opens else words.OPENED)
    return True


def _is_so(talk: Talk, *, opens: bool) -> bool:
    return breaker_state.phase_of(talk.desk) is (Phase.OPEN if opens else Phase.CLOSED)


def _state(talk: Talk) -> str:
    """Say how far it is open, and since when."""
    phase = breaker_state.phase_of(talk.desk)
    last = breaker_switches.latest(talk.desk.tx.connection, limit=1)
    if not last:
        return talk.words(words.NEVER_OPEN)
    return talk.words(words.SINCE, state=talk.words(words.PHASES[phase]), since=talk.clock(last[0].switched_at))
