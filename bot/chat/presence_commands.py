"""请假, 上线, 下线: the rep's own word about being there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from bot.chat import pending, texts
from bot.chat import texts_presence as words
from bot.chat.command_parser import Command
from bot.chat.command_words import Verb, folded
from bot.chat.leave_times import Unreadable, parse_leave
from bot.chat.talk import Talk
from bot.chat.wording import fit_lines
from bot.messaging import Option
from bot.services import presence
from bot.wording import Words
from routing.working_time import next_on
from store import people
from store.people import LeaveRow

_CANCEL: Final = re.compile(r"(?:取消|销假|cancel)\s*(?P<leave>[0-9]{1,15})?")
_WRONG: Final[Mapping[Unreadable, Words]] = MappingProxyType(
    {
        Unreadable.NOT_UNDERSTOOD: words.LEAVE_HELP,
        Unreadable.PAST: words.LEAVE_PAST,
        Unreadable.BACKWARDS: words.LEAVE_BACKWARDS,
        Unreadable.TOO_LONG: words.LEAVE_TOO_LONG,
    }
)
#: From here on a pause is one that only somebody's word lifts.
_FAR_YEARS: Final = 50


def leave_command(talk: Talk, command: Command) -> None:
    """请假 今天 14:00-18:00, 请假 取消, or 请假 alone for what is entered and how it is written."""
    mine = _leaves(talk)
    cancel = _CANCEL.fullmatch(folded(command.rest))
    if cancel is not None:
        _cancel(talk, mine, cancel["leave"])
    elif not command.rest:
        _list(talk, mine)
    else:
        _take(talk, command)


def _leaves(talk: Talk) -> list[LeaveRow]:
    found = people.leaves_from(talk.desk.tx.connection, talk.desk.now)
    return [row for row in found if row.rep_id == talk.me.id]


def _list(talk: Talk, mine: list[LeaveRow]) -> None:
    usage = talk.words(texts.USAGE, usage=talk.words(texts.HOW[Verb.LEAVE]))
    if not mine:
        talk.say_text(f"{talk.words(words.LEAVE_NONE)}\n{usage}")
        return
    lines = [usage, talk.words(words.LEAVE_LIST), *(_span(talk, row.starts_at, row.ends_at) for row in mine)]
    talk.say_text(fit_lines(lines, talk.me.locale, keep=2))


def _take(talk: Talk, command: Command) -> None:
    span = parse_leave(command.rest, talk.desk.now.astimezone(talk.zone))
    if isinstance(span, Unreadable):
        talk.say(_WRONG[span])
        return
    desk = talk.desk
    leave_id, moved = presence.take_leave(desk, talk.me.id, span.starts_at, span.ends_at, entered_by=talk.me.id)
    pending.record(talk, Verb.LEAVE, {"leave": leave_id}, {"kind": "leave", "leave": leave_id})
    shown = _span(talk, span.starts_at, span.ends_at)
    talk.say(words.LEAVE_TAKEN_NOW if moved else words.LEAVE_TAKEN, span=shown, count=moved)


def _cancel(talk: Talk, mine: list[LeaveRow], named: str | None) -> None:
    if named is not None:
        mine = [row for row in mine if row.leave_id == int(named)]
        if not mine:
            talk.say(words.LEAVE_GONE)
            return
    if not mine:
        talk.say(words.LEAVE_NONE)
    elif len(mine) > 1:
        pending.ask_which(talk, Command(Verb.LEAVE), talk.words(words.WHICH_LEAVE), _options(talk, mine))
    else:
        cancel_leave(talk, mine[0])


def _options(talk: Talk, rows: list[LeaveRow]) -> list[Option]:
    """Tell leaves apart on their buttons by day and hour, and where that is not enough by their number in the list."""
    spans = [_span(talk, row.starts_at, row.ends_at) for row in rows]
    starts = [row.starts_at.astimezone(talk.zone) for row in rows]
    short = [f"{start.day}{talk.words(words.OF_THE_DAY)}{start:%H:%M}" for start in starts]
    if len(set(short)) < len(short):
        spans, short = ([f"{number}·{text}" for number, text in enumerate(texts_, 1)] for texts_ in (spans, short))
    return [Option(str(row.leave_id), *told) for row, *told in zip(rows, spans, short, strict=True)]


def cancel_leave(talk: Talk, row: LeaveRow) -> None:
    """Cancel one leave and say so."""
    presence.cancel_leave(talk.desk, row.leave_id)
    undo = {"kind": "leave_again", "from": row.starts_at.isoformat(), "until": row.ends_at.isoformat()}
    pending.record(talk, Verb.LEAVE, {"leave": row.leave_id}, undo)
    talk.say(words.LEAVE_CANCELLED, span=_span(talk, row.starts_at, row.ends_at))


def _span(talk: Talk, starts_at: datetime, ends_at: datetime) -> str:
    """Write a leave as the person's clock shows it; midnight at its end is 24:00 of the day before."""
    first, last = starts_at.astimezone(talk.zone), ends_at.astimezone(talk.zone)
    until = f"{last:%H:%M}" if first.date() == last.date() else f"{last:%m-%d %H:%M}"
    if (last.hour, last.minute) == (0, 0):
        before = last.date() - timedelta(days=1)
        until = "24:00" if before == first.date() else f"{before:%m-%d} 24:00"
    return f"{first:%m-%d %H:%M} – {until}"


def online_command(talk: Talk, command: Command) -> None:
    """上线 lifts 下线 and a pause for silence; it adds no shift and lifts no manager's pause."""
    del command
    if not _has_standing(talk):
        return
    lifted = presence.go_online(talk.desk, talk.me.id)
    known = {"offline": words.ONLINE, "silent": words.ONLINE_LIFTED}
    lines = [talk.words(known.get(lifted or "", words.ONLINE_ALREADY))]
    talk.say_text("\n".join([*lines, *_what_else_keeps_away(talk)]))


def _what_else_keeps_away(talk: Talk) -> list[str]:
    """Say what 上线 does not change: a manager's pause, a leave, the hours of the shift."""
    desk, me = talk.desk, talk.me
    standing = desk.tx.standings()[me.id]
    if standing.paused_until is not None and standing.paused_until > desk.now:
        name = talk.office.name_of(standing.paused_by or "")
        if standing.paused_until.year - desk.now.year > _FAR_YEARS:
            return [talk.words(words.BUT_PAUSED_OPEN, name=name)]
        return [talk.words(words.BUT_PAUSED, name=name, until=talk.clock(standing.paused_until))]
    running = [row for row in _leaves(talk) if row.starts_at <= desk.now]
    if running:
        return [talk.words(words.BUT_LEAVE, until=talk.clock(max(row.ends_at for row in running)))]
    at = next_on(desk.schedule_of(me.id), desk.now)
    if at is None:
        return [talk.words(words.BUT_OFF_SHIFT_OPEN)]
    return [talk.words(words.BUT_OFF_SHIFT, at=talk.clock(at))] if at > desk.now else []


def offline_command(talk: Talk, command: Command) -> None:
    """下线 hands open offers to others and takes no further ones."""
    del command
    if not _has_standing(talk):
        return
    if talk.desk.tx.standings()[talk.me.id].offline:
        talk.say(words.OFFLINE_ALREADY)
        return
    moved = presence.go_offline(talk.desk, talk.me.id)
    talk.say(words.OFFLINE_MOVED if moved else words.OFFLINE, count=moved)


def _has_standing(talk: Talk) -> bool:
    if talk.me.id in talk.desk.tx.standings():
        return True
    talk.say(words.NO_STANDING, name=talk.me.name)
    return False
