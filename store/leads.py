"""Leads: row <-> value, sealing what is personal, and finding a lead again by what identifies its person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, insert, literal, or_, select, text, update

from routing.customer_keys import company_key
from routing.lead import Lead
from store.prepared import Prepared
from store.row_writer import RowWriter
from store.rows import LeadRow, column_names
from store.sealed_fields import KeyRing
from store.tables import COUNTS_AS_KNOWN
from store.tables import lead as table
from store.work import is_read_only

#: Keys by which a known customer is found, in the order in which they count.
IDENTITY_COLUMNS = ("phone_index", "wechat_index", "email_index", "company_index")
_FIELDS = column_names(Lead)
_lead_values = attrgetter(*_FIELDS)
_PLAIN = tuple(name for name in column_names(LeadRow) if name != "lead")
_CHANGING = tuple(name for name in _PLAIN if name not in {"lead_id", "source", "received_at"})
_INSERT = RowWriter(insert(table), (*_PLAIN, "sealed"))
_UPDATE = RowWriter(
    update(table)
    .where(table.c.lead_id == bindparam("key"))
    .values({name: bindparam(name) for name in (*_CHANGING, "sealed")}),
    (*_CHANGING, "sealed", "key"),
)
_READ = (*_PLAIN, "sealed")
_THESE = select(*(table.c[name] for name in _READ)).where(table.c.lead_id.in_(bindparam("lead_ids", expanding=True)))
_BY_ID = Prepared(_THESE.order_by(table.c.lead_id))
_BY_ID_LOCKED = Prepared(_THESE.order_by(table.c.lead_id).with_for_update())
_BY_EXTERNAL = Prepared(
    select(table.c.external_key, table.c.lead_id).where(
        table.c.source == bindparam("of_source"), table.c.external_key.in_(bindparam("external_keys", expanding=True))
    )
)
# Written into the statement, so that both planners see that the index of those that count holds.
_COUNTS = text(COUNTS_AS_KNOWN)
_BY_IDENTITY = {
    column: Prepared(
        select(table.c[column], table.c.lead_id)
        .where(
            table.c[column].in_(bindparam("indexes", expanding=True)),
            table.c[column].is_not(None),
            _COUNTS,
        )
        .order_by(table.c.lead_id.desc())
    )
    for column in IDENTITY_COLUMNS
}
_plain_values = attrgetter(*_PLAIN)
_changing_values = attrgetter(*_CHANGING)
#: How many ids fit into one `IN`; SQLite allows 32,766 bound values.
CHUNK = 500


def pack_lead(lead: Lead) -> bytes:
    """Write the cleaned lead as JSON, absent fields left out."""
    # `False` and 0 are answers, and stay; `is_test` alone is always known, and nearly always false.
    document = {key: value for key, value in asdict_shallow(lead).items() if value is not None and value != {}}
    if not lead.is_test:
        del document["is_test"]
    return orjson.dumps(document)


def asdict_shallow(lead: Lead) -> dict[str, Any]:
    """Give the fields of a lead; mappings become plain dicts, so that orjson takes them."""
    values = dict(zip(_FIELDS, _lead_values(lead), strict=True))
    for name in ("behaviour", "attributes", "extra"):
        values[name] = dict(values[name])
    return values


def unpack_lead(packed: bytes) -> Lead:
    """Read what `pack_lead` wrote."""
    document = orjson.loads(packed)
    if document.get("submitted_at"):
        document["submitted_at"] = datetime.fromisoformat(document["submitted_at"])
    return Lead(**document)


def identity_of(lead: Lead, keys: KeyRing) -> dict[str, bytes | None]:
    """Give the blind indexes of a lead: phone, WeChat id or unionid, e-mail, and company with contact.

    A company name with nothing distinctive in it identifies nobody and gives no index.
    """
    company = company_key(lead.company) if lead.company and lead.name else None
    contact = None if company is None or company.low_information else f"{company.key}\0{lead.name}"
    return {
        "phone_index": keys.index("phone", lead.phone),
        "wechat_index": keys.index("wechat", lead.unionid or (lead.wechat.casefold() if lead.wechat else None)),
        "email_index": keys.index("email", lead.email),
        "company_index": keys.index("company", contact),
    }


def _seal(row: LeadRow, keys: KeyRing) -> bytes:
    return keys.seal(pack_lead(row.lead), f"lead.sealed.{row.lead_id}")


def add(connection: Connection, rows: Sequence[LeadRow], keys: KeyRing) -> None:
    """Insert new leads, one statement for all."""
    _INSERT.write(connection, [(*_plain_values(row), _seal(row, keys)) for row in rows])


def save(connection: Connection, rows: Sequence[LeadRow], keys: KeyRing) -> None:
    """Write changed leads back, one statement for all."""
    _UPDATE.write(connection, [(*_changing_values(row), _seal(row, keys), row.lead_id) for row in rows])


def _row(record: Sequence[Any], keys: KeyRing) -> LeadRow:
    *plain, sealed = record
    values = dict(zip(_PLAIN, plain, strict=True))
    return LeadRow(lead=unpack_lead(keys.open(sealed, f"lead.sealed.{values['lead_id']}")), **values)


def load(connection: Connection, lead_ids: Iterable[int], keys: KeyRing, *, lock: bool = True) -> dict[int, LeadRow]:
    """Give leads by id, locked in the order of their ids on PostgreSQL; unknown ids are left out."""
    wanted = sorted(set(lead_ids))
    found: dict[int, LeadRow] = {}
    statement = _BY_ID_LOCKED if lock and not is_read_only(connection) else _BY_ID
    for start in range(0, len(wanted), CHUNK):
        for record in statement.rows(connection, lead_ids=wanted[start : start + CHUNK]):
            row = _row(record, keys)
            found[row.lead_id] = row
    return found


def find_by_external(connection: Connection, source: str, external_keys: Sequence[bytes]) -> dict[bytes, int]:
    """Give the ids of a source's leads by the blind index of their external id."""
    records = _BY_EXTERNAL.rows(connection, of_source=source, external_keys=external_keys)
    return dict(records)


def find_by_identity(connection: Connection, column: str, indexes: Sequence[bytes]) -> dict[bytes, list[int]]:
    """Give the ids of leads that share an identity, newest first; those that count for nothing (merged, invalid) are left out."""
    found: dict[bytes, list[int]] = {}
    for key, lead_id in _BY_IDENTITY[column].rows(connection, indexes=indexes):
        found.setdefault(key, []).append(lead_id)
    return found


def waiting(
    connection: Connection, state: str, *, limit: int, skip: int = 0, pool_reason: str | None = None
) -> list[int]:
    """Give the ids of leads that wait in a state (received, pooled, review), oldest first."""
    # Written into the statement, so that both planners see that the index of waiting leads holds.
    statement = select(table.c.lead_id).where(table.c.state == literal(state, literal_execute=True))
    if pool_reason is not None:
        statement = statement.where(table.c.pool_reason == pool_reason)
    statement = statement.order_by(table.c.waiting_since, table.c.lead_id).limit(limit).offset(skip)
    return list(connection.execute(statement).scalars())


def owned_by(connection: Connection, owner: str, states: Sequence[str], *, limit: int) -> list[int]:
    """Give the ids of somebody's leads in these states, newest first."""
    statement = (
        select(table.c.lead_id)
        .where(table.c.owner == owner, or_(*(table.c.state == state for state in states)))
        .order_by(table.c.lead_id.desc())
        .limit(limit)
    )
    return list(connection.execute(statement).scalars())
