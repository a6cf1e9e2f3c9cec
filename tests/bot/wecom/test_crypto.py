"""Only genuine, fresh packets for us are opened; everything else is refused, and nothing else is ever raised."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.wecom.callbacks import read_callback, text_reply
from bot.wecom.crypto import CallbackCrypto, CallbackRefused, Senseless, read_xml
from tests.bot.wecom.packets import CORP_ID, body_of, encrypt, frame, packet, signed
from tests.bot.wecom.vectors import AES_KEY, ALL, TOKEN, V1, V2, V3, Vector

NOW = datetime.fromtimestamp(1760000001, UTC)


def crypto_of(corp_id: str = CORP_ID) -> CallbackCrypto:
    """Open packets of the vectors' key."""
    return CallbackCrypto(token=TOKEN, aes_key=AES_KEY, corp_id=corp_id)


def sent_at(vector: Vector) -> datetime:
    """Give the moment at which a vector was made."""
    return datetime.fromtimestamp(int(vector.timestamp), UTC)


@pytest.mark.parametrize("vector", ALL, ids=lambda vector: vector.name)
def test_every_known_packet_is_opened(vector: Vector) -> None:
    """WeCom's own vectors and cross-checked ones, empty receiver and full padding included."""
    assert crypto_of(vector.corp_id).open(vector.query, vector.body, now=sent_at(vector)) == vector.message


def test_the_address_is_verified_by_the_plain_text_alone() -> None:
    """WeCom's own example of the GET."""
    query = {**V1.query, "echostr": V1.encrypted}
    assert crypto_of(V1.corp_id).verify_address(query, now=sent_at(V1)) == "1616140317555161061"


def test_a_plus_that_arrived_as_a_blank_is_put_back() -> None:
    """An unescaped + in a query decodes to a blank."""
    assert "+" in V1.encrypted
    query = {**V1.query, "echostr": V1.encrypted.replace("+", " ")}
    assert crypto_of(V1.corp_id).verify_address(query, now=sent_at(V1)) == V1.message


@pytest.mark.parametrize("name", ["msg_signature", "timestamp", "nonce"])
@pytest.mark.parametrize("change", ["missing", "other", "foreign"])
def test_a_query_that_was_tampered_with_is_refused(name: str, change: str) -> None:
    """The signature covers every part."""
    query = dict(V3.query)
    if change == "missing":
        del query[name]
    else:
        query[name] = {"other": query[name][:-1] + "0", "foreign": "中\ud800"}[change]
    with pytest.raises(CallbackRefused, match="signature"):
        crypto_of().open(query, V3.body, now=sent_at(V3))


@pytest.mark.parametrize(
    "age", [timedelta(minutes=10, seconds=1), timedelta(days=400), -timedelta(minutes=10, seconds=1)]
)
def test_a_packet_out_of_its_time_is_refused(age: timedelta) -> None:
    """A genuine packet caught on the way is worthless ten minutes later."""
    with pytest.raises(CallbackRefused, match="age"):
        crypto_of().open(V3.query, V3.body, now=sent_at(V3) + age)


def test_a_packet_is_good_for_all_of_wecoms_retries() -> None:
    """Ten minutes to the second."""
    assert crypto_of().open(V3.query, V3.body, now=sent_at(V3) + timedelta(minutes=10))


@pytest.mark.parametrize("timestamp", ["", "-1", "1760000001.0", "１７６０００００", "9" * 12, "nan", " 1760000001"])
def test_a_timestamp_that_is_no_number_of_seconds_is_refused(timestamp: str) -> None:
    """Properly signed, but not WeCom's form."""
    encrypted = encrypt(frame(b"hello", CORP_ID.encode()))
    with pytest.raises(CallbackRefused, match="age"):
        crypto_of().open(signed(encrypted, timestamp=timestamp), body_of(encrypted), now=NOW)


@pytest.mark.parametrize("receiver", ["ww0000000000000000", "", CORP_ID + "1", CORP_ID[:-1], CORP_ID.upper()])
def test_a_packet_for_somebody_else_is_refused(receiver: str) -> None:
    """The same token and key in another company must not reach our leads."""
    with pytest.raises(CallbackRefused, match="receiver"):
        crypto_of().open(*packet(b"hello", receiver), now=NOW)


@pytest.mark.parametrize(
    ("plain", "why"),
    [
        (frame(b"hello", CORP_ID.encode(), padding=b"\x00" * 7), "padding"),
        (frame(b"hello", CORP_ID.encode(), padding=b"\x06" + b"\x07" * 6), "padding"),
        (frame(b"hello", CORP_ID.encode(), padding=b"\x21" * 39), "padding"),
        (frame(b"hello", CORP_ID.encode(), padding=b"\xff" * 7), "padding"),
        (frame(b"hello", CORP_ID.encode(), length=4), "receiver"),
        (frame(b"hello", CORP_ID.encode(), length=2**32 - 1), "receiver"),
        (frame(CORP_ID.encode(), b""), "receiver"),
        (b"\x10" * 16, "receiver"),
        (b"\x20" * 32, "receiver"),
    ],
)
def test_a_frame_that_does_not_add_up_is_refused(plain: bytes, why: str) -> None:
    """Padding and lengths, which wechatpy takes as they come."""
    encrypted = encrypt(plain)
    with pytest.raises(CallbackRefused, match=why):
        crypto_of().open(signed(encrypted), body_of(encrypted), now=NOW)


@pytest.mark.parametrize("encrypted", ["A" * 40, "AAAA" * 5 + "AAA=", "=" * 40, "A" * 41, "AAAA=AAA" * 5])
def test_a_signed_ciphertext_that_is_none_is_refused(encrypted: str) -> None:
    """Not base64, or not whole blocks."""
    with pytest.raises(CallbackRefused):
        crypto_of().open(signed(encrypted), body_of(encrypted), now=NOW)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<xml></xml>",
        b"<Encrypt></Encrypt>",
        b"<Encrypt><![CDATA[" + b"A" * 70_000 + b"]]></Encrypt>",
        b"\xff\xfe<Encrypt>\x00</Encrypt>",
        b"<Encrypt>" * 7000,
    ],
)
def test_a_body_that_holds_no_packet_is_refused(body: bytes) -> None:
    """Before any parser sees it, and within 64 KiB."""
    with pytest.raises(CallbackRefused):
        crypto_of().open(V3.query, body, now=sent_at(V3))


@pytest.mark.parametrize(("filling", "opened"), [(47_000, True), (50_000, False)])
def test_a_body_over_64_kib_is_refused_even_if_it_is_genuine(filling: int, opened: bool) -> None:
    """What WeCom sends is a few kilobytes; a bound keeps the cost of a callback bounded."""
    query, body = packet(b"x" * filling)
    if opened:
        assert crypto_of().open(query, body, now=NOW) == "x" * filling
        return
    with pytest.raises(CallbackRefused, match="too big"):
        crypto_of().open(query, body, now=NOW)


def test_a_genuine_message_in_another_encoding_is_senseless() -> None:
    """It is WeCom's; it only says nothing we can read: 200, counted."""
    with pytest.raises(Senseless):
        crypto_of().open(*packet("你好".encode("gbk")), now=NOW)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(["msg_signature", "timestamp", "nonce", "echostr"]), st.text(max_size=60)),
       st.one_of(st.binary(max_size=400), st.binary(max_size=200).map(lambda raw: body_of(raw.hex()))))  # fmt: skip
def test_no_body_and_no_query_raises_anything_else(query: dict[str, str], body: bytes) -> None:
    """Whatever comes in from the internet."""
    with pytest.raises(CallbackRefused):
        crypto_of().open(query, body, now=NOW)
    with pytest.raises(CallbackRefused):
        crypto_of().verify_address(query, now=NOW)


@settings(max_examples=400, deadline=None)
@given(st.integers(1, 12).flatmap(lambda blocks: st.binary(min_size=16 * blocks, max_size=16 * blocks)))
def test_no_signed_frame_raises_anything_else(plain: bytes) -> None:
    """Whoever has the token but not the key can make us decrypt anything at all."""
    encrypted = encrypt(plain)
    with pytest.raises((CallbackRefused, Senseless)):
        crypto_of().open(signed(encrypted), body_of(encrypted), now=NOW)


_XML_SOUP = st.lists(
    st.sampled_from([
        "<xml>", "</xml>", "<MsgType>", "event", "text", "</MsgType>", "<![CDATA[", "]]>",
        "<FromUserName>", "zhangsan", "</FromUserName>", "<CreateTime>1760000000</CreateTime>", "<SelectedItems>",
        "</SelectedItems>", "<SelectedItem/>",
        f"<ToUserName>{CORP_ID}</ToUserName>", "<Event>template_card_event</Event>", "<!DOCTYPE a>",
        "&lt;", "&x;", "\x00", "<!DOCTYPE a [<!ENTITY x 'y'>]>", "<a b='c'/>", "<?xml version='1.0' encoding='gbk'?>",
        "中", "\ufffe", "<",
    ]),
    max_size=14,
).map("".join)  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(st.one_of(_XML_SOUP, st.text(max_size=80)))
@example("<xml>" * 3000)
@example("<!DOCTYPE a [<!ENTITY x 'y'>]><xml><MsgType>&x;</MsgType></xml>")
@example("<?xml version='1.0' encoding='nonsense'?><xml><a>1</a></xml>")
def test_no_genuine_message_raises_anything_else(xml: str) -> None:
    """What was properly encrypted may still be nonsense: understood, refused or senseless, never a traceback."""
    with suppress(CallbackRefused, Senseless):
        read_callback(xml, corp_id=CORP_ID, agent_id=1000002)


@pytest.mark.parametrize(
    ("token", "aes_key"), [("", AES_KEY), (TOKEN, AES_KEY[:-1]), (TOKEN, AES_KEY + "="), (TOKEN, "")]
)
def test_settings_that_wecoms_console_would_not_take_are_refused(token: str, aes_key: str) -> None:
    """At start, not with the first tap."""
    with pytest.raises(ValueError, match="43 letters"):
        CallbackCrypto(token=token, aes_key=aes_key, corp_id=CORP_ID)


def test_a_reply_is_a_packet_that_we_would_open_ourselves() -> None:
    """Signature over our own time and nonce; receiver and padding as WeCom lays them out."""
    inner = text_reply("你好 ]]> <b>", user="zhangsan", corp_id=CORP_ID, now=NOW)
    packed = crypto_of().seal(inner, nonce="n-1", prefix="0123456789abcdef", now=NOW)
    values = dict(re.findall(r"<(MsgSignature|TimeStamp|Nonce)>(?:<!\[CDATA\[)?([^<\]]+)", packed))
    query = {"msg_signature": values["MsgSignature"], "timestamp": values["TimeStamp"], "nonce": values["Nonce"]}
    opened = crypto_of().open(query, packed.encode(), now=NOW)
    assert opened == inner
    assert read_xml(opened)["Content"] == "你好 ]]> ＜b>"


@pytest.mark.parametrize(("nonce", "prefix"), [("n", "short"), ("", "0" * 16), ("a]]>", "0" * 16), ("n", "长" * 16)])
def test_a_reply_that_could_break_its_packet_is_not_made(nonce: str, prefix: str) -> None:
    """The nonce may be the request's own, so it is not to be trusted."""
    with pytest.raises(ValueError, match="nonce"):
        crypto_of().seal("<xml/>", nonce=nonce, prefix=prefix, now=NOW)


@pytest.mark.parametrize("vector", [V1, V2])
def test_the_receiver_is_checked_in_wecoms_own_examples(vector: Vector) -> None:
    """The official packets, opened by another company."""
    with pytest.raises(CallbackRefused, match="receiver"):
        crypto_of("wwother").open(vector.query, vector.body, now=sent_at(vector))
