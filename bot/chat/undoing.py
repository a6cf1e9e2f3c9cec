"""撤销: takes back the last command of the person, as far as truth allows, and else says why not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from bot.chat import texts_managers as words
from bot.chat import texts_presence
from bot.chat.breaker_commands import undo_breaker
from bot.chat.command_parser import Command
from bot.chat.command_words import Verb, name_of
from bot.chat.policy_commands import undo_policy
from bot.chat.standing_of_lead import may_see_holder, state_of, where_it_is
from bot.chat.talk import Talk
from bot.services import manage, presence
from bot.services.manage import Before
from store import commands, people
from store.commands import DONE, UNDONE
from store.rows import StandingRow


def undo_command(talk: Talk, command: Command) -> None:
    """撤销."""
    del command
    tx = talk.desk.tx
    last = commands.latest(tx.connection, talk.me.id, (DONE,), tx.keys)
    if last is None:
        talk.say(words.UNDO_NONE)
    elif last.undo is None:
        talk.say(words.UNDO_CANNOT, name=name_of(Verb(last.verb), talk.me.locale))
    elif UNDOERS[str(last.undo["kind"])](talk, last.undo):
        commands.finish(tx.connection, last.command_id, UNDONE)


def _undo_move(talk: Talk, undo: dict[str, Any]) -> bool:
    """Bring a lead back, while it stands where the command has left it: nobody has answered or moved it since."""
    row = talk.desk.tx.lead(int(undo["lead"]))
    if [row.state, row.offer_no] != undo["after"] or not may_see_holder(talk, row):
        now = where_it_is(talk, row) if may_see_holder(talk, row) else state_of(talk, row)
        talk.say(words.UNDO_TOO_LATE, lead=row.name, now=now)
        return False
    before = Before(*undo["before"])
    running = talk.desk.tx.running_offers(row)
    manage.put_back(talk.desk, row, before, by=talk.me.id)
    for offer in running:
        talk.tell(offer.rep_id, words.UNDONE_MOVE_TOLD, by=talk.me.name, lead=row.name)
    if row.state == "owned" and row.owner is not None:
        talk.tell(row.owner, words.UNDONE_OWNER_TOLD, by=talk.me.name, lead=row.name)
    talk.say(words.UNDONE_MOVE, lead=row.name, now=where_it_is(talk, row))
    return True


def _undo_pause(talk: Talk, undo: dict[str, Any]) -> bool:
    rep = str(undo["rep"])
    standing = talk.desk.tx.standings().get(rep)
    name = talk.office.name_of(rep)
    if standing is None or standing.pause_reason != "manager" or standing.paused_by != undo["by"]:
        talk.say(words.UNDO_PAUSE_GONE, name=name)
        return False
    presence.resume(talk.desk, rep)
    _set_pause(talk, standing, undo["was"])
    talk.say(words.UNDONE_PAUSE, name=name)
    talk.tell(rep, texts_presence.RESUMED_TOLD, by=talk.me.name)
    return True


def _undo_resume(talk: Talk, undo: dict[str, Any]) -> bool:
    rep = str(undo["rep"])
    standing = talk.desk.tx.standings().get(rep)
    name = talk.office.name_of(rep)
    until = datetime.fromisoformat(undo["was"][0]) if undo["was"][0] else None
    if standing is None or standing.paused_until is not None or until is None or until <= talk.desk.now:
        talk.say(words.UNDO_PAUSE_GONE, name=name)
        return False
    presence.pause(talk.desk, rep, until, by=talk.me.id)
    _set_pause(talk, standing, undo["was"])
    talk.say(words.UNDONE_RESUME, name=name)
    talk.tell(rep, texts_presence.PAUSED_TOLD, by=talk.me.name,
              until=texts_presence.OPEN_TOLD.say(talk.office.locale_of(rep)))  # fmt: skip
    return True


def _set_pause(talk: Talk, standing: StandingRow, was: list[str | None]) -> None:
    """Put an earlier pause back, if it would still be running."""
    until = datetime.fromisoformat(was[0]) if was[0] else None
    if until is not None and until > talk.desk.now:
        standing.paused_until, standing.pause_reason, standing.paused_by = until, was[1], was[2]


def _undo_credit(talk: Talk, undo: dict[str, Any]) -> bool:
    rep, given = str(undo["rep"]), [int(credit) for credit in undo["credits"]]
    back = people.remove_credits(talk.desk.tx.connection, given)
    name = talk.office.name_of(rep)
    if back == 0:
        talk.say(words.UNDO_CREDIT_USED)
        return False
    some = words.UNDONE_CREDIT if back == len(given) else words.UNDONE_CREDIT_SOME
    talk.say(some, name=name, count=back, used=len(given) - back)
    talk.tell(rep, words.CREDIT_BACK_TOLD, by=talk.me.name, count=back)
    return True


def _undo_leave(talk: Talk, undo: dict[str, Any]) -> bool:
    found = people.leaves_from(talk.desk.tx.connection, talk.desk.now)
    row = next((row for row in found if row.leave_id == undo["leave"]), None)
    if row is None or not presence.cancel_leave(talk.desk, row.leave_id):
        talk.say(texts_presence.LEAVE_GONE)
        return False
    talk.say(texts_presence.LEAVE_CANCELLED, span=f"{talk.clock(row.starts_at)} – {talk.clock(row.ends_at)}")
    return True


def _undo_cancelled_leave(talk: Talk, undo: dict[str, Any]) -> bool:
    starts_at, ends_at = datetime.fromisoformat(undo["from"]), datetime.fromisoformat(undo["until"])
    if ends_at <= talk.desk.now:
        talk.say(texts_presence.LEAVE_PAST)
        return False
    presence.take_leave(talk.desk, talk.me.id, starts_at, ends_at, entered_by=talk.me.id)
    talk.say(texts_presence.LEAVE_TAKEN, span=f"{talk.clock(starts_at)} – {talk.clock(ends_at)}")
    return True


UNDOERS: Final[Mapping[str, Callable[[Talk, dict[str, Any]], bool]]] = MappingProxyType(
    {
        "move": _undo_move,
        "pause": _undo_pause,
        "resume": _undo_resume,
        "credit": _undo_credit,
        "breaker": undo_breaker,
        "policy": undo_policy,
        "leave": _undo_leave,
        "leave_again": _undo_cancelled_leave,
    }
)
