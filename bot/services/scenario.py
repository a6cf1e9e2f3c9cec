"""What a lead's rule gives its rep along: a call script, and documents, sent after the card.

A document that is not there keeps no card back: the card says so, and the rep's managers are told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.services import review, texts_notices, texts_on_cards
from bot.services.desk import Desk
from routing.documents import Document, newest_in_force
from routing.policy import Policy, Rule
from store import documents
from store.outbox import NewMessage, Urgency
from store.rows import LeadRow, OfferRow

#: A document that is missing is missing for every lead of its rule: its managers are told once in this time.
_TOLD_EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document that goes with a lead; `document` is None where no version is in force, or its file is not kept."""

    name: str
    document: Document | None


def rule_of(policy: Policy, row: LeadRow) -> Rule | None:
    """Give the lead's rule in a policy version, or None where it has none there."""
    return next((rule for rule in policy.rules if rule.name == row.rule), None)


def script_of(desk: Desk, row: LeadRow, offer: OfferRow) -> str | None:
    """Give the call script that the lead's rule names."""
    rule = rule_of(desk.policy_of(offer.policy_version), row)
    return rule.script if rule is not None else None


def sheets_of(desk: Desk, row: LeadRow, offer: OfferRow) -> tuple[Sheet, ...]:
    """Give the documents that the lead's rule names, each in the newest version in force today."""
    policy = desk.policy_of(offer.policy_version)
    rule = rule_of(policy, row)
    if rule is None or not rule.documents:
        return ()
    kept, today = documents.known(desk.tx.connection), desk.open_office.local_day(desk.now)
    sheets = []
    for name in rule.documents:
        found = newest_in_force(policy.documents, name, today)
        sheets.append(Sheet(name, found if found is not None and (found.name, found.version) in kept else None))
    return tuple(sheets)


def on_card(desk: Desk, row: LeadRow, offer: OfferRow, locale: str) -> tuple[str, ...]:
    """Say which documents follow the card, and which are missing."""
    return tuple(
        texts_on_cards.DOCUMENT_MISSING.say(locale, name=sheet.name)
        if sheet.document is None
        else texts_on_cards.DOCUMENT.say(locale, name=sheet.name, version=sheet.document.version)
        for sheet in sheets_of(desk, row, offer)
    )


def follow_card(desk: Desk, offer: OfferRow) -> None:
    """Send the documents after the card that has just arrived; tell the managers of what is missing."""
    row = desk.tx.lead(offer.lead_id)
    for sheet in sheets_of(desk, row, offer):
        if sheet.document is None:
            _tell_missing(desk, row, offer, sheet.name)
            continue
        version = sheet.document.version
        desk.tx.message(NewMessage(offer.rep_id, "document", Urgency.REMINDER, row.lead_id, offer.offer_no,
                                   {"name": sheet.name, "version": version}))  # fmt: skip
        desk.tx.fact(row.lead_id, "document_sent", offer_no=offer.offer_no, document=sheet.name, version=version)


def _tell_missing(desk: Desk, row: LeadRow, offer: OfferRow, name: str) -> None:
    desk.tx.fact(row.lead_id, "document_missing", offer_no=offer.offer_no, document=name)
    for manager in review.managers_of_rep(desk.open_office, offer.rep_id):
        if desk.may_say(f"document_missing:{manager}:{name}", every=_TOLD_EVERY):
            desk.tell(manager, texts_notices.DOCUMENT_MISSING, document=name, rule=row.rule or "", lead=row.name)
