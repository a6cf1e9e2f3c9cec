"""The files of a policy's documents, read from beside the policy file."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from bot.cli.console import fail
from routing.errors import FileRefused
from routing.yaml_lines import read_yaml

#: Beyond this a phone would not open it, and the database would carry it with every backup.
MOST_BYTES = 10 * 1024 * 1024


def contents_beside(policy: Path, text: str) -> list[dict[str, str]]:
    """Give the documents that are there with their contents in base64; ends the program where one is too large."""
    sent = []
    for (name, version), path in _files_beside(policy, text).items():
        try:
            content = path.read_bytes()
        except OSError as error:
            fail(f"{path}: {error.strerror}")
        if len(content) > MOST_BYTES:
            fail(f"{path}: larger than {MOST_BYTES // 1024 // 1024} MB; make it smaller")
        data = base64.b64encode(content).decode("ascii")
        sent.append({"name": name, "version": version, "file_name": path.name, "content": data})
    return sent


def _files_beside(policy: Path, text: str) -> dict[tuple[str, str], Path]:
    """Give the file of each document that is there, by name and version; paths are relative to the policy file.

    Entries that are wrong in themselves are left out: checking the policy says so.
    """
    found = {}
    for entry in _entries(text):
        if isinstance(entry, dict) and all(isinstance(entry.get(key), str) for key in ("name", "version", "file")):
            path = policy.parent / str(entry["file"])
            if path.is_file():
                found[str(entry["name"]), str(entry["version"])] = path
    return found


def _entries(text: str) -> list[Any]:
    try:
        data = read_yaml(text).data
    except FileRefused:
        return []
    entries = data.get("documents") if isinstance(data, dict) else None
    return entries if isinstance(entries, list) else []
