"""Hostile packets for the callback address: what somebody would send who is not WeCom, or WeCom on a bad day."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

import aiohttp
from yarl import URL

from sandbox.callback_crypto import CallbackCipher
from sandbox.callback_xml import envelope_xml, message_xml
from sandbox.callbacks import CallbackPost, signed_url
from sandbox.clock import SandboxClock
from sandbox.config import SandboxConfig

_HUGE = 10 * 1024 * 1024
_OLD_S = 3600.0
_BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefg", "bcdefgh", strict=True))
    + "]><xml><MsgType>&h;</MsgType></xml>"
)


@dataclass(frozen=True, slots=True)
class Answered:
    """What the application answered to a hostile packet; status 0 when it broke the connection or kept silent."""

    status: int
    body: str


@dataclass(frozen=True, slots=True)
class _Packet:
    url: URL
    body: bytes


@dataclass(frozen=True, slots=True)
class _Forge:
    config: SandboxConfig
    clock: SandboxClock
    post: CallbackPost

    def cipher(self) -> CallbackCipher:
        """Return the cipher of the configured callback."""
        settings = self.post.settings
        return CallbackCipher(settings.token, settings.aes_key, self.config.corp_id)

    def signed(self, encrypted: str, *, shift_s: float = 0.0, agent_id: int | None = None) -> _Packet:
        """Return a ciphertext in an envelope, signed as WeCom signs it."""
        url = signed_url(self.post.settings.url, self.cipher(), encrypted, self.clock.now() + shift_s)
        agent = self.config.agent_id if agent_id is None else agent_id
        return _Packet(url, envelope_xml(self.config.corp_id, agent, encrypted).encode())


def _wrong_signature(forge: _Forge, inner: str) -> _Packet:
    packet = forge.signed(forge.cipher().encrypt(inner.encode()))
    return _Packet(packet.url.update_query(msg_signature="0" * 40), packet.body)


def _no_signature(forge: _Forge, inner: str) -> _Packet:
    return _Packet(URL(forge.post.settings.url), forge.signed(forge.cipher().encrypt(inner.encode())).body)


def _foreign_receiver(forge: _Forge, inner: str) -> _Packet:
    return forge.signed(forge.cipher().encrypt(inner.encode(), receive_id="wwsomebodyelse"))


def _bad_padding(forge: _Forge, inner: str) -> _Packet:
    plain = secrets.token_bytes(16) + len(inner.encode()).to_bytes(4, "big") + inner.encode()
    plain += forge.config.corp_id.encode()
    return forge.signed(forge.cipher().encrypt_padded(plain + b"\x00" * (32 - len(plain) % 32)))


def _bad_length(forge: _Forge, inner: str) -> _Packet:
    plain = secrets.token_bytes(16) + b"\xff\xff\xff\xff" + inner.encode()
    pad = 32 - len(plain) % 32
    return forge.signed(forge.cipher().encrypt_padded(plain + bytes([pad]) * pad))


def _old_timestamp(forge: _Forge, inner: str) -> _Packet:
    return forge.signed(forge.cipher().encrypt(inner.encode()), shift_s=-_OLD_S)


def _foreign_agent(forge: _Forge, inner: str) -> _Packet:
    mine = f"<AgentID>{forge.config.agent_id}</AgentID>"
    other = inner.replace(mine, f"<AgentID>{forge.config.agent_id + 1}</AgentID>")
    return forge.signed(forge.cipher().encrypt(other.encode()), agent_id=forge.config.agent_id + 1)


def _entity_bomb_inside(forge: _Forge, _inner: str) -> _Packet:
    return forge.signed(forge.cipher().encrypt(_BOMB.encode()))


def _entity_bomb_outside(forge: _Forge, inner: str) -> _Packet:
    return _Packet(forge.signed(forge.cipher().encrypt(inner.encode())).url, _BOMB.encode())


def _not_utf8(forge: _Forge, _inner: str) -> _Packet:
    return forge.signed(forge.cipher().encrypt(b"<xml><MsgType>\xff\xfe\xc3\x28</MsgType></xml>"))


def _not_xml(forge: _Forge, _inner: str) -> _Packet:
    return forge.signed(forge.cipher().encrypt("随便写点什么 <<<".encode()))


def _plain_text(forge: _Forge, inner: str) -> _Packet:
    return _Packet(forge.signed(forge.cipher().encrypt(inner.encode())).url, inner.encode())


def _huge_body(forge: _Forge, inner: str) -> _Packet:
    packet = forge.signed(forge.cipher().encrypt(inner.encode()))
    return _Packet(packet.url, packet.body.replace(b"<Encrypt>", b"<a>" + b"x" * _HUGE + b"</a><Encrypt>"))


def _replayed(forge: _Forge, _inner: str) -> _Packet:
    """The last real callback, byte for byte: verifies, and must have no second effect."""
    if forge.post.last_packet is None:
        raise ValueError("there was no callback yet that could be replayed")
    return _Packet(*forge.post.last_packet)


def _empty_body(forge: _Forge, inner: str) -> _Packet:
    return _Packet(forge.signed(forge.cipher().encrypt(inner.encode())).url, b"")


_KINDS: dict[str, Callable[[_Forge, str], _Packet]] = {
    "wrong_signature": _wrong_signature,
    "no_signature": _no_signature,
    "foreign_receiver": _foreign_receiver,
    "bad_padding": _bad_padding,
    "bad_length": _bad_length,
    "old_timestamp": _old_timestamp,
    "foreign_agent": _foreign_agent,
    "entity_bomb_inside": _entity_bomb_inside,
    "entity_bomb_outside": _entity_bomb_outside,
    "not_utf8": _not_utf8,
    "not_xml": _not_xml,
    "plain_text": _plain_text,
    "huge_body": _huge_body,
    "replayed": _replayed,
    "empty_body": _empty_body,
}


class Attacks:
    """Sends one hostile packet at a time; the application should answer 403 or 400, quickly, and do nothing."""

    def __init__(self, config: SandboxConfig, clock: SandboxClock, post: CallbackPost) -> None:
        self._config = config
        self._clock = clock
        self._post = post
        self._forge = _Forge(config, clock, post)

    @property
    def kinds(self) -> list[str]:
        """The attacks there are."""
        return sorted(_KINDS)

    async def send(self, kind: str, inner_xml: str = "") -> Answered:
        """Send one hostile packet.

        Args:
            kind: One of ``kinds``.
            inner_xml: What it carries where it is encrypted at all; a harmless text by default.

        Raises:
            ValueError: For an unknown kind.
        """
        build = _KINDS.get(kind)
        if build is None:
            raise ValueError(f"unknown attack {kind!r}; known: {', '.join(self.kinds)}")
        packet = build(self._forge, inner_xml or self._harmless())
        try:
            status, body = await self._post.exchange("POST", packet.url, packet.body, self._post.timing.answer_s)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            return Answered(0, type(error).__name__)
        return Answered(status, body)

    def _harmless(self) -> str:
        fields: dict[str, str | int] = {"MsgType": "text", "Content": "帮助", "MsgId": secrets.randbits(62)}
        now = int(self._clock.now())
        return message_xml(self._config.corp_id, "intruder", self._config.agent_id, now, fields)
