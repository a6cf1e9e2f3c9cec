"""Saying where a lead is: as much as the person asking may know."""

from __future__ import annotations

from bot.chat import texts_leads as texts
from bot.chat.talk import Talk
from bot.masking import mask_numbers
from bot.services import review
from bot.services.texts_on_cards import JOINT
from store.rows import LeadRow


def may_see_holder(talk: Talk, row: LeadRow) -> bool:
    """Say whether this person may know who has a lead: its managers and admins."""
    return talk.me.manages and review.may_act(talk.desk, talk.me.id, row)


def where_it_is(talk: Talk, row: LeadRow) -> str:
    """Say who has a lead, or where it waits; for the eyes of managers."""
    if row.state == "offered":
        running = talk.desk.tx.running_offers(row)
        if running:
            names = talk.words(JOINT).join(talk.office.name_of(offer.rep_id) for offer in running)
            return talk.words(texts.OFFERED_TO, name=names, round=row.round)
    state = state_of(talk, row)
    if row.owner is None:
        return state
    name = talk.office.name_of(row.owner)
    if row.state == "owned":
        return talk.words(texts.OWNED_BY, name=name)
    return talk.words(texts.CLOSED_BY, state=state, name=name)


def state_of(talk: Talk, row: LeadRow) -> str:
    """Say the state of a lead in a word, without names."""
    return talk.words(texts.STATES[row.state], into=f"L{row.merged_into}")


def who_is(row: LeadRow) -> str:
    """Give the few words by which people know a lead again; no phone, no address."""
    lead = row.lead
    words = " · ".join(part for part in (lead.company, lead.name) if part) or lead.channel or row.source
    # Customers write their number into the field for their name.
    return mask_numbers(words, but_amounts=True) or words
