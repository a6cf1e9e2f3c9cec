"""What pages, the API and the chat are told about leads."""

import functools
from typing import Any

import pytest
from sqlalchemy import Connection, text

from store import leads, versions
from store.database import Database, SqliteDatabase
from store.errors import NotFound
from store.lead_queries import LeadFilter, RepLoad, count_waiting, history, loads, search, waiting
from store.lost_leads import LostLead, lost_leads
from store.rows import LeadRow, OfferRow
from store.transaction import Transaction
from store.work import Work
from tests.store import given
from tests.store.given import KEYS, MINUTE, NOW

_LONG_AGO = NOW - 60 * MINUTE


def _store(
    leads: list[LeadRow], offers: list[OfferRow] | None = None, timers: dict[int, int] | None = None
) -> Work[None]:
    """Store leads and offers, and for some leads a timer of an offer, due in five minutes."""

    def work(connection: Connection) -> None:
        tx = Transaction(connection, KEYS, NOW)
        for lead in leads:
            tx.add_lead(lead)
        for offer in offers or []:
            tx.add_offer(offer)
        for lead_id, offer_no in (timers or {}).items():
            tx.timer("look", NOW + 5 * MINUTE, lead_id=lead_id, offer_no=offer_no)
        tx.flush()

    return work


async def test_a_lead_is_told_with_everything_that_happened(database: Database) -> None:
    """One question gives the page of a lead: offers, decisions and facts in their order, opened."""
    first, second = given.an_offer(1001, 1, state="expired"), given.an_offer(1001, 2)

    def store(connection: Connection) -> None:
        tx = Transaction(connection, KEYS, NOW)
        for lead_id in (1001, 1002):
            tx.add_lead(given.a_lead(lead_id))
            tx.fact(lead_id, "received", "website")
        for offer in (second, first, given.an_offer(1002)):
            tx.add_offer(offer)
        tx.add_decision(given.a_decision(2002, 1001, decision_no=2))
        tx.add_decision(given.a_decision(2001, 1001, decision_no=1))
        tx.add_decision(given.a_decision(2003, 1002))
        tx.fact(1001, "follow_up", "rep001", private={"text": "已通话"})
        tx.flush()

    await database.write(store)
    found = await database.read(lambda connection: history(connection, 1001, KEYS))

    assert found.lead == given.a_lead(1001)
    assert found.offers == [first, second]
    assert found.decision_ids == [2001, 2002]
    assert [(row.event, row.private) for row in found.facts] == [("received", None), ("follow_up", {"text": "已通话"})]
    with pytest.raises(NotFound, match="L999"):
        await database.read(lambda connection: history(connection, 999, KEYS))


#: Five leads, oldest first, that differ in everything one may ask for.
_FIVE = [
    given.a_lead(1001, content={"source": "website"}, state="owned", owner="a"),
    given.a_lead(1002, content={"source": "fair"}, state="owned", owner="b"),
    given.a_lead(1003, content={"source": "website", "phone": "+8613900000001"}, state="won", owner="a"),
    given.a_lead(
        1004, content={"source": "fair", "external_id": "form-1001", "phone": "+8613900000001"}, state="pooled"
    ),
    given.a_lead(1005, content={"source": "website"}, state="review"),
]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, [1005, 1004, 1003, 1002, 1001]),
        ({"source": "fair"}, [1004, 1002]),
        ({"source": "fair", "external_id": "form-1001"}, [1004]),
        ({"source": "website", "external_id": "form-1001"}, [1001]),
        ({"source": "website", "external_id": "none"}, []),
        ({"phone": "+8613900000001"}, [1004, 1003]),
        ({"state": "owned"}, [1002, 1001]),
        ({"owner": "a"}, [1003, 1001]),
        ({"owner": "a", "state": "owned"}, [1001]),
        ({"owner": "a", "state": "pooled"}, []),
    ],
    ids=str,
)
async def test_leads_are_found_by_what_is_asked(database: Database, wanted: dict[str, Any], found: list[int]) -> None:
    """Filters narrow each other; phone and external id are found though neither is stored in the clear."""
    await database.write(_store(_FIVE))

    page = await database.read(lambda connection: search(connection, LeadFilter(**wanted), KEYS, limit=10))

    assert [row.lead_id for row in page.items] == found
    assert page.next is None


async def test_an_external_id_without_its_source_is_refused(database: Database) -> None:
    """Two sources may number their forms alike."""
    with pytest.raises(ValueError, match="needs source"):
        await database.read(lambda connection: search(connection, LeadFilter(external_id="1"), KEYS, limit=1))


async def test_pages_show_each_lead_once_while_new_ones_come_in(database: Database) -> None:
    """A cursor is a place in the list, not a number of rows to skip."""
    await database.write(_store(_FIVE))
    seen: list[int] = []
    cursor: int | None = None
    for newcomer in (1006, 1007, 1008):
        page = await database.read(functools.partial(search, wanted=LeadFilter(), keys=KEYS, limit=2, cursor=cursor))
        seen += [row.lead_id for row in page.items]
        cursor = page.next
        await database.write(_store([given.a_lead(newcomer)]))

    assert seen == [1005, 1004, 1003, 1002, 1001]
    assert cursor is None


async def test_what_waits_is_told_oldest_first(database: Database) -> None:
    """The pool drains in the order in which leads came."""
    await database.write(
        _store(
            [
                given.a_lead(1001, state="pooled", pool_reason="waiting", waiting_since=NOW),
                given.a_lead(1002, state="pooled", pool_reason="recycled", waiting_since=NOW - 3 * MINUTE),
                given.a_lead(1003, state="pooled", pool_reason="waiting", waiting_since=NOW - 2 * MINUTE),
                given.a_lead(1004, state="review"),
                given.a_lead(1005, state="won"),
            ]
        )
    )

    def ask(connection: Connection) -> list[list[int]]:
        asked = (
            waiting(connection, "pooled", KEYS, limit=9),
            waiting(connection, "pooled", KEYS, limit=9, pool_reason="waiting"),
            waiting(connection, "pooled", KEYS, limit=1, skip=1),
            waiting(connection, "received", KEYS, limit=9),
        )
        return [[row.lead_id for row in rows] for rows in asked]

    assert await database.read(ask) == [[1002, 1003, 1001], [1003, 1001], [1003], []]
    assert await database.read(count_waiting) == {"received": 0, "pooled": 3, "review": 1}


async def test_loads_are_counted_from_the_rows(database: Database) -> None:
    """Owned leads and running offers are a rep's load; closed ones and ended offers are not."""
    await database.write(
        _store(
            [*_FIVE, given.a_lead(1006, state="offered"), given.a_lead(1007, state="offered")],
            [
                given.an_offer(1001, rep_id="a", state="accepted"),
                given.an_offer(1006, rep_id="a", deadline_at=NOW - MINUTE),
                given.an_offer(1007, rep_id="c"),
            ],
        )
    )

    assert await database.read(lambda connection: loads(connection, NOW)) == {
        "a": RepLoad(open=2, running=1, overdue=1), "b": RepLoad(open=1), "c": RepLoad(open=1, running=1),
    }  # fmt: skip
    assert await database.read(lambda connection: loads(connection, NOW, ["c", "x"])) == {"c": RepLoad(1, 1)}


def _old(lead_id: int, state: str, **changes: Any) -> LeadRow:
    return given.a_lead(lead_id, state=state, waiting_since=_LONG_AGO, **changes)


@pytest.mark.parametrize(
    ("lead", "offer", "timer", "missing"),
    [
        (_old(1001, "offered", offer_no=1), given.an_offer(1001, deadline_at=_LONG_AGO), 1, None),
        (_old(1001, "offered", offer_no=1), given.an_offer(1001, deadline_at=NOW + MINUTE), None, None),
        (_old(1001, "offered", offer_no=1), given.an_offer(1001, deadline_at=_LONG_AGO), None, "timer"),
        (_old(1001, "offered", offer_no=2), given.an_offer(1001, 2, deadline_at=_LONG_AGO), 1, "timer"),
        (_old(1001, "offered", offer_no=1), given.an_offer(1001, offered_at=_LONG_AGO), None, "timer"),
        (_old(1001, "offered", offer_no=1), given.an_offer(1001, offered_at=NOW), None, None),
        (_old(1001, "offered", offer_no=1), given.an_offer(1001, state="expired"), 1, "running_offer"),
        (_old(1001, "offered"), None, 1, "running_offer"),
        (_old(1001, "received"), None, None, "decision"),
        (given.a_lead(1001, state="received"), None, None, None),
        (_old(1001, "review"), None, 0, None),
        (_old(1001, "review"), None, None, "timer"),
        (_old(1001, "pooled", pool_reason="waiting"), None, None, None),
        (_old(1001, "pooled"), None, None, "pool_reason"),
        (_old(1001, "owned", owner="a"), None, None, None),
        (_old(1001, "owned"), None, None, "owner"),
        (_old(1001, "merged", merged_into=1), None, None, None),
        (_old(1001, "merged"), None, None, "merged_into"),
        (_old(1001, "won"), None, None, None),
    ],
)
async def test_a_lead_that_nothing_moves_is_lost(
    database: Database, lead: LeadRow, offer: OfferRow | None, timer: int | None, missing: str | None
) -> None:
    """That 0 leads are lost means that each lead is where somebody or something will take it further."""
    await database.write(_store([lead], [offer] if offer else [], {} if timer is None else {1001: timer}))
    await database.write(lambda connection: versions.set_state(connection, versions.POLICY_IN_FORCE, 1, NOW))

    found = await database.read(lambda connection: lost_leads(connection, NOW))

    assert found == ([] if missing is None else [LostLead(1001, lead.state, missing)])


async def test_a_timer_that_nobody_handles_moves_nothing(database: Database) -> None:
    """When the tick has died, its leads are lost though their timers are there."""
    lead = _old(1001, "offered", offer_no=1)
    await database.write(_store([lead], [given.an_offer(1001, deadline_at=_LONG_AGO)], {1001: 1}))
    await database.write(lambda connection: connection.execute(text("UPDATE timer SET due_at = 0")))

    assert await database.read(lambda connection: lost_leads(connection, NOW)) == [LostLead(1001, "offered", "timer")]


async def test_without_a_policy_no_lead_is_overdue(database: Database) -> None:
    """Leads that come before the first publish wait for it, and /readyz says so."""
    await database.write(_store([_old(1001, "received")]))

    assert await database.read(lambda connection: lost_leads(connection, NOW)) == []


async def test_a_customer_is_found_among_what_counts_and_not_among_all_the_visits(sqlite_url: str) -> None:
    """Somebody who comes every day leaves a thousand merged visits; the next one must not wait for all of them."""
    phone = KEYS.index("phone", "+8613800000001") or b""
    database = SqliteDatabase(sqlite_url)
    visits = [given.a_lead(2000 + n, phone_index=phone, state=("merged", "invalid")[n % 2]) for n in range(3000)]
    first = given.a_lead(1500, phone_index=phone, state="owned", owner="rep001")

    def steps(connection: Connection) -> tuple[dict[bytes, list[int]], int]:
        raw = connection.connection.driver_connection
        assert raw is not None
        told: list[int] = []
        raw.set_progress_handler(lambda: told.append(1), 100)
        found = leads.find_by_identity(connection, "phone_index", [phone])
        raw.set_progress_handler(None, 0)
        return found, len(told)

    await database.write(_store([first]))
    found, before = await database.write(steps)
    await database.write(_store(visits))

    assert await database.write(steps) == (found, before)
    assert found == {phone: [1500]}
    await database.close()
