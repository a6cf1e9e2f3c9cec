"""Finds the project's own files, for the tests that hold all of them to a rule."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("bot", "routing", "store", "sandbox")
_NOT_OURS = {
    ".git", ".venv", "__pycache__", "node_modules", "vendor",
    ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".import_linter_cache",
}  # fmt: skip
#: Made by running or building; only at the top.
_MADE = {"data", "build", "dist"}
_TEXT = set(".py .md .toml .yaml .yml .txt .sh .html .js .css .json .cfg .sql .mjs".split()) | {""}


def text_files() -> Iterator[Path]:
    """Yield every text file of the project, in order."""
    for path in sorted(ROOT.rglob("*")):
        relative = path.relative_to(ROOT)
        ours = _NOT_OURS.isdisjoint(relative.parts) and relative.parts[0] not in _MADE
        if ours and path.suffix in _TEXT and path.is_file():
            yield path


def python_files(*folders: str) -> list[Path]:
    """Give the Python files under the folders that are there, in order."""
    wanted = folders or (*PACKAGES, "tests", "bench")
    return [path for path in text_files() if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in wanted]


def pages() -> list[Path]:
    """Give the pages written for people: README, CHANGELOG and everything under docs/."""
    return [path for path in text_files() if path.suffix == ".md" and path.relative_to(ROOT).parts[0] != "tests"]


def named(path: Path) -> str:
    """Give the path as a test's id: relative to the project."""
    return path.relative_to(ROOT).as_posix()


def tree_of(path: Path) -> ast.Module:
    """Parse a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
