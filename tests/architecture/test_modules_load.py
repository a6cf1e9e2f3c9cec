"""Every module loads by itself, and what it offers is there."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.project_files import PACKAGES, ROOT, named, python_files

_LOAD_ALL = """
import importlib, os, sys, threading
for name in sys.argv[1:]:
    module = importlib.import_module(name)
    missing = [word for word in getattr(module, "__all__", ()) if not hasattr(module, word)]
    assert not missing, f"{name} offers what it has not: {missing}"
assert threading.active_count() == 1, "importing started a thread"
assert not os.listdir("."), "importing wrote a file"
"""


def _module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


@pytest.mark.parametrize("package", PACKAGES)
def test_loading_does_nothing_but_define(package: str, tmp_path: Path) -> None:
    """Importing reads no setting, starts no thread, writes no file, so that order and place of imports never matter."""
    names = [
        _module_name(path)
        for path in python_files(package)
        if path.name != "__main__.py" and "migrations" not in path.parts
    ]
    environment = {"PATH": os.defpath, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "PAIDAN_PORT": "none"}

    done = subprocess.run(
        [sys.executable, "-c", _LOAD_ALL, *names],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout == ""


@pytest.mark.parametrize("path", [path for path in python_files(*PACKAGES) if path.name == "__init__.py"], ids=named)
def test_every_package_says_what_it_is_for(path: Path) -> None:
    """The first line of a package tells a newcomer whether to open it."""
    assert path.read_text(encoding="utf-8").lstrip().startswith('"""')
