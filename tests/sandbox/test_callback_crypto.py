"""The protocol's test vectors: official ones, and ones that the official libraries agree on."""

import pytest

from sandbox.callback_crypto import CallbackCipher, CryptoError

TOKEN = "QDG6eK"
AES_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
PREFIX = b"0123456789abcdef"
OFFICIAL_CORP = "wx5823bf96d3bd56c7"
OWN_CORP = "wwcorp0000000001"

V1 = "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="
V2 = (
    "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg"
    "3W/sYYvuJTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+k"
    "DZ+HMZfJYuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6ti"
    "WSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p"
    "8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q=="
)
V3 = (
    "sKqRbbiSUnDhFHOvPjtUMW9kc7ntlVGvEVCaicelvYeQug+Crmob6JOIfJLm3cpiIW46Og41fcwm4axWmmdfj2pPUci/DOdQTalV"
    "84gllwGS/6zHPyaLHyHKGVFA0Vz6SvNmJ/Lt20w7cmupjvWbb4mGY9LPChmrxtA5SgMo+y6oZurwFPyF75Bbf7JJudj34/RoVs5f"
    "uCzpTj0QdNSPtL9fJGJhrc7ySp6Wdia8g3vzkzwocKFIUZZskckMlRrRj9Jp6CtppJrSm53ollDSQtS0gEvseHTtt1+9CohYHiQY"
    "WdKEXc/0/TW++SWfbXdYPIhS/tnoYeuPwEudDmZuf0CJWXKBXnmYKRSoub0qrk3Lf9M5xInlyp0zh/uSRRavbpHonJ89BzBRwgg6"
    "sS48scdtf3WtSCjjniobNbHLHUyulo9vFR25E1vco5EyYgQz6Ds/7Ow/Gy3Fp6FVOHa746DGJTi6RnybJnLyJ7O549do6K76kAmL"
    "PH3MuqvVk8RFtpUsPemfZgwNRCLdEtLtooNNlPgnWON8Ndlun9w0e6NuwFVYET2GNQ8OJ7Kh2wR46D440DQxP4UxoPEUalCW8pee"
    "+kVWndhM+lBvvDZO96Hm1VddqkYNtCBfE0R8Rj49"
)
V3_MESSAGE = (
    "<xml><ToUserName><![CDATA[wwcorp0000000001]]></ToUserName><FromUserName><![CDATA[zhangsan]]></FromUs"
    "erName><CreateTime>1760000000</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[templa"
    "te_card_event]]></Event><EventKey><![CDATA[accept]]></EventKey><TaskId><![CDATA[lead_1001_a1]]></Tas"
    "kId><CardType><![CDATA[button_interaction]]></CardType><ResponseCode><![CDATA[RC-0001]]></ResponseCo"
    "de><AgentID>1000002</AgentID></xml>"
)
V4 = (
    "sKqRbbiSUnDhFHOvPjtUMZQiFZpb9l7aVipFpiA2ufpdx2rCi0aI+eaxV1h1cusmnaKmuReV7Jp9fRSaOWw8wSbuCiKE0OP78bVe"
    "xvwZxF+IDjPHHyYNTELrEA33V5vyl6vSImwENVVhuEfI22IWMB6HN8Qrh4VkFMDU3aosliN0vn9dv4OBrI+lw8Mm7GssEL9ZDBQY"
    "vs1llpNtkk/dAw=="
)
V4_MESSAGE = (
    '{"msgid":"m-0001","aibotid":"AIB0001","chattype":"single","from":{"userid":"zhangsan"},"msgtype":"te'
    'xt","text":{"content":"派单"}}'
)
V5 = (
    "sKqRbbiSUnDhFHOvPjtUMaW5qZrQn2YH7Sj/ALnvkXze1I5EoPS+esPApssZSxNgPmkefdXRVhTsaBBneqhE2ALhmUgzybGppidS"
    "0KSxP/qkZyQ6YplAxyQKxDedTWfh"
)
V6 = "sKqRbbiSUnDhFHOvPjtUMbfFrH6eo6bRmId5fdmzjeQ="


def cipher(receive_id: str) -> CallbackCipher:
    """Return the cipher of the vectors for one receiver."""
    return CallbackCipher(TOKEN, AES_KEY, receive_id)


def test_the_official_echo_string_verifies_and_decrypts() -> None:
    """The GET verification of WeCom's own documentation."""
    official = cipher(OFFICIAL_CORP)
    official.verify("5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3", "1409659589", "263014780", V1)
    assert official.decrypt(V1) == b"1616140317555161061"


def test_the_official_message_verifies_and_decrypts() -> None:
    """The POST of WeCom's own documentation."""
    official = cipher(OFFICIAL_CORP)
    official.verify("477715d11cdb4164915debcba66cb864d751f3e6", "1409659813", "1372623149", V2)
    message = official.decrypt(V2).decode()
    assert "<![CDATA[hello]]>" in message
    assert "<MsgId>4561255354251345929</MsgId>" in message


@pytest.mark.parametrize(
    ("receive_id", "timestamp", "nonce", "signature", "message", "encrypted"),
    [
        (OWN_CORP, "1760000001", "nonce0001", "e47e7ddd64fe9995245b41f2de3a000f1c1396df", V3_MESSAGE, V3),
        ("", "1760000002", "nonce0002", "a146428b9d6dca8eee4e8f5a2ce500dbc6e23c88", V4_MESSAGE, V4),
        (OWN_CORP, "1760000003", "nonce0003", "40b8e7d0dd3f4c901689c9272367f9197bd468f5", "A" * 28, V5),
        ("ww1", "1760000004", "n4", "e4750b5ad1c9d2aa1623dcd22c215cf7b7ffcd6f", "hello", V6),
    ],
    ids=["card event", "Chinese, empty receiver", "full block of padding", "short"],
)
def test_encrypting_gives_the_bytes_that_other_libraries_give(
    receive_id: str, timestamp: str, nonce: str, signature: str, message: str, encrypted: str
) -> None:
    """Same prefix, same bytes, same signature, in both directions."""
    own = cipher(receive_id)
    assert own.encrypt(message.encode(), prefix=PREFIX) == encrypted
    assert own.signature(timestamp, nonce, encrypted) == signature
    assert own.decrypt(encrypted).decode() == message


def tampered(text: str, position: int) -> str:
    """Return a ciphertext with one character changed."""
    return text[:position] + ("B" if text[position] != "B" else "C") + text[position + 1 :]


@pytest.mark.parametrize(
    ("receive_id", "encrypted", "code"),
    [
        ("wwother", V6, -40005),
        ("ww1", "not base64!", -40010),
        ("ww1", V6[:-2], -40010),
        ("ww1", "QUJD", -40007),
        ("ww1", "", -40007),
        ("ww1", tampered(V6, 30), -40008),
    ],
)
def test_a_packet_that_is_not_ours_is_refused_by_number(receive_id: str, encrypted: str, code: int) -> None:
    """Error numbers are those of WeCom's samples."""
    with pytest.raises(CryptoError) as caught:
        cipher(receive_id).decrypt(encrypted)
    assert caught.value.code == code


@pytest.mark.parametrize("pad", [b"\x00" * 8, b"\x21" * 33 + b"\x00" * 31, b"\x01\x02" * 4])
def test_wrong_padding_is_refused(pad: bytes) -> None:
    """Padding is checked in full, not only its last byte."""
    own = cipher("ww1")
    plain = PREFIX + (5).to_bytes(4, "big") + b"hello" + b"ww1"
    padded = plain + b"x" * (-len(plain + pad) % 32) + pad
    with pytest.raises(CryptoError):
        own.decrypt(own.encrypt_padded(padded))


def test_a_length_field_beyond_the_end_is_refused() -> None:
    """A forged length never reads past the plaintext."""
    own = cipher("ww1")
    plain = PREFIX + (2**31).to_bytes(4, "big") + b"hello" + b"ww1"
    pad = 32 - len(plain) % 32
    with pytest.raises(CryptoError) as caught:
        own.decrypt(own.encrypt_padded(plain + bytes([pad]) * pad))
    assert caught.value.code == -40008


@pytest.mark.parametrize("signature", ["", "0" * 40, "e4750b5ad1c9d2aa1623dcd22c215cf7b7ffcd6F", "签名"])
def test_a_wrong_signature_is_refused(signature: str) -> None:
    """The signature is compared whole, whatever characters it is made of."""
    with pytest.raises(CryptoError) as caught:
        cipher("ww1").verify(signature, "1760000004", "n4", V6)
    assert caught.value.code == -40001


@pytest.mark.parametrize("key", ["", "short", AES_KEY + "A", AES_KEY[:-1] + "=", AES_KEY[:-1] + "+"])
def test_a_key_of_the_wrong_shape_is_refused(key: str) -> None:
    """An EncodingAESKey is 43 letters or digits."""
    with pytest.raises(CryptoError) as caught:
        CallbackCipher(TOKEN, key, "ww1")
    assert caught.value.code == -40004
