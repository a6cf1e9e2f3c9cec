"""What a queued message says: built from rows at the first attempt, since by then the lead may have moved on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.masking import mask_numbers, plain_phone
from bot.messaging import (
    AcceptedCard,
    ChoiceCard,
    ClosedCard,
    ConfirmCard,
    FollowUpCard,
    Message,
    OfferCard,
    Option,
    ReasonVote,
    ReviewCard,
    ReviewItemCard,
    TextMessage,
)
from bot.phrases import time_left
from bot.services import notices, races, review, review_items, scenario, texts_notices
from bot.services.assign import board_of
from bot.services.desk import Desk
from bot.services.document_link import document_link
from bot.services.lead_link import lead_link
from bot.services.message_codes import can_rewrite
from bot.services.profile import profile_of, why_this_rep
from bot.services.texts_on_cards import (
    APPEAL,
    CLOSED_IN_WORDS,
    CLOSINGS,
    DECLINE_REASONS,
    JOINT,
    NOW_OFFERED,
    NOW_OWNED,
    REVIEW_REASONS,
)
from routing.working_time import on_duty
from store import documents
from store.rows import LeadRow, MessageRow, OfferRow

_SUGGESTED = 5
_CLOCK_FROM = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What to do with one message: send something new, or rewrite a card by its code.

    Attributes:
        message: to be sent, or the new face of the card.
        code: of the card to be rewritten; None sends.
        instead: words to send where the code is spent.
    """

    message: Message
    code: str | None = None
    instead: str | None = None


Builder = Callable[[Desk, MessageRow, LeadRow, OfferRow | None], Outgoing | None]


def outgoing(desk: Desk, message: MessageRow) -> Outgoing | None:
    """Build a message in its reader's language; None when it has lost its meaning (answered, the lead is gone)."""
    if message.kind in _PLAIN:
        return _PLAIN[message.kind](desk, message)
    if message.lead_id is None:
        return None
    found = desk.tx.leads([message.lead_id])
    if not found:
        return None
    offer = desk.tx.offer(message.lead_id, message.offer_no) if message.offer_no else None
    return _OF_LEADS[message.kind](desk, message, found[0], offer)


def _text(desk: Desk, message: MessageRow) -> Outgoing:
    del desk
    return Outgoing(TextMessage(str(message.private.get("text", "")), key=str(message.message_id)))


def _confirm(desk: Desk, message: MessageRow) -> Outgoing:
    del desk
    lines = tuple(str(line) for line in _items(message.private.get("lines")))
    return Outgoing(ConfirmCard(str(message.payload["command"]), str(message.private.get("title", "")), lines))


def _choice(desk: Desk, message: MessageRow) -> Outgoing:
    del desk
    options = tuple(Option(*(str(part) for part in item)) for item in _items(message.private.get("options")))
    return Outgoing(ChoiceCard(str(message.payload["command"]), str(message.private.get("title", "")), options))


def _close_command(desk: Desk, message: MessageRow) -> Outgoing | None:
    code = _code(message)
    if code is None:
        return None
    text, detail = _closing(desk, message)
    title = str(message.private.get("title") or "") or None
    return Outgoing(ClosedCard(str(message.payload["command"]), text, title=title, detail=detail), code)


def _closing(desk: Desk, message: MessageRow) -> tuple[str, str | None]:
    """Give the words on the dead button, and the sentence above it."""
    closing, locale = CLOSINGS[str(message.payload["text"])], desk.locale_of(message.to_member)
    return closing.text.say(locale), closing.detail.say(locale) if closing.detail is not None else None


def _items(value: object) -> list[list[object]]:
    return list(value) if isinstance(value, list) else []


def _code(message: MessageRow) -> str | None:
    code = message.private.get("code")
    return str(code) if code else None


def _offer_card(desk: Desk, message: MessageRow, row: LeadRow, offer: OfferRow | None) -> Outgoing | None:
    if offer is None or offer.state != "open":
        return None
    within = timedelta(seconds=offer.within_seconds)
    # The card goes out now at the earliest, so a time counted from now is never later than the deadline enforced.
    stands_still = offer.on_duty_clock and not on_duty(desk.schedule_of(offer.rep_id), desk.now)
    # Cut to the minute, a moment that is nearer than this would be printed as one that has passed.
    text = None if stands_still or within < _CLOCK_FROM else _clock(desk, offer.rep_id, desk.now + within)
    locale = desk.locale_of(message.to_member)
    profile, why = profile_of(desk, row, locale=locale), why_this_rep(desk, row, offer, locale=locale)
    card = OfferCard(row.name, offer.offer_no, profile, within, text, why, lead_link(desk, row, offer.rep_id),
                     scenario.script_of(desk, row, offer), scenario.on_card(desk, row, offer, locale))  # fmt: skip
    return Outgoing(card)


def _document(desk: Desk, message: MessageRow, row: LeadRow, offer: OfferRow | None) -> Outgoing | None:
    """Send a document after its card, while the rep has the lead."""
    if offer is None or row.offer_no != offer.offer_no or offer.state not in {"open", "accepted"}:
        return None
    name, version = str(message.payload["name"]), str(message.payload["version"])
    file = documents.known(desk.tx.connection).get((name, version))
    if file is None:
        return None
    locale = desk.locale_of(message.to_member)
    link = document_link(desk, row.lead_id, offer.rep_id, name, version)
    words = texts_notices.DOCUMENT_FILE if link is None else texts_notices.DOCUMENT
    text = words.say(locale, lead=row.name, name=name, version=version, file=file)
    open_words = texts_notices.OPEN_DOCUMENT.say(locale)
    return Outgoing(TextMessage(text, key=str(message.message_id), link=link, link_text=open_words))


def _offer_text(desk: Desk, message: MessageRow, row: LeadRow, offer: OfferRow | None) -> Outgoing | None:
    """Say in plain words what a card could not show, because the carrier refused it."""
    if offer is None or offer.state != "open":
        return None
    locale, minutes = desk.locale_of(message.to_member), -(-offer.within_seconds // 60)
    text = texts_notices.OFFERED_WITHOUT_CARD.say(locale, lead=row.name, minutes=minutes)
    return Outgoing(TextMessage(text, key=str(message.message_id)))


def _reminder(desk: Desk, message: MessageRow, row: LeadRow, offer: OfferRow | None) -> Outgoing | None:
    if offer is None or offer.state != "open" or offer.deadline_at is None or offer.deadline_at <= desk.now:
        return None
    locale = desk.locale_of(message.to_member)
    left = time_left(offer.deadline_at - desk.now, locale)
    who = mask_numbers(row.lead.company or row.lead.name or row.lead.channel or row.source, but_amounts=True)
    text = texts_notices.REMIND.say(locale, lead=row.name, who=who, left=left)
    return Outgoing(TextMessage(text, key=str(message.message_id)))


def _accepted_card(desk: Desk, message: MessageRow, row: LeadRow, offer: OfferRow | None) -> Outgoing | None:
    """Show the owner everything; nobody else, should the lead have moved on since."""
    if offer is None or row.owner is None or row.owner.casefold() != message.to_member.casefold():
        return None
    lead, by = row.lead, message.payload.get("follow_up_by")
    until = _clock(desk, row.owner, datetime.fromisoformat(str(by)), day=True) if by else None
    locale, owner = desk.locale_of(message.to_member), desk.open_office.name_of(row.owner)
    card = AcceptedCard(row.name, offer.offer_no, profile_of(desk, row, locale=locale, whole=True), owner,
                        plain_phone(lead.phone), lead.wechat, lead.email, until, lead_link(desk, row, row.owner),
                        scenario.script_of(desk, row, offer))  # fmt: skip
    return Outgoing(card, _code(message) or _send_code(desk, offer), _contact_text(row, until, locale))


def _claimed_card(desk: Desk, message: MessageRow, row: LeadRow, offer: OfferRow | None) -> Outgoing | None:
    """Show whoever has claimed the lead everything, on a card of its own."""
    shown = _accepted_card(desk, message, row, offer)
    return Outgoing(shown.message) if shown is not None else None


def _contact_text(row: LeadRow, until: str | None, locale: str) -> str:
    lead = row.lead
    contact = " · ".join(part for part in (lead.name, plain_phone(lead.phone), lead.wechat, lead.email) if part)
    words = texts_notices.ACCEPTED if until is None else texts_notices.ACCEPTED_CALL_BY
    return words.say(locale, lead=row.name, contact=contact, until=until)


def _close_card(desk: Desk, message: MessageRow, row: LeadRow, offer: OfferRow | None) -> Outgoing | None:
    tapped = _code(message)
    theirs = offer is not None and offer.rep_id.casefold() == message.to_member.casefold()
    code = tapped or (_send_code(desk, offer) if offer is not None and theirs else None)
    if code is None:
        return None
    text, detail = _closing(desk, message)
    detail = str(message.private.get("detail") or "") or detail
    # A tap may be forged: whoever was never offered the lead hears nothing about it but its number.
    company = mask_numbers(row.lead.company, but_amounts=True) if theirs else None
    title = " · ".join(part for part in (row.name, company) if part)
    # Whoever lost a race is told in any case, in words where the card can't be rewritten any more.
    in_words = detail and (tapped or message.payload["text"] == races.LOST)
    locale = desk.locale_of(message.to_member)
    instead = CLOSED_IN_WORDS.say(locale, lead=row.name, text=text, detail=detail) if in_words else None
    return Outgoing(ClosedCard(row.name, text, message.offer_no or 0, title, detail), code, instead)


def _follow_up_card(desk: Desk, message: MessageRow, row: LeadRow, offer: OfferRow | None) -> Outgoing | None:
    """Ask an owner about a lead; nobody else, should it have moved on or been followed up since."""
    del offer
    owner = message.to_member
    heard = row.last_follow_up_at is not None and row.last_follow_up_at >= message.queued_at
    if row.state != "owned" or row.owner != owner or row.parked_until is not None or heard:
        return None
    locale = desk.locale_of(owner)
    why = notices.why_words(desk, row, str(message.payload["why"]), message.payload, locale)
    who = notices.who_is(row)
    return Outgoing(FollowUpCard(row.name, row.offer_no, str(message.message_id), f"{row.name} · {who}", why))


def _reason_vote(desk: Desk, message: MessageRow, row: LeadRow, offer: OfferRow | None) -> Outgoing | None:
    code = _code(message)
    if offer is None or code is None:
        return None
    locale = desk.locale_of(message.to_member)
    options = tuple(Option(key, words.say(locale)) for key, words in DECLINE_REASONS.items())
    instead = texts_notices.DECLINED_TELL_WHY.say(locale, lead=row.name)
    return Outgoing(ReasonVote(row.name, offer.offer_no, options), code, instead)


def _review_card(desk: Desk, message: MessageRow, row: LeadRow, offer: OfferRow | None) -> Outgoing | None:
    del offer
    if row.state != "review" or row.offer_no != (message.offer_no or 0):
        return None
    manager = message.to_member
    locale = desk.locale_of(manager)
    profile, why = profile_of(desk, row, locale=locale), why_in_review(row, locale)
    suggested, link = suggestions(desk, row, manager), lead_link(desk, row, manager)
    return Outgoing(ReviewCard(row.name, row.offer_no, profile, why, suggested, link))


def why_in_review(row: LeadRow, locale: str) -> str:
    """Say why a lead waits for a manager."""
    return reason_in_words(row.review_reason or "", locale)


def reason_in_words(reason: str, locale: str) -> str:
    """Say a reason; a trigger of the policy by the name that it has there."""
    words = REVIEW_REASONS.get(reason)
    if reason.startswith(review_items.APPEAL):
        return APPEAL.say(locale, rep=reason.removeprefix(review_items.APPEAL))
    return words.say(locale) if words is not None else reason.removeprefix(review_items.ALWAYS)


def _review_item(desk: Desk, message: MessageRow, row: LeadRow, offer: OfferRow | None) -> Outgoing | None:
    """Ask a manager to look at a lead that somebody has."""
    if not review_items.is_open(desk, row):
        return None
    locale = desk.locale_of(message.to_member)
    why = JOINT.say(locale).join(reason_in_words(str(reason), locale) for reason in _listed(message.payload["reasons"]))
    holder = row.owner or (offer.rep_id if offer is not None and offer.state == "open" else None)
    card = ReviewItemCard(row.name, int(str(message.payload["no"])), profile_of(desk, row, locale=locale), why,
                          desk.open_office.name_of(holder) if holder else None,
                          lead_link(desk, row, message.to_member))  # fmt: skip
    return Outgoing(card)


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else []


def _close_review(desk: Desk, message: MessageRow, row: LeadRow, offer: OfferRow | None) -> Outgoing | None:
    """Say on a manager's card what has become of the lead."""
    del offer
    code = _code(message)
    if code is None:
        return None
    locale = desk.locale_of(message.to_member)
    text, detail = _closing(desk, message)
    return Outgoing(
        ClosedCard(row.name, text, message.offer_no or 0, row.name, detail or _now(desk, row, locale)), code
    )


def _now(desk: Desk, row: LeadRow, locale: str) -> str | None:
    running = desk.tx.running_offers(row)
    if running:
        names = JOINT.say(locale).join(desk.open_office.name_of(offer.rep_id) for offer in running)
        return NOW_OFFERED.say(locale, name=names)
    return NOW_OWNED.say(locale, name=desk.open_office.name_of(row.owner)) if row.owner is not None else None


def suggestions(desk: Desk, row: LeadRow, manager: str) -> tuple[Option, ...]:
    """Give reps on duty whom this manager may give leads and who have not let this one go by, the least loaded first."""
    office, standings = desk.open_office, desk.tx.standings()
    asked = {item.rep_id for item in desk.tx.offers_of([row.lead_id])[row.lead_id]}
    team = review.team_of_lead(desk, row)
    board = board_of(desk)
    mine = (rep for rep in office.table.reps if office.manages(manager, rep.team))
    free = [rep for rep in mine if rep.id not in asked and not board.is_away(rep.id)]
    free.sort(key=lambda rep: (rep.team != team, standings[rep.id].open if rep.id in standings else 0, rep.id))
    return tuple(Option(rep.id, rep.name) for rep in free[:_SUGGESTED])


def _send_code(desk: Desk, offer: OfferRow) -> str | None:
    """Give the code that came back when the card was sent; it works once, and is forgotten when it has been used."""
    if offer.send_code is None or not can_rewrite(desk, offer):
        return None
    return desk.tx.keys.open(offer.send_code, f"offer.send_code.{offer.lead_id}.{offer.offer_no}").decode()


def _clock(desk: Desk, person: str, at: datetime, *, day: bool = False) -> str:
    """Give a clock time in the person's zone, cut to the minute, so that it is never later than the moment itself."""
    rep = desk.open_office.roster.rep(person)
    local = at.astimezone(ZoneInfo(rep.timezone if rep is not None else desk.open_office.policy.timezone))
    return f"{local:%m-%d %H:%M}" if day else f"{local:%H:%M}"


_PLAIN: dict[str, Callable[[Desk, MessageRow], Outgoing | None]] = {
    "text": _text,
    "confirm_card": _confirm,
    "choice_card": _choice,
    "close_command": _close_command,
}
_OF_LEADS: dict[str, Builder] = {
    "offer_card": _offer_card,
    "offer_text": _offer_text,
    "document": _document,
    "reminder": _reminder,
    "accepted_card": _accepted_card,
    "close_card": _close_card,
    "follow_up_card": _follow_up_card,
    "claimed_card": _claimed_card,
    "reason_vote": _reason_vote,
    "review_card": _review_card,
    "review_item": _review_item,
    "close_review": _close_review,
}
