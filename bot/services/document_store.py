"""Files of documents come in with the policy that names them, and are kept with the database."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.services.desk import Desk
from store import documents


@dataclass(frozen=True, slots=True)
class DocumentFile:
    """The file of one version of a document."""

    name: str
    version: str
    file_name: str
    content: bytes = field(repr=False)


def read_documents(sent: Iterable[Mapping[str, str]]) -> list[DocumentFile]:
    """Read files that came along with a policy, their contents in base64."""
    return [
        DocumentFile(item["name"], item["version"], item["file_name"], base64.b64decode(item["content"]))
        for item in sent
    ]


def keep(desk: Desk, coming: Sequence[DocumentFile]) -> None:
    """Keep files; the same version again replaces what was kept."""
    for item in coming:
        documents.keep(
            desk.tx.connection, item.name, item.version, file_name=item.file_name, content=item.content, now=desk.now
        )
