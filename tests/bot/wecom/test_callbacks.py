"""What a callback says, whatever shape WeCom gives it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.messaging import Entered, Tap, Text
from bot.wecom.callbacks import Callback, Other, read_callback, text_reply
from bot.wecom.crypto import CallbackRefused, Senseless, read_xml
from tests.bot.wecom.vectors import V2, V3

CORP_ID = "wwcorp0000000001"
AT = datetime.fromtimestamp(1760000000, UTC)


def xml_of(**fields: str) -> str:
    """Make the XML of a callback; a field set to an empty text is left out."""
    told = {
        "ToUserName": CORP_ID,
        "FromUserName": "zhangsan",
        "CreateTime": "1760000000",
        "AgentID": "1000002",
        **fields,
    }
    inside = "".join(f"<{name}>{value}</{name}>" for name, value in told.items() if value)
    return f"<xml>{inside}</xml>"


def tap_xml(**fields: str) -> str:
    """Make the XML of a tap."""
    tap = {
        "MsgType": "event", "Event": "template_card_event", "EventKey": "1:accept:L1024:2",
        "TaskId": "offer-L1024-2-t1", "CardType": "button_interaction", "ResponseCode": "RC-1",
    }  # fmt: skip
    return xml_of(**{**tap, **fields})


def read(xml: str) -> Callback:
    """Read as the app of the vectors."""
    return read_callback(xml, corp_id=CORP_ID, agent_id=1000002)


def test_a_tap_is_read_whole() -> None:
    """The packet of the cross-checked vector."""
    tap = read(V3.message)
    assert isinstance(tap, Tap)
    assert (tap.user, tap.key, tap.task_id, tap.response_code) == ("zhangsan", "accept", "lead_1001_a1", "RC-0001")
    assert (tap.card_type, tap.created_at, tap.agent_id) == ("button_interaction", AT, 1000002)
    assert tap.selections == {}


def test_wecoms_own_text_message_is_read() -> None:
    """The packet of WeCom's documentation."""
    text = read_callback(V2.message, corp_id="wx5823bf96d3bd56c7", agent_id=218)
    assert isinstance(text, Text)
    assert (text.user, text.content, text.msg_id) == ("mycreate", "hello", "4561255354251345929")
    assert text.dedupe_key == "message-4561255354251345929"


_ONE = "<SelectedItem><QuestionKey>why</QuestionKey><OptionIds><OptionId>busy</OptionId></OptionIds></SelectedItem>"
_TWO_OPTIONS = (
    "<SelectedItem><QuestionKey>why</QuestionKey>"
    "<OptionIds><OptionId>busy</OptionId><OptionId>area</OptionId></OptionIds></SelectedItem>"
)
_OTHER = "<SelectedItem><QuestionKey>when</QuestionKey><OptionIds/></SelectedItem>"


@pytest.mark.parametrize(
    ("items", "selections"),
    [
        ("", {}),
        (_ONE, {"why": ("busy",)}),
        (_TWO_OPTIONS, {"why": ("busy", "area")}),
        (_TWO_OPTIONS + _OTHER, {"why": ("busy", "area"), "when": ()}),
        ("nonsense", {}),
        ("<SelectedItem>nonsense</SelectedItem>", {}),
        ("<SelectedItem><QuestionKey>why</QuestionKey></SelectedItem>", {"why": ()}),
    ],
)
def test_none_one_and_several_selections_are_read_alike(items: str, selections: dict[str, tuple[str, ...]]) -> None:
    """A parser gives one entry as itself and several as a list."""
    tap = read(tap_xml(SelectedItems=items))
    assert isinstance(tap, Tap)
    assert tap.selections == selections


def test_the_menu_of_a_card_is_a_tap_as_well() -> None:
    """The ⋯ menu of older cards comes under another name."""
    assert isinstance(read(tap_xml(Event="template_card_menu_event")), Tap)


def test_the_same_tap_delivered_twice_has_one_key() -> None:
    """A retry carries the same XML; userids compare without regard to case."""
    first, again = read(tap_xml()), read(tap_xml(FromUserName="ZhangSan"))
    assert first.dedupe_key == again.dedupe_key


@pytest.mark.parametrize(
    ("field", "value"),
    [("EventKey", "1:decline:L1024:2"), ("TaskId", "offer-L1024-3-t1"), ("ResponseCode", "RC-2"),
     ("FromUserName", "lisi"), ("CreateTime", "1760000001")],
)  # fmt: skip
def test_two_taps_within_one_second_have_two_keys(field: str, value: str) -> None:
    """Sender and second alone, as the documentation says, would drop the other tap."""
    assert read(tap_xml()).dedupe_key != read(tap_xml(**{field: value})).dedupe_key


def test_keys_can_not_be_shifted_from_one_part_into_the_next() -> None:
    """`ab` + `c` and `a` + `bc` are different taps."""
    assert read(tap_xml(EventKey="ab", TaskId="c")).dedupe_key != read(tap_xml(EventKey="a", TaskId="bc")).dedupe_key


def test_other_callbacks_are_told_apart() -> None:
    """What we don't act on is named, not lost."""
    assert isinstance(read(xml_of(MsgType="event", Event="enter_agent")), Entered)
    click = read(xml_of(MsgType="event", Event="click", EventKey="today"))
    assert isinstance(click, Other)
    assert (click.kind, click.key) == ("event:click", "today")
    image = read(xml_of(MsgType="image", MsgId="1", MediaId="m"))
    assert isinstance(image, Other)
    assert image.kind == "image"


def test_an_event_of_the_system_without_an_app_is_read() -> None:
    """Contact changes come from `sys` and carry no AgentID."""
    event = read(xml_of(MsgType="event", Event="change_external_contact", FromUserName="sys", AgentID=""))
    assert isinstance(event, Other)
    assert (event.user, event.agent_id) == ("sys", None)


@pytest.mark.parametrize("fields", [{"AgentID": "1000003"}, {"ToUserName": "wwother"}, {"ToUserName": ""}])
def test_a_callback_for_another_app_is_refused(fields: dict[str, str]) -> None:
    """Two apps of one company may share a token by mistake."""
    with pytest.raises(CallbackRefused):
        read(tap_xml(**fields))


@pytest.mark.parametrize(
    "fields",
    [
        {"MsgType": ""},
        {"Event": ""},
        {"FromUserName": ""},
        {"FromUserName": "张三"},
        {"FromUserName": "x" * 65},
        {"FromUserName": "<a/>"},
        {"CreateTime": ""},
        {"CreateTime": "yesterday"},
        {"CreateTime": "9" * 12},
        {"MsgType": "text", "MsgId": ""},
        {"MsgType": "text", "MsgId": "a b"},
    ],
)
def test_a_genuine_callback_that_makes_no_sense_is_senseless(fields: dict[str, str]) -> None:
    """200 and counted: a refusal would only bring it back three times."""
    with pytest.raises(Senseless):
        read(tap_xml(**fields))


@pytest.mark.parametrize(
    "text", ["]]>", "]]]]>>", "<xml>&amp;</xml>", "a\x00b", "你好\n第二行", "]]><Content>x</Content>"]
)
def test_the_text_of_a_reply_can_not_break_out_of_its_section(text: str) -> None:
    """Whatever is said, the reply stays one well-formed message."""
    fields = read_xml(text_reply(text, user="zhangsan", corp_id=CORP_ID, now=AT))
    assert set(fields) == {"ToUserName", "FromUserName", "CreateTime", "MsgType", "Content"}
    assert fields["ToUserName"] == "zhangsan"


def test_a_long_reply_is_cut_to_what_wecom_shows() -> None:
    """2048 bytes of UTF-8."""
    fields = read_xml(text_reply("长" * 3000, user="zhangsan", corp_id=CORP_ID, now=AT))
    assert len(str(fields["Content"]).encode()) <= 2048
