"""Known customers: the same phone, else WeChat id, else e-mail, else company and contact; and what that means for a new lead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.services import review, review_items, texts_notices
from bot.services.assign import Ask, board_of
from bot.services.desk import Desk
from bot.services.lead_facts import put_in_class, scored
from routing.lifecycle import LeadState, move_lead
from routing.roster import Rep
from store import leads
from store.leads import IDENTITY_COLUMNS
from store.outbox import Urgency
from store.rows import LeadRow

#: How many earlier leads of one identity are looked at; the newest says what happens.
_NEWEST = 20
#: Why a lead is in review that says neither phone nor WeChat id nor e-mail.
NO_CONTACT = "no_contact"


@dataclass(frozen=True, slots=True)
class Treated:
    """What becomes of a new lead: `row` is the surviving one, `ask` says whether it wants somebody."""

    row: LeadRow
    ask: Ask | None
    duplicate: bool


class KnownCustomers:
    """Looks up everybody of a batch at once, and remembers who came in within the batch."""

    def __init__(self, desk: Desk, identities: Sequence[Mapping[str, bytes | None]]) -> None:
        """Ask the database once per kind of identity; `identities` are those of the leads that come in."""
        self._desk = desk
        self._by: dict[str, dict[bytes, list[int]]] = {}
        for column in IDENTITY_COLUMNS:
            wanted = sorted({value for identity in identities if (value := identity[column]) is not None})
            self._by[column] = leads.find_by_identity(desk.tx.connection, column, wanted) if wanted else {}
        ids = {lead_id for found in self._by.values() for ids in found.values() for lead_id in ids[:_NEWEST]}
        desk.tx.leads(sorted(ids))

    def find(self, identity: dict[str, bytes | None]) -> LeadRow | None:
        """Give the newest earlier lead of the same person by the first identity that matches; invalid ones don't count."""
        for column in IDENTITY_COLUMNS:
            value = identity[column]
            if value is None:
                continue
            rows = [row for row in self._desk.tx.leads(self._by[column].get(value, [])[:_NEWEST]) if _counts(row)]
            if rows:
                # Somebody who is being dealt with now goes before anything that is over.
                return next((row for row in rows if row.closed_at is None), rows[0])
        return None

    def remember(self, row: LeadRow, identity: dict[str, bytes | None]) -> None:
        """Let later leads of this batch find this one."""
        for column, value in identity.items():
            if value is not None and row.state != "merged":
                known = self._by[column].setdefault(value, [])
                if row.lead_id not in known:
                    known.insert(0, row.lead_id)

    def treat(self, row: LeadRow, earlier: LeadRow | None) -> Treated:
        """Store a new lead as what it is: new, another visit of a customer being served, or one to go to the last owner."""
        desk = self._desk
        desk.tx.add_lead(row)
        desk.tx.fact(row.lead_id, "received", row.source)
        if row.state == "invalid":
            return Treated(row, None, duplicate=False)
        if earlier is not None and earlier.closed_at is None:
            return self._merge(row, earlier)
        if desk.office is not None and not row.lead.has_contact:
            review.to_review(desk, row, NO_CONTACT)
            return Treated(row, None, duplicate=False)
        if earlier is None:
            return Treated(row, Ask(row), duplicate=False)
        return Treated(row, Ask(row, only=self._last_owner(earlier)), duplicate=False)

    def _merge(self, row: LeadRow, earlier: LeadRow) -> Treated:
        """Attach another visit to the lead that is under way; its owner is told."""
        desk = self._desk
        row.state = move_lead(row.state, LeadState.MERGED)
        row.merged_into, row.closed_at = earlier.lead_id, desk.now
        desk.tx.fact(row.lead_id, "merged", into=earlier.name)
        desk.tx.fact(earlier.lead_id, "visited_again", visit=row.name, source=row.source)
        if earlier.state == "owned" and earlier.owner is not None and desk.office is not None:
            self._look_again(earlier, row)
            self._tell_owner(earlier, row)
        elif desk.office is not None:
            self._rate_again(earlier, row)
        return Treated(earlier, None, duplicate=True)

    def _look_again(self, earlier: LeadRow, row: LeadRow) -> None:
        """Keep what the visit adds to an owned lead; it may be a reason for a manager to look at it."""
        earlier.lead = replace(earlier.lead, behaviour={**earlier.lead.behaviour, **row.lead.behaviour})
        self._desk.tx.touch(earlier)
        review_items.check(self._desk, earlier)

    def _tell_owner(self, earlier: LeadRow, row: LeadRow) -> None:
        desk = self._desk
        owner = earlier.owner or ""
        lead_id, lead, source = earlier.lead_id, earlier.name, row.lead.channel or row.source
        rep = desk.open_office.roster.rep(owner)
        if rep is not None:
            desk.tell(
                owner, texts_notices.VISITED_AGAIN, urgency=Urgency.CARD, lead_id=lead_id, lead=lead, source=source
            )
            if not board_of(desk).is_absent(owner):
                return
        name = desk.open_office.name_of(owner)
        for person in self._instead_of(rep, earlier):
            desk.tell(person, texts_notices.VISITED_WHILE_AWAY, urgency=Urgency.CARD, lead_id=lead_id, lead=lead,
                      source=source, name=name)  # fmt: skip

    def _instead_of(self, rep: Rep | None, row: LeadRow) -> list[str]:
        """Give who hears of a customer while the owner is away: the stand-in, else managers; of one who has left, the lead's."""
        if rep is None:
            return next((people for rung in range(3) if (people := review.rung_of(self._desk, row, rung))), [])
        return [rep.backup] if rep.backup else review.managers_of_rep(self._desk.open_office, rep.id)

    def _rate_again(self, earlier: LeadRow, row: LeadRow) -> None:
        """Score the earlier lead with what the visit adds, without moving it."""
        desk = self._desk
        earlier.lead = replace(earlier.lead, behaviour={**earlier.lead.behaviour, **row.lead.behaviour})
        result = scored(desk.open_office, earlier)
        earlier.score, earlier.grade = result.score, result.grade
        put_in_class(desk, earlier)
        review_items.check(desk, earlier)
        desk.tx.touch(earlier)

    def _last_owner(self, earlier: LeadRow) -> str | None:
        """Give whom a returning customer's new lead goes to first: the owner, the stand-in if away, or nobody special."""
        desk = self._desk
        if desk.office is None or earlier.owner is None or earlier.closed_at is None or earlier.state == "merged":
            return None
        if desk.now - earlier.closed_at > desk.office.policy.known_customer.within:
            return None
        rep = desk.office.roster.rep(earlier.owner)
        for person in (earlier.owner, rep.backup if rep is not None else None):
            if person is not None and not board_of(desk).is_away(person):
                return person
        return None


def _counts(row: LeadRow) -> bool:
    return row.state not in {"invalid", "merged"}
