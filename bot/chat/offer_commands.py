"""接单, 转出, 稍后, tapped or typed, and the truth for whoever comes too late or taps what was never his."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bot.chat import texts, texts_leads
from bot.chat.command_parser import Command
from bot.chat.command_words import Verb
from bot.chat.owned_leads import give_back
from bot.chat.standing_of_lead import may_see_holder, where_it_is, who_is
from bot.chat.talk import Talk
from bot.chat.wording import fit_lines
from bot.phrases import time_left
from bot.services import answer as answers
from bot.services.answer import Answer, Answered, Outcome
from bot.services.races import LOST
from bot.services.texts_notices import DECLINED_TELL_WHY, TAKEN
from store import offers
from store.outbox import NewMessage, Urgency

#: Offer state -> the words on the closed card.
_CLOSED: Final[Mapping[str, str]] = MappingProxyType(
    {"expired": "timed_out", "withdrawn": "withdrawn", "declined": "declined"}
)


def accept(talk: Talk, answer: Answer) -> None:
    """Take the lead; the card, or the words that stand in for it, show the whole number."""
    outcome = answers.accept(talk.desk, answer)
    row, offer = outcome.row, outcome.offer
    if outcome.answered is Answered.ACCEPTED and offer is not None:
        # Without any code the card can't be rewritten, and the words that stand in for it are the answer.
        if talk.code is None and offer.send_code is not None:
            talk.say(texts_leads.ACCEPTED, lead=f"L{answer.lead_id}")
    elif row is not None and row.owner == talk.me.id:
        _still_yours(talk, answer, outcome)
    else:
        tell_truth(talk, answer, outcome)


def _still_yours(talk: Talk, answer: Answer, outcome: Outcome) -> None:
    """Whatever the owner answers to an offer that is over: the lead is theirs, and a tapped card shows it again."""
    offer = outcome.offer
    if talk.code is None or offer is None or outcome.answered is not Answered.ALREADY_YOURS:
        talk.say(texts_leads.ALREADY_YOURS, lead=f"L{answer.lead_id}")
        return
    message = NewMessage(talk.me.id, "accepted_card", Urgency.ANSWER, answer.lead_id, offer.offer_no,
                         private={"code": talk.code})  # fmt: skip
    talk.desk.tx.message(message)


def decline(talk: Talk, answer: Answer, reason: str = "") -> None:
    """Pass the lead on; a tapped card becomes the question why, a typed reason is kept."""
    outcome = answers.decline(talk.desk, answer)
    offer, lead = outcome.offer, f"L{answer.lead_id}"
    if outcome.answered not in {Answered.DECLINED, Answered.ALREADY_DECLINED} or offer is None:
        tell_truth(talk, answer, outcome)
        return
    if talk.code is not None:
        if outcome.answered is Answered.ALREADY_DECLINED:
            _ask_why_again(talk, answer.lead_id, offer.offer_no, given=offer.end_reason is not None)
        return
    if outcome.answered is Answered.DECLINED:
        told: dict[str, object] = {"text": "declined"}
        talk.desk.tx.message(
            NewMessage(talk.me.id, "close_card", Urgency.REWRITE, answer.lead_id, offer.offer_no, told)
        )
    if reason:
        answers.give_reason(talk.desk, Answer(talk.me.id, answer.lead_id, offer.offer_no), reason)
        declined_now = outcome.answered is Answered.DECLINED
        talk.say(texts_leads.DECLINED if declined_now else texts_leads.REASON_KEPT, lead=lead)
    elif outcome.answered is Answered.DECLINED:
        talk.say(DECLINED_TELL_WHY, lead=lead)
    else:
        talk.say(texts_leads.ALREADY_DECLINED, lead=lead)


def _ask_why_again(talk: Talk, lead_id: int, offer_no: int, *, given: bool) -> None:
    """A second tap on 转出: the question stays open until it is answered."""
    if given:
        talk.close_card(lead_id, offer_no, "declined")
        return
    private: dict[str, object] = {"code": talk.code}
    talk.desk.tx.message(NewMessage(talk.me.id, "reason_vote", Urgency.ANSWER, lead_id, offer_no, private=private))


def snooze(talk: Talk, answer: Answer) -> None:
    """Drop the next reminder and say how long is left; the deadline stays where it is."""
    outcome = answers.snooze(talk.desk, answer)
    if outcome.answered is not Answered.SNOOZED or outcome.left is None or outcome.offer is None:
        tell_truth(talk, answer, outcome)
        return
    words = texts_leads.SNOOZED if outcome.offer.deadline_at is not None else texts_leads.SNOOZED_UNDELIVERED
    talk.say(words, lead=f"L{answer.lead_id}", left=time_left(outcome.left, talk.me.locale))


def tell_truth(talk: Talk, answer: Answer, outcome: Outcome) -> None:
    """Say why an answer changed nothing, on the tapped card where there is one; managers hear who has the lead now."""
    row, offer, lead = outcome.row, outcome.offer, f"L{answer.lead_id}"
    if row is None:
        talk.say(texts.NO_SUCH_LEAD, lead=lead)
        return
    if outcome.answered is Answered.ALREADY_YOURS:
        _still_yours(talk, answer, outcome)
        return
    now = where_it_is(talk, row) if may_see_holder(talk, row) else None
    if outcome.answered is Answered.NOT_YOURS or offer is None:
        detail = None if now is None else talk.words(texts_leads.NOT_YOURS_NOW, lead=lead, now=now)
        if talk.code is not None:
            talk.close_card(row.lead_id, answer.offer_no or 0, "not_yours", detail=detail)
        else:
            talk.say_text(detail or talk.words(texts_leads.NOT_YOURS, lead=lead))
        return
    lost = offer.end_reason == LOST
    why = talk.words(texts_leads.ENDED[offer.state])
    told, told_now = (TAKEN, texts_leads.TAKEN_NOW) if lost else (texts_leads.MOVED_ON, texts_leads.MOVED_ON_NOW)
    if talk.code is not None:
        detail = None if now is None else talk.words(told_now, lead=lead, why=why, now=now)
        closing = LOST if lost else _CLOSED.get(offer.state, "moved_on")
        talk.close_card(row.lead_id, offer.offer_no, closing, detail=detail)
    elif now is not None:
        talk.say(told_now, lead=lead, why=why, now=now)
    else:
        talk.say(told, lead=lead, why=why)


def accept_command(talk: Talk, command: Command) -> None:
    """接单 L, or 接单 alone when exactly one lead waits."""
    if command.lead_id is None and command.rest:
        talk.say(texts.USAGE, usage=talk.words(texts.HOW[Verb.ACCEPT]))
        return
    answer = _offer_meant(talk, command)
    if answer is not None:
        accept(talk, answer)


def decline_command(talk: Talk, command: Command) -> None:
    """转出 L 原因: an offer to the next one, an own lead back to the pool."""
    found = talk.desk.tx.leads([command.lead_id]) if command.lead_id is not None else []
    if found and found[0].owner == talk.me.id and found[0].state == "owned":
        give_back(talk, found[0], command.rest)
        return
    answer = _offer_meant(talk, command)
    if answer is not None:
        decline(talk, answer, command.rest)


def snooze_offer_command(talk: Talk, command: Command) -> None:
    """稍后 L for an offer."""
    answer = _offer_meant(talk, command)
    if answer is not None:
        snooze(talk, answer)


def _offer_meant(talk: Talk, command: Command) -> Answer | None:
    """Give the offer that a command is about; without a lead the only one there is, else the person is asked."""
    if command.lead_id is not None:
        return Answer(talk.me.id, command.lead_id)
    running = offers.running_of(talk.desk.tx.connection, talk.me.id)
    if len(running) == 1:
        return Answer(talk.me.id, running[0].lead_id, running[0].offer_no)
    if not running:
        talk.say(texts_leads.NO_OFFER)
        return None
    rows = talk.desk.tx.leads([offer.lead_id for offer in running])
    lines = [talk.words(texts_leads.WHICH_OFFER, count=len(rows)), *(f"{row.name} {who_is(row)}" for row in rows)]
    talk.say_text(fit_lines(lines, talk.me.locale))
    return None


def close_vote(talk: Talk, answer: Answer) -> None:
    """A vote without a reason: the decline stands, the card is closed; for anybody else's offer the truth is told."""
    offer = talk.desk.tx.offer(answer.lead_id, answer.offer_no or 0)
    mine = offer is not None and offer.rep_id.casefold() == talk.me.id.casefold()
    returned = offer is not None and offer.end_reason == "returned"
    if offer is None or not mine or talk.code is None or not (returned or offer.state == "declined"):
        talk.say(texts.UNKNOWN_BUTTON)
    else:
        talk.close_card(answer.lead_id, answer.offer_no or 0, "returned" if returned else "declined")
