"""Reading who works in the stand-in company from a JSON file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import orjson

from sandbox.config import Person

DEFAULT_PEOPLE = (
    Person("zhangsan", "张三", position="高级销售"),
    Person("wangwu", "王五", position="销售"),
    Person("sunqi", "孙七", position="医疗行业销售"),
    Person("lijing", "李静", role="manager", position="销售主管"),
)


def read_people(path: Path) -> tuple[Person, ...]:
    """Read a JSON array of ``{"userid", "name", "role", "locale", "position", "departments", "in_range"}``.

    Raises:
        TypeError: When the file is not such an array.
        ValueError: When an entry lacks its userid.
        OSError: When it cannot be read.
    """
    content = orjson.loads(path.read_bytes())
    if not isinstance(content, list):
        raise TypeError(f"{path}: expected a JSON array of people")
    return people_from(content)


def people_from(items: Iterable[object]) -> tuple[Person, ...]:
    """Return people from JSON objects.

    Raises:
        ValueError: When one of them is not an object with a userid.
    """
    return tuple(person_from(item) for item in items)


def person_from(item: object) -> Person:
    """Return one person from a JSON object.

    Raises:
        ValueError: When it is not an object with a userid.
    """
    if not isinstance(item, Mapping) or not item.get("userid"):
        raise ValueError("a person needs a userid")
    userid = str(item["userid"])
    return Person(
        userid=userid,
        name=str(item.get("name") or userid),
        role=str(item.get("role") or "rep"),
        locale=str(item.get("locale") or "zh"),
        departments=tuple(int(part) for part in item.get("departments") or (1,)),
        position=str(item.get("position") or ""),
        in_range=bool(item.get("in_range", True)),
        status=int(item.get("status", 1)),
    )
