"""The generic source: our own JSON, or anybody's with names that are usual for leads.

Strict where a wrong value would decide wrongly (numbers, times, flags): every such field is named at once. Lenient where a value only
informs: a place, language or second contact that can't be read stays in `extra` under its own name, with a note.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import parse_qsl, urlsplit

from bot.lead_sources.bodies import Payload
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
from bot.lead_sources.phones import read_phone
from bot.lead_sources.problems import FieldProblem, Unfit, Wording
from bot.lead_sources.source import Path, Source
from bot.lead_sources.tidying import tidy_extra
from routing.lead import Lead, Scalar
from routing.places import locate
from routing.vocabulary import industry, language



def _raw_phone(value: object) -> object:
    """A phone may come as a number; what it says is read by `phones`, once the other contacts are known."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else read_text(value)


#: Every plain field of a lead -> how it is read.
_READERS: dict[str, Callable[[object], object]] = dict.fromkeys(FIELD_NAMES, read_text) | {
    "external_id": read_id, "unionid": read_id, "company_size": read_whole_number, "company_listed": read_flag,
    "quantity": read_decimal, "budget": read_decimal, "demand": read_long_text, "submitted_at": read_time,
    "is_test": read_flag, "phone": _raw_phone,
}  # fmt: skip
#: Facts about behaviour that rules compare as numbers; any other key of `behaviour` may be text, number or flag.
_BEHAVIOUR_NUMBERS = frozenset({"pricing_page_visits_7d", "visits_30d", "dwell_seconds", "pages", "form_seconds"})
#: Names inside `page{}` and `source{}` -> how they are called in `extra.page`, and which fact of behaviour they are.
_PAGE_NAMES = {
    "url": "url", "pageurl": "url", "referrer": "referrer", "referer": "referrer", "ip": "ip", "name": "name", "pagename": "name",
    "dwellseconds": "dwell_seconds", "fillseconds": "fill_seconds", "formseconds": "fill_seconds", "views": "views",
    "pageviews": "views", "pages": "views",
}  # fmt: skip
_PAGE_BEHAVIOUR = {"dwell_seconds": "dwell_seconds", "fill_seconds": "form_seconds", "views": "pages"}
_UTM_NAMES = ("source", "medium", "campaign", "term", "content")
_MOST_ATTRIBUTES = 100
#: Counts up to here need no closer look.
_LARGEST_COUNT = 10**9
_EMAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[^@\s,;<>\"]{1,189}\.[^@\s,;<>\".]{2,63}")

#: The same few words come all day; what they stand for is remembered.
_industry = functools.lru_cache(maxsize=1024)(industry)
_known_language = functools.lru_cache(maxsize=256)(language)

_KEPT = Wording("原文已保留在 extra 中", "the text was kept in `extra`")
_NOT_OBJECT = Wording("应为 JSON 对象", "has to be a JSON object")
_SEND_OBJECT = Wording("请发送 {\"名称\": 值}", "send {\"name\": value}")
_NOT_SCALAR = Wording("应为文本、数字或是否", "has to be text, a number or yes/no")


@dataclass(slots=True)
class _Reading:
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


def read_generic(source: Source, payload: Payload) -> tuple[Lead, tuple[FieldProblem, ...]]:
    """Read a payload of the generic kind.

    Args:
        source: names and values of the operator's own choice.
        payload: the body, out of its envelope.

    Returns:
        The lead, and notes on fields that were kept as they came.

    Raises:
        Unfit: with every field that is wrong; also where nobody could be reached.
    """
    reading = _Reading(source.values)
    _collect(source, payload.data, reading)
    if payload.event_time is not None and "submitted_at" not in reading.values:
        reading.put("submitted_at", "timestamp", payload.event_time)
    lead = _lead(source, payload, reading)
    if not lead.has_contact:
        reading.problems.append(_no_contact(reading))
    if reading.problems:
        raise Unfit(tuple(reading.problems))
    return lead, tuple(reading.notes)


def _collect(source: Source, data: Mapping[str, object], reading: _Reading) -> None:
    """Sort the payload's keys: the operator's mapping first, then our own names, then the usual ones, the rest to `extra`."""
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
        if key in _READERS and not isinstance(value, dict):
            reading.put(key, key, value)
        elif (name := field_of(key)) is not None:
            others.append((name, key, value))
        else:
            reading.extra[key] = value
    for name, key, value in others:
        _place(name, key, value, reading)


def _at(data: object, path: Path) -> object:
    for part in path:
        if not isinstance(data, Mapping):
            return None
        data = data.get(part)
    return data


def _place(name: str, where: str, value: object, reading: _Reading) -> None:
    """Put a value where its field belongs: a plain field, an object inside the lead, or one key of such an object."""
    if name in _READERS and not (name == "channel" and isinstance(value, dict)):
        reading.put(name, where, value)
    elif "." in name:
        group, _, key = name.partition(".")
        _place_in_group(group, key, where, value, reading)
    elif isinstance(value, dict):
        _open(name, where, value, reading)
    else:
        reading.wrong(where, Bad(_NOT_OBJECT, _SEND_OBJECT))


def _open(name: str, where: str, inner: Mapping[str, object], reading: _Reading) -> None:
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


def _place_in_group(group: str, key: str, where: str, value: object, reading: _Reading) -> None:
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


def _place_utm(key: str, where: str, value: object, reading: _Reading) -> None:
    name = key.lower().removeprefix("utm_")
    text = read_text(value)
    if name in _UTM_NAMES and text:
        reading.utm.setdefault(name, text)
    else:
        reading.extra[where] = value


def _place_page(key: str, where: str, value: object, reading: _Reading) -> None:
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


def _lead(source: Source, payload: Payload, reading: _Reading) -> Lead:
    values = reading.values
    _utm_of_page(reading)
    phone = _phone(reading)
    place = locate(*(reading.text(name) for name in ("province", "city", "district", "address")))
    if place.rest:
        reading.extra[reading.names.get("address", "address")] = reading.values["address"]
    for name in place.unread:
        reading.note(name, Wording("不是可识别的中国地区", "is no region of China that is known"))
    email, tag = _email(reading), _language(reading)
    trade, channel = reading.text("industry"), reading.text("channel")
    return Lead(
        source=source.name,
        phone=phone,
        email=email,
        language=tag,
        province=place.place.province,
        city=place.place.city,
        district=place.place.district,
        industry=_industry(trade) if trade else None,
        channel=channel or source.channel or payload.event_source and read_text(payload.event_source),
        campaign=reading.text("campaign") or reading.utm.get("campaign"),
        behaviour=MappingProxyType(reading.behaviour),
        attributes=MappingProxyType(reading.attributes),
        is_test=bool(values.get("is_test")),
        **{name: values.get(name) for name in _AS_READ},  # type: ignore[arg-type]  # each reader gives its field's type
        extra=MappingProxyType(_extra(reading)),
    )


#: Fields of a lead that are what their reader gave.
_AS_READ = (
    "external_id", "name", "wechat", "unionid", "title", "company", "company_size", "company_listed", "product", "quantity",
    "budget", "demand", "submitted_at",
)  # fmt: skip


def _extra(reading: _Reading) -> dict[str, object]:
    if reading.utm:
        reading.extra["utm"] = reading.utm
    if reading.page:
        reading.extra["page"] = reading.page
    return tidy_extra(reading.extra) if reading.extra else reading.extra


def _phone(reading: _Reading) -> str | None:
    raw = reading.values.get("phone")
    if not isinstance(raw, str | int | float):
        return None
    phone = read_phone(raw)
    if phone.wechat and not reading.values.get("wechat"):
        reading.values["wechat"] = phone.wechat
    if phone.others:
        reading.extra["phones"] = list(phone.others)
    if phone.extension:
        reading.extra["phone_extension"] = phone.extension
    if phone.problem is not None:
        reading.note("phone", phone.problem)
    return phone.number


def _email(reading: _Reading) -> str | None:
    raw = reading.text("email")
    if raw is None:
        return None
    if not _EMAIL.fullmatch(raw):
        reading.note("email", Wording("不是有效的邮箱地址", "is no e-mail address"))
        return None
    return raw.lower()


def _language(reading: _Reading) -> str | None:
    raw = reading.text("language")
    if raw is None:
        return None
    tag = _known_language(raw)
    if tag is None:
        reading.note("language", Wording("不是可识别的语言", "is no language that is known"))
    return tag


def _utm_of_page(reading: _Reading) -> None:
    """Campaign parameters stand in the page's address where nothing else names them."""
    url = reading.page.get("url")
    if not isinstance(url, str) or "utm_" not in url:
        return
    try:
        pairs = parse_qsl(urlsplit(url).query, max_num_fields=100)
    except ValueError:
        return
    for key, value in pairs:
        name = key.removeprefix("utm_")
        if name != key and name in _UTM_NAMES and (text := read_text(value)):
            reading.utm.setdefault(name, text)


def _no_contact(reading: _Reading) -> FieldProblem:
    """Say how to reach nobody: the contact that could not be read, else that all three are missing."""
    unreadable = next((note for note in reading.notes if note.field == reading.names.get("phone", "phone")), None)
    if unreadable is not None:
        mend = Wording("请发送完整的电话号码，如 13800138000 或 +85291234567", "send the whole number, as +8613800138000")
        return FieldProblem(unreadable.field, unreadable.message, mend)
    return FieldProblem(
        "phone",
        Wording("phone、wechat、email 至少要有一个", "one of phone, wechat and email is required"),
        Wording("请补充电话、微信号或邮箱", "add a phone number, a WeChat id or an e-mail address"),
    )
