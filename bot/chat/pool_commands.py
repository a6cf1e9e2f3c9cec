"""公海 and 领取."""

from __future__ import annotations

from bot.chat import texts, texts_leads
from bot.chat import texts_pool as words
from bot.chat.command_parser import Command
from bot.chat.command_words import Verb
from bot.chat.standing_of_lead import who_is
from bot.chat.talk import Talk
from bot.chat.wording import fit_lines
from bot.services import claims
from bot.services.claims import Claimed, Objection, Outcome
from routing.reason_texts import reason_text


def pool_command(talk: Talk, command: Command) -> None:
    """公海: what may be claimed, the newest first."""
    del command
    page = claims.browse(talk.desk, talk.me.id)
    if page.used_up:
        talk.say(words.VIEWS_USED_UP, views=page.views, limit=page.limit)
        return
    if not page.rows:
        talk.say(words.POOL_EMPTY)
        return
    lines = [talk.words(words.POOL_HEAD, count=len(page.rows))]
    lines += [
        talk.words(
            words.POOL_LINE, lead=row.name, who=who_is(row), score=row.score, since=talk.clock(row.waiting_since)
        )
        for row in page.rows
    ]
    foot = words.POOL_FOOT if page.limit is None else words.POOL_FOOT_VIEWS
    lines.append(talk.words(foot, views=page.views, limit=page.limit))
    talk.say_text(fit_lines(lines, talk.me.locale))


def claim_command(talk: Talk, command: Command) -> None:
    """领取 L."""
    if command.lead_id is None:
        talk.say(texts.USAGE, usage=talk.words(texts.HOW[Verb.CLAIM]))
        return
    lead = f"L{command.lead_id}"
    outcome = claims.claim(talk.desk, talk.me.id, command.lead_id)
    match outcome.claimed:
        case Claimed.CLAIMED:
            talk.say(words.CLAIMED, lead=lead)
        case Claimed.ALREADY_YOURS:
            talk.say(texts_leads.ALREADY_YOURS, lead=lead)
        case Claimed.UNKNOWN:
            talk.say(texts.NO_SUCH_LEAD, lead=lead)
        case _:
            _refuse(talk, lead, outcome)


def _refuse(talk: Talk, lead: str, outcome: Outcome) -> None:
    """Say what stands against a claim; never who has the lead."""
    match outcome.claimed:
        case Claimed.DAY_USED_UP:
            talk.say(words.DAY_USED_UP, used=outcome.used, limit=outcome.limit)
        case Claimed.HANDS_FULL:
            talk.say(words.HANDS_FULL, used=outcome.used, limit=outcome.limit)
        case Claimed.WAITS if outcome.until is not None:
            talk.say(words.WAITS, lead=lead, until=talk.clock(outcome.until))
        case Claimed.NOT_ADMITTED if outcome.objection is not None:
            talk.say(words.NOT_ADMITTED, lead=lead, why=_why_not(talk, outcome.objection))
        case Claimed.TAKEN:
            talk.say(words.TAKEN, lead=lead)
        case _:
            talk.say(words.NOT_IN_POOL, lead=lead)


def _why_not(talk: Talk, objection: Objection) -> str:
    rep = talk.office.table.reps[talk.office.table.index[talk.me.id]]
    return reason_text(objection.reason, rep, objection.require, objection.on, locale=talk.me.locale)
