"""派单, 改派, 撤回: a manager moves a lead by hand."""

from __future__ import annotations

from typing import Any

from bot.chat import pending
from bot.chat import texts_managers as words
from bot.chat.command_parser import Command
from bot.chat.command_words import Verb
from bot.chat.manager_targets import duty_of, lead_meant, rep_meant
from bot.chat.pending import Question
from bot.chat.standing_of_lead import may_see_holder, state_of, where_it_is
from bot.chat.talk import Talk
from bot.services import manage
from bot.services.manage import Before
from routing.roster import Rep
from store.commands import CommandRow
from store.rows import LeadRow


def give_command(talk: Talk, command: Command) -> None:
    """派单 and 改派; what takes a lead away from its owner is asked for confirmation."""
    row = lead_meant(talk, command)
    target = rep_meant(talk, command) if row is not None else None
    if row is None or target is None or _refused(talk, row, target.rep):
        return
    if command.verb is Verb.ASSIGN and row.owner is None:
        give_now(talk, row, target.rep)
        return
    title = talk.words(words.GIVE_TITLE, lead=row.name, name=target.rep.name)
    lines = (talk.words(words.NOW_LINE, now=where_it_is(talk, row)),)
    arguments = {"lead": row.lead_id, "rep": target.rep.id, "seen": _seen(row)}
    pending.ask_to_confirm(talk, Question(command.verb, arguments, title, lines))


def _refused(talk: Talk, row: LeadRow, rep: Rep) -> bool:
    """Say what makes giving this lead to this rep senseless."""
    running = talk.desk.tx.running_offers(row)
    if row.closed_at is not None:
        talk.say(words.CLOSED, lead=row.name, state=state_of(talk, row))
    elif [offer.rep_id for offer in running] == [rep.id]:
        talk.say(words.ALREADY_OFFERED, lead=row.name, name=rep.name)
    elif row.owner == rep.id:
        talk.say(words.ALREADY_OWNED, lead=row.name, name=rep.name)
    else:
        return False
    return True


def give_now(talk: Talk, row: LeadRow, rep: Rep, *, command: CommandRow | None = None) -> dict[str, Any]:
    """Offer the lead to the rep, say what came of it, and give how to take it back.

    Args:
        talk: with the manager.
        row: the lead.
        rep: the manager's pick.
        command: the command that was confirmed; without one a new one is recorded.
    """
    before = manage.give(talk.desk, row, rep.id, by=talk.me.id)
    undo = _undo(row, before)
    if command is None:
        pending.record(talk, Verb.ASSIGN, {"lead": row.lead_id, "rep": rep.id}, undo)
    away = duty_of(talk, rep)
    if row.state != "offered":
        talk.say(words.NOT_GIVEN, lead=row.name, name=rep.name, now=where_it_is(talk, row))
    elif away is not None:
        talk.say(words.GIVEN_AWAY, lead=row.name, name=rep.name, why=away)
    else:
        talk.say(words.GIVEN, lead=row.name, name=rep.name)
    return undo


def withdraw_command(talk: Talk, command: Command) -> None:
    """撤回 L: back to review, after confirmation."""
    row = lead_meant(talk, command)
    if row is None:
        return
    if row.owner is None and not talk.desk.tx.running_offers(row):
        talk.say(words.NOTHING_TO_WITHDRAW, lead=row.name, now=where_it_is(talk, row))
    elif row.closed_at is not None:
        talk.say(words.CLOSED, lead=row.name, state=state_of(talk, row))
    else:
        title = talk.words(words.WITHDRAW_TITLE, lead=row.name)
        lines = (talk.words(words.NOW_LINE, now=where_it_is(talk, row)), talk.words(words.WITHDRAW_LINE))
        arguments = {"lead": row.lead_id, "seen": _seen(row)}
        pending.ask_to_confirm(talk, Question(Verb.WITHDRAW, arguments, title, lines))


def confirmed_give(talk: Talk, command: CommandRow) -> dict[str, Any] | None:
    """Carry out a confirmed 派单 or 改派, unless the lead has moved since it was asked."""
    row = _unchanged(talk, command)
    rep = talk.office.roster.rep(str(command.arguments["rep"]))
    if row is None:
        return None
    if rep is None or rep.id not in talk.office.table.index or not talk.office.manages(talk.me.id, rep.team):
        talk.say(words.TAKES_NONE, name=command.arguments["rep"])
        return None
    return give_now(talk, row, rep, command=command)


def confirmed_withdraw(talk: Talk, command: CommandRow) -> dict[str, Any] | None:
    """Carry out a confirmed 撤回, unless the lead has moved since it was asked."""
    row = _unchanged(talk, command)
    if row is None:
        return None
    before = manage.recall(talk.desk, row, by=talk.me.id)
    talk.say(words.WITHDRAWN, lead=row.name)
    return _undo(row, before)


def _seen(row: LeadRow) -> list[object]:
    """Give what the manager saw when asked: who had the lead, under which offer."""
    return [row.state, row.owner, row.offer_no]


def _unchanged(talk: Talk, command: CommandRow) -> LeadRow | None:
    row = talk.desk.tx.lead(int(command.arguments["lead"]))
    if may_see_holder(talk, row) and _seen(row) == command.arguments["seen"]:
        return row
    now = where_it_is(talk, row) if may_see_holder(talk, row) else state_of(talk, row)
    talk.say(words.CHANGED, lead=row.name, now=now)
    return None


def _undo(row: LeadRow, before: Before) -> dict[str, Any]:
    return {
        "kind": "move",
        "lead": row.lead_id,
        "after": [row.state, row.offer_no],
        "before": [before.state, before.holder, before.pool_reason, before.review_reason],
    }
