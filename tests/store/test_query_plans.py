"""No question that is asked while leads come in reads a whole table."""

import re
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, create_engine, event

from store import deliveries, documents, follow_ups, kept_rows, leads, offers, outbox, people, timers
from store.database import open_database
from store.lead_queries import LeadFilter, count_waiting, history, loads, search, waiting
from store.lost_leads import lost_leads
from store.overviews import running, without_contact
from store.pool import anything_waits, newest_pooled
from store.tables import metadata
from store.waiting_queue import waiting_leads
from tests.store import filled
from tests.store.filled import FIRST, LEADS, phone
from tests.store.given import KEYS, MINUTE, NOW

_LEAD = FIRST + LEADS - 5
_INDEX = KEYS.index("phone", phone(LEADS - 5)) or b""
_EXTERNAL = KEYS.index("external", "source3\0100") or b""


def _search(**wanted: str) -> Callable[[Connection], object]:
    return lambda connection: search(connection, LeadFilter(**wanted), KEYS, limit=20, cursor=_LEAD)


QUESTIONS: dict[str, Callable[[Connection], object]] = {
    "claim messages": lambda c: outbox.claim(c, NOW, KEYS, lease_until=NOW + MINUTE, limit=20),
    "claim messages but of busy members": lambda c: outbox.claim(
        c, NOW, KEYS, lease_until=NOW + MINUTE, limit=20, busy=["rep001", "rep002"]
    ),
    "who has more to come": lambda c: outbox.due_for(c, NOW, ["rep001", "rep002"]),
    "next message": outbox.next_due_at,
    "what waits for each member": outbox.waiting_pushes,
    "finish a message": lambda c: outbox.finish(c, LEADS - 5, "sent", NOW),
    "keep a body": lambda c: outbox.begin(c, {LEADS - 5: b"body"}, KEYS),
    "due timers": lambda c: timers.due(c, NOW, limit=20),
    "next timer": timers.next_due_at,
    "is an offer watched": lambda c: timers.exists(c, "look", _LEAD, 1),
    "waiting leads of the pool": lambda c: leads.waiting(c, "pooled", limit=20, pool_reason="waiting"),
    "queue of the pool": lambda c: waiting_leads(c, limit=20, lifted_before=NOW - 30 * MINUTE),
    "queue of some rules, next page": lambda c: waiting_leads(
        c, limit=20, lifted_before=NOW, after=(NOW - 30 * MINUTE, 3, NOW - 60 * MINUTE, _LEAD), rules=["医疗", "x"]
    ),
    "anything waits": anything_waits,
    "documents": documents.known,
    "a document": lambda c: documents.file_of(c, "合规", "1"),
    "waiting leads, next page": lambda c: leads.waiting(c, "received", limit=20, skip=20),
    "leads by id": lambda c: leads.load(c, range(_LEAD - 9, _LEAD), KEYS),
    "a lead with its history": lambda c: history(c, _LEAD, KEYS),
    "what waits, opened": lambda c: waiting(c, "pooled", KEYS, limit=20, pool_reason="waiting"),
    "known customer by phone": lambda c: leads.find_by_identity(c, "phone_index", [_INDEX] * 64),
    "known customer by wechat": lambda c: leads.find_by_identity(c, "wechat_index", [_INDEX]),
    "known customer by e-mail": lambda c: leads.find_by_identity(c, "email_index", [_INDEX]),
    "known customer by company": lambda c: leads.find_by_identity(c, "company_index", [_INDEX]),
    "leads by external id": lambda c: leads.find_by_external(c, "source3", [_EXTERNAL] * 64),
    "leads of a rep": lambda c: leads.owned_by(c, "rep007", ["owned", "won"], limit=20),
    "offers by key": lambda c: offers.load(c, [(_LEAD, 1), (_LEAD - 1, 1), (_LEAD - 2, 1)]),
    "offers of leads": lambda c: offers.of_lead(c, [_LEAD, _LEAD - 1]),
    "running offers of a rep": lambda c: offers.running_of(c, "rep007"),
    "overdue offers": lambda c: offers.overdue(c, NOW - MINUTE, limit=20),
    "undelivered offers": lambda c: offers.undelivered(c, NOW, limit=20),
    "seen deliveries": lambda c: deliveries.seen(c, [("source3", b"1" * 16), ("source4", b"2" * 16)]),
    "seen callbacks": lambda c: deliveries.callbacks_seen(c, [b"1" * 16, b"2" * 16]),
    "forget": lambda c: deliveries.forget_before(c, deliveries=NOW + MINUTE, callbacks=NOW, refused=NOW),
    "leads to be looked at": lambda c: follow_ups.due_leads(c, NOW, limit=25),
    "owned leads, page by page": lambda c: follow_ups.owned_from(c, _LEAD, limit=25),
    "the next look": follow_ups.next_due_at,
    "whom to tell": lambda c: follow_ups.due_members(c, NOW, limit=10),
    "what to tell": lambda c: follow_ups.notices_of(c, "rep007", NOW),
    "what was told": lambda c: follow_ups.remove_notices(c, "rep007", NOW),
    "what is told later": lambda c: follow_ups.postpone_notices(c, "rep007", NOW, NOW + MINUTE),
    "use of the pool": lambda c: follow_ups.pool_use_of(c, "rep007", NOW.date()),
    "the newest of the pool": lambda c: newest_pooled(c, limit=20),
    "the newest of the pool, next page": lambda c: newest_pooled(c, limit=20, before=(NOW, _LEAD)),
    "leave from now on": lambda c: people.leaves_from(c, NOW),
    "unused credits": people.unused_credits,
    "credit of a decision": lambda c: people.credit_used_by(c, 77),
    "credits of a month": lambda c: people.credits_since(c, "rep007", NOW - timedelta(days=30)),
    "newest leads": _search(),
    "leads of a source": _search(source="source3"),
    "lead of an external id": _search(source="source3", external_id="100"),
    "leads of a phone": _search(phone=phone(100)),
    "leads in a state": _search(state="pooled"),
    "leads of an owner": _search(owner="rep007"),
    "leads of an owner in a state": _search(owner="rep007", state="owned"),
    "count what waits": count_waiting,
    "running offers": lambda c: running(c, NOW),
    "who has not been contacted": lambda c: without_contact(c, ["rep001", "rep007"], limit=20),
    "loads of some": lambda c: loads(c, NOW, ["rep001", "rep007"]),
    "lost leads": lambda c: lost_leads(c, NOW),
}

#: Tables that grow with every lead.
GROWING = {"lead", "offer", "decision", "fact", "timer", "outbox", "delivery", "callback", "notice"}
#: An index of few rows may be read whole: it holds what is in the works.
SMALL = {
    index.name
    for table in metadata.tables.values()
    for index in table.indexes
    # Every owned lead stands in these two.
    if index.dialect_options["sqlite"]["where"] is not None and index.name not in {"ix_lead_owner", "ix_lead_look"}
}


class _Overheard(sqlite3.Connection):
    """SQLite's own connection, which is asked past SQLAlchemy; it notes down what."""

    asked: list[tuple[str, Any]] | None = None

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        if self.asked is not None:
            self.asked.append((sql, tuple(parameters)))
        return super().execute(sql, parameters)


def _statements_of(connection: Connection, question: Callable[[Connection], object]) -> list[tuple[str, Any]]:
    """Give what a question asks the engine, word for word."""
    asked: list[tuple[str, Any]] = []

    def remember(_conn: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        asked.append((statement, parameters))

    raw: object = connection.connection.dbapi_connection
    if isinstance(raw, _Overheard):
        raw.asked = asked
    kept_rows.forget_all(connection)
    event.listen(connection, "before_cursor_execute", remember)
    question(connection)
    event.remove(connection, "before_cursor_execute", remember)
    assert asked
    return asked


def _reads_whole_table(dialect: str, line: str) -> bool:
    if dialect == "postgresql":
        found = re.search(r"Seq Scan on (\w+)", line)
        return found is not None and found[1] in GROWING
    found = re.match(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?", line)
    # What is kept in memory is read whole, once; of documents there are a few.
    return (
        found is not None
        and found[1] in metadata.tables.keys() - {"service_state", "document_file"}
        and found[2] not in SMALL
    )


def _bad_plans(connection: Connection) -> list[str]:
    bad = []
    dialect = connection.dialect.name
    explain = "EXPLAIN QUERY PLAN " if dialect == "sqlite" else "EXPLAIN "
    for name, question in QUESTIONS.items():
        for statement, parameters in _statements_of(connection, question):
            plan = [row[-1] for row in connection.exec_driver_sql(explain + statement, parameters)]
            if any(_reads_whole_table(dialect, line) for line in plan):
                bad.append(f"{name}: {plan}\n    {statement}")
    return bad


async def test_every_question_is_answered_from_an_index(database_url: str) -> None:
    """With a million leads a whole table takes seconds, in which nothing else is written.

    SQLite is asked as it is, since nobody analyzes it in service; PostgreSQL analyzes by itself.
    """

    def work(connection: Connection) -> list[str]:
        filled.fill(connection)
        bad = _bad_plans(connection) if connection.dialect.name == "sqlite" else []
        filled.analyze(connection)
        return bad + _bad_plans(connection)

    if database_url.startswith("sqlite"):
        engine = create_engine(database_url, connect_args={"factory": _Overheard})
        with engine.connect() as connection:
            found = work(connection)
        engine.dispose()
    else:
        database = open_database(database_url)
        found = await database.write(work)
        await database.close()
    assert "\n".join(found) == ""
