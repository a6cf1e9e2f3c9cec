"""Packets made the way WeCom makes them, apart from the code under test: for forging, bending and breaking them."""

from __future__ import annotations

import base64
import hashlib

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tests.bot.wecom.vectors import AES_KEY, TOKEN

CORP_ID = "wwcorp0000000001"
_KEY = base64.b64decode(AES_KEY + "=")


def frame(message: bytes, receiver: bytes, *, length: int | None = None, padding: bytes | None = None) -> bytes:
    """Lay out random(16) ‖ length(4) ‖ message ‖ receiver ‖ padding; any part may be told wrongly."""
    content = b"0123456789abcdef" + (len(message) if length is None else length).to_bytes(4, "big") + message + receiver
    missing = 32 - len(content) % 32
    return content + (bytes([missing]) * missing if padding is None else padding)


def encrypt(plain: bytes) -> str:
    """Encrypt whole blocks with the key of the vectors."""
    encryptor = Cipher(algorithms.AES(_KEY), modes.CBC(_KEY[:16])).encryptor()
    return base64.b64encode(encryptor.update(plain) + encryptor.finalize()).decode()


def signed(encrypted: str, *, timestamp: str = "1760000001", nonce: str = "n1", token: str = TOKEN) -> dict[str, str]:
    """Give the query of a request that carries `encrypted`."""
    told = "".join(sorted((token, timestamp, nonce, encrypted)))
    signature = hashlib.sha1(told.encode()).hexdigest()  # noqa: S324 - WeCom's choice
    return {"msg_signature": signature, "timestamp": timestamp, "nonce": nonce}


def packet(message: bytes, receiver: str = CORP_ID, timestamp: str = "1760000001") -> tuple[dict[str, str], bytes]:
    """Give query and body of a genuine request."""
    encrypted = encrypt(frame(message, receiver.encode()))
    return signed(encrypted, timestamp=timestamp), body_of(encrypted)


def body_of(encrypted: str) -> bytes:
    """Wrap a ciphertext as WeCom does."""
    return f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>".encode()
