"""复核: what waits for a manager; and 确认 / 改派 on the card of a lead that somebody has already."""

from __future__ import annotations

from typing import Final

from bot.chat import pending, texts
from bot.chat import texts_managers as words
from bot.chat.command_parser import Command
from bot.chat.command_words import Verb, name_of
from bot.chat.standing_of_lead import may_see_holder, where_it_is, who_is
from bot.chat.talk import Talk
from bot.chat.wording import fit_lines
from bot.services import manager_cards, review_items
from bot.services.message_content import reason_in_words, suggestions, why_in_review
from store import lead_queries
from store import review_items as stored_items
from store.rows import LeadRow

_MOST: Final = 60


def review_command(talk: Talk, command: Command) -> None:
    """复核: leads that wait for this manager, and those that somebody has and this manager should look at."""
    del command
    lines = [*_waiting(talk), *_items(talk)]
    talk.say_text(fit_lines(lines, talk.me.locale) if lines else talk.words(words.REVIEW_NONE))


def _waiting(talk: Talk) -> list[str]:
    tx = talk.desk.tx
    rows = [
        row for row in lead_queries.waiting(tx.connection, "review", tx.keys, limit=_MOST) if may_see_holder(talk, row)
    ]
    head = [talk.words(words.OVERDUE_REVIEW, count=len(rows))] if rows else []
    return head + [
        talk.words(words.OVERDUE_REVIEW_LINE, lead=row.name, who=who_is(row), since=talk.clock(row.waiting_since),
                   why=why_in_review(row, talk.me.locale))
        for row in rows
    ]  # fmt: skip


def _items(talk: Talk) -> list[str]:
    found = stored_items.open_items(talk.desk.tx.connection, limit=_MOST)
    rows = {row.lead_id: row for row in talk.desk.tx.leads([item.lead_id for item in found])}
    mine = [item for item in found if may_see_holder(talk, rows[item.lead_id])]
    head = [talk.words(words.REVIEW_ITEMS, count=len(mine))] if mine else []
    return head + [
        talk.words(words.REVIEW_ITEM_LINE, lead=f"L{item.lead_id}", now=where_it_is(talk, rows[item.lead_id]),
                   since=talk.clock(item.opened_at), why=reason_in_words(item.reason, talk.me.locale))
        for item in mine
    ]  # fmt: skip


def keep(talk: Talk, lead_id: int | None, number: int) -> None:
    """确认: the lead stays with whoever has it; the first manager to act wins, the others are told how it stands."""
    row = _open_item(talk, lead_id, number)
    if row is None:
        return
    if talk.code is not None:
        manager_cards.forget(talk.desk, row, talk.me.id)
        talk.close_card(row.lead_id, number, "confirmed")
    else:
        talk.say(words.REVIEW_KEPT, lead=row.name, now=where_it_is(talk, row))
    review_items.close(talk.desk, row, "confirmed", by=talk.me.id)


def move(talk: Talk, lead_id: int | None, number: int) -> None:
    """改派: asks to whom; the item stays open until the lead has moved."""
    row = _open_item(talk, lead_id, number)
    if row is None:
        return
    options = [option for option in suggestions(talk.desk, row, talk.me.id) if option.id != row.owner]
    if not options:
        talk.say(texts.USAGE, usage=talk.words(texts.HOW[Verb.REASSIGN]))
        return
    command = Command(Verb.REASSIGN, row.lead_id, "", name_of(Verb.REASSIGN, talk.me.locale))
    pending.ask_which(talk, command, talk.words(words.REVIEW_MOVE_TO, lead=row.name), options)


def _open_item(talk: Talk, lead_id: int | None, number: int) -> LeadRow | None:
    """Give the lead of a card, while it is still to be looked at and this manager may; else say how it stands."""
    found = talk.desk.tx.leads([lead_id]) if lead_id is not None else []
    if not found:
        talk.say(texts.UNKNOWN_BUTTON)
        return None
    row = found[0]
    if not may_see_holder(talk, row):
        talk.say(words.NOT_YOUR_TEAMS_LEAD, lead=row.name)
    elif review_items.is_open(talk.desk, row):
        return row
    elif talk.code is not None:
        detail = talk.words(words.REVIEW_OVER_SHORT, now=where_it_is(talk, row))
        talk.close_card(row.lead_id, number, "handled", detail=detail)
    else:
        talk.say(words.REVIEW_OVER, lead=row.name, now=where_it_is(talk, row))
    return None
