"""What an owner does with a lead besides closing it: parking it until a day, giving it back, answering a reminder."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final

from bot.chat import texts, texts_leads
from bot.chat import texts_pool as words
from bot.chat.parking_days import FURTHEST, day_in_note, parse_day, says_end
from bot.chat.talk import Talk
from bot.services import follow_up, parking, recycling
from bot.services.answer import Answer
from bot.wording import Words
from store.outbox import NewMessage, Urgency
from store.rows import LeadRow

_USUAL: Final = timedelta(hours=2)


def park_from_note(talk: Talk, row: LeadRow, note: str) -> bool:
    """Park a lead whose note says when the customer wants to talk again; says whether it did."""
    today = talk.desk.now.astimezone(talk.zone).date()
    day = day_in_note(note, today)
    if day is None or not today < day <= today + FURTHEST:
        return False
    _park(talk, row, datetime.combine(day, time(), talk.zone), words.NOTED_AND_PARKED)
    return True


def park_by_word(talk: Talk, row: LeadRow, rest: str) -> bool:
    """Park a lead until the day that 稍后 names, or end that; says whether the words were about a day at all."""
    if says_end(rest):
        if row.parked_until is None:
            talk.say(words.NOT_PARKED, lead=row.name)
        else:
            parking.end(talk.desk, row, by=talk.me.id)
            talk.say(words.PARKING_ENDED, lead=row.name)
        return True
    today = talk.desk.now.astimezone(talk.zone).date()
    day = parse_day(rest, today)
    if day is None:
        return False
    if day <= today:
        talk.say(words.PARK_PAST)
    elif day > today + FURTHEST:
        talk.say(words.PARK_TOO_FAR)
    else:
        _park(talk, row, datetime.combine(day, time(), talk.zone), words.PARKED)
    return True


def _park(talk: Talk, row: LeadRow, until: datetime, told: Words) -> None:
    parking.park(talk.desk, row, until, by=talk.me.id)
    talk.say(told, lead=row.name, until=f"{until:%Y-%m-%d}")


def give_back(talk: Talk, row: LeadRow, reason: str) -> None:
    """转出 of a lead that one owns: it goes to the pool; a tapped card becomes the question why."""
    offer_no = row.offer_no
    recycling.give_back(talk.desk, row, reason, by=talk.me.id)
    if talk.code is not None:
        private: dict[str, object] = {"code": talk.code}
        talk.desk.tx.message(
            NewMessage(talk.me.id, "reason_vote", Urgency.ANSWER, row.lead_id, offer_no, private=private)
        )
    else:
        talk.say(words.RETURNED if reason else words.RETURNED_TELL_WHY, lead=row.name)


def tap_noted(talk: Talk, answer: Answer) -> None:
    """已跟进 on a reminder."""
    row = _own_lead(talk, answer)
    if row is None:
        return
    follow_up.note(talk.desk, row, "", by=talk.me.id)
    _close(talk, answer, "noted", words.NOTED_TAP)


def tap_postpone(talk: Talk, answer: Answer) -> None:
    """延后 2 小时 on a reminder."""
    row = _own_lead(talk, answer)
    if row is None:
        return
    at = talk.desk.now + _USUAL
    follow_up.remind_later(talk.desk, row, at, by=talk.me.id)
    _close(talk, answer, "postponed", words.POSTPONED_TAP, at=talk.clock(at))


def tap_return(talk: Talk, answer: Answer) -> None:
    """转出 on a reminder."""
    row = _own_lead(talk, answer)
    if row is not None:
        give_back(talk, row, "")


def _own_lead(talk: Talk, answer: Answer) -> LeadRow | None:
    """Give the lead that a reminder is about while it is this person's; else say how it stands."""
    found = talk.desk.tx.leads([answer.lead_id])
    if not found:
        talk.say(texts.UNKNOWN_BUTTON)
        return None
    row = found[0]
    if row.owner == talk.me.id and row.state == "owned":
        return row
    if row.owner == talk.me.id:
        _close(talk, answer, "handled", texts_leads.ALREADY_CLOSED, state=talk.words(texts_leads.STATES[row.state]))
    elif _was_theirs(talk, answer):
        _close(talk, answer, "recycled", texts_leads.NOT_YOURS)
    else:
        _close(talk, answer, "not_yours", texts_leads.NOT_YOURS)
    return None


def _was_theirs(talk: Talk, answer: Answer) -> bool:
    made = talk.desk.tx.offers_of([answer.lead_id])[answer.lead_id]
    return any(each.rep_id == talk.me.id and each.state == "accepted" for each in made)


def _close(talk: Talk, answer: Answer, face: str, told: Words, **values: object) -> None:
    """Say it on the tapped card, or in words where the tap brought no code."""
    if talk.code is not None:
        talk.close_card(answer.lead_id, answer.offer_no or 0, face)
    else:
        talk.say(told, lead=f"L{answer.lead_id}", **values)
