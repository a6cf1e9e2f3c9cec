"""From the bytes of a request to one mapping: JSON or a form, bare or in an envelope.

Envelopes: Standard Webhooks (`type`, `timestamp`, `data`) and CloudEvents 1.0, structured mode (`specversion`, `id`,
`source`, `type`, …).
"""

from __future__ import annotations

import base64
import binascii
import codecs
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from urllib.parse import parse_qsl

import orjson

from bot.lead_sources.problems import FieldProblem, Malformed, Unfit, Wording, WrongType

#: Encodings that senders of leads really use; `ascii` and `latin-1` would hide mistakes.
_CHARSETS = frozenset({"utf-8", "gb18030", "gbk", "gb2312", "big5", "hz", "utf-16", "ascii"})
_JSON_TYPES = frozenset({"", "application/json", "text/json", "text/plain", "application/octet-stream"})
_FORM_TYPE = "application/x-www-form-urlencoded"
_MOST_FORM_FIELDS = 500

_SEND_JSON = Wording("请发送 UTF-8 编码的 JSON 对象", "send a JSON object in UTF-8")
_ONE_LEAD = Wording("每次请求只发送一条线索，格式为 JSON 对象", "send one lead per request, as a JSON object")


@dataclass(frozen=True, slots=True)
class Payload:
    """What was posted, out of its envelope.

    Attributes:
        data: the lead as the sender wrote it.
        event_key: `source:id` of a CloudEvent.
        event_source: the `source` of a CloudEvent.
        event_time: the envelope's own time, for leads that have none.
    """

    data: Mapping[str, object]
    event_key: str | None = None
    event_source: str | None = None
    event_time: object = None


def read_body(body: bytes, content_type: str | None) -> Payload:
    """Parse a request's body.

    Args:
        body: the raw bytes.
        content_type: the header as it came; JSON is assumed where there is none.

    Raises:
        WrongType: for a type or charset that no lead comes in.
        Malformed: if the bytes are not of that type.
        Unfit: if they hold something else than one object.
    """
    kind, charset = _content_type(content_type)
    if kind == _FORM_TYPE:
        return Payload(_form(body, charset))
    if kind not in _JSON_TYPES and not kind.endswith("+json"):
        raise WrongType(
            Wording("不支持该 Content-Type", "this Content-Type is not supported"),
            Wording("请使用 application/json 或表单编码", "use application/json or a url-encoded form"),
        )
    return _open(_json(body, charset))


def _content_type(header: str | None) -> tuple[str, str]:
    """Split the header into type and charset, both lower case; `utf-8` where no charset is given."""
    if not header or header == "application/json":
        return header or "", "utf-8"
    kind, _, rest = header.partition(";")
    charset = "utf-8"
    if rest:
        message = Message()
        message["Content-Type"] = " ".join(header.split())
        charset = str(message.get_param("charset", "utf-8")).strip().lower()
    try:
        charset = codecs.lookup(charset).name
    except (LookupError, ValueError):
        charset = ""
    if charset not in _CHARSETS:
        raise WrongType(
            Wording("不支持该字符集", "this charset is not supported"),
            Wording("请使用 charset=utf-8", "use charset=utf-8"),
        )
    # Forms of old sites say gb2312 and send characters that only its supersets have.
    return kind.strip().lower(), "gb18030" if charset in {"gb2312", "gbk"} else charset


def _json(body: bytes, charset: str) -> object:
    try:
        if charset not in {"utf-8", "ascii"}:
            return orjson.loads(body.decode(charset))
        return orjson.loads(body.removeprefix(codecs.BOM_UTF8))
    except ValueError as error:
        raise Malformed(Wording("内容不是有效的 JSON", "the body is no valid JSON"), _SEND_JSON) from error


def _form(body: bytes, charset: str) -> dict[str, object]:
    try:
        pairs = parse_qsl(
            body.decode("ascii"), encoding=charset, errors="strict", max_num_fields=_MOST_FORM_FIELDS, separator="&"
        )
    except ValueError as error:
        raise Malformed(
            Wording("表单内容无法按其字符集解析", "the form can't be read in its charset"),
            Wording("请检查百分号编码与 charset", "check the percent-encoding and the charset"),
        ) from error
    found: dict[str, object] = {}
    for name, value in pairs:
        found.setdefault(name, value)
    return found


def _open(document: object) -> Payload:
    if not isinstance(document, dict):
        raise Unfit((FieldProblem("$", Wording("不是 JSON 对象", "is no JSON object"), _ONE_LEAD),))
    if "specversion" in document:
        return _cloud_event(document)
    if "data" in document and isinstance(document.get("type"), str):
        return Payload(_object(document["data"]), event_time=document.get("timestamp"))
    return Payload(document)


def _cloud_event(event: Mapping[str, object]) -> Payload:
    problems = [
        FieldProblem(
            name,
            Wording("CloudEvents 必填属性缺失或不是文本", "is a required attribute of CloudEvents and has to be text"),
            Wording("请按 CloudEvents 1.0 填写", "fill it as CloudEvents 1.0 says"),
        )
        for name in ("id", "source", "type")
        if not isinstance(event.get(name), str) or not event[name]
    ]
    if problems:
        raise Unfit(tuple(problems))
    data = event.get("data")
    if data is None and isinstance(encoded := event.get("data_base64"), str):
        try:
            data = _json(base64.b64decode(encoded, validate=True), "utf-8")
        except (binascii.Error, ValueError) as error:
            raise Malformed(Wording("data_base64 无法解码", "data_base64 can't be decoded"), _SEND_JSON) from error
    source = str(event["source"])
    return Payload(_object(data), f"{source}:{event['id']}", source, event.get("time"))


def _object(data: object) -> Mapping[str, object]:
    if not isinstance(data, dict):
        raise Unfit((FieldProblem("data", Wording("不是 JSON 对象", "is no JSON object"), _ONE_LEAD),))
    return data
