"""暂停, 恢复, 补单: what a manager says about a rep."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot.chat import pending, texts_presence
from bot.chat import texts_managers as words
from bot.chat.command_parser import Command
from bot.chat.command_values import parse_duration, read_count
from bot.chat.command_words import Verb
from bot.chat.manager_targets import rep_meant, usage
from bot.chat.pending import Question
from bot.chat.talk import Talk
from bot.chat.wording import shortened
from bot.services import manage, presence
from bot.services.manage import MonthUsedUp
from routing.roster import Rep
from store import offers
from store.commands import CommandRow
from store.rows import StandingRow

_ECHO: Final = 20


def pause_command(talk: Talk, command: Command) -> None:
    """暂停 张三 2小时, or without a time until 恢复; asked for confirmation."""
    target = rep_meant(talk, command)
    if target is None:
        return
    length = parse_duration(target.rest) if target.rest else None
    if target.rest and length is None:
        talk.say(texts_presence.DURATION_WRONG, text=shortened(target.rest, _ECHO))
        return
    rep = target.rep
    lines = [_until_line(talk, rep, length)]
    count = len(offers.running_of(talk.desk.tx.connection, rep.id))
    if count:
        lines.append(talk.words(texts_presence.PAUSE_OFFERS, count=count))
    seconds = None if length is None else int(length.total_seconds())
    title = talk.words(texts_presence.PAUSE_TITLE, name=rep.name)
    pending.ask_to_confirm(talk, Question(Verb.PAUSE, {"rep": rep.id, "seconds": seconds}, title, tuple(lines)))


def _until_line(talk: Talk, rep: Rep, length: timedelta | None) -> str:
    if length is None:
        return talk.words(texts_presence.PAUSE_OPEN, name=rep.name)
    return talk.words(texts_presence.PAUSE_UNTIL, until=talk.clock(talk.desk.now + length))


def confirmed_pause(talk: Talk, command: CommandRow) -> dict[str, Any] | None:
    """Carry out a confirmed 暂停; the time runs from now."""
    rep = talk.office.roster.rep(str(command.arguments["rep"]))
    standing = talk.desk.tx.standings().get(rep.id) if rep is not None else None
    if rep is None or standing is None or not talk.office.manages(talk.me.id, rep.team):
        talk.say(words.TAKES_NONE, name=command.arguments["rep"])
        return None
    was = _pause_of(standing)
    seconds = command.arguments["seconds"]
    until = None if seconds is None else talk.desk.now + timedelta(seconds=int(seconds))
    moved = presence.pause(talk.desk, rep.id, until, by=talk.me.id)
    done = texts_presence.PAUSED_MOVED if moved else texts_presence.PAUSED
    talk.say(done, name=rep.name, until=_until(talk, talk.me.id, until), count=moved)
    talk.tell(rep.id, texts_presence.PAUSED_TOLD, by=talk.me.name, until=_until(talk, rep.id, until))
    return {"kind": "pause", "rep": rep.id, "was": was, "by": talk.me.id}


def _until(talk: Talk, person: str, until: datetime | None) -> str:
    """Say until when, on that person's clock and in that person's language."""
    locale = talk.office.locale_of(person)
    if until is None:
        return texts_presence.OPEN_TOLD.say(locale)
    rep = talk.office.roster.rep(person)
    zone = ZoneInfo(rep.timezone) if rep is not None else talk.office.zone
    return texts_presence.UNTIL_TOLD.say(locale, until=f"{until.astimezone(zone):%m-%d %H:%M}")


def resume_command(talk: Talk, command: Command) -> None:
    """恢复 张三."""
    target = rep_meant(talk, command)
    if target is None:
        return
    rep = target.rep
    standing = talk.desk.tx.standings().get(rep.id)
    was = None if standing is None else _pause_of(standing)
    if standing is None or not presence.resume(talk.desk, rep.id):
        talk.say(texts_presence.NOT_PAUSED, name=rep.name)
        return
    pending.record(talk, Verb.RESUME, {"rep": rep.id}, {"kind": "resume", "rep": rep.id, "was": was})
    talk.say(texts_presence.RESUMED, name=rep.name)
    talk.tell(rep.id, texts_presence.RESUMED_TOLD, by=talk.me.name)


def _pause_of(standing: StandingRow) -> list[str | None]:
    until = standing.paused_until
    return [until.isoformat() if until is not None else None, standing.pause_reason, standing.paused_by]


def credit_command(talk: Talk, command: Command) -> None:
    """补单 张三 2 原因: gives turns back, as many in a month as the policy allows."""
    target = rep_meant(talk, command)
    if target is None:
        return
    rep, most = target.rep, talk.office.policy.make_up.per_month
    found = read_count(target.rest)
    count, reason = found if found is not None else (1, target.rest)
    reason = reason.strip(" ,:;、，。")
    if not reason:
        usage(talk, command)
        return
    if not 1 <= count <= most:
        talk.say(words.CREDIT_COUNT, most=most)
        return
    try:
        given = manage.give_turns(talk.desk, rep.id, count, reason=reason, by=talk.me.id)
    except MonthUsedUp:
        talk.say(words.CREDIT_LIMIT, name=rep.name, limit=most)
        return
    undo = {"kind": "credit", "rep": rep.id, "credits": given}
    pending.record(talk, Verb.CREDIT, {"rep": rep.id, "count": count}, undo, words=reason)
    talk.say(words.CREDITED, name=rep.name, count=count)
