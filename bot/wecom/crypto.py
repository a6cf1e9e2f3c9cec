"""Signed and encrypted packets of WeCom's callbacks; the only module that touches wechatpy and xmltodict.

Facts: developer.work.weixin.qq.com/document/path/90930 and 90968. The signature is compared in constant time, over text
found by a regular expression, before anything is parsed or decrypted: wechatpy would parse first. What wechatpy leaves
unchecked (padding, lengths) is checked here before it is asked to decrypt.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final
from xml.parsers.expat import ExpatError

import xmltodict
from wechatpy.work.crypto import PrpCrypto, WeChatCrypto

MOST_BODY_BYTES: Final = 64 * 1024
#: Wider than all of WeCom's retries; a packet caught on the way is worthless afterwards.
MOST_AGE: Final = timedelta(minutes=10)

_AES_KEY: Final = re.compile(r"[A-Za-z0-9]{43}")
_ENCRYPT: Final = re.compile(rb"<Encrypt>(?:<!\[CDATA\[)?([A-Za-z0-9+/=]{24,})(?:\]\]>)?</Encrypt>")
_TIMESTAMP: Final = re.compile(r"[0-9]{1,11}")
_NONCE: Final = re.compile(r"[0-9A-Za-z_-]{1,64}")
_BLOCK: Final = 16
_MOST_PADDING: Final = 32
_RANDOM_BYTES: Final = 16
_LENGTH_BYTES: Final = 4
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class CallbackRefused(Exception):
    """The packet is not from our WeCom app, or too old: answer 403. The reason is for a log, never for the sender."""


class Senseless(Exception):
    """The packet is genuine, and says nothing that can be understood: answer 200 and count it."""


class CallbackCrypto:
    """Opens and seals the packets of one app."""

    def __init__(self, *, token: str, aes_key: str, corp_id: str) -> None:
        """Take the app's callback settings.

        Args:
            token: Token of the callback settings.
            aes_key: EncodingAESKey, exactly 43 letters and digits.
            corp_id: what must stand in every packet as its receiver.

        Raises:
            ValueError: a setting that WeCom's console would not take.
        """
        if not token or not _AES_KEY.fullmatch(aes_key):
            raise ValueError("a callback needs its Token, and an EncodingAESKey of 43 letters and digits")
        self._token = token
        self._corp_id = corp_id
        self._wechatpy = WeChatCrypto(token, aes_key, corp_id)

    def verify_address(self, query: Mapping[str, str], *, now: datetime) -> str:
        """Answer the GET by which WeCom checks the address: give the plain text to send back, nothing around it.

        Raises:
            CallbackRefused: forged, foreign, old or broken.
        """
        # A `+` that was not escaped arrives as a blank.
        return self._opened(query, query.get("echostr", "").replace(" ", "+"), now)

    def open(self, query: Mapping[str, str], body: bytes, *, now: datetime) -> str:
        """Give the XML inside a POST.

        Raises:
            CallbackRefused: forged, foreign, old, too big or broken.
            Senseless: genuine, but not UTF-8.
        """
        if len(body) > MOST_BODY_BYTES:
            raise CallbackRefused("body too big")
        found = _ENCRYPT.search(body)
        if found is None:
            raise CallbackRefused("no Encrypt")
        return self._opened(query, found[1].decode("ascii"), now)

    def seal(self, message: str, *, nonce: str, prefix: str, now: datetime) -> str:
        """Encrypt and sign the XML of a reply.

        Args:
            message: inner XML.
            nonce: letters, digits, `_` and `-`; the request's own may be used.
            prefix: 16 random ASCII characters, fresh for each packet.
            now: goes into the signature.

        Raises:
            ValueError: a nonce or prefix of the wrong form.
        """
        if len(prefix) != _RANDOM_BYTES or not prefix.isascii() or not _NONCE.fullmatch(nonce):
            raise ValueError("a reply needs 16 random ASCII characters and a plain nonce")
        framing = PrpCrypto(self._wechatpy.key)
        # wechatpy draws the prefix from a generator that is not meant for secrets.
        framing.get_random_string = lambda: prefix
        encrypted = framing.encrypt(message, self._corp_id).decode("ascii")
        timestamp = str((now - _EPOCH) // timedelta(seconds=1))
        signature = self._signature(timestamp, nonce, encrypted)
        return (
            f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt><MsgSignature><![CDATA[{signature}]]></MsgSignature>"
            f"<TimeStamp>{timestamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
        )

    def _opened(self, query: Mapping[str, str], encrypted: str, now: datetime) -> str:
        timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
        given = query.get("msg_signature", "")
        expected = self._signature(timestamp, nonce, encrypted)
        if not hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace")):
            raise CallbackRefused("signature")
        if not _TIMESTAMP.fullmatch(timestamp) or abs(now - _at(timestamp)) > MOST_AGE:
            raise CallbackRefused("age")
        self._check_frame(encrypted)
        try:
            message = self._wechatpy.decrypt_message({"Encrypt": encrypted}, given, timestamp, nonce)
        # The frame was checked, so what is left to go wrong is the message itself.
        except UnicodeDecodeError:
            raise Senseless("not UTF-8") from None
        return str(message)

    def _signature(self, timestamp: str, nonce: str, encrypted: str) -> str:
        parts = sorted((self._token, timestamp, nonce, encrypted))
        # SHA-1 is WeCom's choice; the secret token among the parts makes it a proof.
        return hashlib.sha1("".join(parts).encode("utf-8", "replace"), usedforsecurity=False).hexdigest()

    def _check_frame(self, encrypted: str) -> None:
        """Check what wechatpy does not: alphabet, padding, and that message and receiver fill the frame exactly."""
        try:
            raw = base64.b64decode(encrypted, validate=True)
        except (binascii.Error, ValueError):
            raise CallbackRefused("base64") from None
        if not raw or len(raw) % _BLOCK:
            raise CallbackRefused("length")
        frame = bytes(PrpCrypto(self._wechatpy.key).cipher.decrypt(raw))
        padding = frame[-1]
        if not 1 <= padding <= _MOST_PADDING or frame[-padding:] != bytes([padding]) * padding:
            raise CallbackRefused("padding")
        content = frame[_RANDOM_BYTES:-padding]
        length = int.from_bytes(content[:_LENGTH_BYTES], "big")
        receiver = self._corp_id.encode()
        if len(content) != _LENGTH_BYTES + length + len(receiver) or not content.endswith(receiver):
            raise CallbackRefused("receiver")


def _at(timestamp: str) -> datetime:
    return _EPOCH + timedelta(seconds=int(timestamp))


def read_xml(text: str) -> Mapping[str, object]:
    """Parse the XML of a packet that was opened; entities are refused by xmltodict.

    Raises:
        Senseless: no XML, or not `<xml>` with something in it.
    """
    try:
        root = xmltodict.parse(text, disable_entities=True)
    # The last two: entities, and text that no XML may hold.
    except (ExpatError, ValueError, UnicodeError):
        raise Senseless("no XML") from None
    fields = root.get("xml")
    if not isinstance(fields, dict):
        raise Senseless("not the XML of a callback")
    return fields
