"""What a manager's command is about: the lead and the rep, if this manager may act on them."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.chat import pending, texts
from bot.chat import texts_managers as words
from bot.chat.command_parser import Command
from bot.chat.people_names import Named, read_person
from bot.chat.standing_of_lead import may_see_holder
from bot.chat.talk import Talk
from bot.chat.wording import shortened
from bot.messaging import Option
from bot.services.assign import board_of
from routing.decision import Reason
from routing.eligibility import AWAY_FOR
from routing.reason_texts import reason_text
from routing.roster import Rep
from routing.standing import Away
from store.rows import LeadRow

_ECHO = 20
_REASONS = {away: reason for reason, away in AWAY_FOR.items()}


@dataclass(frozen=True, slots=True)
class Target:
    """The rep that a command names, and what stands behind the name."""

    rep: Rep
    rest: str = field(repr=False)


def usage(talk: Talk, command: Command) -> None:
    """Say how the command is written."""
    talk.say(texts.USAGE, usage=talk.words(texts.HOW[command.verb]))


def lead_meant(talk: Talk, command: Command) -> LeadRow | None:
    """Give the lead, if it is one of this manager's; else say why not."""
    if command.lead_id is None:
        usage(talk, command)
        return None
    found = talk.desk.tx.leads([command.lead_id])
    if not found:
        talk.say(texts.NO_SUCH_LEAD, lead=f"L{command.lead_id}")
    elif not may_see_holder(talk, found[0]):
        talk.say(words.NOT_YOUR_TEAMS_LEAD, lead=found[0].name)
    else:
        return found[0]
    return None


def managed(talk: Talk) -> list[Rep]:
    """Give the reps who take leads in the teams of this manager."""
    return [rep for rep in talk.office.table.reps if talk.office.manages(talk.me.id, rep.team)]


def rep_meant(talk: Talk, command: Command) -> Target | None:
    """Give the rep whom a command names, if this manager may act on him; several are asked back by card."""
    if not command.rest:
        usage(talk, command)
        return None
    named = read_person(command.rest, managed(talk))
    if not named.people:
        _say_who_it_is_not(talk, command)
        return None
    if len(named.people) > 1:
        title = talk.words(words.WHO_IS_MEANT, text=shortened(named.said, _ECHO))
        options = [Option(rep.id, talk.words(words.NAMED, name=rep.name, id=rep.id)) for rep in named.people]
        pending.ask_which(talk, command, title, options, rest=named.rest)
        return None
    return Target(named.people[0], named.rest)


def _say_who_it_is_not(talk: Talk, command: Command) -> None:
    """Nobody of this manager's teams is called so: say whether somebody else is."""
    others: Named = read_person(command.rest, talk.office.roster.reps)
    if len(others.people) != 1:
        talk.say(words.WHO, text=shortened(command.rest, _ECHO))
    elif talk.office.manages(talk.me.id, others.people[0].team):
        talk.say(words.TAKES_NONE, name=others.people[0].name)
    else:
        talk.say(words.NOT_YOUR_TEAM, name=others.people[0].name)


def duty_of(talk: Talk, rep: Rep) -> str | None:
    """Say why a rep is away now; None for somebody who is there."""
    board = board_of(talk.desk)
    if not board.is_away(rep.id):
        return None
    at = talk.office.table.index.get(rep.id)
    away = Away(int(board.standing.away[at])) if at is not None else Away.OFFLINE
    return reason_text(_REASONS.get(away, Reason.OFFLINE), rep, None, None, locale=talk.me.locale)
