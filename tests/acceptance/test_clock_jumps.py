"""A clock that jumps or stands still: nobody loses a lead early, nothing is forgotten, and nothing spins."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot.bootstrap import Service, open_service
from bot.services.receive import Incoming, receive
from bot.settings import Settings
from routing.lead import Lead
from tests.support.manual_clock import ManualClock
from tests.support.recount import Rows, rows_of, wrong_with_counters, wrong_with_history, wrong_with_leads
from tests.support.running_service import DATA_KEY, company_of, put_in_force

WITHIN = timedelta(minutes=10)
LEADS = 6


@asynccontextmanager
async def _ticking(database_url: str, folder: Path, clock: ManualClock) -> AsyncIterator[Service]:
    """Run a service in this process, with everything that ticks, on a clock that only the test moves."""
    (folder / "sources.yaml").write_text("sources: {}\n", "utf-8")
    settings = Settings(database_url=database_url, data_key=DATA_KEY, _env_file=None)  # type: ignore[arg-type]
    await put_in_force(database_url, company_of(8, within="10m", remind=["5m"]))
    async with open_service(settings, clock=clock) as service:
        service.scheduler.start()
        incoming = [Incoming(Lead(source="web", phone=f"+86139{n:08d}"), f"k{n}", b"") for n in range(LEADS)]
        await service.services.runner.run(lambda desk: receive(desk, incoming))
        try:
            yield service
        finally:
            await service.scheduler.stop()


async def _until(database_url: str, reached: Callable[[Rows], bool]) -> Rows:
    async with asyncio.timeout(20):
        while True:
            rows = await rows_of(database_url)
            if reached(rows):
                return rows
            await asyncio.sleep(0.02)


def _delivered(rows: Rows) -> bool:
    return len(rows.offer) == LEADS and all(offer["delivered_at"] is not None for offer in rows.offer)


def _wrong(rows: Rows) -> list[str]:
    return [*wrong_with_leads(rows), *wrong_with_history(rows), *wrong_with_counters(rows)]


async def test_a_clock_that_jumps_ahead_ends_each_offer_once(sqlite_url: str, tmp_path: Path) -> None:
    """A machine that slept for six hours: every deadline has passed, each lead moves on by one round and not by three."""
    clock = ManualClock()
    async with _ticking(sqlite_url, tmp_path, clock):
        await _until(sqlite_url, _delivered)
        clock.forward(timedelta(hours=6))
        rows = await _until(sqlite_url, lambda rows: len(rows.offer) == 2 * LEADS and not _waiting(rows))
    assert _wrong(rows) == []
    ends = [(offer["offer_no"], offer["state"]) for offer in rows.offer]
    assert sorted(ends) == [(1, "expired")] * LEADS + [(2, "open")] * LEADS
    assert all(offer["deadline_at"] > offer["delivered_at"] for offer in rows.offer if offer["offer_no"] == 2)


async def test_b17_at_the_deadline_the_next_rep_has_the_card_within_three_seconds(
    sqlite_url: str, tmp_path: Path
) -> None:
    """B-17: the running service, with its own ticks: withdrawn, an `ack_timeout`, and delivered to the next rep."""
    clock = ManualClock()
    async with _ticking(sqlite_url, tmp_path, clock):
        await _until(sqlite_url, _delivered)
        clock.forward(WITHIN)
        moved_at = time.monotonic()
        rows = await _until(
            sqlite_url, lambda rows: len(rows.offer) == 2 * LEADS and all(offer["delivered_at"] for offer in rows.offer)
        )
        took = time.monotonic() - moved_at
    assert took < 3
    assert [offer["state"] for offer in rows.offer if offer["offer_no"] == 1] == ["expired"] * LEADS
    assert [fact["event"] for fact in rows.fact].count("ack_timeout") == LEADS
    assert len({(offer["lead_id"], offer["rep_id"]) for offer in rows.offer}) == 2 * LEADS
    assert _wrong(rows) == []


def _waiting(rows: Rows) -> bool:
    return any(row["done_at"] is None for row in rows.outbox)


async def test_a_clock_that_is_set_back_takes_no_lead_from_anybody_and_keeps_no_card_back(
    sqlite_url: str, tmp_path: Path
) -> None:
    """Deadlines stay where they were promised; new leads are offered and delivered meanwhile, and end in their time."""
    clock = ManualClock()
    async with _ticking(sqlite_url, tmp_path, clock) as service:
        before = await _until(sqlite_url, _delivered)
        clock.forward(-timedelta(hours=2))
        late = [Incoming(Lead(source="web", phone="+8613700000001"), "late", b"")]
        await service.services.runner.run(lambda desk: receive(desk, late))
        rows = await _until(sqlite_url, lambda rows: len(rows.offer) == LEADS + 1 and not _waiting(rows))
        assert [offer["state"] for offer in rows.offer] == ["open"] * (LEADS + 1)
        assert all(offer["delivered_at"] is not None for offer in rows.offer)
        clock.forward(timedelta(minutes=11))
        await _until(sqlite_url, lambda rows: sum(offer["state"] == "expired" for offer in rows.offer) == 1)
        clock.forward(timedelta(hours=2))
        rows = await _until(sqlite_url, lambda rows: all(offer["state"] == "expired" for offer in _first(rows)))
    assert _wrong(rows) == []
    promised = {offer["lead_id"]: offer["deadline_at"] for offer in before.offer}
    assert {
        offer["lead_id"]: offer["deadline_at"] for offer in _first(rows) if offer["lead_id"] in promised
    } == promised


def _first(rows: Rows) -> list[dict[str, object]]:
    return [offer for offer in rows.offer if offer["offer_no"] == 1]


@pytest.mark.parametrize("due", [False, True], ids=["nothing due", "at the very deadline"])
async def test_a_clock_that_stands_still_does_not_make_the_service_spin(
    due: bool, sqlite_url: str, tmp_path: Path
) -> None:
    """Also at the instant at which something is due: it is done once, and then the service sleeps."""
    clock = ManualClock()
    async with _ticking(sqlite_url, tmp_path, clock):
        await _until(sqlite_url, _delivered)
        if due:
            clock.forward(WITHIN)
            await _until(sqlite_url, lambda rows: len(rows.offer) == 2 * LEADS and not _waiting(rows))
        await asyncio.sleep(0.2)
        wall, used = time.monotonic(), time.process_time()
        await asyncio.sleep(1.5)
        assert (time.process_time() - used) / (time.monotonic() - wall) < 0.3
    rows = await rows_of(sqlite_url)
    assert _wrong(rows) == []
    assert {(offer["offer_no"], offer["state"]) for offer in rows.offer} == (
        {(1, "expired"), (2, "open")} if due else {(1, "open")}
    )
