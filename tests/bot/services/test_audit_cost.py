"""What the auditor costs does not grow with what years have left behind."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import insert

from bot.services.audit import audit
from bot.services.desk import Desk
from routing.lead import Lead
from store.leads import pack_lead
from store.tables import lead
from tests.support.office import KEYS, Company, company

_MANY = 4000
#: SQLite counts its own steps; every so many of them one is told.
_STEPS = 100


@pytest.fixture
async def small(sqlite_url: str) -> AsyncIterator[Company]:
    """Give a company on SQLite, which can count its steps."""
    async with company(sqlite_url) as opened:
        yield opened


def _steps(desk: Desk) -> int:
    """Run the auditor and count how many hundreds of steps the database took."""
    raw = desk.tx.connection.connection.driver_connection
    assert raw is not None
    told: list[int] = []
    raw.set_progress_handler(lambda: told.append(1), _STEPS)
    audit(desk)
    raw.set_progress_handler(None, 0)
    return len(told)


def _leave_behind(desk: Desk) -> None:
    """Store what years leave behind: visits that were merged, leads that somebody owns."""
    sealed = KEYS.seal(pack_lead(Lead("web")), "lead.sealed.0")
    rows = [
        {"lead_id": 10_000 + number, "source": "web", "external_key": number.to_bytes(8), "offer_no": 0, "round": 0,
         "decision_no": 0, "score": 0, "grade": "D", "sealed": sealed, "received_at": desk.now, "waiting_since": desk.now,
         "state": ("merged", "owned")[number % 2], "owner": (None, "lisi")[number % 2],
         "merged_into": (1, None)[number % 2]}
        for number in range(_MANY)
    ]  # fmt: skip
    desk.tx.connection.execute(insert(lead), rows)


async def test_the_auditor_looks_at_what_is_in_the_works_alone(small: Company) -> None:
    """It runs every minute where leads are written: reading a million old leads would stop intake for seconds."""
    before = await small.do(_steps)
    await small.do(_leave_behind)

    assert await small.do(_steps) <= before + 2
