"""Whose limit or weight a change is about, and whether this person may make it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot.chat import texts_policy as words
from bot.chat.command_parser import Command
from bot.chat.command_words import folded
from bot.chat.manager_targets import usage
from bot.chat.policy_words import Wanted, read_change
from bot.chat.talk import Talk
from bot.chat.wording import shortened
from bot.services.texts_on_cards import JOINT
from routing.policy import Capacity, TeamCapacity
from routing.policy_change import Figure, PolicyChange

_ECHO: Final = 20
_HUNDREDTHS: Final = 100


def change_meant(talk: Talk, command: Command) -> PolicyChange | None:
    """Read the change that a command asks for; None where it can't be made by this person, which is said."""
    wanted = read_change(command.rest)
    if wanted is None:
        usage(talk, command)
        return None
    return _weight(talk, wanted) if wanted.figure is Figure.WEIGHT else _limit(talk, wanted)


def _weight(talk: Talk, wanted: Wanted) -> PolicyChange | None:
    factors = {folded(factor.name): factor for factor in talk.office.policy.factors}
    factor = factors.get(folded(wanted.target or ""))
    if factor is None:
        names = talk.words(JOINT).join(known.name for known in factors.values()) or talk.words(words.NONE)
        talk.say(words.NO_SUCH_FACTOR, name=shortened(wanted.target or "", _ECHO), names=names)
        return None
    if not _may(talk, None) or not _was_so(talk, wanted, factor.weight):
        return None
    return PolicyChange(Figure.WEIGHT, factor.name, wanted.value(factor.weight))


def _limit(talk: Talk, wanted: Wanted) -> PolicyChange | None:
    capacity, team = talk.office.policy.capacity, None
    if wanted.target is not None:
        team = _team(talk, wanted.target)
        if team is None:
            return None
        if wanted.figure is Figure.RESUME_AT:
            talk.say(words.ONLY_FOR_ALL, figure=talk.words(words.FIGURES[wanted.figure]))
            return None
    now = _limit_now(capacity, team, wanted.figure)
    if not _may(talk, team) or not _was_so(talk, wanted, now):
        return None
    return PolicyChange(wanted.figure, team, wanted.value(now or 0) // _HUNDREDTHS)


def _limit_now(capacity: Capacity, team: str | None, figure: Figure) -> int | None:
    """Give the limit that holds, in hundredths: the team's, else everybody's; None where there is none."""
    of_all = {Figure.PER_DAY: capacity.per_day, Figure.OPEN: capacity.open, Figure.RESUME_AT: capacity.resume_at}[
        figure
    ]
    of_team = capacity.teams.get(team or "", TeamCapacity())
    own = {Figure.PER_DAY: of_team.per_day, Figure.OPEN: of_team.open}.get(figure)
    limit = own if own is not None else of_all
    return None if limit is None else limit * _HUNDREDTHS


def _team(talk: Talk, typed: str) -> str | None:
    """Give the team of a name or id; a word that is a rule's as well means the team."""
    teams = talk.office.roster.teams.values()
    word = folded(typed).removesuffix("团队").strip()
    found = [
        team.id
        for team in teams
        if word in {folded(team.id), folded(team.name), folded(team.name).removesuffix("团队")}
    ]
    if len(found) == 1:
        return found[0]
    names = talk.words(JOINT).join(team.name for team in teams)
    talk.say(words.NO_SUCH_TEAM, name=shortened(typed, _ECHO), names=names)
    return None


def _may(talk: Talk, team: str | None) -> bool:
    """Say whether this person may change what concerns a team, or everybody; else say who may."""
    allowed = talk.office.is_admin(talk.me.id) if team is None else talk.office.manages(talk.me.id, team)
    if not allowed:
        talk.say(words.NOT_YOURS)
    return allowed


def _was_so(talk: Talk, wanted: Wanted, now: int | None) -> bool:
    """Say whether the old value is what the person believes; a change made on a wrong belief is none."""
    if wanted.relative and now is None:
        wanted = replace(wanted, was=-1)
    if wanted.was is None or wanted.was == now:
        return True
    shown = talk.words(words.NONE) if now is None else f"{now / _HUNDREDTHS:g}"
    talk.say(words.WAS_OTHER, now=shown, was=f"{wanted.was / _HUNDREDTHS:g}" if wanted.was >= 0 else "%")
    return False
