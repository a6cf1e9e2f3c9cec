"""申诉 L 原因: a lead went to somebody else, and the rep asks the managers to look at the decision."""

from __future__ import annotations

from bot.chat import texts
from bot.chat import texts_appeals as words
from bot.chat.command_parser import Command
from bot.chat.command_words import Verb, name_of
from bot.chat.explaining import why_command
from bot.chat.speaker import speaker_of
from bot.chat.standing_of_lead import state_of
from bot.chat.talk import Talk
from bot.chat.why_not_me import why_not_command
from bot.chat.wording import shortened
from bot.services import appeals
from bot.services.appeals import Appealed

_LONGEST = 200


def appeal_command(talk: Talk, command: Command) -> None:
    """Put a lead before its managers; each of them reads why it went where it went, and why not to this rep."""
    if command.lead_id is None:
        talk.say(texts.USAGE, usage=talk.words(texts.HOW[command.verb]))
        return
    found = talk.desk.tx.leads([command.lead_id])
    if not found:
        talk.say(texts.NO_SUCH_LEAD, lead=f"L{command.lead_id}")
        return
    row = found[0]
    running = [offer for offer in talk.desk.tx.offers_of([row.lead_id])[row.lead_id] if offer.state == "open"]
    mine = next((offer.rep_id for offer in running if offer.rep_id == talk.me.id), None)
    holder = row.owner if row.state == "owned" else mine or next((offer.rep_id for offer in running), None)
    done = appeals.appeal(talk.desk, row, talk.me.id, holder, command.rest[:_LONGEST])
    talk.say(words.ANSWERS[done.outcome], lead=row.name, now=state_of(talk, row))
    if done.outcome is Appealed.OPENED:
        for manager in done.asked:
            _attach(talk, manager, row.lead_id, command.rest)


def _attach(talk: Talk, manager: str, lead_id: int, said: str) -> None:
    """Tell a manager what the rep says, and what 为什么 and 为什么不是 would answer: the decision itself."""
    me = speaker_of(talk.office, manager)
    if me is None:
        return
    theirs = Talk(talk.desk, me)
    told = shortened(said, _LONGEST) or theirs.words(words.NO_REASON)
    theirs.say(words.TOLD, name=talk.me.name, lead=f"L{lead_id}", reason=told)
    why_command(theirs, Command(Verb.WHY, lead_id, "", name_of(Verb.WHY, me.locale)))
    if talk.office.manages(me.id, _team_of(talk)):
        why_not_command(theirs, Command(Verb.WHY_NOT, lead_id, talk.me.id, name_of(Verb.WHY_NOT, me.locale)))


def _team_of(talk: Talk) -> str | None:
    rep = talk.office.roster.rep(talk.me.id)
    return None if rep is None else rep.team
