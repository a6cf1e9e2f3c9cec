"""No file and no function grows past what fits in a head."""

import ast
from pathlib import Path

import pytest

from tests.architecture.project_files import named, python_files, tree_of

_FILE_LINES = 400
_FUNCTION_LINES = 60


@pytest.mark.parametrize("path", python_files(), ids=named)
def test_a_file_and_its_functions_are_small(path: Path) -> None:
    """A file has at most 400 lines, a function at most 60; what is longer holds two ideas."""
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= _FILE_LINES, f"{named(path)} has {lines} lines"

    too_long = [
        f"{node.name} has {length} lines"
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > _FUNCTION_LINES
    ]
    assert not too_long, f"{named(path)}: {', '.join(too_long)}"
