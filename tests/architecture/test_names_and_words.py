"""Names say what a thing is, and the project speaks of nothing outside itself."""

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.project_files import ROOT, named, python_files, text_files, tree_of

_DRAWERS = {"utils", "util", "helpers", "helper", "common", "base", "misc", "manager"}
#: Words for which docs/glossary.md has another one.
_SYNONYMS = re.compile(r"(?i)(?:^|_|(?<=[a-z]))(ticket|salesperson|salesman|assignee|prospect)s?(?:$|_|(?=[A-Z]))")
#: Written in pieces, so that this file passes its own test.
_OUTSIDE = [
    re.compile(pattern)
    for pattern in (
        r"(?<![\w.*])/" + r"work/",
        r"/home/" + r"\w+/",
        r"/root" + r"/\w+",
        r"files\.python" + r"hosted\.org",
        r"(?<!\w)py" + r"pi\.(?:org|python\.org)",
        r"mirrors?\.\w+\.(?:com|cn|edu)",
        r"registry\." + r"npmjs",
        r"\bsk-" + r"[A-Za-z0-9]{20}",
        r"-----BEGIN [A-Z ]*PRIVATE" + r" KEY",
    )
]


def test_no_module_is_a_drawer_for_everything() -> None:
    """A module called utils has no reason to refuse anything; a name of its own gives it one."""
    drawers = [named(path) for path in python_files() if path.stem in _DRAWERS or path.parent.name in _DRAWERS]
    assert not drawers


@pytest.mark.parametrize("path", python_files("bot", "routing", "store", "sandbox"), ids=named)
def test_one_word_for_one_thing(path: Path) -> None:
    """Classes and functions use the glossary's words; two words for one thing make a reader look for two things."""
    names = {
        node.name
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    }
    assert not [name for name in sorted(names) if _SYNONYMS.search(name)]


def test_no_file_speaks_of_a_machine_or_a_registry() -> None:
    """A path of one machine, a registry's host or a key in a file breaks for the next person, or harms the last."""
    found = [
        f"{named(path)}:{number}: {match.group()}"
        for path in text_files()
        if path.suffix != ".json"
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        for pattern in _OUTSIDE
        if (match := pattern.search(line))
    ]
    assert not found


def test_locks_name_versions_and_hashes_but_no_hosts() -> None:
    """Anybody's index may serve the locked packages; the hashes prove that they are the same."""
    for path in sorted((ROOT / "requirements").glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        entries = re.findall(r"(?m)^[a-z0-9][^\n]*(?:\n {4}[^\n]*)*", text)
        assert "://" not in text, path.name
        assert entries
        for entry in entries:
            assert "==" in entry, entry
            assert "--hash=sha256:" in entry, entry
