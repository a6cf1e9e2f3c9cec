"""The queue of the pool comes out of the database in its order, page by page, on both engines."""

from datetime import datetime
from functools import partial

from sqlalchemy import Connection, insert

from routing.queue_order import LIFTED_AFTER, STRETCHES
from store.database import Database
from store.tables import lead
from store.waiting_queue import Place, waiting_leads
from tests.store.given import KEYS, MINUTE, NOW

COUNT = 240
CUT = NOW - LIFTED_AFTER


def _lead(number: int) -> dict[str, object]:
    state, reason = ("pooled", "waiting") if number % 5 else [("review", None), ("pooled", "recycled")][number % 2]
    return {
        "lead_id": 1000 + number, "source": "web", "state": state, "pool_reason": reason, "offer_no": 0, "round": 0,
        "decision_no": 0, "score": 50, "grade": "C", "sealed": KEYS.seal(b"{}", f"lead.sealed.{1000 + number}"),
        "received_at": NOW, "queue_class": number * 7 % 4, "rule": [None, "east", "north"][number % 3],
        # Many wait since the same moment, one of them since the very moment from which on nobody is lifted.
        "waiting_since": NOW - (number * 11 % 60) * MINUTE,
    }  # fmt: skip


def _place(row: dict[str, object]) -> tuple[int, datetime, int]:
    since, number = row["waiting_since"], row["lead_id"]
    assert isinstance(since, datetime)
    assert isinstance(number, int)
    return STRETCHES.index((int(str(row["queue_class"])), since < CUT)), since, number


def _pages(connection: Connection, *, limit: int, rules: list[str] | None = None) -> list[int]:
    """Read page by page, the clock moving on meanwhile."""
    found: list[int] = []
    after: Place | None = None
    for page in range(COUNT):
        places = waiting_leads(connection, limit=limit, lifted_before=CUT + page * MINUTE, after=after, rules=rules)
        if not places:
            break
        after = places[-1]
        found += [place[-1] for place in places]
    return found


async def test_b09_the_queue_comes_class_by_class_and_the_oldest_first(database: Database) -> None:
    """B-09, B-15: VIP and urgent first, whoever has waited 30 minutes one class higher, oldest first among equals.

    No lead comes twice or is left out, however long the pages are and whatever is lifted meanwhile.
    """
    rows = [_lead(number) for number in range(COUNT)]
    await database.write(lambda connection: connection.execute(insert(lead), rows))
    waiting = [row for row in rows if row["pool_reason"] == "waiting"]
    expected = [number for _, _, number in sorted(map(_place, waiting))]
    for limit in (1, 7, 50, COUNT):
        assert await database.read(partial(_pages, limit=limit)) == expected
    of_rules = {row["lead_id"] for row in waiting if row["rule"] in (None, "east")}
    found = await database.read(lambda connection: _pages(connection, limit=7, rules=["east"]))
    assert found == [number for number in expected if number in of_rules]
