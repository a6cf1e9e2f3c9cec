"""A quarter's decisions come out the same in other processes, with other hashes, and on every Python that is there."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from shutil import which

import pytest

from store.data_key import open_keys
from tests.soak.lengths import length, say, seed
from tests.support.quarter import fill_quarter

_ROOT = Path(__file__).parents[2]
_KEY = "k1:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="
_SUPPORTED = (11, 12, 13, 14)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_a_quarter_is_replayed_without_a_difference(sqlite_url: str) -> None:
    """Hundred thousand decisions under five policies and rosters: `differences: 0` everywhere."""
    number = seed()
    keys, _ = open_keys(_KEY, sqlite_url)
    asyncio.run(fill_quarter(sqlite_url, keys, leads=length(100_000), seed=number))
    for python, version in _pythons():
        for hashes, jobs in (("1", "1"), ("424242", "2")):
            started = time.monotonic()
            ran = _run(python, "-m", "bot", "replay", "--jobs", jobs, url=sqlite_url, hashes=hashes)
            took = time.monotonic() - started
            assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-2000:]
            found = re.fullmatch(r"decisions: (\d+)\ndifferences: 0\n", ran.stdout)
            assert found is not None
            assert int(found[1]) >= length(100_000)
            say(
                f"replay: seed {number}, {found[1]} decisions, Python {version}, PYTHONHASHSEED={hashes}, {jobs} processes: "
                f"no difference, {took:.1f} s with start-up, {int(found[1]) / took:.0f}/s"
            )


def _pythons() -> list[tuple[str, str]]:
    """Give (program, version) of those that have what paidan needs; says loudly which could not be used."""
    named = [path for path in os.environ.get("PAIDAN_SOAK_PYTHONS", "").split(os.pathsep) if path]
    found = [which(f"python3.{minor}") for minor in _SUPPORTED]
    managed = sorted((Path.home() / ".pyenv" / "versions").glob("3.1[1-9]*/bin/python"))
    usable = {_version(sys.executable): sys.executable}
    for python in [*named, *(path for path in found if path), *map(str, managed)]:
        version = _version(python)
        if not version or version in usable:
            continue
        tried = _run(python, "-c", "import bot.__main__")
        if tried.returncode == 0:
            usable[version] = python
        else:
            say(f"replay: NOT RUN on Python {version}: {tried.stderr.strip().splitlines()[-1]}")
    missing = [f"3.{minor}" for minor in _SUPPORTED if not any(one.startswith(f"3.{minor}.") for one in usable)]
    say(f"replay: runs on Python {', '.join(usable)}" + (f"; NOT PROVED on {', '.join(missing)}" if missing else ""))
    return [(python, version) for version, python in usable.items()]


def _version(python: str) -> str:
    ran = _run(python, "-c", "import platform; print(platform.python_version())")
    return ran.stdout.strip() if ran.returncode == 0 else ""


def _run(python: str, *arguments: str, url: str = "", hashes: str = "0") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONHASHSEED": hashes, "PAIDAN_DATABASE_URL": url, "PAIDAN_DATA_KEY": _KEY}
    command = [python, *arguments]
    return subprocess.run(command, cwd=_ROOT, env=environment, capture_output=True, text=True, check=False)
