"""Signed links to a lead's page: for one person, for three days, opened once.

Whatever reads chats before people do fetches links too, so looking at one changes nothing; opening is a step of its own.

A token is `lead.expiry.person.signature`: the expiry is in microseconds and so tells one link from another, the person
and the signature are base64url, the signature is HMAC-SHA256 under a key derived for this purpose alone.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from bot.services import review
from bot.services.desk import Desk
from store import facts, people
from store.rows import FactRow, LeadRow
from store.sealed_fields import KeyRing

LIVES = timedelta(hours=72)
#: What the timeline calls the opening of a page; its fingerprint keeps the link from being opened again.
OPENED = "page_opened"
#: A second tap of an impatient thumb, or a reload after a lost answer, shows the page once more.
SAME_OPENING = timedelta(seconds=60)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_FINGERPRINT = 16
_LONGEST = 600
#: Up to the year 2286 in microseconds.
_MOST_DIGITS = 16


class Seen(StrEnum):
    """What whoever opens a link gets to see."""

    WHOLE = "whole"  # the owner, or a manager of the lead: everything, on the record
    MASKED = "masked"  # the rep with the open offer
    MOVED_ON = "moved_on"  # the lead is somebody else's now
    USED = "used"
    EXPIRED = "expired"
    FORGED = "forged"


@dataclass(frozen=True, slots=True)
class Opened:
    """What came of looking at a link or of opening it; the lead only where something of it may be shown.

    `again` says that this very link has been opened a moment ago, and that it is on the record.
    """

    seen: Seen
    row: LeadRow | None = None
    again: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """What a genuine link says: which lead for whom, until when, and what tells it from other links."""

    lead_id: int
    expires_at: datetime
    person: str
    fingerprint: str


def lead_link(desk: Desk, row: LeadRow, person: str) -> str | None:
    """Give the address of a lead's page for one person, None where the service has no public address."""
    if desk.public_url is None:
        return None
    token = _sign(desk.tx.keys, row.lead_id, desk.now + LIVES, person)
    return f"{desk.public_url.rstrip('/')}/l/{row.name}?t={token}"


def read_link(keys: KeyRing, lead_id: int, text: str, now: datetime) -> Link | Seen:
    """Tell whether a token is genuine, of this lead and still good, without asking the database; says what is wrong."""
    link = _read(keys, text)
    if link is None or link.lead_id != lead_id:
        return Seen.FORGED
    return link if now < link.expires_at else Seen.EXPIRED


def look_at(desk: Desk, link: Link) -> Opened:
    """Say what opening the link would show. Nothing is recorded, and the link stays good."""
    desk.tx.standings()
    found = desk.tx.leads([link.lead_id])
    if not found or desk.office is None:
        return Opened(Seen.EXPIRED)
    row = found[0]
    history = facts.of_lead(desk.tx.connection, link.lead_id, desk.tx.keys)
    at = _opened_at(link, history)
    if at is not None and not timedelta(0) <= desk.now - at <= SAME_OPENING:
        return Opened(Seen.USED)
    seen = _may_see(desk, row, link.person)
    shown = row if seen in {Seen.WHOLE, Seen.MASKED} else None
    return Opened(seen, shown, again=at is not None)


def _opened_at(link: Link, history: Sequence[FactRow]) -> datetime | None:
    opened = (fact for fact in history if fact.event == OPENED and fact.detail.get("link") == link.fingerprint)
    return next((fact.happened_at for fact in opened), None)


def open_link(desk: Desk, link: Link) -> Opened:
    """Say what is shown, put it on the record, and see to it that the link works no second time, but for a repeat."""
    opened = look_at(desk, link)
    if opened.again:
        return opened
    if opened.seen in {Seen.WHOLE, Seen.MASKED, Seen.MOVED_ON}:
        desk.tx.fact(link.lead_id, OPENED, link.person, link=link.fingerprint, seen=opened.seen.value)
    if opened.seen is Seen.WHOLE:
        people.record_disclosure(desk.tx.connection, link.lead_id, link.person, "page", desk.now)
    return opened


def _may_see(desk: Desk, row: LeadRow, person: str) -> Seen:
    if row.owner is not None and row.owner.casefold() == person.casefold():
        return Seen.WHOLE
    if review.may_act(desk, person, row):
        return Seen.WHOLE
    return Seen.MASKED if desk.tx.asks(row, person) is not None else Seen.MOVED_ON


def _sign(keys: KeyRing, lead_id: int, expires_at: datetime, person: str) -> str:
    signed = f"{lead_id}.{(expires_at - _EPOCH) // _MICROSECOND}.{_text(person.encode())}"
    return f"{signed}.{_text(_signature(keys, signed))}"


def _read(keys: KeyRing, text: str) -> Link | None:
    """Give what a genuine token says; the signature is compared in constant time, before anything is understood."""
    signed, _, given = text[:_LONGEST].rpartition(".")
    if not hmac.compare_digest(_text(_signature(keys, signed)).encode(), given.encode("utf-8", "surrogatepass")):
        return None
    parts = signed.split(".")
    if len(parts) != 3 or not parts[0].isdecimal() or not parts[1].isdecimal() or len(parts[1]) > _MOST_DIGITS:  # noqa: PLR2004
        return None
    try:
        person = base64.urlsafe_b64decode(parts[2] + "=" * (-len(parts[2]) % 4)).decode()
    except (binascii.Error, ValueError):
        return None
    return Link(int(parts[0]), _EPOCH + int(parts[1]) * _MICROSECOND, person, given[:_FINGERPRINT])


def _signature(keys: KeyRing, signed: str) -> bytes:
    return hmac.digest(keys.derive("lead link"), signed.encode("utf-8", "surrogatepass"), "sha256")


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
