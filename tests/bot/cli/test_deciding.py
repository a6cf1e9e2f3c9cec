"""`paidan decide` and `paidan replay`."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select, update

from store.database import open_database
from store.tables import decision, metadata
from tests.bot.cli.conftest import Run
from tests.bot.web.web_world import DATA_KEY

ROOT = Path(__file__).parents[3]
LEAD = {"phone": "137 0000 1111", "province": "上海", "budget": 200_000, "attributes": {"hospital_level": "三甲"}}


@pytest.fixture
def file(tmp_path: Path) -> str:
    """Give a file with a lead in it."""
    path = tmp_path / "lead.json"
    path.write_text(json.dumps(LEAD, ensure_ascii=False), encoding="utf-8")
    return str(path)


def _rows(connection: Connection) -> int:
    return sum(
        int(connection.execute(select(func.count()).select_from(table)).scalar_one())
        for table in metadata.sorted_tables
    )


def _in(url: str, **values: object) -> None:
    """Change one stored decision behind everybody's back."""

    async def change() -> None:
        database = open_database(url)
        await database.write(
            lambda connection: connection.execute(update(decision).where(decision.c.decision_id == 1002).values(values))
        )
        await database.close()

    asyncio.run(change())


def _count(url: str) -> int:
    async def count() -> int:
        database = open_database(url)
        try:
            return await database.read(_rows)
        finally:
            await database.close()

    return asyncio.run(count())


def test_it_says_who_would_get_a_lead_and_writes_nothing(paidan: Run, morning: str, file: str) -> None:
    """The rep, the score with its reasons, every rep with the reason; no row is there that was not there before."""
    before = _count(morning)
    told = paidan("decide", file, database_url=morning)

    assert told.exit_code == 0
    lines = told.stdout.splitlines()
    assert lines[0].startswith("offer to ")
    assert lines[1] == "score 70, grade A: 预算明确 +30"
    assert lines[3].startswith("✔ ")
    assert any("zhaoliu" in line for line in lines)
    assert lines[-1] == "policy version 1, roster version 1"
    assert _count(morning) == before


def test_the_same_lead_gives_the_same_bytes(paidan: Run, morning: str, file: str) -> None:
    """Scripts compare; only `--times` adds what differs."""
    first = paidan("decide", file, "--at", "2026-11-23T10:00", database_url=morning)
    second = paidan("decide", file, "--at", "2026-11-23T10:00")
    timed = paidan("decide", file, "--at", "2026-11-23T10:00", "--times")

    assert first.stdout_bytes == second.stdout_bytes
    assert timed.stdout == first.stdout + "asked at 2026-11-23T10:00:00+08:00\n"


def test_it_may_be_asked_about_another_time(paidan: Run, morning: str, tmp_path: Path) -> None:
    """Who is on duty at night takes what nobody may take in the morning."""
    (tmp_path / "tibet.json").write_text('{"phone": "13700001111", "province": "西藏"}', encoding="utf-8")
    by_day = paidan("decide", "tibet.json", "--at", "2026-11-23T10:00", database_url=morning)
    by_night = paidan("decide", "tibet.json", "--at", "2026-11-23T21:00")

    assert by_day.stdout.splitlines()[0] == "nobody may take it now: the pool"
    assert by_night.stdout.splitlines()[0] == "offer to 赵六 (zhaoliu), team north"


def test_json_is_the_answer_of_the_api(paidan: Run, morning: str, file: str) -> None:
    """Programs read the same document as over HTTP."""
    told = json.loads(paidan("decide", file, "--json", "--trace", database_url=morning).stdout)

    assert (told["outcome"], told["grade"]) == ("offer", "A")
    assert told["decision"]["facts"]["attributes.hospital_level"] == "三甲"
    assert "137" not in json.dumps(told)


@pytest.mark.parametrize(
    ("text", "named"),
    [('{"name": "x"}', "phone"), ("{", "JSON"), ("[]", "lead.json"), ('{"phone": "1", "budget": "x"}', "budget")],
)
def test_what_is_no_lead_is_refused(paidan: Run, morning: str, file: str, text: str, named: str) -> None:
    """Every field is named on standard error, and the status is not 0."""
    Path(file).write_text(text, encoding="utf-8")
    told = paidan("decide", file, database_url=morning)

    assert told.exit_code == 1
    assert named in told.stderr
    assert told.stdout == ""


def test_before_a_policy_it_says_what_comes_first(paidan: Run, sqlite_url: str, file: str) -> None:
    """An empty installation can't decide."""
    told = paidan("decide", file, database_url=sqlite_url)

    assert (told.exit_code, "paidan policy publish" in told.stderr) == (1, True)


def test_stored_decisions_come_out_the_same(paidan: Run, morning: str) -> None:
    """A whole morning is decided again from its records, to the last unit."""
    told = paidan("replay", database_url=morning)

    assert told.exit_code == 0
    assert told.stdout.splitlines() == ["decisions: 12", "differences: 0"]


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (["--last", "5"], 5),
        (["--last", "50"], 12),
        (["--since", "2026-11-20T15:00"], 3),
        (["--since", "2026-11-21"], 0),
        (["--from", "2026-11-20T15:00"], 3),
        (["--to", "2026-11-20T15:00"], 9),
        (["--from", "2026-11-20T11:00", "--to", "2026-11-20T12:00:01"], 3),
        (["--to", "2026-11-20"], 12),
        (["--to", "2026-11-19"], 0),
        (["--limit", "5"], 5),
        (["--limit", "5", "--from", "2026-11-20T14:30"], 4),
    ],
)
def test_a_part_may_be_replayed(paidan: Run, morning: str, options: list[str], count: int) -> None:
    """The newest or the oldest so many, or those of a period, in days or times of the policy's zone; a last day is whole."""
    assert paidan("replay", *options, database_url=morning).stdout.splitlines()[0] == f"decisions: {count}"


def test_other_processes_with_other_hashes_find_no_difference(morning: str) -> None:
    """Nothing that decides hangs on an order of Python's: of a dozen only the one that was changed differs."""
    _in(morning, rep_id="zhaoliu")
    environment = {
        **os.environ,
        "PYTHONHASHSEED": "424242",
        "PAIDAN_DATABASE_URL": morning,
        "PAIDAN_DATA_KEY": DATA_KEY,
    }
    command = [sys.executable, "-m", "bot", "replay", "--jobs", "2"]
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    assert ran.returncode == 1
    assert ran.stdout == "D1002: came out differently\ndecisions: 12\ndifferences: 1\n"


@pytest.mark.parametrize(
    "tampered",
    [
        {"rep_id": "zhaoliu"},
        {"outcome": "review"},
        {"rule": "西藏"},
        {"record": b""},
        {"record": b"\x01\x00\x00\x02{}"},
        {"record": b"\x01\x01\x00\x02xx"},
        {"record": b"\x09 not a record"},
    ],
)
def test_what_was_tampered_with_is_a_difference(paidan: Run, morning: str, tampered: dict[str, object]) -> None:
    """Exactly that one is named, and the status tells a script."""
    _in(morning, **tampered)
    told = paidan("replay", database_url=morning)

    assert told.exit_code == 1
    assert told.stdout.splitlines() == ["D1002: came out differently", "decisions: 12", "differences: 1"]


def test_a_day_that_is_none_is_refused(paidan: Run, morning: str) -> None:
    """A mistyped day must not replay everything."""
    told = paidan("replay", "--since", "gestern", database_url=morning)

    assert (told.exit_code, "2026-11-20" in told.stderr) == (2, True)
