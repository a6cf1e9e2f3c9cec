"""为什么不是我 L: what stood in the way, and the smallest change that would have been enough."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.chat import texts, texts_managers
from bot.chat import texts_why_not as words
from bot.chat.command_parser import Command
from bot.chat.explaining import deciding_offer
from bot.chat.manager_targets import lead_meant, rep_meant
from bot.chat.standing_of_lead import may_see_holder, state_of
from bot.chat.talk import Talk
from bot.chat.why_not_lines import Answer
from bot.services import why_not
from bot.services.explain import RecordUnreadable
from bot.services.texts_on_cards import JOINT
from bot.services.why_not import Asked
from routing.decision import Reason, Why
from store.rows import DecisionRow, LeadRow, OfferRow

_NO_CANDIDATES: Final = frozenset({Reason.TEAM, Reason.FENCE})


def why_not_command(talk: Talk, command: Command) -> None:
    """Answer 为什么不是我 L, and to managers 为什么不是 张三 L."""
    if command.lead_id is None or not (command.rest or talk.me.takes_leads):
        talk.say(texts.USAGE, usage=talk.words(texts.HOW[command.verb]))
        return
    if not command.rest:
        found = talk.desk.tx.leads([command.lead_id])
        if not found:
            talk.say(texts.NO_SUCH_LEAD, lead=f"L{command.lead_id}")
        else:
            _answer(talk, found[0], _Person(talk.me.id, talk.words(words.YOU)))
        return
    if not talk.me.manages:
        talk.say(texts.NOT_ALLOWED, name=command.word)
        return
    row = lead_meant(talk, command)
    target = rep_meant(talk, command) if row is not None else None
    if row is not None and target is not None:
        _answer(talk, row, _Person(target.rep.id, target.rep.name))


@dataclass(frozen=True, slots=True)
class _Person:
    """The rep that is asked about, and how this person is called in the answer."""

    rep_id: str
    called: str


def _answer(talk: Talk, row: LeadRow, about: _Person) -> None:
    tx = talk.desk.tx
    offer = deciding_offer(talk, row)
    decision_id = offer.decision_id if offer is not None else row.decision_id
    stored = tx.decision(decision_id) if decision_id is not None else None
    if about.rep_id in {row.owner, offer.rep_id if offer is not None else None}:
        talk.say(words.IT_WAS, lead=row.name, who=about.called)
    elif stored is None:
        talk.say(texts_managers.WHY_UNDECIDED, lead=row.name, now=state_of(talk, row))
    else:
        _tell(talk, row, offer, stored, about)


def _tell(talk: Talk, row: LeadRow, offer: OfferRow | None, stored: DecisionRow, about: _Person) -> None:
    try:
        asked = why_not.ask(talk.desk.tx.connection, talk.desk.offices, stored, about.rep_id)
    except RecordUnreadable:
        talk.say(words.UNREADABLE, lead=row.name)
        return
    if asked is None:
        talk.say(words.NOT_THERE, lead=row.name, who=about.called)
    elif asked.decision.rule_no < 0 and asked.decision.why is Why.NOBODY_EVER:
        talk.say(words.NO_RULE, lead=row.name)
    elif asked.reason in _NO_CANDIDATES and not may_see_holder(talk, row):
        _say_no_candidate(talk, row, asked, about)
    else:
        picked = offer is None or offer.offered_by != "system"
        talk.say_text("\n".join(Answer(talk, row, asked, about.called, picked).lines()))


def _say_no_candidate(talk: Talk, row: LeadRow, asked: Asked, about: _Person) -> None:
    """Name the rule and its teams: whoever is of another team was not a candidate, and is told no more."""
    named = asked.office.roster.teams
    rule = asked.office.policy.rules[asked.decision.rule_no]
    team = named[asked.rep.team].name
    if asked.reason is Reason.FENCE:
        talk.say(words.FENCED, lead=row.name, who=about.called, team=team)
        return
    teams = talk.words(JOINT).join(named[one].name for one in rule.teams or () if one in named)
    talk.say(words.NO_CANDIDATE, lead=row.name, rule=rule.name, who=about.called, team=team, teams=teams)
