"""Signed links to a document that goes with a lead: for one person and three days; who opened it stands in the lead's history.

Whatever reads chats before people do fetches links too, so looking at one is no opening. A tap on the page's button is;
it leads on to the file itself, by a link of its own that lives for minutes.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import orjson

from bot.services.desk import Desk
from store import documents, facts
from store.sealed_fields import KeyRing

LIVES = timedelta(hours=72)
#: The browser fetches the file by itself, at once; a reload is given a little longer.
FILE_LIVES = timedelta(minutes=10)
#: What the timeline calls the opening of a document.
OPENED = "document_opened"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LONGEST = 1200
_FINGERPRINT = 16


class Purpose(StrEnum):
    """What a link is for; one never stands in for the other."""

    PAGE = "document page"
    FILE = "document file"


class Gone(StrEnum):
    """Why a link shows nothing."""

    EXPIRED = "expired"
    FORGED = "forged"


@dataclass(frozen=True, slots=True)
class DocumentLink:
    """What a genuine link says: which version of which document, of which lead, for whom."""

    lead_id: int
    person: str
    name: str
    version: str
    fingerprint: str


def document_link(desk: Desk, lead_id: int, person: str, name: str, version: str) -> str | None:
    """Give the address of a document for one person, None where the service has no public address."""
    if desk.public_url is None:
        return None
    token = _sign(desk, Purpose.PAGE, LIVES, lead_id, person, (name, version))
    return f"{desk.public_url.rstrip('/')}/d/L{lead_id}?t={token}"


def file_token(desk: Desk, link: DocumentLink) -> str:
    """Give the token by which the file itself is fetched."""
    return _sign(desk, Purpose.FILE, FILE_LIVES, link.lead_id, link.person, (link.name, link.version))


def read_link(keys: KeyRing, purpose: Purpose, lead_id: int, text: str, now: datetime) -> DocumentLink | Gone:
    """Tell whether a token is genuine, of this lead and still good; says what is wrong."""
    signed, _, given = text[:_LONGEST].rpartition(".")
    if not hmac.compare_digest(_signature(keys, purpose, signed).encode(), given.encode("utf-8", "surrogatepass")):
        return Gone.FORGED
    try:
        packed = base64.urlsafe_b64decode(signed + "=" * (-len(signed) % 4))
        of_lead, expires, person, name, version = orjson.loads(packed)
    except (binascii.Error, ValueError):
        return Gone.FORGED
    if of_lead != lead_id:
        return Gone.FORGED
    if now >= _EPOCH + int(expires) * _MICROSECOND:
        return Gone.EXPIRED
    return DocumentLink(lead_id, str(person), str(name), str(version), given[:_FINGERPRINT])


def open_document(desk: Desk, link: DocumentLink) -> None:
    """Put an opening on the record: once for each link, however often it is tapped."""
    if not desk.tx.leads([link.lead_id]):
        return
    history = facts.of_lead(desk.tx.connection, link.lead_id, desk.tx.keys)
    if any(fact.event == OPENED and fact.detail.get("link") == link.fingerprint for fact in history):
        return
    desk.tx.fact(link.lead_id, OPENED, link.person, document=link.name, version=link.version, link=link.fingerprint)


def file_of(desk: Desk, link: DocumentLink) -> tuple[str, bytes] | None:
    """Give file name and content of a document, None where it is not kept any more."""
    return documents.file_of(desk.tx.connection, link.name, link.version)


def _sign(desk: Desk, purpose: Purpose, lives: timedelta, lead_id: int, person: str, document: tuple[str, str]) -> str:
    expires = (desk.now + lives - _EPOCH) // _MICROSECOND
    signed = _text(orjson.dumps([lead_id, expires, person, *document]))
    return f"{signed}.{_signature(desk.tx.keys, purpose, signed)}"


def _signature(keys: KeyRing, purpose: Purpose, signed: str) -> str:
    return _text(hmac.digest(keys.derive(purpose.value), signed.encode("utf-8", "surrogatepass"), "sha256"))


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
