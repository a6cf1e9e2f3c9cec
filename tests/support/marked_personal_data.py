"""A lead whose every personal field can be told wherever it turns up, and the places where it must not."""

import re
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, text

from store.database import open_readers
from store.tables import metadata

#: Of no real subscriber: the 192 block with a run that no id, time or counter shows.
_PHONE = "1928374655"


@dataclass(frozen=True)
class Marked:
    """One person, numbered 0 to 9.

    Attributes:
        number: the last digit of the phone.
    """

    number: int

    @property
    def phone(self) -> str:
        """Give the phone number as people write it."""
        return f"{_PHONE}{self.number}"

    def lead(self, **more: object) -> dict[str, object]:
        """Give the JSON of the lead: all that is personal carries a mark, what rules look at does not."""
        n = self.number
        return {
            "external_id": f"extmark{n}-{self.phone}", "name": f"马可namemark{n}", "phone": f"+86 {self.phone}",
            "wechat": f"wxmark{n}_abc", "email": f"mailmark{n}@example.com", "title": f"titlemark{n}采购",
            "company": f"companymark{n}器械有限公司", "demand": f"needmark{n} 请回电 {self.phone}", "province": "上海",
            "attributes": {"note": f"attrmark{n}", f"keymark{n}": "x"}, "unknown_field": f"extramark{n}", "language": "zh",
            "behaviour": {"dwell_seconds": 186}, "channel": "官网表单",
        } | more  # fmt: skip


#: Whatever of a marked lead, of a note or of a reason may be met. Numbers also with blanks, hyphens or a country code.
MARKS = re.compile(
    rb"1-?9-?2[ -]?8-?3-?7-?4[ -]?6-?5-?5-?\d"
    rb"|(?:name|wx|mail|title|company|need|attr|key|extra|ext|said|reason)mark",
)


def found_in(data: bytes) -> list[str]:
    """Give what marks are in some bytes, each with a little of what stands around it."""
    hits = MARKS.finditer(data)
    return sorted({data[max(hit.start() - 60, 0) : hit.end() + 20].decode("utf-8", "replace") for hit in hits})


def found_in_files(folder: Path) -> list[str]:
    """Search every file of a folder: databases with their logs, locks and whatever else is left there."""
    return [
        f"{path.name}: {hit}"
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
        for hit in found_in(path.read_bytes())
    ]


async def found_in_tables(database_url: str) -> list[str]:
    """Search every row of every table, as text; bytes are searched as they are."""

    def search(connection: Connection) -> list[str]:
        hits = []
        for table in metadata.sorted_tables:
            for row in connection.execute(text(f"SELECT * FROM {table.name}")):
                parts = (value if isinstance(value, bytes) else str(value).encode("utf-8", "replace") for value in row)
                hits += [f"{table.name}: {hit}" for hit in found_in(b"\n".join(parts))]
        return hits

    readers = open_readers(database_url)
    try:
        return await readers.read(search)
    finally:
        await readers.close()
