"""`serve` ends when it is asked to, hands back what it holds, and refuses to start where it would do harm."""

import asyncio
import signal
import sqlite3
from pathlib import Path

import pytest

from tests.support.recount import all_wrong, counts_of, rows_of, until_drained, wrong_with_intake
from tests.support.running_service import (
    DATA_KEY,
    DidNotStartError,
    RunningService,
    company_of,
    installation,
    running_service,
)
from tests.support.traffic import Reps, eager, lead_of, source


async def test_serve_ends_within_ten_seconds_under_load_and_the_next_one_goes_on(
    database_url: str, tmp_path: Path
) -> None:
    """SIGTERM in the middle of a load: status 0, nothing lost, and what was not sent yet is sent by the next process."""
    async with (
        running_service(database_url, tmp_path / "service", company_of(40)) as service,
        source(service.address) as sender,
        Reps(service.sandbox, eager),
    ):
        posting = asyncio.create_task(sender.paced(range(100), per_second=50))
        await asyncio.sleep(1)
        status, seconds = await service.stop()
        assert (status, seconds < 10) == (0, True), seconds
        assert "Traceback" not in service.log()
        await service.start()
        await posting
        await until_drained(database_url, within=60)
    rows = await rows_of(database_url)
    assert all_wrong(rows, service.sandbox, drained=False) == []
    assert wrong_with_intake(rows, sender.answers, sender.posted) == []
    assert len(rows.lead) == 100


async def test_serve_ends_within_ten_seconds_while_wecom_does_not_answer(sqlite_url: str, tmp_path: Path) -> None:
    """What is under way is handed back: the next process sends it, and the rep sees it once."""
    async with (
        running_service(sqlite_url, tmp_path / "service", company_of(20)) as service,
        source(service.address) as sender,
    ):
        service.sandbox.faults.add("slow", "message/send", delay_s=30)
        await sender.paced(range(20), per_second=100)
        await asyncio.sleep(0.5)
        status, seconds = await service.stop()
        assert (status, seconds < 10) == (0, True), seconds
        service.sandbox.faults.clear()
        await service.start()
        await until_drained(sqlite_url, within=15)
    assert all_wrong(await rows_of(sqlite_url), service.sandbox, drained=True) == []


async def test_a_second_serve_on_the_same_sqlite_file_is_refused(sqlite_url: str, tmp_path: Path) -> None:
    """One process writes; the second says so in a sentence, and the first goes on."""
    async with (
        running_service(sqlite_url, tmp_path / "service", company_of(3)) as service,
        source(service.address) as sender,
    ):
        status, said = await service.run("serve")
        assert status == 1
        assert said.strip().splitlines()[-1] == "another process is writing to paidan.db; only one may"
        assert "Traceback" not in said
        assert (await sender.once(lead_of(1), "k-1")).status == 202


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        pytest.param(DATA_KEY.replace("k1:A", "k1:B"), "the key named k1 is not the one", id="another key"),
        pytest.param(DATA_KEY.replace("k1:", "k2:"), "lacks the key named k1", id="a key of another name"),
        pytest.param("nonsense", "PAIDAN_DATA_KEY", id="no key"),
    ],
)
async def test_a_wrong_data_key_is_refused_before_anything_is_written(
    key: str, sentence: str, sqlite_url: str, tmp_path: Path
) -> None:
    """A database half under one key and half under another could never be read again."""
    async with installation(sqlite_url, tmp_path / "service", company_of(3)) as service:
        before = await counts_of(sqlite_url, "service_state", "lead")
        service.more["PAIDAN_DATA_KEY"] = key
        await _refuses(service, sentence)
        assert await counts_of(sqlite_url, "service_state", "lead") == before
        assert key.partition(":")[2] not in service.log() or ":" not in key


async def test_a_database_without_the_newest_schema_is_refused(tmp_path: Path) -> None:
    """Without --upgrade nobody's database is changed: the sentence says what to do."""
    empty = tmp_path / "empty.db"
    sqlite3.connect(empty).close()
    nobody = type(company_of(1))((), "", "")
    async with installation(f"sqlite:///{empty}", tmp_path / "service", nobody) as service:
        await _refuses(service, "paidan db upgrade")
        assert empty.stat().st_size < 20_000, "no tables were made"


async def _refuses(service: RunningService, sentence: str) -> None:
    with pytest.raises(DidNotStartError) as refusal:
        await service.start()
    assert sentence in str(refusal.value)
    assert "Traceback" not in str(refusal.value)


async def test_serve_ends_cleanly_on_ctrl_c_with_nothing_to_do(sqlite_url: str, tmp_path: Path) -> None:
    """SIGINT is SIGTERM; an idle service ends at once and leaves no write-ahead log, no socket and no lock behind."""
    async with running_service(sqlite_url, tmp_path / "service", company_of(3)) as service:
        assert service.process is not None
        service.process.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(service.process.wait(), 5) == 0
        left = {path.name for path in tmp_path.iterdir() if path.is_file()}
        assert left <= {"paidan.db", "paidan.db.lock"}
        assert "Traceback" not in service.log()
