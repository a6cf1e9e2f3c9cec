"""The generic source reads our own JSON, and what others usually send, and names everything that does not fit."""

import base64
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlencode

import pytest

from bot.lead_sources.problems import Malformed, Refused, TooLarge, Unfit, WrongType
from bot.lead_sources.source import Source
from tests.bot.lead_sources.posting import BEARER, LEAD, PLAIN, as_json, post

SHANGHAI = timezone(timedelta(hours=8))


def _unfit(body: object, **how: Any) -> dict[str, str]:
    """Post what must be refused; give the message of every field."""
    with pytest.raises(Unfit) as caught:
        post(body, **how)
    return {problem.field: problem.message.en for problem in caught.value.problems}


def test_our_own_json_becomes_the_canonical_lead() -> None:
    """Names become official, the phone E.164, empty strings nothing; the rest stays as it was sent."""
    lead = post(LEAD).lead
    same = ("external_id", "name", "title", "company", "company_size", "company_listed", "industry", "product",
            "quantity", "budget", "demand", "channel", "campaign", "language")  # fmt: skip
    assert {name: getattr(lead, name) for name in same} == {name: LEAD[name] for name in same}
    assert (lead.source, lead.phone, lead.wechat, lead.email) == ("landing", "+8613800138000", None, None)
    assert (lead.province, lead.city, lead.district) == ("北京市", "北京市", None)
    assert lead.submitted_at == datetime(2026, 11, 20, 2, 14, tzinfo=SHANGHAI)
    assert dict(lead.behaviour) == LEAD["behaviour"]
    assert dict(lead.attributes) == LEAD["attributes"]
    assert not lead.extra
    assert not lead.is_test


ALIASES = [
    ({"mobile": "13800138000"}, "phone", "+8613800138000"),
    ({"cell_phone": "13800138000", "tel": "13800138000"}, "phone", "+8613800138000"),
    ({"联系电话": "１３８００１３８０００"}, "phone", "+8613800138000"),
    ({"phone": 13800138000}, "phone", "+8613800138000"),
    ({"phone": 13800138000.0}, "phone", "+8613800138000"),
    ({"WeiXin": "wangfang_88"}, "wechat", "wangfang_88"),
    ({"phone": "wangfang_88"}, "wechat", "wangfang_88"),
    ({"E-mail": " Wang.Fang@Example.COM "}, "email", "wang.fang@example.com"),
    ({"linkman": "王　芳"}, "name", "王 芳"),
    ({"companyName": "华医\u200b器械"}, "company", "华医器械"),
    ({"company": "华医（北京）公司"}, "company", "华医(北京)公司"),
    ({"job_title": "采购"}, "title", "采购"),
    ({"留言": "要报价\u0000\r\n急"}, "demand", "要报价\n急"),
    ({"remark": "甲", "demand": "乙"}, "demand", "乙"),
    ({"companySize": "1,200"}, "company_size", 1200),
    ({"company_size": 800.0}, "company_size", 800),
    ({"budget": "５０００００.50"}, "budget", 500000.5),
    ({"company_listed": "是"}, "company_listed", True),
    ({"company_listed": 0}, "company_listed", False),
    ({"source": "抖音"}, "channel", "抖音"),
    ({"utm_source": "baidu", "utm_campaign": "q4"}, "campaign", "q4"),
    ({"id": 10293}, "external_id", "10293"),
    ({"lang": "zh_CN"}, "language", "zh-cn"),
    ({"industry": "Medical Devices"}, "industry", "医疗器械"),
    ({"city": "昆山"}, "district", "昆山市"),
    ({"city": "suzhou", "province": "jiangsu"}, "city", "苏州市"),
    ({"location": "广东+深圳"}, "city", "深圳市"),
    ({"submitted_at": 1795140900}, "submitted_at", datetime(2026, 11, 20, 10, 15, tzinfo=SHANGHAI)),
    ({"submitted_at": "1795140900000"}, "submitted_at", datetime(2026, 11, 20, 10, 15, tzinfo=SHANGHAI)),
    ({"createTime": "2026-11-20 10:15:00"}, "submitted_at", datetime(2026, 11, 20, 10, 15, tzinfo=SHANGHAI)),
    ({"createTime": "2026/11/20 9:05"}, "submitted_at", datetime(2026, 11, 20, 9, 5, tzinfo=SHANGHAI)),
    ({"提交时间": "2026年11月20日"}, "submitted_at", datetime(2026, 11, 20, tzinfo=SHANGHAI)),
    ({"submitted_at": "2026-11-20T02:15:00Z"}, "submitted_at", datetime(2026, 11, 20, 2, 15, tzinfo=UTC)),
    ({"is_test": "true"}, "is_test", True),
    ({"behaviour": {"dwell_seconds": "186"}}, "behaviour", {"dwell_seconds": 186}),
    ({"page_views": 6}, "behaviour", {"pages": 6}),
    ({"attributes": {"hospital_level": "三甲", "beds": 900, "public": True, "none": None, "empty": ""}},
     "attributes", {"hospital_level": "三甲", "beds": 900, "public": True}),
]  # fmt: skip


@pytest.mark.parametrize(("sent", "field", "expected"), ALIASES, ids=[str(row[0])[:50] for row in ALIASES])
def test_usual_names_and_forms_are_understood(sent: dict[str, Any], field: str, expected: object) -> None:
    """Nobody should have to rename the fields of a form that is already there."""
    value = getattr(post({"wechat_id": "wx_somebody", **sent} if field != "wechat" else sent).lead, field)
    assert (dict(value) if isinstance(expected, dict) else value) == expected


WRONG = [
    ({"company_size": "八百人"}, {"company_size"}),
    ({"company_size": 12.5}, {"company_size"}),
    ({"quantity": -1}, {"quantity"}),
    ({"budget": "50万"}, {"budget"}),
    ({"budget": True}, {"budget"}),
    ({"budget": 10**16}, {"budget"}),
    ({"budget": {"amount": 5}}, {"budget"}),
    ({"company_listed": "maybe"}, {"company_listed"}),
    ({"submitted_at": "yesterday"}, {"submitted_at"}),
    ({"submitted_at": 10**30}, {"submitted_at"}),
    ({"submitted_at": "0001-01-01T00:00:00+14:00"}, {"submitted_at"}),
    ({"name": ["王", "芳"]}, {"name"}),
    ({"external_id": 1.5}, {"external_id"}),
    ({"external_id": "x" * 201}, {"external_id"}),
    ({"behaviour": "long"}, {"behaviour"}),
    ({"behaviour": {"dwell_seconds": "三分钟", "pages": [1]}}, {"behaviour.dwell_seconds", "behaviour.pages"}),
    ({"attributes": {"tags": ["a"]}}, {"attributes.tags"}),
    ({"attributes": {f"key{number}": number for number in range(101)}}, {"attributes"}),
    ({"companySize": "many", "budget": "much", "title": {}, "is_test": 7},
     {"companySize", "budget", "title", "is_test"}),
]  # fmt: skip


@pytest.mark.parametrize(("sent", "fields"), WRONG, ids=[str(row[0])[:50] for row in WRONG])
def test_every_wrong_field_is_named_as_the_sender_calls_it(sent: dict[str, Any], fields: set[str]) -> None:
    """One answer is enough to mend a form: all fields, by the names that were sent."""
    assert set(_unfit({"phone": "13800138000", **sent})) == fields


@pytest.mark.parametrize(
    ("sent", "field", "says"),
    [
        ({"name": "王芳"}, "phone", "required"),
        ({"phone": "", "wechat": None, "email": " "}, "phone", "required"),
        ({"mobile": "138****8000"}, "mobile", "masked"),
        ({"phone": "1.38E+10"}, "phone", "digits are lost"),
        ({"phone": "1234567"}, "phone", "no phone number"),
        ({"phone": "暂无"}, "phone", "required"),
        ({"email": "nobody"}, "phone", "required"),
    ],
)
def test_a_lead_that_nobody_can_reach_is_refused(sent: dict[str, Any], field: str, says: str) -> None:
    """Without phone, WeChat id and e-mail there is nothing a rep could do."""
    assert says in _unfit(sent)[field]


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"phone": "12345"}, "phone"),
        ({"province": "California"}, "province"),
        ({"province": "江苏", "city": "杭州"}, "city"),
        ({"language": "klingon"}, "language"),
        ({"email": "nobody", "phone": "13800138000"}, "email"),
    ],
)
def test_what_only_informs_is_kept_and_noted_when_it_can_not_be_read(sent: dict[str, Any], field: str) -> None:
    """A lead with one good contact is not lost for a slip elsewhere; the words stay in `extra`."""
    delivery = post({"wechat": "wx_somebody", **sent})
    assert getattr(delivery.lead, field) is None
    assert delivery.lead.extra[field] == sent[field]
    assert [note.field for note in delivery.notes] == [field]


def test_what_nobody_mapped_is_kept() -> None:
    """Nothing that a source sends is lost, and a second number neither."""
    lead = post(
        {"phone": "13800138000/13900139000", "gclid": "abc", "form": {"page": [1, {"深": None}]}, "tel": "1"}
    ).lead
    assert dict(lead.extra) == {
        "phones": ["+8613900139000"], "gclid": "abc", "form": {"page": [1, {"深": None}]}, "tel": "1",
    }  # fmt: skip


def test_an_object_under_a_name_that_is_only_usual_is_something_else() -> None:
    """`location` may be a point on a map and `message` a chat object; neither is a reason to lose the lead."""
    sent = {"location": {"lat": 31.2, "lon": 121.5}, "message": ["a"], "page": ["b"]}
    assert dict(post({"phone": "13800138000", **sent}).lead.extra) == sent


def test_fields_and_values_of_the_sources_file_go_first() -> None:
    """The operator knows the platform's own names and codes."""
    source = Source(
        "oldsite", "generic", BEARER, "老网站",
        {"phone": ("form", "telphone"), "industry": ("trade",), "attributes.hospital_level": ("form", "level")},
        {"industry": {"1": "医疗器械"}, "province": {"sh": "上海"}},
    )  # fmt: skip
    body = {"form": {"telphone": "13800138000", "level": "三甲"}, "trade": 1, "phone": "13900139000", "province": "sh"}
    lead = post(body, source=source).lead
    assert (lead.phone, lead.industry, lead.province) == ("+8613800138000", "医疗器械", "上海市")
    assert (lead.channel, dict(lead.attributes)) == ("老网站", {"hospital_level": "三甲"})
    assert post({**body, "channel": "展会"}, source=source).lead.channel == "展会"


@pytest.mark.parametrize("charset", ["utf-8", "gbk", "GB2312", "gb18030", None])
def test_a_form_is_read_in_its_charset(charset: str | None) -> None:
    """Old Chinese sites post forms in GBK, and say gb2312 when they do."""
    body = urlencode(
        {"姓名": "王芳", "mobile": "13800138000", "behaviour[dwell_seconds]": "186", "attributes.level": "三甲"},
        encoding=charset or "utf-8",
    ).encode()
    kind = "application/x-www-form-urlencoded" + (f"; charset={charset}" if charset else "")
    lead = post(body, content_type=kind).lead
    assert (lead.name, lead.phone) == ("王芳", "+8613800138000")
    assert (dict(lead.behaviour), dict(lead.attributes)) == ({"dwell_seconds": 186}, {"level": "三甲"})


@pytest.mark.parametrize("kind", ["application/json; charset=gbk", "text/plain;charset=GB18030"])
def test_json_is_read_in_its_charset(kind: str) -> None:
    """The charset that is said is the charset that is meant."""
    assert post(json.dumps(LEAD, ensure_ascii=False).encode("gbk"), content_type=kind).lead.name == "王芳"


@pytest.mark.parametrize("kind", [None, "", "application/json", "application/vnd.acme+json", "text/plain"])
def test_json_is_assumed_where_the_type_says_nothing_else(kind: str | None) -> None:
    """A sender that forgets the header sends JSON; a byte order mark does no harm."""
    assert post(b"\xef\xbb\xbf" + as_json(LEAD), content_type=kind).lead.name == "王芳"


def test_envelopes_are_opened() -> None:
    """Standard Webhooks and CloudEvents wrap the lead; a CloudEvent's source and id are the delivery's key."""
    wrapped = post({"type": "lead.created", "timestamp": "2026-11-20T02:15:28Z", "data": {"phone": "13800138000"}})
    assert wrapped.lead.submitted_at == datetime(2026, 11, 20, 2, 15, 28, tzinfo=UTC)
    event = {"specversion": "1.0", "type": "lead", "source": "/form", "id": "7", "data": {"phone": "13800138000"}}
    assert post(event, content_type="application/cloudevents+json").delivery_key == "/form:7"
    data = base64.b64encode(as_json({"phone": "13800138000"})).decode()
    assert post({**{k: v for k, v in event.items() if k != "data"}, "data_base64": data}).lead.phone == "+8613800138000"
    assert set(_unfit({**event, "id": "", "type": 3})) == {"id", "type"}
    assert set(_unfit({"type": "lead.created.batch", "data": [{}]})) == {"data"}


@pytest.mark.parametrize(
    ("headers", "key"),
    [
        ({"webhook-id": "msg_1", "Idempotency-Key": "other"}, "msg_1"),
        ({"Idempotency-Key": "abc"}, "abc"),
        ({}, None),
        ({"Idempotency-Key": "x" * 201}, "sha256:a7a6b9c04b8cf9f7"),
    ],
)
def test_the_delivery_key_is_the_senders_own(headers: dict[str, str], key: str | None) -> None:
    """A retry carries the same key; one too long for a database is told apart by its digest."""
    given = post(LEAD, headers={"X-Paidan-Token": "landing-token-0123456789", **headers}).delivery_key
    assert given == key if key is None or len(key) < 20 else given is not None and given.startswith("sha256:")


REFUSALS: list[tuple[bytes, str | None, type[Refused]]] = [
    (b"", "application/json", Malformed),
    (b"{", "application/json", Malformed),
    (b'{"a": NaN}', "application/json", Malformed),
    (b'{"a": 1e999}', "application/json", Malformed),
    (b'{"a": "\\ud800"}', "application/json", Malformed),
    (b'{"name": "\xcd\xf5"}', "application/json", Malformed),
    (b"[" * 100_000, "application/json", Malformed),
    (b"phone=%FF%FE", "application/x-www-form-urlencoded", Malformed),
    ("phone=王".encode(), "application/x-www-form-urlencoded", Malformed),
    (b"&".join(b"a=1" for _ in range(501)), "application/x-www-form-urlencoded", Malformed),
    (b'{"specversion":"1.0","id":"1","source":"s","type":"t","data_base64":"!"}', None, Malformed),
    (b"[]", "application/json", Unfit),
    (b"7", "application/json", Unfit),
    (b"<lead/>", "application/xml", WrongType),
    (b"--x", "multipart/form-data; boundary=x", WrongType),
    (b"{}", "application/json; charset=utf-7", WrongType),
    (b"{}", "application/json; charset=\x00", WrongType),
    (b" " * (256 * 1024 + 1), "application/json", TooLarge),
]


@pytest.mark.parametrize(("body", "kind", "refusal"), REFUSALS, ids=[f"{r[0][:20]!r} {r[1]}" for r in REFUSALS])
def test_what_is_no_lead_is_refused_for_what_it_is(body: bytes, kind: str | None, refusal: type[Refused]) -> None:
    """400 can't be parsed, 413 too large, 415 not this type, 422 parses and is no lead."""
    with pytest.raises(refusal) as caught:
        post(body, content_type=kind)
    details = caught.value.problem_details("en")
    assert details["status"] == {Malformed: 400, TooLarge: 413, WrongType: 415, Unfit: 422}[refusal]
    assert details["mend"]


def test_problem_details_speak_both_languages_and_repeat_no_value() -> None:
    """What was sent may be personal, and answers are logged by senders."""
    with pytest.raises(Unfit) as caught:
        post({"phone": "13800138000", "budget": "老王的五十万"})
    for locale, message in (("zh", "应为数字"), ("en", "has to be a number")):
        details = caught.value.problem_details(locale)
        assert details["errors"] == [{
            "field": "budget", "message": message,
            "mend": "请只写数字，不带单位或文字" if locale == "zh" else "send digits only, without units or words",
        }]  # fmt: skip
        assert "老王" not in json.dumps(details, ensure_ascii=False)


def test_long_values_are_cut_and_deep_ones_ended() -> None:
    """One sender can't fill a card, a row or the stack."""
    deep: Any = "bottom"
    for _ in range(500):
        deep = {"in": deep}
    lead = post({
        "phone": "13800138000", "name": "王" * 2_000, "demand": "报" * 25_000, "deep": deep,
        **{f"key{number}": "x" * 4_000 for number in range(30)},
        **{f"k{number}": 1 for number in range(300)},
    }).lead  # fmt: skip
    assert (len(lead.name or ""), len(lead.demand or "")) == (500, 20_000)
    assert len(lead.extra) <= 200
    assert max(len(json.dumps(value)) for value in lead.extra.values()) < 2_100
    assert "bottom" not in json.dumps(dict(lead.extra))


def test_the_same_phone_field_twice_keeps_the_first_of_a_form_and_the_last_of_json() -> None:
    """Duplicate keys never make two leads; JSON's last value is what every parser gives."""
    form = b"phone=13800138000&phone=13900139000"
    assert post(form, content_type="application/x-www-form-urlencoded").lead.phone == "+8613800138000"
    assert post(b'{"phone":"13800138000","phone":"13900139000"}').lead.phone == "+8613900139000"


def test_the_plain_source_is_what_the_other_tests_think() -> None:
    """The channel of the file is used only where the payload names none."""
    assert PLAIN.channel is None
    assert post({"phone": "13800138000"}).lead.channel is None
