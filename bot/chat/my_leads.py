"""我的线索: what waits for an answer, and what the person owns, the most urgent first."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from bot.chat import texts_leads as texts
from bot.chat.command_parser import Command
from bot.chat.standing_of_lead import who_is
from bot.chat.talk import Talk
from bot.chat.wording import fit_lines
from bot.masking import plain_phone
from bot.phrases import time_left
from bot.services.duty_hours import first_contact_by
from routing.escalation import response_rate
from routing.policy import MILLION
from store import leads, offers, people
from store.rows import LeadRow, OfferRow

_MOST_OWNED: Final = 300
#: From here on a clock time says more than hours and minutes.
_LONG: Final = timedelta(hours=3)
_PERCENT: Final = MILLION // 100


def my_leads_command(talk: Talk, command: Command) -> None:
    """Answer 我的线索. Whole numbers only of owned leads; each is a disclosure, recorded once a day."""
    del command
    tx = talk.desk.tx
    running = offers.running_of(tx.connection, talk.me.id)
    ids = leads.owned_by(tx.connection, talk.me.id, ["owned"], limit=_MOST_OWNED)
    rows = leads.load(tx.connection, [*ids, *(offer.lead_id for offer in running)], tx.keys, lock=False)
    rate = _response_rate(talk)
    if not rows:
        talk.say_text("\n".join([talk.words(texts.LEADS_NONE), *rate]))
        return
    running.sort(key=lambda offer: offer.deadline_at or talk.desk.now + timedelta(days=400))
    lines = [*rate, *([talk.words(texts.LEADS_OFFERED, count=len(running))] if running else [])]
    lines += [_offered(talk, rows[offer.lead_id], offer) for offer in running]
    due = {lead_id: first_contact_by(talk.desk, talk.me.id, rows[lead_id].owned_at or talk.desk.now) for lead_id in ids}
    owned = sorted((rows[lead_id] for lead_id in ids), key=lambda row: _urgency(row, due[row.lead_id]))
    lines += [talk.words(texts.LEADS_OWNED, count=len(owned))] if owned else []
    told = {row.lead_id: _owned(talk, row, due[row.lead_id]) for row in owned}
    text = fit_lines([*lines, *told.values()], talk.me.locale)
    talk.say_text(text)
    _record(talk, [rows[lead_id] for lead_id, line in told.items() if line in text])


def _response_rate(talk: Talk) -> list[str]:
    """Say how often the person answers in time, and what it costs where that is too rarely; nothing while it counts for nothing."""
    rules, standing = talk.office.policy.acknowledge, talk.desk.tx.standings().get(talk.me.id)
    if standing is None or not rules.response_below:
        return []
    rate = response_rate(standing.answered_bits, standing.answered_count, over=rules.response_over)
    if rate is None:
        return []
    values = {"rate": rate // _PERCENT, "over": rules.response_over}
    if rate >= rules.response_below:
        return [talk.words(texts.RESPONSE_RATE, **values)]
    below, share = rules.response_below // _PERCENT, rules.low_share_times // _PERCENT
    return [talk.words(texts.RESPONSE_RATE_LOW, **values, below=below, share=share)]


def _urgency(row: LeadRow, due: datetime | None) -> tuple[int, datetime]:
    """Whoever was never contacted comes first, the earliest deadline before the others; then the longest silence; then who rests."""
    if row.parked_until is not None:
        return 2, row.parked_until
    if row.first_contact_at is None:
        return 0, due or row.received_at
    return 1, row.last_follow_up_at or row.received_at


def _offered(talk: Talk, row: LeadRow, offer: OfferRow) -> str:
    who = who_is(row)
    if offer.deadline_at is None:
        return talk.words(texts.LINE_OFFERED_NEW, lead=row.name, who=who, score=row.score)
    left = max(offer.deadline_at - talk.desk.now, timedelta(0))
    if left > _LONG:
        at = talk.clock(offer.deadline_at)
        return talk.words(texts.LINE_OFFERED_STILL, lead=row.name, who=who, score=row.score, at=at)
    return talk.words(texts.LINE_OFFERED, lead=row.name, who=who, score=row.score, left=time_left(left, talk.me.locale))


def _owned(talk: Talk, row: LeadRow, due: datetime | None) -> str:
    lead = row.lead
    contact = plain_phone(lead.phone) or lead.wechat or lead.email or ""
    return talk.words(texts.LINE_OWNED, lead=row.name, who=who_is(row), contact=contact, since=_since(talk, row, due))


def _since(talk: Talk, row: LeadRow, due: datetime | None) -> str:
    if row.parked_until is not None:
        return talk.words(texts.SINCE_PARKED, at=f"{row.parked_until.astimezone(talk.zone):%Y-%m-%d}")
    if row.last_follow_up_at is not None:
        return talk.words(texts.SINCE_FOLLOWED, at=talk.clock(row.last_follow_up_at))
    if due is not None and due < talk.desk.now:
        return talk.words(texts.SINCE_LATE, at=talk.clock(due))
    return talk.words(texts.SINCE_OWNED, at=talk.clock(row.owned_at or row.received_at))


def _record(talk: Talk, shown: list[LeadRow]) -> None:
    with_number = [row.lead_id for row in shown if row.lead.phone]
    local = talk.desk.now.astimezone(talk.zone)
    today = local.replace(hour=0, minute=0, second=0, microsecond=0)
    connection = talk.desk.tx.connection
    already = people.disclosed(connection, with_number, talk.me.id, "list", since=today)
    for lead_id in with_number:
        if lead_id not in already:
            people.record_disclosure(connection, lead_id, talk.me.id, "list", talk.desk.now)
