"""状态, 负荷, 超时: what a manager asks about the whole."""

from __future__ import annotations

from typing import Final

from bot.chat import texts_managers as words
from bot.chat.command_parser import Command
from bot.chat.manager_targets import duty_of, managed
from bot.chat.standing_of_lead import may_see_holder, who_is
from bot.chat.talk import Talk
from bot.chat.wording import fit_lines
from bot.services import circuit, rates, unknown_fields
from bot.services.assign import board_of
from bot.services.duty_hours import first_contact_by
from bot.services.message_content import why_in_review
from bot.services.texts_on_cards import JOINT
from bot.wording import FIRST
from routing.policy import MILLION
from routing.policy_diff_texts import FIELDS
from routing.reps_table import NO_LIMIT
from store import lead_queries, overviews

_MOST: Final = 60
_MOST_FIELDS: Final = 3


def status_command(talk: Talk, command: Command) -> None:
    """状态: the installation in a few lines."""
    del command
    desk, office = talk.desk, talk.office
    board, mine = board_of(desk), [office.table.index[rep.id] for rep in managed(talk)]
    waiting = lead_queries.count_waiting(desk.tx.connection)
    running, overdue = overviews.running(desk.tx.connection, desk.now)
    standing = board.standing
    on = sum(not board.is_away(office.table.ids[at]) for at in mine)
    full = sum(bool(standing.resting[at]) or int(standing.open[at]) >= int(office.table.open_cap[at]) for at in mine)
    lines = [
        talk.words(words.STATUS_HEAD, policy=office.policy.version, roster=office.roster.version),
        talk.words(words.STATUS_WAITING, offered=running, **waiting),
        talk.words(words.STATUS_PEOPLE, on=on, all=len(mine), full=full),
        talk.words(words.STATUS_TODAY, today=sum(int(standing.today[at]) for at in mine)),
    ]
    if waiting["received"]:
        lines.append(talk.words(words.STATUS_UNDECIDED, received=waiting["received"]))
    lines += _without_fields(talk)
    recount = rates.recount_of(desk.tx.connection)
    if recount is not None:
        names = talk.words(JOINT).join(_field(talk, name) for name in recount.segments)
        lines.append(talk.words(words.STATUS_RECOUNT, fields=names, after=f"L{recount.after}", last=f"L{recount.last}"))
    if overdue:
        lines.append(talk.words(words.STATUS_OVERDUE, count=overdue))
    if circuit.is_open(desk):
        lines.append(talk.words(words.STATUS_CIRCUIT))
    talk.say_text("\n".join(lines))


def _without_fields(talk: Talk) -> list[str]:
    """Say what the newest leads of the day lack of what the rules ask for, and which rules took those."""
    told = []
    for name, rules in sorted(unknown_fields.of_today(talk.desk).items(), key=lambda item: -sum(item[1].values())):
        field = _field(talk, name)
        taken = sorted(rules.items(), key=lambda item: (-item[1], item[0]))
        by_rule = talk.words(JOINT).join(f"{rule} {count}" for rule, count in taken)
        told.append(talk.words(words.STATUS_UNKNOWN, field=field, count=sum(rules.values()), rules=by_rule))
    return told[:_MOST_FIELDS]


def _field(talk: Talk, name: str) -> str:
    return FIELDS.get(name, name) if talk.me.locale == FIRST else name


def load_command(talk: Talk, command: Command) -> None:
    """负荷: each rep of the manager's teams, the fullest first."""
    del command
    table, standing = talk.office.table, board_of(talk.desk).standing
    reps = managed(talk)
    if not reps:
        talk.say(words.LOAD_NONE)
        return
    at = {rep.id: table.index[rep.id] for rep in reps}
    reps.sort(
        key=lambda rep: (-int(standing.open[at[rep.id]]) * MILLION // int(table.open_cap[at[rep.id]] or 1), rep.id)
    )
    lines = [talk.words(words.LOAD_HEAD)]
    for rep in reps:
        cap = int(table.open_cap[at[rep.id]])
        lines.append(
            talk.words(
                words.LOAD_LINE,
                name=rep.name,
                open=int(standing.open[at[rep.id]]),
                cap=talk.words(words.NO_CAP) if cap >= NO_LIMIT else cap,
                today=int(standing.today[at[rep.id]]),
                deficit=in_leads(int(standing.deficit[at[rep.id]])),
                duty=duty_of(talk, rep) or talk.words(words.ON_DUTY),
            )
        )
    talk.say_text(fit_lines(lines, talk.me.locale))


def in_leads(millionths: int) -> str:
    """Write a deficit in leads, to one place; what rounds to nothing has no sign."""
    text = f"{millionths / MILLION:+.1f}"
    return text if float(text) else "0.0"


def overdue_command(talk: Talk, command: Command) -> None:
    """超时: leads that wait for a manager, offers that had to be reminded, owners who have not called."""
    del command
    lines = [*_in_review(talk), *_reminded(talk), *_without_contact(talk)]
    talk.say_text(fit_lines(lines, talk.me.locale) if lines else talk.words(words.OVERDUE_NONE))


def _in_review(talk: Talk) -> list[str]:
    tx = talk.desk.tx
    rows = [
        row for row in lead_queries.waiting(tx.connection, "review", tx.keys, limit=_MOST) if may_see_holder(talk, row)
    ]
    if not rows:
        return []
    return [
        talk.words(words.OVERDUE_REVIEW, count=len(rows)),
        *(
            talk.words(words.OVERDUE_REVIEW_LINE, lead=row.name, who=who_is(row), since=talk.clock(row.waiting_since),
                       why=why_in_review(row, talk.me.locale))
            for row in rows
        ),
    ]  # fmt: skip


def _reminded(talk: Talk) -> list[str]:
    found = overviews.reminded(talk.desk.tx.connection, [rep.id for rep in managed(talk)], limit=_MOST)
    if not found:
        return []
    return [
        talk.words(words.OVERDUE_REMINDED, count=len(found)),
        *(
            talk.words(words.OVERDUE_OFFER_LINE, lead=f"L{item.lead_id}", name=talk.office.name_of(item.rep_id),
                       round=item.round, at=talk.clock(item.deadline_at or talk.desk.now))
            for item in found
        ),
    ]  # fmt: skip


def _without_contact(talk: Talk) -> list[str]:
    found = overviews.without_contact(talk.desk.tx.connection, [rep.id for rep in managed(talk)], limit=_MOST)
    lines = []
    for item in found:
        due = first_contact_by(talk.desk, item.owner, item.owned_at)
        if due is not None and due < talk.desk.now:
            name = talk.office.name_of(item.owner)
            lines.append(talk.words(words.OVERDUE_CONTACT_LINE, lead=f"L{item.lead_id}", name=name, at=talk.clock(due)))
    return [talk.words(words.OVERDUE_CONTACT, count=len(lines)), *lines] if lines else []
