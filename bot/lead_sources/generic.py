"""The generic source: our own JSON, or anybody's with names that are usual for leads.

Strict where a wrong value would decide wrongly (numbers, times, flags): every such field is named at once. Lenient
where a value only informs: a place, language or second contact that can't be read stays in `extra` under its own
name, with a note.
"""

from __future__ import annotations

import functools
import re
from types import MappingProxyType
from urllib.parse import parse_qsl

from bot.lead_sources.bodies import Payload
from bot.lead_sources.fields import read_text
from bot.lead_sources.phones import read_phone
from bot.lead_sources.problems import FieldProblem, Unfit, Wording
from bot.lead_sources.reading import UTM_NAMES, Reading, collect
from bot.lead_sources.source import Source
from bot.lead_sources.tidying import tidy_extra
from routing.lead import Lead
from routing.places import locate
from routing.vocabulary import industry, language

_EMAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[^@\s,;<>\"]{1,189}\.[^@\s,;<>\".]{2,63}")

#: The same few words come all day; what they stand for is remembered.
_industry = functools.lru_cache(maxsize=1024)(industry)
_known_language = functools.lru_cache(maxsize=256)(language)


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
    reading = collect(source, payload.data)
    if payload.event_time is not None and "submitted_at" not in reading.values:
        reading.put("submitted_at", "timestamp", payload.event_time)
    lead = _lead(source, payload, reading)
    if not lead.has_contact:
        reading.problems.append(_no_contact(reading))
    if reading.problems:
        raise Unfit(tuple(reading.problems))
    return lead, tuple(reading.notes)


def _lead(source: Source, payload: Payload, reading: Reading) -> Lead:
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
        channel=channel or source.channel or _event_channel(payload),
        campaign=reading.text("campaign") or reading.utm.get("campaign"),
        behaviour=MappingProxyType(reading.behaviour),
        attributes=MappingProxyType(reading.attributes),
        is_test=bool(values.get("is_test")),
        **{name: values.get(name) for name in _AS_READ},  # type: ignore[arg-type]  # each reader gives its field's type
        extra=MappingProxyType(_extra(reading)),
    )


def _event_channel(payload: Payload) -> str | None:
    """A CloudEvent's source is the channel of last resort."""
    return None if payload.event_source is None else read_text(payload.event_source)


#: Fields of a lead that are what their reader gave.
_AS_READ = (
    "external_id", "name", "wechat", "unionid", "title", "company", "company_size", "company_listed", "product",
    "quantity",
    "budget", "demand", "submitted_at",
)  # fmt: skip


def _extra(reading: Reading) -> dict[str, object]:
    if reading.utm:
        reading.extra["utm"] = reading.utm
    if reading.page:
        reading.extra["page"] = reading.page
    return tidy_extra(reading.extra) if reading.extra else reading.extra


def _phone(reading: Reading) -> str | None:
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


def _email(reading: Reading) -> str | None:
    raw = reading.text("email")
    if raw is None:
        return None
    if not _EMAIL.fullmatch(raw):
        reading.note("email", Wording("不是有效的邮箱地址", "is no e-mail address"))
        return None
    return raw.lower()


def _language(reading: Reading) -> str | None:
    raw = reading.text("language")
    if raw is None:
        return None
    tag = _known_language(raw)
    if tag is None:
        reading.note("language", Wording("不是可识别的语言", "is no language that is known"))
    return tag


def _utm_of_page(reading: Reading) -> None:
    """Campaign parameters stand in the page's address where nothing else names them."""
    url = reading.page.get("url")
    if not isinstance(url, str) or "utm_" not in url:
        return
    try:
        pairs = parse_qsl(url.partition("?")[2].partition("#")[0], max_num_fields=100)
    except ValueError:
        return
    for key, value in pairs:
        name = key.removeprefix("utm_")
        if name != key and name in UTM_NAMES and (text := read_text(value)):
            reading.utm.setdefault(name, text)


def _no_contact(reading: Reading) -> FieldProblem:
    """Say how to reach nobody: the contact that could not be read, else that all three are missing."""
    unreadable = next((note for note in reading.notes if note.field == reading.names.get("phone", "phone")), None)
    if unreadable is not None:
        mend = Wording(
            "请发送完整的电话号码，如 13800138000 或 +85291234567", "send the whole number, as +8613800138000"
        )
        return FieldProblem(unreadable.field, unreadable.message, mend)
    return FieldProblem(
        "phone",
        Wording("phone、wechat、email 至少要有一个", "one of phone, wechat and email is required"),
        Wording("请补充电话、微信号或邮箱", "add a phone number, a WeChat id or an e-mail address"),
    )
