"""What nobody should send does nothing: no 5xx, no traceback, no effect; and forgeries are refused."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import orjson
import pytest

from tests.acceptance.fuzz_run import fuzz_callbacks, fuzz_webhooks
from tests.support.recount import counts_of, rows_of, until_drained
from tests.support.running_service import RunningService, company_of, running_service
from tests.support.traffic import lead_of, signed_headers, source, until

SEED = 20261122
COUNT = 400


@pytest.fixture
async def service(sqlite_url: str, tmp_path: Path) -> AsyncIterator[RunningService]:
    """Give a company with a few leads that are waiting for an answer."""
    async with (
        running_service(sqlite_url, tmp_path / "service", company_of(5)) as started,
        source(started.address) as sender,
    ):
        for number in range(5):
            await sender.until_taken(lead_of(number), f"first-{number}")
        await until(lambda: all(started.sandbox.cards(rep) for rep in started.company.reps), within=30)
        yield started


async def test_forged_and_stale_deliveries_are_refused(service: RunningService) -> None:
    """A wrong signature, a tampered body, a replayed or future timestamp: 401 each, and nothing is stored."""
    body = orjson.dumps(lead_of(77))
    forged = {
        "wrong secret": signed_headers("k", body, secret=b"another-secret-of-32-bytes------"),
        "tampered": signed_headers("k", body + b" "),
        "six minutes old": signed_headers("k", body, now=time.time() - 360),
        "six minutes ahead": signed_headers("k", body, now=time.time() + 360),
        "another id": signed_headers("k", body) | {"webhook-id": "j"},
        "nothing": {"Content-Type": "application/json"},
    }
    before = await counts_of(service.database_url, "lead", "refused_delivery")
    async with aiohttp.ClientSession() as session:
        for name, headers in forged.items():
            async with session.post(f"{service.address}/webhooks/website", data=body, headers=headers) as response:
                assert response.status == 401, name
                assert response.content_type == "application/problem+json", name
    assert await counts_of(service.database_url, "lead", "refused_delivery") == before


async def test_forged_callbacks_are_refused_and_a_replayed_one_has_no_second_effect(service: RunningService) -> None:
    """Wrong signature, replayed timestamp, foreign receiveid, foreign agent: 403; the same packet again: 200 and nothing."""
    rep = service.company.reps[0]
    card = service.sandbox.cards(rep)[0]
    lead = int(card.task_id.split("-")[1][1:])
    attacks = service.sandbox.attacks
    for kind in (
        "wrong_signature",
        "no_signature",
        "foreign_receiver",
        "foreign_agent",
        "old_timestamp",
        "bad_padding",
    ):
        assert (await attacks.send(kind)).status == 403, kind
    await service.sandbox.tap(rep, f"1:accept:L{lead}:1", task_id=card.task_id).wait()
    # A card that is still on its way starts a clock when it arrives.
    await until_drained(service.database_url, within=60)
    before = await rows_of(service.database_url)
    assert next(row for row in before.lead if row["lead_id"] == lead)["owner"] == rep
    assert (await attacks.send("replayed")).status == 200
    after = await rows_of(service.database_url)
    assert (after.lead, after.offer, after.fact, len(after.outbox)) == (
        before.lead,
        before.offer,
        before.fact,
        len(before.outbox),
    )


async def test_fuzzed_webhooks_do_nothing(service: RunningService) -> None:
    """In short: no 5xx, no traceback, no lead that nobody was told of."""
    result = await fuzz_webhooks(service, COUNT, SEED)
    assert result.wrong == []
    assert {202, 400, 401, 415, 422} <= set(result.statuses), "the fuzz must get past the door"


async def test_fuzzed_callbacks_do_nothing(service: RunningService) -> None:
    """In short: no 5xx, no traceback, nothing moves."""
    result = await fuzz_callbacks(service, COUNT, SEED)
    assert result.wrong == []
    assert {200, 403} <= set(result.statuses), "genuine but senseless packets are part of it"
