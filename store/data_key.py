"""Where the data keys come from, and whether they are the ones this database was written with.

What is kept in the database are fingerprints: 8 bytes of a keyed hash for each key that has been in use, from which no
key can be guessed. They tell a wrong key at once, before the first row fails to open.
"""

from __future__ import annotations

import contextlib
import os
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, make_url

from store import versions
from store.errors import WrongDataKey
from store.sealed_fields import KeyRing
from store.sqlite_database import sqlite_path


def open_keys(text: str | None, url: str) -> tuple[KeyRing, str | None]:
    """Give the data keys of a database.

    Args:
        text: what PAIDAN_DATA_KEY says, `kid:base64,…`; empty or None where it is not set.
        url: as in PAIDAN_DATABASE_URL; beside a SQLite database a key is made and kept where none was given.

    Returns:
        The keys, and a warning for the operator where the key lies beside the data.

    Raises:
        WrongDataKey: the text can't be read, or there is none and the database is not a file.
    """
    if text and text.strip():
        return KeyRing.parse(text), None
    if make_url(url).get_backend_name() != "sqlite":
        msg = "PAIDAN_DATA_KEY is not set. Make one with: echo k1:$(head -c 32 /dev/urandom | base64)"
        raise WrongDataKey(msg)
    database = sqlite_path(url)
    path = database.with_name(database.name + ".key")
    warning = (
        f"PAIDAN_DATA_KEY is not set, so the key is kept in {path}, beside what it protects. "
        "Set PAIDAN_DATA_KEY to what that file says, keep it elsewhere, never with the backups, and delete the file."
    )
    return KeyRing.parse(_read_or_make(path)), warning


def _read_or_make(path: Path) -> str:
    """Give what the key file says; whoever comes first makes it, and it is on the disk before it is used."""
    with contextlib.suppress(FileNotFoundError):
        return path.read_text(encoding="ascii")
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        os.write(handle, KeyRing.new_key().encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
    return path.read_text(encoding="ascii")


def verify(connection: Connection, keys: KeyRing) -> None:
    """Refuse keys that do not open what this database holds; raises WrongDataKey. Reads only."""
    known = versions.state(connection, versions.KEY_CHECK)
    if known is None:
        return
    for key_id, fingerprint in known["keys"].items():
        found = keys.fingerprints.get(key_id)
        if found is None:
            msg = f"PAIDAN_DATA_KEY lacks the key named {key_id}, with which rows of this database are sealed: add it"
            raise WrongDataKey(msg)
        if found != fingerprint:
            msg = f"PAIDAN_DATA_KEY: the key named {key_id} is not the one this database was written with"
            raise WrongDataKey(msg)
    if keys.index_key_id != known["index"]:
        msg = (
            f"PAIDAN_DATA_KEY must end with the key named {known['index']}: known customers are found again with the "
            "oldest key. New keys go to the front"
        )
        raise WrongDataKey(msg)


def accept(connection: Connection, keys: KeyRing, now: datetime) -> None:
    """Refuse wrong keys, as `verify` does, and remember new ones. Called once, when the service starts to write."""
    verify(connection, keys)
    value = {"index": keys.index_key_id, "keys": keys.fingerprints}
    if versions.state(connection, versions.KEY_CHECK) != value:
        versions.set_state(connection, versions.KEY_CHECK, value, now)
