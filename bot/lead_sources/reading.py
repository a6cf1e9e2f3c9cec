"""Sorting a payload: which of its keys is which field of ours, read as that field wants it.

Every wrong value is noted under the name that the sender gave it, so that one answer names all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.lead_sources.fields import (
    FIELD_NAMES,
    Bad,
    field_of,
    read_decimal,
    read_flag,
    read_id,
    read_long_text,
    read_number,
    read_text,
    read_time,
    read_whole_number,
)
from bot.lead_sources.problems import FieldProblem, Wording
from bot.lead_sources.source import Path, Source
from routing.lead import Scalar


def _raw_phone(value: object) -> object:
    """A phone may come as a number; what it says is read by `phones`, once the other contacts are known."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else read_text(value)


#: Every plain field of a lead -> how it is read.
_READERS: dict[str, Callable[[object], object]] = dict.fromkeys(FIELD_NAMES, read_text) | {
    "external_id": read_id, "unionid": read_id, "company_size": read_whole_number, "company_listed": read_flag,
    "quantity": read_decimal, "budget": read_decimal, "demand": read_long_text, "submitted_at": read_time,
    "is_test": read_flag, "phone": _raw_phone,
}  # fmt: skip
_ONE_VALUE = frozenset(_READERS) - {"channel"}
#: Facts about behaviour that rules compare as numbers; any other key of `behaviour` may be text, number or flag.
_BEHAVIOUR_NUMBERS = frozenset({"pricing_page_visits_7d", "visits_30d", "dwell_seconds", "pages", "form_seconds"})
#: Names inside `page{}` and `source{}` -> how they are called in `extra.page`, and which fact of behaviour they are.
_PAGE_NAMES = {
    "url": "url", "pageurl": "url", "referrer": "referrer", "referer": "referrer", "ip": "ip", "name": "name",
    "pagename": "name",
    "dwellseconds": "dwell_seconds", "fillseconds": "fill_seconds", "formseconds": "fill_seconds", "views": "views",
    "pageviews": "views", "pages": "views",
}  # fmt: skip
_PAGE_BEHAVIOUR = {"dwell_seconds": "dwell_seconds", "fill_seconds": "form_seconds", "views": "pages"}
UTM_NAMES = ("source", "medium", "campaign", "term", "content")
_MOST_ATTRIBUTES = 100
#: Counts up to here need no closer look.
_LARGEST_COUNT = 10**9

_KEPT = Wording("原文已保留在 extra 中", "the text was kept in `extra`")
_NOT_OBJECT = Wording("应为 JSON 对象", "has to be a JSON object")
_SEND_OBJECT = Wording('请发送 {"名称": 值}', 'send {"name": value}')
_NOT_SCALAR = Wording("应为文本、数字或是否", "has to be text, a number or yes/no")


@dataclass(slots=True)
class Reading:
    """One payload while it is read; `codes` are the operator's words for the sender's codes."""

    codes: Mapping[str, Mapping[str, str]]
    values: dict[str, object] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    behaviour: dict[str, Scalar] = field(default_factory=dict)
    attributes: dict[str, Scalar] = field(default_factory=dict)
    page: dict[str, object] = field(default_factory=dict)
    utm: dict[str, str] = field(default_factory=dict)
    extra: dict[str, object] = field(default_factory=dict)
    problems: list[FieldProblem] = field(default_factory=list)
    notes: list[FieldProblem] = field(default_factory=list)

    def put(self, name: str, where: str, value: object) -> None:
        """Read a plain field; the first value wins, a second one is kept in `extra`, a wrong one is named."""
        if name in self.values:
            self.extra[where] = value
            return
        if name in self.codes and isinstance(value, str | int):
            value = self.codes[name].get(str(value), value)
        if where != name:
            self.names[name] = where
        try:
            self.values[name] = _READERS[name](value)
        except Bad as bad:
            self.values[name] = None
            self.wrong(where, bad)

    def wrong(self, where: str, bad: Bad) -> None:
        """Name a value that does not fit."""
        self.problems.append(FieldProblem(where, bad.message, bad.mend))

    def note(self, name: str, message: Wording) -> None:
        """Keep what could not be read, and say so without refusing the lead."""
        where = self.names.get(name, name)
        self.extra[where] = self.values.get(name)
        self.notes.append(FieldProblem(where, message, _KEPT))

    def text(self, name: str) -> str | None:
        """Give a field that has been read as text."""
        value = self.values.get(name)
        return value if isinstance(value, str) else None


def collect(source: Source, data: Mapping[str, object]) -> Reading:
    """Sort the keys: the operator's mapping first, then our own names, then the usual ones, the rest to `extra`."""
    reading = Reading(source.values)
    taken: set[str] = set()
    for name, path in source.fields.items():
        value = _at(data, path)
        if value is not None and value != "":
            _place(name, ".".join(path), value, reading)
            taken.update(path[:1] if len(path) == 1 else ())
    others: list[tuple[str, str, object]] = []
    for key, value in data.items():
        if value is None or value == "" or key in taken:
            continue
        if key in _READERS and (key != "channel" or not isinstance(value, dict)):
            reading.put(key, key, value)
            continue
        meant = field_of(key)
        # Under a name that is only usual, an object or a list is something else (`location: {lat, lon}`).
        if meant is None or (meant in _ONE_VALUE and isinstance(value, dict | list)):
            reading.extra[key] = value
        else:
            others.append((meant, key, value))
    for meant, key, value in others:
        _place(meant, key, value, reading)
    return reading


def _at(data: object, path: Path) -> object:
    for part in path:
        if not isinstance(data, Mapping):
            return None
        data = data.get(part)
    return data


def _place(name: str, where: str, value: object, reading: Reading) -> None:
    """Put a value where its field belongs: a plain field, an object inside the lead, or one key of such an object."""
    if name in _READERS and not (name == "channel" and isinstance(value, dict)):
        reading.put(name, where, value)
    elif "." in name:
        group, _, key = name.partition(".")
        _place_in_group(group, key, where, value, reading)
    elif isinstance(value, dict):
        _open(name, where, value, reading)
    elif name == "page" and isinstance(value, str):
        _place_in_group(name, "url", where, value, reading)
    elif name in {"page", "utm"}:
        reading.extra[where] = value
    else:
        reading.wrong(where, Bad(_NOT_OBJECT, _SEND_OBJECT))


def _open(name: str, where: str, inner: Mapping[str, object], reading: Reading) -> None:
    """Read the objects that stand inside a lead."""
    if name == "attributes" and len(inner) > _MOST_ATTRIBUTES:
        message = Wording(f"超过 {_MOST_ATTRIBUTES} 项", f"has more than {_MOST_ATTRIBUTES} entries")
        reading.problems.append(FieldProblem(where, message, Wording("请只发送需要的项", "send only what is needed")))
        return
    group = "page" if name == "channel" else name
    for key, value in inner.items():
        if value is None or value == "":
            continue
        if group == "behaviour" and key in _BEHAVIOUR_NUMBERS and type(value) is int and 0 <= value <= _LARGEST_COUNT:
            reading.behaviour[key] = value
        elif name == "channel" and field_of(key) == "channel":
            reading.put("channel", f"{where}.{key}", value)
        else:
            _place_in_group(group, key, f"{where}.{key[:80]}", value, reading)


def _place_in_group(group: str, key: str, where: str, value: object, reading: Reading) -> None:
    try:
        if group == "behaviour":
            number = key in _BEHAVIOUR_NUMBERS
            _place_fact(reading.behaviour, key, read_number(value) if number else _scalar(value))
        elif group == "attributes":
            _place_fact(reading.attributes, key, _scalar(value))
        elif group == "utm":
            _place_utm(key, where, value, reading)
        else:
            _place_page(key, where, value, reading)
    except Bad as bad:
        reading.wrong(where, bad)


def _place_fact(facts: dict[str, Scalar], key: str, value: Scalar | None) -> None:
    clean = read_text(key, 80)
    if clean is not None and value is not None:
        facts[clean] = value


def _place_utm(key: str, where: str, value: object, reading: Reading) -> None:
    name = key.lower().removeprefix("utm_")
    text = read_text(value)
    if name in UTM_NAMES and text:
        reading.utm.setdefault(name, text)
    else:
        reading.extra[where] = value


def _place_page(key: str, where: str, value: object, reading: Reading) -> None:
    name = _PAGE_NAMES.get(key.lower().replace("_", "").replace("-", ""))
    if name is None:
        reading.extra[where] = value
    elif name in _PAGE_BEHAVIOUR:
        number = read_number(value)
        if number is not None:
            reading.page[name] = number
            reading.behaviour.setdefault(_PAGE_BEHAVIOUR[name], number)
    else:
        reading.page[name] = read_text(value, 2000)


def _scalar(value: object) -> Scalar | None:
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return read_text(value)
    raise Bad(_NOT_SCALAR, Wording("请发送单个值，列表请合并为文本", "send one value; join a list to one text"))
